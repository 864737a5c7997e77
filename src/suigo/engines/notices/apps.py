from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class NoticesConfig(AppConfig):
    name = "suigo.engines.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say how e-mail travels, and refuse hours of rest that nobody could mean."""
        from suigo.engines.notices import providers, rules  # noqa: PLC0415 - settings must be ready
        from suigo.engines.notices.adapters.smtp import SmtpChannel  # noqa: PLC0415

        providers.register("email", SmtpChannel())
        try:
            rules.QuietHours.parse(settings.SUIGO_QUIET_HOURS)
        except ValueError as fault:
            raise ImproperlyConfigured(
                "SUIGO_QUIET_HOURS must be two times such as 21:00-07:00, or empty"
            ) from fault
