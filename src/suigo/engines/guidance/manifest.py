"""What the engine guidance adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.guidance.rest import router
from suigo.engines.guidance.urls import urlpatterns
from suigo.kernel.manifest import Manifest

MANIFEST = Manifest(
    id="guidance",
    title=_("手続ガイド"),
    audience=_("引っ越しや出産などで、何をすればよいか知りたいすべての人"),
    measures=("1-1-17",),
    urls=tuple(urlpatterns),
    api_routers=(("", router),),
    content_kinds=("guide", "guide-entries", "guide-things"),
    django_app="suigo.engines.guidance",
)
