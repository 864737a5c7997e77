"""What the second of two people is told: what changed while they were typing."""

from django.http import HttpRequest

from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import SuigoError
from suigo.services.builder.actions.designing import ChangedMeanwhile
from suigo.services.builder.queries.designs import DesignView, files_at
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.web.pages import seen_version


def told(request: HttpRequest, design: DesignView, failure: SuigoError | None) -> list[str]:
    """The changes by others since the version on the person's screen, in words."""
    if not isinstance(failure, ChangedMeanwhile):
        return []
    before = files_at(actor_of(request), design.public_id, seen_version(request))
    return differences(before, design.files)
