"""What the builder adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.services.builder import policy
from suigo.services.builder.urls import urlpatterns

_KEPT = _("住民の情報は含みません。操作した職員の氏名は、職務の記録として残します。")

MANIFEST = Manifest(
    id="builder",
    title=_("手続をつくる"),
    audience=_("手続を作り、確かめ、公開する職員"),
    measures=("1-1-07",),
    works=("1-1-07",),
    urls=tuple(urlpatterns),
    navigation=(
        NavigationItem(
            _("手続をつくる"),
            "builder",
            "staff",
            capability=(policy.EDIT, policy.APPROVE),
            order=60,
        ),
    ),
    capabilities=(
        Capability(policy.EDIT, _("手続を作り、変え、承認された手続を公開する")),
        Capability(
            policy.APPROVE, _("ほかの人が作った手続を承認し、公開し、手続の受付を終わらせる")
        ),
    ),
    audit_types=(
        AuditType(
            "builder.started", _("{actor}が「{title}」の下書きを作りました（{note}）"), _KEPT
        ),
        AuditType(
            "builder.saved",
            _("{actor}が「{title}」の下書きを変えました（版{version}: {note}）"),
            _KEPT,
        ),
        AuditType("builder.discarded", _("{actor}が「{title}」の下書きを捨てました"), _KEPT),
        AuditType(
            "builder.approval_requested",
            _("{actor}が「{title}」の版{version}の承認を求めました"),
            _KEPT,
        ),
        AuditType("builder.approved", _("{actor}が「{title}」の版{version}を承認しました"), _KEPT),
        AuditType(
            "builder.returned",
            _("{actor}が「{title}」の版{version}を差し戻しました: {note}"),
            _KEPT,
        ),
        AuditType(
            "builder.taken_back", _("{actor}が「{title}」をもう一度編集できるようにしました"), _KEPT
        ),
        AuditType(
            "builder.published",
            _(
                "{actor}が「{title}」を{day}から公開することにしました"
                "（作成 {made_by}、承認 {approved_by}）"
            ),
            _KEPT,
        ),
        AuditType(
            "builder.closed", _("{actor}が「{title}」の受付を{day}から終わらせました"), _KEPT
        ),
        AuditType(
            "builder.withdrawn", _("{actor}が「{title}」の始まる前の公開を取り消しました"), _KEPT
        ),
    ),
)
