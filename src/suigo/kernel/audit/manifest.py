"""What the ledger adds to the whole: who may read all of it."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.audit.queries import held
from suigo.kernel.manifest import AuditType, Capability, Manifest
from suigo.kernel.personal import PersonalData

MANIFEST = Manifest(
    id="audit",
    title=_("操作記録"),
    audience=_("操作記録を点検する職員"),
    capabilities=(Capability("audit.view", _("すべての操作記録を見る")),),
    audit_types=(
        AuditType(
            "audit.personal-erased",
            _("操作記録{count}件から、個人に関する部分を消去しました"),
            _("個人に関する情報を含みません"),
            rule=_("操作記録のうち住民の氏名などは、記録から1年"),
        ),
    ),
    personal=(PersonalData("history", _("あなたの操作の記録"), held),),
    django_app="suigo.kernel.audit",
)
