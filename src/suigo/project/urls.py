"""Every address of the product: what the installed packages declare, and nothing else."""

from suigo.project.installed import manifests

urlpatterns = [pattern for manifest in manifests() for pattern in manifest.urls]
