"""Is a draft right? Read by the same strict loader that reads the city's folder."""

from collections import Counter
from collections.abc import Mapping

from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.cases.rules.checks import Known
from suigo.engines.cases.rules.letters import CASE_NAMES, CITY_NAMES, knows
from suigo.engines.cases.rules.loading import load_texts
from suigo.engines.cases.spec import ProcedureSpec, WorkflowSpec
from suigo.engines.forms.rules import FormErrors, compile_form
from suigo.engines.identity.queries import organisation
from suigo.engines.insight import queries as insight
from suigo.kernel.access import capabilities
from suigo.kernel.content import ContentError, ContentErrors, city, load
from suigo.services.builder.rules.package import Files, readable
from suigo.services.builder.rules.unfinished import NEVER_WRITTEN, unfinished


def read_spec(procedure_id: str, files: Files, *, known: Known | None = None) -> ProcedureSpec:
    """The procedure that the files define. Raises ``ContentErrors``."""
    return load_texts(procedure_id, files, root=city().root, known=known)


def faults_of(procedure_id: str, files: Files) -> tuple[ContentError, ...]:
    """Everything the loader finds wrong, cross-checks included, and what was never written; empty
    when it may be published."""
    try:
        spec = read_spec(procedure_id, files, known=known())
    except ContentErrors as broken:
        return broken.errors
    prefix = spec.service.number_prefix
    other = number_prefixes().get(prefix, procedure_id)
    if other != procedure_id:
        file = city().root / "services" / procedure_id / "service.yaml"
        message = f"{prefix!r} already numbers the cases of {other!r}"
        return (ContentError(file, 1, "number_prefix", message),)
    file = city().root / "services" / procedure_id / "form.yaml"
    return tuple(
        ContentError(file, 1, where, f"the {what} {NEVER_WRITTEN}")
        for where, what in unfinished(readable(files, "form.yaml"))
    )


def known() -> Known:
    """What else exists in this city and in the program."""
    return Known(
        departments=frozenset(organisation().departments),
        capabilities=frozenset(capabilities.known()),
        measures=frozenset(measure.id for measure in insight.plan().measures()),
        procedures=frozenset(found.id for found in procedures()),
        handling=city().spec.handling is not None,
    )


def number_prefixes() -> Mapping[str, str]:
    """Which procedure numbers its cases with which prefix."""
    return {found.spec.service.number_prefix: found.id for found in procedures()}


def shared_workflows() -> dict[str, WorkflowSpec]:
    """The workflows of the city that procedures may share, by name; what most of them use first."""
    found = {}
    for file in sorted((city().root / "workflows").glob("*.yaml")):
        try:
            found[file.stem] = load(file, WorkflowSpec)
        except ContentErrors:
            continue  # ``./suigo city check`` names the fault; nobody can choose it meanwhile
    used = Counter(procedure.spec.service.workflow for procedure in procedures())
    return dict(sorted(found.items(), key=lambda item: -used[item[0]]))


def shared_letters() -> dict[str, dict[str, str]]:
    """The letters of the city that procedures may share: for each set its texts, by name."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted((city().root / "letters").glob("*/*.yaml")):
        found.setdefault(file.parent.name, {})[file.stem] = file.read_text(encoding="utf-8")
    return found


def placeholders(procedure_id: str, files: Files) -> list[tuple[str, str]]:
    """What may be filled into the letters: (what people call it, the placeholder)."""
    try:
        form = compile_form(read_spec(procedure_id, files).form)
    except (ContentErrors, FormErrors):
        return []
    found = [
        (node.field.label.ja, f"{{{{ {path} }}}}")
        for path, node in form.nodes.items()
        if "*" not in path and knows(form, path)
    ]
    others = [
        *(f"case.{name}" for name in sorted(CASE_NAMES - {"message"})),
        *(f"city.{name}" for name in sorted(CITY_NAMES)),
        "decision.reason",
    ]
    return [*found, *((name, f"{{{{ {name} }}}}") for name in others)]
