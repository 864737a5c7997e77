"""What the city still has to confirm, by department and procedure."""

from collections.abc import Sequence
from dataclasses import dataclass

from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.cases.rules.confirming import Doubt, doubts_of


@dataclass(frozen=True, slots=True)
class ProcedureDoubts:
    """One procedure with what is open in it."""

    id: str
    number: str
    title: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class DepartmentDoubts:
    """The procedures of one department."""

    id: str
    name: str
    procedures: tuple[ProcedureDoubts, ...]

    @property
    def count(self) -> int:
        return sum(len(p.doubts) for p in self.procedures)


def doubts_by_department(*, language: str) -> Sequence[DepartmentDoubts]:
    """Every department with procedures of which something is open, in the order of the folders."""
    found: dict[str, list[ProcedureDoubts]] = {}
    for procedure in procedures():
        doubts = tuple(doubts_of(procedure.spec))
        service = procedure.spec.service
        if doubts:
            found.setdefault(service.department, []).append(
                ProcedureDoubts(
                    id=procedure.id,
                    number=service.number_prefix,
                    title=service.title.in_language(language),
                    doubts=doubts,
                )
            )
    return [
        DepartmentDoubts(id=d, name=department_name(d, language=language), procedures=tuple(ps))
        for d, ps in found.items()
    ]
