from django.apps import AppConfig
from django.conf import settings

from suigo.engines.signing import providers
from suigo.engines.signing.adapters import crl_file, disabled, ocsp


class SigningConfig(AppConfig):
    """Electronic signatures. Makes the checkers of revocation known once the app is loaded."""

    name = "suigo.engines.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        providers.register_checker("crl-file", crl_file.connect)
        providers.register_checker("ocsp", ocsp.connect)
        if not settings.PRODUCTION:
            providers.register_checker("disabled-dev", disabled.connect)
