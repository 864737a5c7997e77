"""What the ledger adds to the whole: who may read all of it."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Capability, Manifest

MANIFEST = Manifest(
    id="audit",
    title=_("操作記録"),
    audience=_("操作記録を点検する職員"),
    capabilities=(Capability("audit.view", _("すべての操作記録を見る")),),
    django_app="suigo.kernel.audit",
)
