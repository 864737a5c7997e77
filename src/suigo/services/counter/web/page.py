"""What the pages of a visit share: the visit, its applications, and the steps beside them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suigo.kernel.access import Actor
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now
from suigo.services.counter.queries.visits import (
    Entered,
    VisitView,
    common_questions,
    entered,
    visit_for,
)
from suigo.services.counter.rules.sharing import Common
from suigo.services.counter.web.steps import next_url, steps


@dataclass(frozen=True, slots=True)
class Work:
    """A visit on somebody's desk."""

    visit: VisitView
    applications: list[Entered]
    common: Common | None
    actor: Actor
    moment: datetime

    @property
    def mine(self) -> bool:
        return self.visit.clerk_id == self.actor.account_id

    @property
    def next_url(self) -> str:
        return next_url(self.visit, self.applications, common=self.common is not None)


def text_of(request: HttpRequest, name: str, *, most: int) -> str:
    """What was typed into a box, without what a database can't keep, and cut to its length."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:most]


def work_on(request: HttpRequest, visit_id: UUID) -> Work:
    """The visit, read for whoever asks. A colleague's applications are not opened."""
    actor, moment = actor_of(request), now()
    visit = visit_for(actor, visit_id)
    mine = visit.clerk_id == actor.account_id
    applications = entered(visit, actor, now=moment) if mine and visit.is_open else []
    common = common_questions(visit, applications) if applications else None
    return Work(visit, applications, common, actor, moment)


def show(
    request: HttpRequest,
    work: Work,
    template: str,
    *,
    step: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of the visit."""
    base = {
        "work": work,
        "visit": work.visit,
        "steps": steps(work.visit, work.applications, current=step, common=bool(work.common)),
    }
    response = render(request, f"counter/{template}.html", {**base, **context}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
