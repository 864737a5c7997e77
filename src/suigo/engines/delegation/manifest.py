"""What the engine delegation adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation import policy
from suigo.engines.delegation.models import Grant
from suigo.engines.delegation.queries import person_purpose
from suigo.engines.delegation.urls import urlpatterns
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import SealedRows, Token

NAMES_A_YEAR = _("二人の氏名は、記録から1年後に消します。")

MANIFEST = Manifest(
    id="delegation",
    title=_("手続の代理"),
    audience=_("手続を家族などに頼む人、頼まれた人と、代理を確かめる職員"),
    urls=tuple(urlpatterns),
    navigation=(
        NavigationItem(
            _("代理の確認"),
            "staff-proxies",
            "staff",
            capability=policy.CONFIRM,
            order=60,
        ),
    ),
    capabilities=(Capability(policy.CONFIRM, _("代理（成年後見人・行政書士）の確認")),),
    audit_types=(
        AuditType("delegation.granted", _("{actor}が、{holder}に代理を頼みました"), NAMES_A_YEAR),
        AuditType(
            "delegation.claimed",
            _("{actor}が、{person}の成年後見人などと届け出ました"),
            NAMES_A_YEAR,
        ),
        AuditType(
            "delegation.accepted", _("{actor}が、{person}の代理を引き受けました"), NAMES_A_YEAR
        ),
        AuditType(
            "delegation.declined", _("{actor}が、{person}の代理をことわりました"), NAMES_A_YEAR
        ),
        AuditType("delegation.withdrawn", _("{actor}が、{holder}の代理をやめました"), NAMES_A_YEAR),
        AuditType("delegation.given_up", _("{actor}が、{person}の代理をやめました"), NAMES_A_YEAR),
        AuditType(
            "delegation.replaced",
            _("{actor}が新しい代理を引き受けたので、{person}の前の代理が終わりました"),
            NAMES_A_YEAR,
        ),
        AuditType(
            "delegation.confirmed",
            _("{actor}が、{holder}による{person}の代理を確認しました（{until}まで）"),
            NAMES_A_YEAR,
        ),
        AuditType(
            "delegation.refused",
            _("{actor}が、{holder}による{person}の代理を認めませんでした（理由: {reason}）"),
            NAMES_A_YEAR,
        ),
        AuditType(
            "delegation.forgotten",
            _("終わった代理{count}件から、氏名などを消しました"),
            _("個人に関する情報を含みません"),
        ),
    ),
    sealed=(
        SealedRows(
            "delegation.wards",
            _("成年後見などの本人の基本情報"),
            Grant,
            (Token("sealed_person", lambda row: person_purpose(row.public_id)),),
        ),
    ),
    django_app="suigo.engines.delegation",
)
