"""Display settings, the city's colours and the gallery of components."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import Manifest
from suigo.kernel.ui.urls import urlpatterns
from suigo.kernel.ui.web import colour_problems

MANIFEST = Manifest(
    id="ui",
    title=_("画面の部品"),
    audience=_("すべての人"),
    urls=tuple(urlpatterns),
    django_app="suigo.kernel.ui",
    checks=(colour_problems,),
)
