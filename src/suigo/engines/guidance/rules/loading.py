"""Reading the guides from a city's folder; every fault with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suigo.engines.guidance.rules import coverage
from suigo.engines.guidance.rules.compiling import Guide, GuideFaults, compile_guide
from suigo.engines.guidance.spec import EntriesSpec, Entry, GuideSpec, Thing, ThingsSpec
from suigo.kernel.content import ContentError, ContentErrors, load, load_document
from suigo.kernel.content.loader import Document, validate


@dataclass(frozen=True, slots=True)
class Known:
    """What else exists in the city."""

    departments: frozenset[str] | None
    procedures: frozenset[str]


@dataclass(frozen=True)
class Library:
    """Every guide of the city in the order shown, and what they share."""

    guides: tuple[Guide, ...]
    entries: Mapping[str, Entry]
    things: Mapping[str, Thing]


def load_guides(root: Path, *, known: Known | None = None) -> Library:
    """The guides in ``root/guides``. With ``known`` references and reachability are checked too.

    Raises ``ContentErrors`` with every fault of every file.
    """
    errors: list[ContentError] = []
    folder = root / "guides"
    files = sorted(folder.glob("*.yaml"))
    if not files:
        return Library((), {}, {})
    things = load(folder / "shared" / "things.yaml", ThingsSpec).things
    entries_document = load_document(folder / "shared" / "entries.yaml")
    entries = validate(entries_document, EntriesSpec).entries
    guides: list[Guide] = []
    letters: dict[str, str] = {}
    for file in files:
        try:
            guide, document = _load(file, entries, things)
        except ContentErrors as broken:
            errors.extend(broken.errors)
            continue
        guides.append(guide)
        other = letters.setdefault(guide.spec.letter, guide.id)
        if other != guide.id:
            message = f"{guide.spec.letter!r} is already the letter of {other!r}"
            errors.append(document.error(("letter",), message))
        if known is not None:
            errors += [document.error(w, m) for w, m in coverage.faults(guide)]
    if known is not None:
        used = {row.listing.id for guide in guides for row in guide.rows}
        errors += _entry_faults(entries, things, used, entries_document, known)
    if errors:
        raise ContentErrors(errors)
    guides.sort(key=lambda guide: (guide.spec.order, guide.id))
    return Library(tuple(guides), entries, things)


def _load(
    file: Path, entries: Mapping[str, Entry], things: Mapping[str, Thing]
) -> tuple[Guide, Document]:
    document = load_document(file)
    spec = validate(document, GuideSpec)
    try:
        return compile_guide(file.stem, spec, entries=entries, things=things), document
    except GuideFaults as wrong:
        raise ContentErrors([document.error(w, m) for w, m in wrong.faults]) from wrong


def _entry_faults(
    entries: Mapping[str, Entry],
    things: Mapping[str, Thing],
    used: set[str],
    document: Document,
    known: Known,
) -> list[ContentError]:
    found: list[ContentError] = []
    for name, entry in entries.items():
        where = ("entries", name)
        if name not in used:
            found.append(document.error(where, "no guide lists this entry"))
        if entry.procedure is not None and entry.procedure not in known.procedures:
            message = f"no procedure {entry.procedure!r}"
            found.append(document.error((*where, "procedure"), message))
        if (
            entry.department is not None
            and known.departments is not None
            and entry.department not in known.departments
        ):
            message = f"org.yaml has no department {entry.department!r}"
            found.append(document.error((*where, "department"), message))
        found += [
            document.error((*where, "bring", i), f"no thing {thing!r} in shared/things.yaml")
            for i, thing in enumerate(entry.bring)
            if thing not in things
        ]
    return found
