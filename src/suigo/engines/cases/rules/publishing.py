"""What was published in the browser, laid over the procedures of the city's folder."""

from collections.abc import Callable, Mapping

from suigo.engines.cases.providers import Published
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import ProcedureSpec
from suigo.kernel.content import Text


def overlaid(
    folder: Mapping[str, Procedure],
    published: Mapping[str, Published],
    *,
    defined: Callable[[str], Procedure],
    as_procedure: Callable[[ProcedureSpec], Procedure],
) -> dict[str, Procedure]:
    """The procedures of the folder with the published ones in their place, in order of ids."""
    merged = dict(folder)
    for procedure_id, what in published.items():
        found = defined(what.definition) if what.definition else merged.get(procedure_id)
        if found is not None:
            merged[procedure_id] = _closed(found, what.closed, as_procedure)
    return {key: merged[key] for key in sorted(merged)}


def _closed(
    procedure: Procedure, sentence: str, as_procedure: Callable[[ProcedureSpec], Procedure]
) -> Procedure:
    if not sentence:
        return procedure
    service = procedure.spec.service
    closing = service.open.model_copy(
        update={"open_now": False, "closed": Text.model_validate(sentence)}
    )
    spec = procedure.spec.model_copy(
        update={"service": service.model_copy(update={"open": closing})}
    )
    return as_procedure(spec)
