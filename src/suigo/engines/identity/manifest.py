"""What the engine identity adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy
from suigo.engines.identity.actions.staff_sign_in import TOTP_PURPOSE
from suigo.engines.identity.models import Account
from suigo.engines.identity.organisation import unknown_capabilities
from suigo.engines.identity.urls import urlpatterns
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import SealedRows, Token

_KEPT = _("操作した人と対象の職員の氏名は、職務の記録として残します。")
_RESIDENT = _("申請者の氏名とメールアドレスは、記録から1年後に消します。")

MANIFEST = Manifest(
    id="identity",
    title=_("本人・職員・ログイン"),
    audience=_("ログインするすべての人と、職員の管理者"),
    urls=tuple(urlpatterns),
    capabilities=(
        Capability(id=policy.MANAGE, title=_("職員と職の管理")),
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
            id="identity.staff-created",
            sentence=_("{actor} が職員 {person} を登録しました"),
            erasure=_KEPT,
        ),
        AuditType(
            id="identity.credentials-reset",
            sentence=_("{actor} が {person} に仮のパスワードを発行しました"),
            erasure=_KEPT,
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
            title=_("鍵"), url_name="tokens", face="staff", capability=policy.TOKENS, order=820
        ),
        NavigationItem(title=_("権限の一覧"), url_name="authority", face="staff", order=830),
    ),
    content_kinds=("org",),
    checks=(unknown_capabilities,),
    sealed=(
        SealedRows(
            "identity.totp",
            _("職員の認証アプリの鍵"),
            Account,
            (Token("totp_secret", lambda _row: TOTP_PURPOSE),),
        ),
    ),
)
