"""What the engine insight adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.insight import queries
from suigo.engines.insight.policy import FIGURES
from suigo.engines.insight.urls import urlpatterns
from suigo.kernel.manifest import Capability, Manifest, NavigationItem

MANIFEST = Manifest(
    id="insight",
    title=_("計画と進みぐあい"),
    audience=_("計画の進みぐあいを知りたいすべての人"),
    urls=tuple(urlpatterns),
    navigation=(NavigationItem(_("数字"), "figures", "staff", capability=FIGURES, order=60),),
    capabilities=(
        Capability(id="plan.edit", title=_("計画の評価と見直しを書く")),
        Capability(id=FIGURES, title=_("自分の課の手続の数字を見る")),
    ),
    content_kinds=("plan", "page"),
    django_app="suigo.engines.insight",
    checks=(queries.faults,),
)
