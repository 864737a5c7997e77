"""What the service counter adds to the whole."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import Leaves, SealedRows, Token
from suigo.services.counter import policy, providers
from suigo.services.counter.models import Screen, Visit
from suigo.services.counter.queries.screens import PURPOSE as SCREEN_PURPOSE
from suigo.services.counter.web.urls import urlpatterns

NOTHING_PERSONAL = _("個人に関する情報を含みません")
ERASED_WITH_VISIT = _("来庁者の情報は含みません。来庁の記録は、市が決めた日数のあとに消去します。")


def reader_faults() -> list[str]:
    """Whether the card reader, where one is named, is a real one and answers."""
    try:
        reader = providers.reader_at(settings.SUIGO_CARD_READER)
    except providers.UnknownReader as unknown:
        return [str(unknown)]
    return reader.check_config() if reader is not None else []


MANIFEST = Manifest(
    id="counter",
    title=_("書かない窓口"),
    audience=_("窓口に来た人と、応対する職員"),
    measures=("1-1-17",),
    urls=tuple(urlpatterns),
    navigation=(NavigationItem(_("窓口"), "counter", "staff", capability=policy.SERVE, order=15),),
    capabilities=(
        Capability(policy.SERVE, _("窓口で応対する（書かない窓口と番号札）")),
        Capability(policy.MANAGE, _("窓口の集計を見る・発券機を登録する")),
    ),
    content_kinds=("counters",),
    audit_types=(
        AuditType(
            "counter.ticket-issued", _("番号札{ticket}を発行しました（{actor}）"), NOTHING_PERSONAL
        ),
        AuditType(
            "counter.ticket-called",
            _("{actor}が番号{ticket}を{window}番窓口に呼びました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "counter.ticket-absent", _("{actor}が番号{ticket}を不在にしました"), NOTHING_PERSONAL
        ),
        AuditType(
            "counter.ticket-transferred",
            _("{actor}が番号{ticket}を{to}へ送りました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "counter.ticket-finished",
            _("{actor}が番号{ticket}を終わりにしました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "counter.kiosk-registered",
            _("{actor}が発券機「{title}」を登録しました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "counter.kiosk-removed",
            _("{actor}が発券機「{title}」の登録を外しました"),
            NOTHING_PERSONAL,
        ),
        AuditType("counter.visit-began", _("{actor}が{desk}で応対を始めました"), ERASED_WITH_VISIT),
        AuditType(
            "counter.person-taken",
            _("{actor}が来庁者の基本の項目を入力しました（{source}）"),
            ERASED_WITH_VISIT,
        ),
        AuditType(
            "counter.items-chosen",
            _("{actor}が今日行う手続を{count}件選びました"),
            ERASED_WITH_VISIT,
        ),
        AuditType(
            "counter.item-marked", _("{actor}が「{title}」の済みを変えました"), ERASED_WITH_VISIT
        ),
        AuditType(
            "counter.signed",
            _("来庁者が申請の内容を確認し、署名しました（{way}）"),
            ERASED_WITH_VISIT,
        ),
        AuditType(
            "counter.screen-paired",
            _("{actor}が来庁者の画面のコードを発行しました"),
            ERASED_WITH_VISIT,
        ),
        AuditType(
            "counter.agreed", _("来庁者が申請の内容にまちがいがないと答えました"), ERASED_WITH_VISIT
        ),
        AuditType(
            "counter.change-wished", _("来庁者が申請の内容を直すよう求めました"), ERASED_WITH_VISIT
        ),
        AuditType(
            "counter.received",
            _("{actor}が窓口で{count}件の申請をまとめて受け付けました"),
            ERASED_WITH_VISIT,
        ),
        AuditType(
            "counter.handed-over", _("{actor}が来庁者を{to}へ引き継ぎました"), ERASED_WITH_VISIT
        ),
        AuditType("counter.taken-over", _("{actor}が応対を引き継ぎました"), ERASED_WITH_VISIT),
        AuditType(
            "counter.erased",
            _("来庁の記録{count}件から、来庁者に関する内容を消去しました"),
            NOTHING_PERSONAL,
            rule=_("窓口で聞いたことは、市の窓口の設定（counters.yaml の keep_days）の日数"),
        ),
        AuditType("counter.visit-ended", _("{actor}が応対を終えました"), ERASED_WITH_VISIT),
    ),
    checks=(reader_faults,),
    sealed=(
        SealedRows(
            "counter.visits",
            _("窓口で聞いた口座"),
            Visit,
            (Leaves("person"), Leaves("known")),
        ),
        SealedRows(
            "counter.screens",
            _("窓口の画面のコード"),
            Screen,
            (Token("code", lambda _row: SCREEN_PURPOSE),),
        ),
    ),
)
