"""The front door: the home page, the list of procedures, and the page of one procedure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from suigo.engines.cases import policy
from suigo.engines.cases.actions import count_view
from suigo.engines.cases.providers import GuideLink, guide_links
from suigo.engines.cases.queries.agents import agents_of, need_of
from suigo.engines.cases.queries.catalog import CatalogEntry, Found, catalog, search_catalog
from suigo.engines.cases.queries.drafts import drafts_of
from suigo.engines.cases.queries.handling import handling_of
from suigo.engines.cases.queries.procedures import is_open, needed_assurance, procedure
from suigo.engines.cases.queries.signing import signature_level
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Evidence
from suigo.engines.cases.web.desk import DeskForm
from suigo.engines.cases.web.visitor import owner_token_of
from suigo.engines.delegation.queries import choices
from suigo.engines.forms.spec import FileField
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Assurance
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Message
from suigo.kernel.japanese.amounts import yen

ROBOTS = re.compile(r"bot\b|crawl|spider|slurp|preview|monitor", re.IGNORECASE)
LIFE_EVENTS: tuple[tuple[str, Message, str], ...] = (
    # in the order of life; a procedure's content names them by the first of each
    ("pregnancy-birth", _("妊娠・出産"), "baby"),
    ("childcare", _("子育て"), "graduation-cap"),
    ("moving-housing", _("引っ越し"), "truck"),
    ("care-elderly", _("介護"), "heart-handshake"),
    ("marriage-divorce", _("結婚・離婚"), "heart"),
    ("bereavement", _("おくやみ"), "flower-2"),
    ("work", _("仕事・通勤・通学"), "briefcase"),
    ("disaster", _("災害"), "siren"),
)

SHOWN_FIRST = 6  # procedures on the front page
TOP = 3  # the first hits say which guides may help as well


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """An event of life on the front page: how many procedures it has, and the guides that ask
    which of them apply."""

    key: str
    name: Message
    icon: str
    procedures: int
    guides: list[GuideLink]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What a resident sees first: one question, the events of life, the frequent things."""
    entries = catalog(language=get_language() or "ja", today=local_date(now()))
    context = {
        "life_events": [
            event
            for event in _life_events(entries, guide_links())
            if event.procedures or event.guides
        ],
        "entries": _varied([entry for entry in entries if entry.open])[:SHOWN_FIRST],
    }
    return render(request, "cases/catalog/home.html", context)


@require_GET
def procedure_list(request: HttpRequest) -> HttpResponse:
    """All procedures, narrowed by words and by life event."""
    words = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    life_event = request.GET.get("event", "")[:40]
    title = next((name for key, name, _icon in LIFE_EVENTS if key == life_event), None)
    language, today = get_language() or "ja", local_date(now())
    event = life_event if title else ""
    if words:
        found = search_catalog(words, language=language, today=today, life_event=event)
    else:
        found = Found(catalog(language=language, today=today, life_event=event), [])
    shown = found.entries[:TOP] if words else []
    events = tuple({e for entry in shown for e in entry.life_events} | {event} - {""})
    context = {
        "entries": found.entries,
        "near": found.near,
        "words": words,
        "event": title,
        "life_events": _used(catalog(language=language, today=today)),
        "guides": guide_links(events) if found.entries else guide_links(),
    }
    return render(request, "cases/catalog/list.html", context)


def _life_events(entries: list[CatalogEntry], guides: Sequence[GuideLink]) -> Iterator[LifeEvent]:
    for key, name, icon in LIFE_EVENTS:
        yield LifeEvent(
            key=key,
            name=name,
            icon=icon,
            procedures=sum(key in entry.life_events for entry in entries),
            guides=[guide for guide in guides if guide.life_events[:1] == (key,)],
        )


def _varied(entries: list[CatalogEntry]) -> list[CatalogEntry]:
    """One of each event of life first, so that no department fills the front page by itself."""
    seen: set[str] = set()
    first: list[CatalogEntry] = []
    rest: list[CatalogEntry] = []
    for entry in entries:
        event = next(iter(entry.life_events), "")
        (rest if event in seen else first).append(entry)
        seen.add(event)
    return first + rest


def _used(entries: list[CatalogEntry]) -> list[tuple[str, Message, str]]:
    """The events of life for which there is a procedure."""
    used = {event for entry in entries for event in entry.life_events}
    return [event for event in LIFE_EVENTS if event[0] in used]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A document to attach or bring, as the procedure's page lists it."""

    title: str
    note: str
    required: bool
    original_needed: bool
    conditional: bool


@require_GET
def procedure_page(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """Everything about one procedure, and the one button that starts it."""
    return show_procedure(request, procedure_id)


def show_procedure(
    request: HttpRequest, procedure_id: str, *, desk: DeskForm | None = None
) -> HttpResponse:
    """The page, with what a clerk still has to say in ``desk``."""
    chosen = procedure(procedure_id)
    service = chosen.spec.service
    language = get_language() or "ja"
    actor = actor_of(request)
    moment = now()
    department = organisation().departments.get(service.department)
    token = owner_token_of(request)
    if not actor.is_staff and request.method == "GET" and not _is_robot(request):
        count_view(procedure_id, today=local_date(moment))
    context = {
        "procedure": chosen,
        "service": service,
        "evidence": evidence_of(chosen, language),
        "handling": handling_of(service, language=language),
        "guides": guide_links(service.life_events),
        "fee": yen(service.fee.amount, language=language),
        "department": department,
        "open": is_open(service, today=local_date(moment)),
        "at_desk": actor.is_staff,
        "may_enter": actor.is_staff and actor.can(policy.ENTER),
        "desk": desk or DeskForm(),
        "signed_in": actor.is_staff or actor.assurance >= needed_assurance(service),
        "proves_identity": needed_assurance(service) > Assurance.CONTACT,
        "signature": signature_level(service, actor=actor),
        "drafts": drafts_of(actor, now=moment, owner_token=token, procedure_id=procedure_id),
        "agents": agents_of(service),
        "people": choices(actor, need_of(chosen), now=moment),
    }
    status = 422 if desk is not None and desk.errors else 200
    return render(request, "cases/catalog/procedure.html", context, status=status)


def _is_robot(request: HttpRequest) -> bool:
    """Programs that say so themselves; others can't be told from people without watching them."""
    return bool(ROBOTS.search(request.headers.get("User-Agent", "")))


def evidence_of(chosen: Procedure, language: str) -> list[EvidenceView]:
    """The form's own attachments, then the other documents of the catalog record."""
    attached = [
        EvidenceView(
            title=node.field.label.in_language(language),
            note=node.field.hint.in_language(language) if node.field.hint else "",
            required=node.field.required,
            original_needed=node.field.original_needed,
            conditional=node.show is not None
            or node.require is not None
            or chosen.form.page(node.page).show is not None,
        )
        for node in chosen.form.nodes.values()
        if isinstance(node.field, FileField)
    ]
    return attached + [_evidence(e, language) for e in chosen.spec.service.evidence]


def _evidence(evidence: Evidence, language: str) -> EvidenceView:
    return EvidenceView(
        title=evidence.title.in_language(language),
        note=evidence.note.in_language(language) if evidence.note else "",
        required=evidence.required,
        original_needed=evidence.original_needed,
        conditional=False,
    )
