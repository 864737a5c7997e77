"""What the engine identity adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="identity",
    title=_("本人・職員・ログイン"),
    audience="Everyone who signs in, and the administrators of posts",
)
