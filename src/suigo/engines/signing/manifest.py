"""What the engine signing adds to the whole."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suigo.engines.signing import heavy, policy, providers
from suigo.engines.signing.models import Signature
from suigo.engines.signing.queries import waiting_count
from suigo.engines.signing.urls import urlpatterns
from suigo.engines.signing.vault import purpose_of
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import Bytes, SealedRows

NOBODY_NAMED = _("署名した人の氏名などは記録しません。")
WITH_CASE = _("理由は、申請の保存期間の満了時に消去します。")


def _faults() -> list[str]:
    """What is wrong with the settings, where the city has anything signed."""
    if providers.signer() is None or not settings.PRODUCTION:
        return []
    try:
        checker = providers.checker_at(settings.SUIGO_REVOCATION)
    except providers.UnknownChecker as unknown:
        return [str(unknown)]
    return [*checker.check_config(), *heavy.trust.faults()]


MANIFEST = Manifest(
    id="signing",
    title=_("電子署名"),
    audience=_("カードで署名して申請する人と、署名を確かめる職員"),
    urls=tuple(urlpatterns),
    navigation=(
        NavigationItem(
            _("署名の確認"),
            "signatures",
            "staff",
            capability=policy.REVIEW,
            count=waiting_count,
            order=30,
        ),
    ),
    capabilities=(
        Capability(policy.REVIEW, _("自分の課の電子署名を確かめ、認めるかどうかを決める")),
        Capability(policy.REVIEW_ALL, _("すべての課の電子署名を確かめ、認めるかどうかを決める")),
        Capability(policy.PERSON, _("電子証明書の基本4情報を見る・署名の証拠を取り出す")),
    ),
    audit_types=(
        AuditType("signing.verified", _("{title}への署名を検証しました（{found}）"), NOBODY_NAMED),
        AuditType(
            "signing.refused", _("{title}への署名を受け付けませんでした（{found}）"), NOBODY_NAMED
        ),
        AuditType("signing.attached", _("{number}の電子署名を確認しました"), NOBODY_NAMED),
        AuditType(
            "signing.attached-waiting",
            _("{number}の電子署名は、職員の確認を待っています（{found}）"),
            NOBODY_NAMED,
        ),
        AuditType(
            "signing.attached-rejected",
            _("{number}の電子署名は確かめられませんでした（{found}）"),
            NOBODY_NAMED,
        ),
        AuditType(
            "signing.accepted",
            _("{actor}が{number}の電子署名を認めました（理由: {reason}）"),
            WITH_CASE,
        ),
        AuditType(
            "signing.rejected",
            _("{actor}が{number}の電子署名を認めないことにしました（理由: {reason}）"),
            WITH_CASE,
        ),
        AuditType(
            "signing.checked-again",
            _("{actor}が{number}の電子署名をもう一度検証しました（{found}）"),
            NOBODY_NAMED,
        ),
        AuditType(
            "signing.person-seen",
            _("{actor}が{number}の電子証明書の基本4情報を表示しました（理由: {reason}）"),
            WITH_CASE,
        ),
        AuditType(
            "signing.exported",
            _("{actor}が{number}の署名の証拠（{part}）を取り出しました"),
            NOBODY_NAMED,
        ),
        AuditType(
            "signing.file-verified",
            _("{number}のファイルの署名を検証しました（{found}）"),
            NOBODY_NAMED,
        ),
        AuditType(
            "signing.tidied",
            _("送信されなかった署名用の書類{count}件を消しました"),
            NOBODY_NAMED,
            rule=_("送信されなかった署名用の書類は、40日"),
        ),
    ),
    django_app="suigo.engines.signing",
    checks=(_faults,),
    sealed=(
        SealedRows(
            "signing.signatures",
            _("電子署名の証拠"),
            Signature,
            (Bytes(("document", "proof"), "key_id", purpose_of),),
        ),
    ),
)
