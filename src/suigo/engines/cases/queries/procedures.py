"""The procedures of this city, live and as cases were made with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import providers
from suigo.engines.cases.rules.loading import Procedure, load_specs
from suigo.engines.cases.rules.publishing import overlaid
from suigo.engines.cases.spec import ProcedureSpec, ServiceSpec
from suigo.kernel.access import Actor, Assurance, NeedsProof
from suigo.kernel.content.definitions import content_hash, frozen_beginning, frozen_document
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import NotFound

ASSURANCE = {
    "none": Assurance.NONE,
    "contact": Assurance.CONTACT,
    "identity": Assurance.IDENTITY,
    "signature": Assurance.SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every procedure the city offers, by id and in order."""

    by_id: Mapping[str, Procedure]
    by_hash: Mapping[str, Procedure]


def as_procedure(spec: ProcedureSpec) -> Procedure:
    """A definition ready to use and to freeze."""
    # defaults are written out: a later change of a default must not change an old case
    document = spec.model_dump(mode="json", by_alias=True)
    return Procedure(spec=spec, hash=content_hash(document), document=document)


def _load(root: Path) -> Catalogue:
    # expressions and cross-references are checked by ``./suigo city check`` before a release
    loaded = [as_procedure(spec) for spec in load_specs(root, known=None)]
    return Catalogue({p.id: p for p in loaded}, {p.hash: p for p in loaded})


_catalogue = Reloadable(_load)
_joined: tuple[Catalogue, Mapping[str, providers.Published], Catalogue] | None = None


def _everything() -> Catalogue:
    """The city's folder, and over it what was published in the browser."""
    global _joined  # one value per process, replaced as a whole
    base, published = _catalogue.get(), providers.published()
    if not published:
        return base
    kept = _joined
    # both are replaced, never changed: the same objects mean the same catalogue
    if kept is not None and kept[0] is base and kept[1] is published:
        return kept[2]
    by_id = overlaid(base.by_id, published, defined=_frozen, as_procedure=as_procedure)
    catalogue = Catalogue(by_id, {p.hash: p for p in by_id.values()})
    _joined = (base, published, catalogue)
    return catalogue


def procedures() -> tuple[Procedure, ...]:
    """Every procedure, in the order of their ids."""
    return tuple(_everything().by_id.values())


def live(procedure_id: str) -> Procedure | None:
    """The procedure as it is today, if there still is one."""
    return _everything().by_id.get(procedure_id)


def shared_with(departments: frozenset[str]) -> tuple[str, ...]:
    """The procedures of others that these departments read (共同処理), by content; no query."""
    return tuple(
        found.id
        for found in procedures()
        if any(shared.department in departments for shared in found.spec.service.shared_with)
    )


def procedure(procedure_id: str) -> Procedure:
    """The procedure as it is today. Raises ``NotFound``."""
    found = _everything().by_id.get(procedure_id)
    if found is None:
        raise NotFound(_("この手続は見つかりませんでした。"))
    return found


def defined(definition_hash: str) -> Procedure:
    """The procedure as it was when a draft or case was made with it."""
    live = _everything().by_hash.get(definition_hash)
    return live if live is not None else _frozen(definition_hash)


def is_defined(definition_hash: str) -> bool:
    """Whether this node knows the definition: it offers it today, or has frozen it."""
    live = definition_hash in _everything().by_hash
    return live or frozen_beginning(definition_hash, kind="procedure") is not None


def in_folder(procedure_id: str) -> Procedure | None:
    """The procedure as the city's folder has it, whatever was published since."""
    return _catalogue.get().by_id.get(procedure_id)


@lru_cache(maxsize=1024)
def _frozen(definition_hash: str) -> Procedure:
    document = frozen_document(definition_hash)
    # a later version of the program may know fewer keys: an old case must still be read
    spec = ProcedureSpec.model_validate(document, extra="ignore")
    return Procedure(spec=spec, hash=definition_hash, document=document)


@dataclass(frozen=True, slots=True)
class PrintedDefinition:
    """The definition that a printed sheet was made with."""

    hash: str
    name: str


def printed_definition(code: str) -> PrintedDefinition:
    """The definition whose hash begins with ``code``. Raises ``NotFound``."""
    found = frozen_beginning(code, kind="procedure")
    if found is None:
        raise NotFound(_("この用紙の手続は見つかりませんでした。"))
    return PrintedDefinition(*found)


def is_open(service: ServiceSpec, *, today: date) -> bool:
    """Whether the city takes applications today (受付期間)."""
    period = service.open
    day = today.isoformat()
    return (
        period.open_now
        and (period.from_date is None or period.from_date <= day)
        and (period.to_date is None or day <= period.to_date)
    )


def check_may_look(actor: Actor, service: ServiceSpec) -> None:
    """Whether the applicant proved enough to open their own application and its result; results
    of health and welfare may need more than a code by mail. Raises ``NeedsProof``."""
    needed = ASSURANCE[service.view_assurance]
    if actor.is_resident and actor.assurance < needed:
        raise NeedsProof(_("この申請を見るには、本人確認が必要です。"), assurance=needed)


def needed_assurance(service: ServiceSpec) -> Assurance:
    """How sure the city must be of who applies, when they begin and when they send. A signature
    is over what was written: it is asked for at the end (``signature: required``)."""
    return min(ASSURANCE[service.assurance], Assurance.IDENTITY)
