"""The list of drafts and procedures, and how a new draft begins."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.identity.queries import organisation
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.errors import Invalid, SuigoError
from suigo.services.builder import actions, policy
from suigo.services.builder.actions.designing import AlreadyOpen
from suigo.services.builder.queries import designs as queries
from suigo.services.builder.queries.beginnings import copied_files, new_files, suggested_prefix
from suigo.services.builder.queries.checking import shared_workflows
from suigo.services.builder.queries.live import live
from suigo.services.builder.rules.package import LARGEST_ZIP, BadPackage, unzipped
from suigo.services.builder.rules.starting import free_procedure_id
from suigo.services.builder.web.inputs import Input, error_targets, shown, values
from suigo.services.builder.web.pages import builder_required
from suigo.services.builder.web.words import BAD_PACKAGES, STATES, TEMPLATES, workflow_words


@never_cache
@require_safe
@builder_required
def builder(request: HttpRequest) -> HttpResponse:
    """``/staff/builder/``: drafts, what waits for approval, and what is live, planned or over."""
    actor = actor_of(request)
    drafts = [(one, *STATES[one.state]) for one in queries.designs(actor)]
    context = {
        "drafts": drafts,
        "may_edit": actor.can(policy.EDIT),
        "waiting": sum(1 for one, _title, _tone in drafts if one.state == "waiting"),
        "live": live(actor, today=clock.local_date(clock.now())),
    }
    return render(request, "builder/list.html", context)


def _inputs() -> list[Input]:
    departments = organisation().spec.departments
    return [
        Input(
            "title",
            _("手続の名前"),
            required=True,
            hint=_("住民の方に見える名前です。例: 犬を飼い始めたとき（犬の登録）"),
        ),
        Input(
            "procedure_id",
            _("手続の番号（英数字）"),
            width=20,
            hint=_("ページの番地になります。例: dog-registration 空けておくと自動で付きます。"),
        ),
        Input(
            "number_prefix",
            _("受付番号の記号"),
            width=8,
            value=suggested_prefix(),
            required=True,
            hint=_("受付番号（R8-A02-0001）の中の記号です。大文字の英字で始めます。"),
        ),
        Input(
            "department",
            _("担当の課"),
            "select",
            required=True,
            options=(("", _("選んでください")), *((d.id, str(d.name)) for d in departments)),
        ),
        Input("template", _("ひな形"), "select", options=tuple(TEMPLATES.items())),
        Input(
            "workflow",
            _("流れ"),
            "select",
            required=True,
            options=tuple(
                (name, workflow_words(spec)) for name, spec in shared_workflows().items()
            ),
        ),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """``/staff/builder/new/``: from nothing, from a procedure there is, or from a zip."""
    failure: SuigoError | None = None
    inputs = _inputs()
    open_design: UUID | None = None
    if request.method == "POST":
        try:
            design = _begun(request, inputs)
        except AlreadyOpen as taken:
            failure, open_design = taken, taken.design
        except SuigoError as error:
            failure = error
        else:
            return redirect("builder-questions", design)
    empty = request.POST.get("way", "empty") == "empty"
    fields = shown(request, inputs, failure if empty else None)
    context = {
        "inputs": fields,
        "errors": error_targets(fields),
        "failure": failure.message if failure else "",
        "open_design": open_design,
        "procedures": procedures(),
        "copied": request.POST.get("source") or request.GET.get("copy", ""),
    }
    return render(request, "builder/new.html", context, status=failure.status if failure else 200)


def _begun(request: HttpRequest, inputs: list[Input]) -> UUID:
    way = request.POST.get("way", "")
    taken = {one.id for one in procedures()}
    # what somebody is still drafting has no other's number either
    used = taken | {one.procedure_id for one in queries.designs(actor_of(request))}
    if way == "zip":
        procedure_id, files = _uploaded(request)
        procedure_id = procedure_id or free_procedure_id("procedure", used)
        note = _("zipを取り込んだ")
    elif way in {"change", "copy"}:
        source = request.POST.get("source", "")
        files = copied_files(source)
        note = _("「%(source)s」から") % {"source": source}
        procedure_id = source
        if way == "copy":
            procedure_id = free_procedure_id(f"{source}-copy", used)
            files = copied_files(source, number_prefix=suggested_prefix())
    else:
        given = values(request, inputs)
        wanted = given["procedure_id"] or free_procedure_id(
            f"{given['number_prefix']}-procedure", used
        )
        if wanted in taken:
            message = _("この番号の手続は、もうあります。")
            raise Invalid(field_errors={"procedure_id": message})
        files = new_files(
            title=given["title"],
            number_prefix=given["number_prefix"],
            department=given["department"],
            workflow=given["workflow"],
            template=given["template"],
        )
        procedure_id, note = wanted, _("新しく作った")
    return actions.start_design(
        procedure_id, files, note=note, actor=actor_of(request), now=clock.now()
    )


def _uploaded(request: HttpRequest) -> tuple[str, dict[str, str]]:
    upload = request.FILES.get("package")
    if upload is None:
        raise Invalid(_("zipのファイルを選んでください。"))
    if (upload.size or 0) > LARGEST_ZIP:
        raise Invalid(BAD_PACKAGES["large"])
    try:
        return unzipped(upload.read())
    except BadPackage as wrong:
        raise Invalid(BAD_PACKAGES[str(wrong)]) from wrong
