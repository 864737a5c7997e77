"""Providers to sign in with, one module each; ``install`` registers those that are configured."""

from django.conf import settings

from suigo.engines.identity import providers
from suigo.engines.identity.adapters import card_app, gbizid, staff_sso
from suigo.engines.identity.oidc.keys import OwnKeys


def install() -> None:
    """Register every provider that the settings name; called once, when Django is ready."""
    providers.forget_all()
    if settings.SUIGO_CARD_PROVIDER:
        app = card_app.CardApp(
            base=settings.SUIGO_CARD_PROVIDER,
            client_id=settings.SUIGO_CARD_CLIENT_ID,
            own_keys=OwnKeys.parse(settings.SUIGO_SIGN_IN_KEYS),
        )
        providers.register("card", app)
        providers.register_signing(app)
    if settings.SUIGO_GBIZID_PROVIDER:
        providers.register(
            "business",
            gbizid.GBizId(
                issuer=settings.SUIGO_GBIZID_PROVIDER,
                client_id=settings.SUIGO_GBIZID_CLIENT_ID,
                secret=settings.SUIGO_GBIZID_SECRET,
            ),
        )
    if settings.SUIGO_STAFF_PROVIDER:
        providers.register(
            "staff",
            staff_sso.StaffSignIn(
                issuer=settings.SUIGO_STAFF_PROVIDER,
                client_id=settings.SUIGO_STAFF_CLIENT_ID,
                secret=settings.SUIGO_STAFF_SECRET,
                algorithm=settings.SUIGO_STAFF_ALGORITHM,
                more_hosts=settings.SUIGO_STAFF_HOSTS,
            ),
        )
