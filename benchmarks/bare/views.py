"""The jobs that are measured, each written the shortest way."""

import secrets
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from bare.forms import STEPS, WholeForm
from bare.models import Draft, Item, Submission


class Invalid(Exception):
    """The client posted something wrong; the benchmark must not go on."""


def no_operation(_request: HttpRequest) -> HttpResponse:
    """Nothing but Django itself."""
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    """One INSERT of fifteen posted values under a unique reference."""
    answers = {key: request.POST[key] for key in request.POST}
    kept = Submission.objects.create(reference=secrets.token_hex(8), answers=answers)
    return HttpResponse(f"<p>{kept.reference}</p>")


def form(request: HttpRequest) -> HttpResponse:
    """A complete page with fifteen fields."""
    return render(request, "bare/form.html", {"form": WholeForm()})


def start(_request: HttpRequest) -> HttpResponse:
    """The first request of the flow: a row for the draft."""
    draft = Draft.objects.create()
    return HttpResponseRedirect(f"/flow/{draft.id}/0/")


@transaction.atomic
def step(request: HttpRequest, draft_id: UUID, number: int) -> HttpResponse:
    """One of three steps: shows it, or checks it and keeps it in the locked draft."""
    if request.method == "GET":
        draft = Draft.objects.get(pk=draft_id)
        filled = STEPS[number](initial=draft.answers)
        return render(request, "bare/form.html", {"form": filled})
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    filled = STEPS[number](request.POST)
    if not filled.is_valid():
        raise Invalid(filled.errors.as_json())
    draft.answers |= {name: _plain(value) for name, value in filled.cleaned_data.items()}
    draft.save(update_fields=["answers"])
    following = f"{number + 1}/" if number + 1 < len(STEPS) else "complete/"
    return HttpResponseRedirect(f"/flow/{draft_id}/{following}")


@transaction.atomic
def complete(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Shows the answers, or checks all fifteen again and turns the draft into a submission."""
    if request.method == "GET":
        draft = Draft.objects.get(pk=draft_id)
        return render(request, "bare/check.html", {"answers": draft.answers})
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    filled = WholeForm(draft.answers)
    if not filled.is_valid():
        raise Invalid(filled.errors.as_json())
    kept = Submission.objects.create(reference=secrets.token_hex(8), answers=draft.answers)
    draft.delete()
    return render(request, "bare/done.html", {"reference": kept.reference})


def inbox(request: HttpRequest) -> HttpResponse:
    """Fifty rows of one department and state, the most urgent first, and how many there are."""
    rows = Item.objects.filter(
        department=request.GET["department"], state=request.GET["state"]
    ).order_by("due_date", "id")
    return render(request, "bare/inbox.html", {"rows": rows[:50], "total": rows.count()})


def _plain(value: object) -> object:
    """A cleaned value as it can stand in JSON."""
    is_plain = isinstance(value, str | int | bool | list | None)
    return value if is_plain else DjangoJSONEncoder().default(value)
