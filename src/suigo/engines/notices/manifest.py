"""What the engine notices adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="notices",
    title=_("お知らせの送信"),
    audience="Everyone the city writes to",
)
