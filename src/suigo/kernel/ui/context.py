"""What every page needs to know."""

from typing import Any

from django.http import HttpRequest

from suigo.kernel.access.web import actor_of
from suigo.kernel.content import city


def page(request: HttpRequest) -> dict[str, Any]:
    """The city and the actor, for the base templates."""
    return {"city": city().spec, "actor": actor_of(request)}
