"""What the engine forms adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="forms",
    title=_("申請フォーム"),
    audience=_("申請に記入するすべての人"),
)
