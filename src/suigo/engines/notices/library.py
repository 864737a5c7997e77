"""The city's message templates, read once and again after an edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from suigo.engines.notices.spec import FooterSpec, NoticeSpec
from suigo.kernel.content import ContentErrors, load
from suigo.kernel.content.errors import ContentError
from suigo.kernel.content.reload import Reloadable

FOOTER = "footer"
NEEDED = frozenset(
    {"sign-in-code", "ways-in-changed", "recovery-asked", "recovery-done"}
)  # what this package sends by itself


@dataclass(frozen=True, slots=True)
class Library:
    """Templates by id, and what stands below each of them."""

    notices: Mapping[str, NoticeSpec]
    footer: FooterSpec


def load_library(root: Path) -> Library:
    """Read ``notices/`` of the city in ``root``. Raises ``ContentErrors`` with every fault."""
    folder = root / "notices"
    notices: dict[str, NoticeSpec] = {}
    errors: list[ContentError] = []
    footer: FooterSpec | None = None
    for file in sorted(folder.glob("*.yaml")):
        try:
            if file.stem == FOOTER:
                footer = load(file, FooterSpec)
            else:
                notices[file.stem] = load(file, NoticeSpec)
        except ContentErrors as faults:
            errors.extend(faults.errors)
    if not errors:
        missing = sorted(NEEDED - set(notices))
        missing += [FOOTER] if footer is None else []
        errors = [
            ContentError(folder / f"{name}.yaml", 1, "", "this message is needed")
            for name in missing
        ]
    if errors or footer is None:
        raise ContentErrors(errors)
    return Library(notices=notices, footer=footer)


_library = Reloadable(load_library)


def library() -> Library:
    """The templates of this deployment's city. Raises ``ContentErrors``."""
    return _library.get()


def faults() -> list[str]:
    """A sentence for everything that is wrong in the city's message templates."""
    try:
        library()
    except ContentErrors as found:
        return [str(error) for error in found.errors]
    return []
