"""``…/checklist/`` and ``…/letters/``: what staff make sure of, and what the city writes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.kernel.errors import Refused, SuigoError
from suigo.services.builder.queries.checking import placeholders, shared_letters
from suigo.services.builder.rules import letters as letter_rules
from suigo.services.builder.rules.letters import letter_names
from suigo.services.builder.rules.package import Files, parsed, readable, replaced
from suigo.services.builder.rules.questions import Data, NoSuchPlace
from suigo.services.builder.rules.words import text_of
from suigo.services.builder.web.inputs import Input, error_targets, shown, values
from suigo.services.builder.web.pages import back, builder_required, current, design_page, save
from suigo.services.builder.web.told import told
from suigo.services.builder.web.words import FACTS, shared_titles

CHECKLIST = "checklist.yaml"


def _items(data: Data) -> list[Data]:
    found = data.get("items")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _item_inputs(item: Data) -> list[Input]:
    return [
        Input("title", _("確かめること"), "words", item.get("title"), required=True),
        Input("help", _("確かめかた"), "words", item.get("help")),
        Input("article", _("根拠の条文"), value=str(item.get("article") or "")),
        Input("required", _("決定の前に必ず確かめる"), "check", item.get("required") != "false"),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def checklist(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows the checks; ``?edit=<id>`` opens one in its place, ``?edit=+`` a new one."""
    design = current(request, design_id)
    items = _items(readable(design.files, CHECKLIST))
    place = request.POST.get("place") or request.GET.get("edit", "")
    chosen = next((one for one in items if one.get("id") == place), None)
    editing = design.can_edit and (chosen is not None or place == "+")
    inputs = _item_inputs(chosen or {}) if editing else []
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            save(
                request,
                design_id,
                _check_change(request, place, inputs),
                note=_("職員の確認を直した"),
            )
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
        else:
            return back("builder-checklist", design_id, done="saved")
    fields = shown(request, inputs, failure)
    context = {
        "items": [
            {
                "place": one.get("id"),
                "label": text_of(one.get("title")),
                "optional": one.get("required") == "false",
                "first": index == 0,
                "last": index == len(items) - 1,
                "open": editing and one.get("id") == place,
            }
            for index, one in enumerate(items)
        ],
        "new": editing and place == "+",
        "open": place,
        "inputs": fields,
        "errors": error_targets(fields),
        "failure": failure.message if failure else "",
        "changes": told(request, design, failure),
    }
    status = failure.status if failure else 200
    return design_page(
        request,
        design,
        "builder/checklist.html",
        context,
        current="builder-checklist",
        status=status,
    )


def _check_change(
    request: HttpRequest, place: str, inputs: list[Input]
) -> Callable[[Files], Files]:
    op = request.POST.get("op", "")
    if op == "edit" and inputs:
        given = values(request, inputs)
        return lambda files: _with_items(
            files, lambda items: letter_rules.with_check(items, place, given)
        )
    if op in {"up", "down", "remove"}:
        return lambda files: _with_items(
            files, lambda items: letter_rules.moved_check(items, place, op)
        )
    raise Refused(_("この操作はありません。"))


def _with_items(files: Files, change: Callable[[list[Data]], list[Data]]) -> Files:
    data = parsed(files, CHECKLIST)
    items = change(_items(data))
    if items:
        return replaced(files, CHECKLIST, {**data, "items": items})
    return {name: text for name, text in files.items() if name != CHECKLIST}


def _letter_inputs(letter: Data) -> list[Input]:
    names = _("本文")
    return [
        Input("title", _("題名"), value=text_of(letter.get("title")), required=True),
        Input(
            "paragraphs",
            names,
            "area",
            "\n\n".join(letter.get("paragraphs") or ()),
            rows=6,
            required=True,
            hint=_("1行空けると、次の段落になります。"),
        ),
        Input(
            "rows",
            _("表（1行に1つ、「見出し: 中身」）"),
            "area",
            letter_rules.row_lines(letter.get("rows")),
            rows=6,
            hint=_(
                "例: 受付番号: {{ case.number }}　「はい」のときだけ出す行は、終わりに"
                "その質問の番号を [has_chip] のように書きます。"
            ),
        ),
        Input("after", _("表の下の文"), "area", "\n\n".join(letter.get("after") or ()), rows=3),
        Input(
            "appeal",
            _("教示（不服申立て）"),
            "area",
            str(letter.get("appeal") or ""),
            rows=3,
            folded=True,
        ),
        Input("reference", _("文書番号"), value=str(letter.get("reference") or ""), folded=True),
        Input(
            "addressee",
            _("あて名"),
            value=str(letter.get("addressee") or ""),
            folded=True,
            hint=_("空けておくと「申請者の氏名 様」になります。"),
        ),
        Input(
            "sender",
            _("発信者"),
            value=str(letter.get("sender") or ""),
            folded=True,
            hint=_("空けておくと市長の名前になります。"),
        ),
        Input(
            "sample",
            _("サンプルの文（市が確かめていない）"),
            "check",
            letter.get("sample") == "true",
        ),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def letters(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows the letters; ``?edit=<name>`` opens one with everything that can be filled in."""
    design = current(request, design_id)
    names = letter_names(design.files)
    place = request.POST.get("place") or request.GET.get("edit", "")
    editing = design.can_edit and place in names
    letter = readable(design.files, f"letters/{place}.yaml") if editing else {}
    inputs = _letter_inputs(letter) if editing else []
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            if not inputs:
                raise NoSuchPlace(place)
            given = values(request, inputs)
            note = _("通知文「%(title)s」を直した") % {"title": given["title"]}
            save(request, design_id, lambda files: _with_letter(files, place, given), note=note)
        except NoSuchPlace:
            failure = Refused(_("変えようとしたものは、もうありません。"))
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
        else:
            return back(
                "builder-letters", design_id, done="saved", at=place, fragment=f"letter-{place}"
            )
    fields = shown(request, inputs, failure)
    context = {
        "letters": [
            _letter_view(design.files, name, open_=editing and name == place) for name in names
        ],
        "shared": shared_titles(_shared(design.files)),
        "open": place,
        "inputs": [one for one in fields if not one.folded],
        "folded": [one for one in fields if one.folded],
        "placeholders": [
            (FACTS.get(name, name), text)
            for name, text in (placeholders(design.procedure_id, design.files) if editing else [])
        ],
        "errors": error_targets(fields),
        "failure": failure.message if failure else "",
        "changes": told(request, design, failure),
    }
    status = failure.status if failure else 200
    return design_page(
        request, design, "builder/letters.html", context, current="builder-letters", status=status
    )


def _shared(files: Files) -> dict[str, str]:
    """The city's shared letters that this procedure sends in place of its own."""
    chosen = str(readable(files, "service.yaml").get("letters") or "")
    own = letter_names(files)
    return {n: text for n, text in shared_letters().get(chosen, {}).items() if n not in own}


def _letter_view(files: Files, name: str, *, open_: bool) -> dict[str, Any]:
    letter = readable(files, f"letters/{name}.yaml")
    return {
        "place": name,
        "label": text_of(letter.get("title")) or name,
        "sample": letter.get("sample") == "true",
        "paragraphs": letter.get("paragraphs") or (),
        "rows": [
            (r.get("label"), r.get("value"), bool(r.get("show_when")))
            for r in letter.get("rows") or ()
        ],
        "open": open_,
    }


def _with_letter(files: Files, name: str, given: dict[str, Any]) -> Files:
    file = f"letters/{name}.yaml"
    if file not in files:
        raise NoSuchPlace(name)
    return replaced(files, file, letter_rules.edited(parsed(files, file), given))
