from django.apps import AppConfig

from suigo.engines.identity import adapters


class IdentityConfig(AppConfig):
    """Identity. Makes the configured providers known once the app is loaded."""

    name = "suigo.engines.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        adapters.install()
