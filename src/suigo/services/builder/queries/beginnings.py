"""The files a new draft begins with."""

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.queries.procedures import in_folder
from suigo.kernel.content import city
from suigo.kernel.errors import Invalid, NotFound
from suigo.services.builder.queries.checking import number_prefixes, shared_workflows
from suigo.services.builder.queries.designs import published_files
from suigo.services.builder.rules.package import NAME, readable, replaced
from suigo.services.builder.rules.starting import free_prefix, skeleton
from suigo.services.builder.rules.templates import TEMPLATES


def suggested_prefix() -> str:
    """A prefix that numbers no procedure yet."""
    return free_prefix(set(number_prefixes()))


def new_files(
    *, title: str, number_prefix: str, department: str, workflow: str, template: str = "application"
) -> dict[str, str]:
    """The files of a new procedure. Raises ``Invalid`` for a workflow the city has not."""
    spec = shared_workflows().get(workflow)
    if spec is None:
        raise Invalid(field_errors={"workflow": _("流れを選んでください。")})
    return skeleton(
        title=title,
        number_prefix=number_prefix,
        department=department,
        workflow=workflow,
        spec=spec,
        template=TEMPLATES.get(template),
    )


def copied_files(procedure_id: str, *, number_prefix: str = "") -> dict[str, str]:
    """The files of a procedure as published last, else as the city's folder has them.

    With ``number_prefix`` they are for another procedure of that prefix. Raises ``NotFound``.
    """
    files = published_files(procedure_id) or _folder_files(procedure_id)
    if number_prefix:
        service = readable(files, "service.yaml")
        service["number_prefix"] = number_prefix
        files = replaced(files, "service.yaml", service)
    return files


def _folder_files(procedure_id: str) -> dict[str, str]:
    if in_folder(procedure_id) is None:
        raise NotFound(_("この手続は見つかりませんでした。"))
    folder = city().root / "services" / procedure_id
    return {
        name: file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.yaml"))
        if NAME.match(name := file.relative_to(folder).as_posix())
    }
