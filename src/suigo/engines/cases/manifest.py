"""What the engine cases adds to the whole."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case, CorrectionItem, Draft
from suigo.engines.cases.queries.drafts import KNOWN_PURPOSE
from suigo.engines.cases.queries.inbox import open_count
from suigo.engines.cases.queries.taking import held, looks_held
from suigo.engines.cases.rest import router
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE
from suigo.engines.cases.web.public_urls import urlpatterns as public_urls
from suigo.engines.cases.web.staff_urls import urlpatterns as staff_urls
from suigo.engines.signing.queries import signed_and_not_sent
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.personal import PersonalData
from suigo.kernel.sealed import Leaves, SealedRows, Token

ERASED_WITH_CASE = _("保存期間の満了時に、個人に関する部分を消去します")
NOTHING_PERSONAL = _("個人に関する情報を含みません")

MANIFEST = Manifest(
    id="cases",
    title=_("申請と審査"),
    audience=_("申請する人と、審査する職員"),
    urls=(*public_urls, *staff_urls),
    api_routers=(("", router),),
    navigation=(
        NavigationItem(
            _("受信箱"),
            "inbox",
            "staff",
            capability=policy.VIEW,
            count=open_count,
            order=10,
        ),
        NavigationItem(
            _("要確認の一覧"),
            "to-confirm",
            "staff",
            capability=policy.REVIEW_CONTENT,
            order=80,
        ),
    ),
    capabilities=(
        Capability(policy.VIEW, _("自分の課の申請を見る")),
        Capability(policy.VIEW_ALL, _("すべての課の申請を見る")),
        Capability(policy.CHECK, _("申請を確認し、補正を求める")),
        Capability(policy.DECIDE, _("申請を決定する")),
        Capability(policy.ASSIGN, _("担当を決める")),
        Capability(policy.REOPEN, _("終わった申請を再開する")),
        Capability(policy.EXPORT, _("申請の一覧を書き出す")),
        Capability(policy.ENTER, _("申請を代わりに登録する（窓口・電話・紙・API）")),
        Capability(policy.MY_NUMBER, _("個人番号を見る")),
        Capability(policy.REVIEW_CONTENT, _("手続の内容の要確認の一覧を見る")),
    ),
    audit_types=(
        AuditType("case.received", _("{number} {title}を受け付けました"), ERASED_WITH_CASE),
        AuditType(
            "case.taken_over",
            _("{actor}がログインし、{number}を自分の申請として引き継ぎました"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.moved",
            _("{actor}が{number}に「{action_title}」を行い、「{state_title}」になりました"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.correction_requested",
            _("{actor}が{number}の{count}項目の補正を求めました（期限 {due}）"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.correction_answered",
            _("{actor}が{number}の{count}項目を直して送りました"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.correction_cancelled",
            _("{actor}が{number}の補正の求めを取り消しました"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.decided",
            _("{actor}が{number}を「{action_title}」と決定しました"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.decided_in_place",
            _(
                "{actor}が{number}を「{action_title}」と決定しました"
                "（代決: {in_place_of} {represented}の代理として）"
            ),
            ERASED_WITH_CASE,
        ),
        AuditType("case.withdrawn", _("{actor}が{number}を取り下げました"), ERASED_WITH_CASE),
        AuditType(
            "case.reopened",
            _("{actor}が{number}を再開しました（理由: {reason}）"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.letter_issued", _("{number}の「{letter}」を発行しました"), NOTHING_PERSONAL
        ),
        AuditType(
            "case.enclosed",
            _("{actor}が{number}に届いた書類{count}件を加えました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "case.mirrored",
            _("もう一方のノードから{number}の状態を受け取りました（{state_title}）"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "case.step_refused",
            _("{number}への申請者の操作は、審査がすでに進んでいたため受け付けられませんでした"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "case.assigned", _("{actor}が{number}の担当を{assignee}にしました"), NOTHING_PERSONAL
        ),
        AuditType("case.noted", _("{actor}が{number}にメモを書きました"), NOTHING_PERSONAL),
        AuditType(
            "case.checked", _("{actor}が{number}の「{title}」を確認しました"), NOTHING_PERSONAL
        ),
        AuditType(
            "case.unchecked",
            _("{actor}が{number}の「{title}」の確認を取り消しました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "case.my_number_seen",
            _("{actor}が{number}の{label}を表示しました（理由: {reason}）"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.reason_given",
            _("{actor}（{post}）が{number}を見る理由を書きました（{reason}）"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.looked",
            _("{actor}（{post}）が{number}の{what}を見ました（理由: {reason}）"),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.disclosed",
            _(
                "{actor}が{number}を{department}に見せることにしました"
                "（根拠 {article}、理由 {reason}、{last_day}まで）"
            ),
            ERASED_WITH_CASE,
        ),
        AuditType(
            "case.disclosure_withdrawn",
            _("{actor}が{number}を{department}に見せることをやめました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "case.erased",
            _("{number}の保存期間（{kept_until}まで）が終わり、個人に関する内容を消去しました"),
            NOTHING_PERSONAL,
            rule=_("申請は、手続ごとの保存期間（終わった次の4月から数えて）"),
        ),
        AuditType(
            "cases.exported",
            _("{actor}が申請の一覧を書き出しました（{count}件、{encoding}）"),
            NOTHING_PERSONAL,
        ),
        AuditType("draft.discarded", _("{actor}が下書きを破棄しました"), NOTHING_PERSONAL),
        AuditType(
            "drafts.expired",
            _("保存期間の過ぎた下書き{count}件を削除しました"),
            NOTHING_PERSONAL,
            rule=format_lazy(
                _("下書きは、最後に保存した日から{days}日"), days=settings.SUIGO_DRAFT_DAYS
            ),
        ),
    ),
    personal=(
        PersonalData("applications", _("申請、添付した書類、市からの通知"), held),
        PersonalData("looks", _("あなたの申請を見た職員の記録"), looks_held),
    ),
    sealed=(
        SealedRows(
            "cases.cases",
            _("申請の個人番号と口座"),
            Case,
            tuple(Leaves(c, MY_NUMBER_PURPOSE) for c in ("answers", "decision", "entries")),
        ),
        SealedRows(
            "cases.drafts",
            _("下書きの個人番号と口座"),
            Draft,
            (Leaves("answers", MY_NUMBER_PURPOSE), Token("known", lambda _row: KNOWN_PURPOSE)),
            # what was signed names the number by the digest of its sealed value
            for_now=lambda drafts: drafts.exclude(public_id__in=signed_and_not_sent()),
        ),
        SealedRows(
            "cases.corrections",
            _("補正の前後の個人番号と口座"),
            CorrectionItem,
            tuple(Leaves(c, MY_NUMBER_PURPOSE) for c in ("before", "after")),
        ),
    ),
)
