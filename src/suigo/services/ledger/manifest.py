"""What the service ledger adds to the whole."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import AuditType, Manifest, NavigationItem
from suigo.services.ledger import policy
from suigo.services.ledger.queries import altered_count, authorities
from suigo.services.ledger.web import urlpatterns

NOTHING_PERSONAL = _("個人に関する情報を含みません")


def _faults() -> list[str]:
    """What is wrong with the settings of time stamps, where the city has any."""
    if not settings.SUIGO_TIMESTAMP_URL:
        return []
    file = authorities()
    if file is None or not file.is_file():
        return ["SUIGO_TIMESTAMP_CA: name the file with the certificates of who stamps"]
    return []


MANIFEST = Manifest(
    id="ledger",
    title=_("操作記録と証明"),
    audience=_("操作記録を点検する職員"),
    urls=tuple(urlpatterns),
    navigation=(
        NavigationItem(
            _("操作記録"),
            "ledger",
            "staff",
            capability=policy.VIEW,
            count=altered_count,
            order=890,
        ),
    ),
    audit_types=(
        AuditType(
            "ledger.proven",
            _("{date} までの操作記録とファイルの証明を作りました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "ledger.proof_altered",
            _("{date} の日次の証明が、作られたときのままではないことを見つけました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "ledger.stamped",
            _("{date} の日次の証明に、外部のタイムスタンプを付けました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "ledger.verified",
            _("操作記録 {entries} 件とファイルを確かめ、変わったところはありませんでした"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "ledger.found_altered",
            _("操作記録とファイルを確かめ、変わったところを {findings} 件見つけました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "ledger.personal_read",
            _("{actor} が操作記録 {entry} 番の個人に関する部分を見ました（理由: {reason}）"),
            _("番号と理由だけで、見た内容は含みません。"),
        ),
    ),
    checks=(_faults,),
)
