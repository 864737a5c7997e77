"""What the engine search adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="search",
    title=_("さがす"),
    audience=_("ふだんの言葉でさがすすべての人"),
    content_kinds=("search-synonyms",),
    django_app="suigo.engines.search",
)
