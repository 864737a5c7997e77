"""Providers that say themselves where they are asked what (OpenID Connect Discovery 1.0)."""

import json
from threading import Lock

from suigo.engines.identity.adapters.answers import host_of
from suigo.engines.identity.oidc.client import Client, Endpoints, FlowFailed
from suigo.engines.identity.oidc.fetching import NotAllowed, Unreachable, check_address, fetch
from suigo.engines.identity.oidc.keys import OwnKeys

NAMES = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "keys": "jwks_uri",
    "userinfo": "userinfo_endpoint",
}


class Discovered:
    """The client of a provider at ``issuer``, made when it is first needed: the program starts
    whether or not the provider answers. Every address must be on its host or ``more_hosts``."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        secret: str,
        algorithm: str,
        more_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self.issuer = issuer
        self._client_id, self._secret, self._algorithm = client_id, secret, algorithm
        self._hosts = host_of(issuer) | more_hosts
        self._lock = Lock()
        self._made: Client | None = None

    def client(self) -> Client:
        """Raises ``FlowFailed`` while the provider can't be asked."""
        with self._lock:
            if self._made is None:
                self._made = Client(
                    endpoints=self._endpoints(),
                    client_id=self._client_id,
                    algorithm=self._algorithm,
                    hosts=self._hosts,
                    own_keys=OwnKeys(),
                    secret=self._secret,
                )
            return self._made

    def _endpoints(self) -> Endpoints:
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = json.loads(fetch(address, hosts=self._hosts).body)
            if found["issuer"] != self.issuer:  # Discovery section 4.3
                raise FlowFailed("unproven", "the configuration is another issuer's")
            places = {name: str(found[said]) for name, said in NAMES.items()}
            for place in places.values():
                check_address(place, hosts=self._hosts)
        except Unreachable as silent:
            raise FlowFailed("unreachable", str(silent)) from silent
        except (NotAllowed, KeyError, TypeError, ValueError) as broken:
            raise FlowFailed("refused", f"the configuration: {broken}") from broken
        return Endpoints(issuer=self.issuer, **places)
