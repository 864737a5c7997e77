from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "suigo.engines.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say how e-mail travels."""
        from suigo.engines.notices import providers  # noqa: PLC0415 - settings must be ready
        from suigo.engines.notices.adapters.smtp import SmtpChannel  # noqa: PLC0415

        providers.register("email", SmtpChannel())
