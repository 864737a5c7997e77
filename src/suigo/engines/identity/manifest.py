"""What the engine identity adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy
from suigo.engines.identity.actions.staff_sign_in import TOTP_PURPOSE
from suigo.engines.identity.models import Account, Business, ConfirmedItems, MatchQuestion
from suigo.engines.identity.organisation import unknown_capabilities
from suigo.engines.identity.queries.records import (
    business_purpose,
    items_purpose,
    question_purpose,
)
from suigo.engines.identity.queries.taking import held
from suigo.engines.identity.urls import urlpatterns
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.personal import PersonalData
from suigo.kernel.sealed import SealedRows, Token

_KEPT = _("操作した人と対象の職員の氏名は、職務の記録として残します。")
_RESIDENT = _("申請者の氏名とメールアドレスは、記録から1年後に消します。")
_PASSKEY = _("本人の氏名とパスキーの名前は、記録から1年後に消します。")

_NO_VALUES = _("どの項目かだけで、個人に関する値は含みません。")

MANIFEST = Manifest(
    id="identity",
    title=_("本人・職員・ログイン"),
    audience=_("ログインするすべての人と、職員の管理者"),
    urls=tuple(urlpatterns),
    capabilities=(
        Capability(id=policy.MANAGE, title=_("職員と職の管理")),
        Capability(id=policy.RECOVER, title=_("ログインできなくなった住民の受付と承認")),
        Capability(id=policy.MATCH, title=_("カードの人が登録済みの人と同じかの確認")),
        Capability(id=policy.TOKENS, title=_("外部プログラム用の鍵の発行")),
    ),
    audit_types=(
        AuditType(
            id="identity.code-requested",
            sentence=_("{address} あてのログイン用コードが求められました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.signed-in", sentence=_("{actor} がログインしました"), erasure=_RESIDENT
        ),
        AuditType(
            id="identity.proof-linked",
            sentence=_("{actor} のアカウントに、カードやGビズIDなどの本人確認を結びつけました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.items-changed",
            sentence=_("カードで確かめた氏名や住所などが、前と変わりました"),
            erasure=_NO_VALUES,
        ),
        AuditType(
            id="identity.match-asked",
            sentence=_("カードの人が登録済みの人と同じかを、職員が確かめることになりました"),
            erasure=_NO_VALUES,
        ),
        AuditType(
            id="identity.match-decided",
            sentence=_("{actor} が、カードの人が登録済みの人と同じかを決めました: {reason}"),
            erasure=_("理由は、記録から1年後に消します。"),
        ),
        AuditType(
            id="identity.resident-registered",
            sentence=_("{name} を利用者として登録しました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.signed-out",
            sentence=_("{actor} がログアウトしました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.address-confirmed",
            sentence=_("{actor} がメールアドレス {address} を登録しました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.profile-updated",
            sentence=_("{actor} が氏名か言葉の設定を変えました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.sessions-ended",
            sentence=_("{actor} が{count}件のログインを終わらせました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.password-changed",
            sentence=_("{actor} がパスワードを変えました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.totp-enrolled",
            sentence=_("{actor} が認証アプリを登録しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.proved-again",
            sentence=_("{actor} が、もう一度本人であることを確かめました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.passkey-added",
            sentence=_("{actor} がパスキー「{name}」を登録しました"),
            erasure=_PASSKEY,
        ),
        AuditType(
            id="identity.passkey-renamed",
            sentence=_("{actor} がパスキーの名前を「{name}」に変えました"),
            erasure=_PASSKEY,
        ),
        AuditType(
            id="identity.passkey-removed",
            sentence=_("{actor} がパスキー「{name}」を消しました"),
            erasure=_PASSKEY,
        ),
        AuditType(
            id="identity.passkey-paused",
            sentence=_(
                "パスキー「{name}」を止めました（使った回数が前より戻り、複製の疑いがあります）"
            ),
            erasure=_PASSKEY,
        ),
        AuditType(
            id="identity.staff-created",
            sentence=_("{actor} が職員 {person} を登録しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.service-linked",
            sentence=_("{actor} が職員の認証サービス（{issuer}）ではじめてログインしました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.credentials-reset",
            sentence=_("{actor} が {person} に仮のパスワードを発行しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.recovery-asked",
            sentence=_("{actor} が {person} のログイン方法を作り直す申し出をしました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.recovery-approved",
            sentence=_("{actor} が {person} のログイン方法の作り直しを承認しました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.recovery-refused",
            sentence=_("{actor} が {person} のログイン方法の作り直しを取りやめました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.recovery-objected",
            sentence=_("{person} 本人が、届いたメールからログイン方法の作り直しを止めました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.recovery-done",
            sentence=_("{person} のログイン用のメールアドレスを新しくし、前の方法を無効にしました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.recovery-expired",
            sentence=_("{person} のログイン方法の作り直しは、行われないまま終わりました"),
            erasure=_RESIDENT,
        ),
        AuditType(
            id="identity.account-suspended",
            sentence=_("{actor} が {person} のアカウントを止めました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.account-restored",
            sentence=_("{actor} が {person} のアカウントを再開しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.post-given",
            sentence=_("{actor} が {person} に {post} の職を与えました（{from} から {until}）"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.post-ended",
            sentence=_("{actor} が {person} の {post} の職を {until} までとしました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.substitute-named",
            sentence=_(
                "{actor} が {represented}（{post}）の代理を {person} としました"
                "（{from} から {until}）"
            ),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.token-created",
            sentence=_("{actor} がプログラム用の鍵「{title}」（{prefix}）を発行しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.token-revoked",
            sentence=_("{actor} がプログラム用の鍵「{title}」（{prefix}）を無効にしました"),
            erasure=_KEPT,
        ),
    ),
    navigation=(
        NavigationItem(
            title=_("職員"),
            url_name="people",
            face="staff",
            capability=policy.MANAGE,
            order=800,
        ),
        NavigationItem(
            title=_("ログインの復旧"),
            url_name="recoveries",
            face="staff",
            capability=policy.RECOVER,
            order=810,
        ),
        NavigationItem(
            title=_("同じ人かの確認"),
            url_name="matches",
            face="staff",
            capability=policy.MATCH,
            order=790,
        ),
        NavigationItem(
            title=_("鍵"), url_name="tokens", face="staff", capability=policy.TOKENS, order=820
        ),
        NavigationItem(title=_("権限の一覧"), url_name="authority", face="staff", order=830),
    ),
    content_kinds=("org",),
    checks=(unknown_capabilities,),
    personal=(PersonalData("account", _("アカウントと本人確認"), held),),
    sealed=(
        SealedRows(
            "identity.totp",
            _("職員の認証アプリの鍵"),
            Account,
            (Token("totp_secret", lambda _row: TOTP_PURPOSE),),
        ),
        SealedRows(
            "identity.items",
            _("カードで確かめた基本4情報"),
            ConfirmedItems,
            (Token("sealed", lambda row: items_purpose(row.pk)),),
        ),
        SealedRows(
            "identity.questions",
            _("同じ人かを確かめている基本4情報"),
            MatchQuestion,
            (Token("sealed", lambda row: question_purpose(row.public_id)),),
        ),
        SealedRows(
            "identity.businesses",
            _("GビズIDで確かめた事業者の情報"),
            Business,
            (Token("sealed", lambda row: business_purpose(row.pk)),),
        ),
    ),
)
