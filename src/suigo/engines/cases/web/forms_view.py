"""What every screen with a form on it needs: posted values, uploads, files, sizes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language

from suigo.engines.cases.web.brakes import count
from suigo.engines.documents import actions as documents
from suigo.engines.documents import queries as stored
from suigo.engines.documents.spec import FileBrief
from suigo.engines.forms.rendering import FileView, FormView
from suigo.engines.forms.rules import CompiledForm, Evaluation, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.members import Choice
from suigo.engines.forms.spec import FileField
from suigo.kernel.access.web import actor_of
from suigo.kernel.clock import now
from suigo.kernel.errors import SuigoError
from suigo.kernel.language import _

UPLOAD = ".upload"


@dataclass(slots=True)
class Posted:
    """A posted page with its uploads already stored."""

    values: dict[str, list[str]] = field(default_factory=dict)
    own_files: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def read_post(
    request: HttpRequest, form_of: Callable[[], CompiledForm], *, owner_token: str
) -> Posted:
    """The posted values; files that came with them are stored and join them as ids.

    A file that is refused becomes a message at its field; everything else is kept. ``form_of``
    fetches the form and is called only when there may be files, which few pages have.
    """
    form = cache(form_of)
    posted = Posted(values={key: request.POST.getlist(key) for key in request.POST})
    named = [(p, v) for p, values in posted.values.items() for v in values if _is_uuid(v)]
    ids = [
        UUID(value)
        for path, value in named
        if (node := form().node_at(path)) is not None and isinstance(node.field, FileField)
    ]
    if ids:
        mine = stored.owned_among(actor_of(request), ids, owner_token=owner_token)
        posted.own_files |= {str(file_id) for file_id in mine}
    for key in request.FILES:
        path = key.removesuffix(UPLOAD)
        node = form().node_at(path)
        if not key.endswith(UPLOAD) or node is None or not isinstance(node.field, FileField):
            continue
        for upload in request.FILES.getlist(key):
            try:
                count(request, "upload")
                file = documents.store_file(
                    actor_of(request),
                    name=upload.name or "",
                    content_type_claimed=upload.content_type or "",
                    stream=upload,
                    accept=node.field.taken,
                    owner_token=owner_token,
                    now=now(),
                )
            except SuigoError as refused:
                posted.refused[path] = f"{upload.name}: {refused}"
            else:
                posted.values.setdefault(path, []).append(str(file.public_id))
                posted.own_files.add(str(file.public_id))
    return posted


def _is_uuid(text: str) -> bool:
    if len(text) != 36:
        return False
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def form_view(
    form: CompiledForm,
    answers: Answers,
    evaluation: Evaluation,
    *,
    today: date,
    pages: Sequence[str] | None = None,
    errors: Mapping[str, str] | None = None,
    raw: Mapping[str, Sequence[str]] | None = None,
    notes: Mapping[str, str] | None = None,
    upload_url: str = "",
    page_title: str = "",
    focus: str = "",
    origins: Mapping[str, str] | None = None,
    fixed: Collection[str] = (),
    about: Mapping[str, Choice] | None = None,
) -> FormView:
    """The rendering's view of a form, with the files of ``pages`` looked up in one query."""
    ids = [
        UUID(value)
        for path, node in evaluation.shown.items()
        if isinstance(node.field, FileField) and (pages is None or node.page in pages)
        for value in value_at(answers, path) or ()
    ]
    briefs = stored.briefs(ids) if ids else {}
    return FormView(
        answers=answers,
        evaluation=evaluation,
        today=today,
        language=get_language() or "ja",
        errors=errors or {},
        raw=raw or {},
        notes=notes or {},
        files={str(key): file_view(brief) for key, brief in briefs.items()},
        upload_url=upload_url,
        page_title=escape(page_title),
        focus=focus,
        affecting=form.affecting,
        origins=origins or {},
        fixed=frozenset(fixed),
        about=about or {},
    )


def file_view(file: FileBrief) -> FileView:
    """A stored file as forms and lists show it."""
    state = "" if file.scan_state != "unscanned" else _("安全を確認しています")
    return FileView(
        id=str(file.public_id),
        name=file.name,
        size=readable_size(file.size),
        url=reverse("my-file", args=[file.public_id]),
        state=state,
    )


def readable_size(size: int) -> str:
    """``1.2 MB`` from bytes."""
    if size < 1024:
        return _("%(n)dバイト") % {"n": size}
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / (1024 * 1024):.1f} MB"
