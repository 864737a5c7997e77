"""Which scanned files belong together: by the codes on their sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from suigo.engines.cases.rules.sheets import Sheet

BLANK_INK = 0.0008  # a sheet of paper has less than this in dust and shadows


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A scanned file: its id, and for each page what its code says and whether it is blank."""

    file_id: UUID
    sheets: tuple[Sheet | None, ...]
    blank: tuple[bool, ...]

    @property
    def targets(self) -> set[tuple[str, UUID | None]]:
        """What the codes in the file lead to."""
        return {(s.definition, s.case_id) for s in self.sheets if s is not None}

    @property
    def numbers(self) -> list[int]:
        """The numbers of the printed pages in it, as they come."""
        return [s.page for s in self.sheets if s is not None and s.definition]


@dataclass(slots=True)
class Group:
    """Files of one application. ``mixed``: a file holds more than one, and nobody can tell."""

    definition: str = ""
    case_id: UUID | None = None
    mixed: bool = False
    files: list[ReadFile] = field(default_factory=list)

    @property
    def numbers(self) -> set[int]:
        return {n for file in self.files for n in file.numbers}


def grouped(files: Sequence[ReadFile]) -> list[Group]:
    """The applications among files that were sent together, in any order.

    Sheets of one form join until a number comes twice: then another person's form begins. A file
    without any code joins the application before it (a copy of a certificate), or stands alone.
    """
    groups: list[Group] = []
    for file in files:
        numbers = file.numbers
        if len(file.targets) > 1 or len(numbers) != len(set(numbers)):
            groups.append(Group(mixed=True, files=[file]))
        elif not file.targets:
            if groups and not groups[-1].mixed and (groups[-1].definition or groups[-1].case_id):
                groups[-1].files.append(file)
            else:
                groups.append(Group(files=[file]))
        else:
            ((definition, case_id),) = file.targets
            fitting = next(
                (
                    g
                    for g in reversed(groups)
                    if (g.definition, g.case_id) == (definition, case_id)
                    and not g.mixed
                    and not g.numbers & set(numbers)
                ),
                None,
            )
            if fitting is None:
                fitting = Group(definition, case_id)
                groups.append(fitting)
            fitting.files.append(file)
    return groups
