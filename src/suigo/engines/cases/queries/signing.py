"""Whether an application needs an electronic signature, and how a case stands with its own."""

from typing import Literal

from suigo.engines.cases.spec import ServiceSpec
from suigo.engines.signing import providers
from suigo.kernel.access import Actor

Level = Literal["required", "optional", "none"]


def signature_level(service: ServiceSpec, *, actor: Actor, channel: str = "web") -> Level:
    """What this applicant has to do on the web.

    Where the city has nobody who can have anything signed, everything is as it was before: other
    proofs of who applies, as the procedure's text says. ``switchable`` is required until the city
    writes ``optional``. Whoever applies at a desk or through a program signs nothing here.
    """
    if service.signature == "none" or channel != "web" or actor.is_staff:
        return "none"
    if actor.kind == "system" or providers.signer() is None:
        return "none"
    return "optional" if service.signature == "optional" else "required"
