"""Reading ``counters.yaml``, with every name in it looked up."""

from dataclasses import dataclass
from pathlib import Path

from suigo.kernel.content import ContentErrors, load, load_document
from suigo.services.counter.spec import CountersSpec

FILE = "counters.yaml"


@dataclass(frozen=True, slots=True)
class Known:
    """The names that may be used; None where they could not be read."""

    departments: frozenset[str] | None
    guides: frozenset[str] | None


def load_counters(root: Path, *, known: Known | None = None) -> CountersSpec | None:
    """The counters of a city, None when it has none. Raises ``ContentErrors``."""
    path = root / FILE
    if not path.exists():
        return None
    spec = load(path, CountersSpec)
    if known is None:
        return spec
    document = load_document(path)
    errors = []
    for index, desk in enumerate(spec.desks):
        if known.departments is not None and desk.department not in known.departments:
            message = f"no department is called {desk.department!r}"
            errors.append(document.error(("desks", index, "department"), message))
    for index, purpose in enumerate(spec.purposes):
        for number, guide in enumerate(purpose.guides):
            if known.guides is not None and guide not in known.guides:
                message = f"no guide is called {guide!r}"
                errors.append(document.error(("purposes", index, "guides", number), message))
    if errors:
        raise ContentErrors(errors)
    return spec
