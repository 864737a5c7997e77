"""Every address of the product: what the installed packages declare, and nothing else."""

from suigo.project import api
from suigo.project.installed import manifests

urlpatterns = [*api.urls(), *(pattern for manifest in manifests() for pattern in manifest.urls)]
