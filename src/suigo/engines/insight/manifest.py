"""What the engine insight adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="insight",
    title=_("計画と進みぐあい"),
    audience="Everyone who wants to know how the plan goes",
)
