from django.apps import AppConfig
from django.conf import settings

from suigo.services.counter import providers
from suigo.services.counter.adapters import fake


class CounterConfig(AppConfig):
    """The counter. Makes the card readers known once the app is loaded."""

    name = "suigo.services.counter"
    label = "counter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if not settings.PRODUCTION:
            providers.register_reader("fake", fake.connect)
