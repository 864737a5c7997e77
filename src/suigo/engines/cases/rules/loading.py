"""Reading procedures from a city's folder.

``services/<id>/`` holds ``service.yaml``, ``form.yaml``, ``workflow.yaml`` (or the service names
a shared ``workflows/<name>.yaml``), and may hold ``checklist.yaml`` and ``letters/*.yaml``. A
letter that its workflow sends and the folder lacks comes from the shared ``letters/<name>/`` that
the service names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel
from pydantic import Field as Key

from suigo.engines.cases.rules.checks import Known, Sources, faults
from suigo.engines.cases.rules.letters import compile_inputs
from suigo.engines.cases.spec import (
    Action,
    ChecklistItem,
    LetterSpec,
    ProcedureSpec,
    ServiceSpec,
    WorkflowSpec,
)
from suigo.engines.forms.rules import CompiledForm, compile_form
from suigo.engines.forms.spec import FormSpec
from suigo.kernel.content import ContentError, ContentErrors, Spec, load_document
from suigo.kernel.content.loader import Document, parse, validate

M = TypeVar("M", bound=BaseModel)


class ChecklistSpec(Spec):
    """``checklist.yaml``: what the clerk makes sure of, in the order of the work."""

    items: tuple[ChecklistItem, ...] = Key(min_length=1)


@dataclass(frozen=True)
class Procedure:
    """A procedure ready to use. One is made per definition and shared by all threads.

    ``hash`` is the content hash under which a case freezes the definition, ``document`` the plain
    data that is frozen.
    """

    spec: ProcedureSpec
    hash: str
    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        return self.spec.id

    @cached_property
    def form(self) -> CompiledForm:
        """The form, its expressions checked. Raises ``FormErrors``."""
        return compile_form(self.spec.form)

    def inputs(self, action: Action) -> CompiledForm | None:
        """What the clerk decides in this action, as a form; None when nothing."""
        return compile_inputs(action.inputs) if action.inputs else None


class FileSource(Protocol):
    """Where the files of a procedure are kept."""

    def has(self, file: Path) -> bool:
        """Whether there is such a file."""
        ...

    def document(self, file: Path) -> Document:
        """The file as plain data. Raises ``ContentErrors``."""
        ...

    def letters(self, folder: Path) -> Sequence[Path]:
        """The letters of the procedure in ``folder``, in order."""
        ...


class Disk:
    """Files of the city's folder."""

    def has(self, file: Path) -> bool:
        return file.exists()

    def document(self, file: Path) -> Document:
        return load_document(file)

    def letters(self, folder: Path) -> Sequence[Path]:
        return sorted((folder / "letters").glob("*.yaml"))


DISK = Disk()


@dataclass(frozen=True, slots=True)
class Texts:
    """A procedure whose files are texts, by path inside its folder (``letters/approval.yaml``).

    What it shares with others, such as a workflow, is read from the city's folder.
    """

    folder: Path
    texts: Mapping[str, str]

    def has(self, file: Path) -> bool:
        return self._own(file) is not None or (self._shared(file) and DISK.has(file))

    def document(self, file: Path) -> Document:
        own = self._own(file)
        if own is not None:
            return parse(own, file=file)
        if self._shared(file):
            return DISK.document(file)
        raise ContentErrors([ContentError(file, 1, "", "the file is missing")])

    def letters(self, folder: Path) -> Sequence[Path]:
        return [folder / name for name in sorted(self.texts) if name.startswith("letters/")]

    def _shared(self, file: Path) -> bool:
        return not file.is_relative_to(self.folder)

    def _own(self, file: Path) -> str | None:
        if self._shared(file):
            return None
        return self.texts.get(file.relative_to(self.folder).as_posix())


def load_specs(root: Path, *, known: Known | None) -> tuple[ProcedureSpec, ...]:
    """Every procedure of the city in ``root``, in order of their ids.

    With ``known`` the cross-checks run too, expressions included. Raises ``ContentErrors`` with
    every fault of every procedure.
    """
    folders = sorted(p.parent for p in (root / "services").glob("*/service.yaml"))
    shared: dict[Path, Document] = {}
    specs: list[ProcedureSpec] = []
    errors: list[ContentError] = []
    for folder in folders:
        try:
            specs.append(load_spec(folder, root=root, known=known, shared=shared))
        except ContentErrors as broken:
            errors.extend(broken.errors)
    errors.extend(_numbered_twice(specs, root))
    if errors:
        raise ContentErrors(errors)
    return tuple(specs)


def load_texts(
    procedure_id: str, texts: Mapping[str, str], *, root: Path, known: Known | None
) -> ProcedureSpec:
    """The procedure whose files are ``texts``, read as if they stood in the city's folder
    ``root``. Raises ``ContentErrors``."""
    folder = root / "services" / procedure_id
    return load_spec(folder, root=root, known=known, source=Texts(folder, texts))


def load_spec(
    folder: Path,
    *,
    root: Path,
    known: Known | None,
    shared: dict[Path, Document] | None = None,
    source: FileSource = DISK,
) -> ProcedureSpec:
    """The procedure in ``folder``. Raises ``ContentErrors``."""
    errors: list[ContentError] = []
    service_document = _read(source, folder / "service.yaml", errors)
    form_document = _read(source, folder / "form.yaml", errors)
    service = _checked(service_document, ServiceSpec, errors)
    form = _checked(form_document, FormSpec, errors)
    own = folder / "workflow.yaml"
    named = service.workflow if service is not None else None
    file = root / "workflows" / f"{named}.yaml" if named else own
    if named and source.has(own):
        errors.append(ContentError(own, 1, "", f"service.yaml names the shared workflow {named!r}"))
    workflow_document = (shared or {}).get(file)
    # a service.yaml that can't be read may well name a shared workflow: say only what is known
    if workflow_document is None and (service is not None or source.has(file)):
        workflow_document = _read(source, file, errors)
    if shared is not None and named and workflow_document is not None:
        shared[file] = workflow_document
    workflow = _checked(workflow_document, WorkflowSpec, errors)
    checklist: tuple[ChecklistItem, ...] = ()
    if source.has(folder / "checklist.yaml"):
        found = _checked(_read(source, folder / "checklist.yaml", errors), ChecklistSpec, errors)
        checklist = found.items if found is not None else ()
    set_name = service.letters if service is not None else None
    if set_name is not None and not (root / "letters" / set_name).is_dir():
        message = f"the city has no shared letters {set_name!r}"
        errors.append(ContentError(folder / "service.yaml", 1, "letters", message))
        raise ContentErrors(errors)
    own_letters = source.letters(folder)
    files = [*own_letters, *_shared_letters(own_letters, root, service, workflow)]
    documents = [_read(source, file, errors) for file in files]
    letters = [_checked(document, LetterSpec, errors) for document in documents]
    if (
        errors
        or service is None
        or form is None
        or workflow is None
        or service_document is None
        or form_document is None
        or workflow_document is None
    ):
        raise ContentErrors(errors)
    try:
        spec = ProcedureSpec(
            id=folder.name,
            service=service,
            form=form,
            workflow=workflow,
            checklist=checklist,
            letters=tuple(letter for letter in letters if letter is not None),
        )
    except ValueError as wrong:
        raise ContentErrors([service_document.error((), f"{folder.name}: {wrong}")]) from wrong
    if known is not None:
        sources = Sources(
            service=service_document,
            form=form_document,
            workflow=workflow_document,
            letters=tuple(d for d in documents if d is not None),
        )
        found_faults = list(faults(spec, sources, known))
        if found_faults:
            raise ContentErrors(found_faults)
    return spec


def _shared_letters(
    own: Sequence[Path], root: Path, service: ServiceSpec | None, workflow: WorkflowSpec | None
) -> list[Path]:
    if service is None or service.letters is None or workflow is None:
        return []
    sent = {action.letter for action in workflow.actions if action.letter is not None}
    lacking = sorted(sent - {file.stem for file in own})
    return [root / "letters" / service.letters / f"{name}.yaml" for name in lacking]


def _read(source: FileSource, file: Path, errors: list[ContentError]) -> Document | None:
    try:
        return source.document(file)
    except ContentErrors as broken:
        errors.extend(broken.errors)
        return None


def _checked(document: Document | None, model: type[M], errors: list[ContentError]) -> M | None:
    if document is None:
        return None
    try:
        return validate(document, model)
    except ContentErrors as broken:
        errors.extend(broken.errors)
        return None


def _numbered_twice(specs: Iterable[ProcedureSpec], root: Path) -> list[ContentError]:
    first: dict[str, str] = {}
    errors = []
    for spec in specs:
        other = first.setdefault(spec.service.number_prefix, spec.id)
        if other != spec.id:
            file = root / "services" / spec.id / "service.yaml"
            message = f"{spec.service.number_prefix!r} already numbers the cases of {other!r}"
            errors.append(ContentError(file, 1, "number_prefix", message))
    return errors
