"""What the engine documents adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="documents",
    title=_("文書・ファイル"),
    audience="Everyone who attaches a file or receives a letter",
)
