"""``/staff/builder/d/<id>/``: the pages and questions of the form, edited where they stand."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.kernel.errors import Invalid, Message, Refused, SuigoError
from suigo.services.builder.queries.blocks import blocks
from suigo.services.builder.queries.designs import DesignView
from suigo.services.builder.rules import questions as form_rules
from suigo.services.builder.rules.conditions import Chosen, expression_of
from suigo.services.builder.rules.fields import SETTINGS, condition, edited
from suigo.services.builder.rules.package import Files, parsed, readable, replaced
from suigo.services.builder.rules.questions import Data, NoSuchPlace
from suigo.services.builder.rules.renaming import renamed
from suigo.services.builder.rules.touching import Touching
from suigo.services.builder.rules.words import label_of, made, text_of
from suigo.services.builder.web.adding import added_lines, added_page, added_question, anchor
from suigo.services.builder.web.faults import at_places
from suigo.services.builder.web.field_inputs import field_inputs, page_inputs, required_of
from suigo.services.builder.web.inputs import Input, error_targets, shown, values
from suigo.services.builder.web.pages import back, builder_required, current, design_page, save
from suigo.services.builder.web.told import told
from suigo.services.builder.web.words import KINDS, TOUCHES

FORM = "form.yaml"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def questions(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows the form; ``?edit=<place>`` opens one question or page in its place."""
    design = current(request, design_id)
    form = readable(design.files, FORM)
    place = request.POST.get("place") or request.GET.get("edit", "")
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            return _done(request, design, form, place)
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
            form = readable(design.files, FORM)
    open_place = place if design.can_edit and request.POST.get("op", "edit") == "edit" else ""
    inputs = shown(request, _inputs(form, open_place), failure)
    missing = failure is not None and not inputs
    context = {
        "pages": _pages(form, design, open_place),
        "open": open_place,
        "touches": _touched(design, form, open_place),
        "inputs": [one for one in inputs if not one.folded],
        "folded": [one for one in inputs if one.folded],
        "errors": error_targets(inputs) or _lines_error(place, failure),
        "failure": failure.message if failure else "",
        "changes": told(request, design, failure),
        "kinds": list(KINDS.items()),
        "blocks": blocks(),
        "typed": {} if failure is None or inputs else request.POST,
        "wrong": failure.field_errors if isinstance(failure, Invalid) and not inputs else {},
        "lost": missing,
    }
    return design_page(
        request,
        design,
        "builder/questions.html",
        context,
        current="builder-questions",
        status=failure.status if failure else 200,
    )


def _lines_error(holder: str, failure: SuigoError | None) -> list[tuple[str, Message]]:
    """Where several questions at once were typed, and what is wrong with a line."""
    wrong = failure.field_errors if isinstance(failure, Invalid) else {}
    target = f"lines-{anchor(holder)}" if holder else "lines-new-page"
    return [(target, wrong["lines"])] if "lines" in wrong else []


def _pages(form: Data, design: DesignView, open_place: str) -> list[dict[str, Any]]:
    found = form_rules.pages(form)
    rules = Touching(design.files)
    ends = _ends(form)
    faults = at_places(design.procedure_id, design.files)
    return [
        {
            "place": str(page.get("id", "")),
            "anchor": anchor(str(page.get("id", ""))),
            "title": text_of(page.get("title")),
            "conditional": bool(page.get("show_when")),
            "faults": faults.get(str(page.get("id", "")), []),
            "first": index == 0,
            "last": index == len(found) - 1,
            "open": open_place == page.get("id"),
            "questions": [
                {
                    "place": one.place,
                    "anchor": anchor(one.place),
                    "label": label_of(one.data),
                    "kind": KINDS.get(one.kind, one.kind),
                    "depth": one.depth,
                    "first": one.first,
                    "last": one.last,
                    "required": one.kind in SETTINGS
                    and one.data.get("required") != "false"
                    and one.kind not in {"notice", "computed", "group", "repeat"},
                    "optional": one.data.get("required") == "false",
                    "conditional": bool(one.data.get("show_when")),
                    "ends": ends.get(one.place, []),
                    "open": open_place == one.place,
                    "faults": faults.get(one.place, []),
                    "touched": len(rules.of(one.path)),
                }
                for one in form_rules.questions_of(page)
            ],
        }
        for index, page in enumerate(found)
    ]


def _ends(form: Data) -> dict[str, list[dict[str, str]]]:
    """The groups that end with each question, the innermost first."""
    everything = list(form_rules.questions(form))
    ends: dict[str, list[dict[str, str]]] = {}
    for group in reversed([one for one in everything if one.holds_fields]):
        inside = [one.place for one in everything if one.place.startswith(f"{group.place}.")]
        last = inside[-1] if inside else group.place
        ends.setdefault(last, []).append(
            {"place": group.place, "anchor": anchor(group.place), "label": label_of(group.data)}
        )
    return ends


def _touched(design: DesignView, form: Data, place: str) -> list[tuple[str, str, str]]:
    """Which rules look at the question that is open."""
    return [
        (str(TOUCHES[touch.what]), touch.where, touch.rule)
        for question in form_rules.questions(form)
        if question.place == place
        for touch in Touching(design.files).of(question.path)
    ]


def _inputs(form: Data, place: str) -> list[Input]:
    if not place:
        return []
    try:
        data = form_rules.found(form, place)
    except NoSuchPlace:
        return []
    return field_inputs(form, place, data) if "/" in place else page_inputs(form, place, data)


def _done(request: HttpRequest, design: DesignView, form: Data, place: str) -> HttpResponse:
    op = request.POST.get("op", "")
    go, note = place, ""
    if op == "edit":
        return _edited(request, design, form, place)
    if op in {"up", "down"}:
        by = -1 if op == "up" else 1
        note = _("「%(label)s」を動かした") % {"label": _label(form, place)}
        save(request, design.public_id, _on_form(form_rules.moved, place, by), note=note)
    elif op == "remove":
        note = _("「%(label)s」を消した") % {"label": _label(form, place)}
        save(request, design.public_id, _on_form(form_rules.removed, place), note=note)
        go = ""
    elif op == "add":
        return added_question(request, design, place)
    elif op == "add_lines":
        return added_lines(request, design, place)
    elif op == "add_page":
        return added_page(request, design)
    else:
        raise Refused(_("この操作はありません。"))
    fragment = anchor(go) if go else ""
    return back("builder-questions", design.public_id, fragment=fragment)


def _label(form: Data, place: str) -> str:
    try:
        data = form_rules.found(form, place)
    except NoSuchPlace:
        return place
    return label_of(data) if "/" in place else text_of(data.get("title"))


def _on_form(rule: Any, *arguments: Any) -> Any:
    return lambda files: replaced(files, FORM, rule(parsed(files, FORM), *arguments))


def _edited(request: HttpRequest, design: DesignView, form: Data, place: str) -> HttpResponse:
    inputs = _inputs(form, place)
    if not inputs:
        raise Refused(_("変えようとしたものは、もうありません。"))
    given = values(request, inputs)
    when = expression_of(
        Chosen(given.get("ready", ""), given.get("limit", ""), given.get("expression", ""))
    )
    field_id = given.get("id", "")
    if "/" in place and not form_rules.valid_id(field_id):
        message = _("英小文字で始め、英小文字、数字、_ だけを使ってください。")
        raise Invalid(field_errors={"id": message})

    def change(files: Files) -> Files:
        now = parsed(files, FORM)
        before = form_rules.found(now, place)
        if "/" not in place:
            page = {
                **before,
                "title": made(given["title"]) or {},
                "intro": made(given["intro"]),
                "show_when": condition(before.get("show_when"), when, given["condition_because"]),
            }
            page = {key: value for key, value in page.items() if value not in (None, "", {})}
            return replaced(files, FORM, form_rules.replaced(now, place, page))
        required, require_when = required_of(given)
        needed = {"required": required, "require_when": require_when}
        field = edited(before, {**given, **needed, "when": when})
        saved = replaced(files, FORM, form_rules.replaced(now, place, field))
        return renamed(saved, place, field_id) if field_id != before.get("id") else saved

    note = _("「%(label)s」を直した") % {"label": _label(form, place)}
    save(request, design.public_id, change, note=note)
    head = place[: len(place) - len(place.rpartition("/")[2].rpartition(".")[2])]
    now_at = f"{head}{field_id}" if "/" in place else place
    return back(
        "builder-questions", design.public_id, done="saved", at=now_at, fragment=anchor(now_at)
    )
