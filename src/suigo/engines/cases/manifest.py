"""What the engine cases adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="cases",
    title=_("申請と審査"),
    audience="Residents who apply and clerks who decide",
)
