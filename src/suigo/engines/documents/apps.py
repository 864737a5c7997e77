from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Files, letters and retention. Makes the scanners known once the app is loaded."""

    name = "suigo.engines.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from suigo.engines.documents import providers  # noqa: PLC0415 - needs loaded settings
        from suigo.engines.documents.adapters import clamd, fake  # noqa: PLC0415

        providers.register_scanner("clamd", clamd.connect)
        providers.register_scanner("fake", fake.connect)
