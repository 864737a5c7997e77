"""``…/rules/``: rules over several answers, put together from words."""

from collections.abc import Callable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.kernel.errors import Invalid, Refused, SuigoError
from suigo.services.builder.rules import checks as rules
from suigo.services.builder.rules.package import Files, parsed, readable, replaced
from suigo.services.builder.rules.questions import Data
from suigo.services.builder.rules.words import text_of
from suigo.services.builder.web.faults import at_rules
from suigo.services.builder.web.field_inputs import condition_words
from suigo.services.builder.web.inputs import Input, error_targets, shown, values
from suigo.services.builder.web.pages import back, builder_required, current, design_page, save
from suigo.services.builder.web.told import told
from suigo.services.builder.web.words import SIGNS

FORM = "form.yaml"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def checks(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows the rules; ``?edit=<id>`` opens one in its place, ``?edit=+`` a new one."""
    design = current(request, design_id)
    form = readable(design.files, FORM)
    found = rules.checks_in(form)
    place = request.POST.get("place") or request.GET.get("edit", "")
    chosen = next((one for one in found if one.get("id") == place), None)
    editing = design.can_edit and (chosen is not None or place == "+")
    inputs = _inputs(form, chosen or {}) if editing else []
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            change = _change(request, place, inputs)
            save(request, design_id, change, note=_("答えの決まりを直した"))
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
        else:
            return back("builder-checks", design_id, done="saved")
    fields = shown(request, inputs, failure)
    faults = at_rules(design.procedure_id, design.files)
    context = {
        "items": [
            {
                "place": one.get("id"),
                "label": text_of(one.get("message")),
                "said": _said(one, form),
                "warning": one.get("level") == "warning",
                "faults": faults.get(index, []),
                "first": True,
                "last": True,
                "open": editing and one.get("id") == place,
            }
            for index, one in enumerate(found)
        ],
        "new": editing and place == "+",
        "open": place,
        "inputs": [one for one in fields if not one.folded],
        "folded": [one for one in fields if one.folded],
        "errors": error_targets(fields),
        "failure": failure.message if failure else "",
        "changes": told(request, design, failure),
    }
    status = failure.status if failure else 200
    return design_page(
        request, design, "builder/checks.html", context, current="builder-checks", status=status
    )


def _said(check: Data, form: Data) -> str:
    """When it speaks up, in words where it can be said, else as the expression."""
    rule = rules.rule_in(str(check.get("when", "")), form)
    words = dict(rules.comparable(form)) | {rules.TODAY: _("今日")}
    parts = [condition_words(c) for c in rules.conditions(form) if c.source == rule.only]
    if rule.left:
        right = rule.number or words[rule.other]
        said = {"left": words[rule.left], "sign": SIGNS[rule.sign], "right": right}
        parts.append(_("「%(left)s」が「%(right)s」%(sign)sとき") % said)
    return _("、").join(parts) or rule.expression


def _inputs(form: Data, check: Data) -> list[Input]:
    rule = rules.rule_in(str(check.get("when", "")), form)
    answers = tuple(rules.comparable(form))
    return [
        Input(
            "left", _("くらべる答え"), "select", rule.left, options=(("", _("選ばない")), *answers)
        ),
        Input(
            "other",
            _("くらべる相手"),
            "select",
            rule.other,
            options=(("", _("下に数を書く")), (rules.TODAY, _("今日（答える日）")), *answers),
        ),
        Input("number", _("数（相手が数のとき）"), "number", rule.number, width=8),
        Input("sign", _("どんなときに知らせるか"), "select", rule.sign, options=_signs()),
        Input(
            "only",
            _("次の答えのときだけ"),
            "select",
            rule.only,
            options=(("", _("いつも")),),
            groups=tuple(
                (question, tuple((one.source, condition_words(one)) for one in among))
                for question, among in groupby(rules.conditions(form), key=lambda one: one.question)
            ),
        ),
        Input(
            "message",
            _("出す文（どう直せばよいか）"),
            "words",
            check.get("message"),
            required=True,
            hint=_("例: 飼い始めた日が、生まれた日より前になっています。"),
        ),
        Input(
            "field",
            _("文を出す質問"),
            "select",
            str(check.get("field", "")),
            options=(("", _("くらべる答えの質問")), *rules.places(form)),
        ),
        Input(
            "level",
            _("直すまで送れないか"),
            "select",
            str(check.get("level", "error")),
            options=(("error", _("直すまで送れない")), ("warning", _("注意だけで、送れる"))),
        ),
        Input(
            "article",
            _("根拠の条文"),
            value=str(check.get("article") or ""),
            folded=not check.get("article"),
        ),
        Input(
            "expression",
            _("決まりを式で書く"),
            value=rule.expression,
            folded=not rule.expression,
            hint=_("書くと、上で選んだものの代わりになります。例: size(children) > 5"),
        ),
    ]


def _signs() -> tuple[tuple[str, str], ...]:
    return tuple((sign, _("相手%(sign)sとき") % {"sign": SIGNS[sign]}) for sign in rules.SIGNS)


def _change(request: HttpRequest, place: str, inputs: list[Input]) -> Callable[[Files], Files]:
    op = request.POST.get("op", "")
    if op == "remove":
        return lambda files: replaced(files, FORM, rules.without_rule(parsed(files, FORM), place))
    if op != "edit" or not inputs:
        raise Refused(_("この操作はありません。"))
    given: dict[str, Any] = values(request, inputs)
    names = ("left", "sign", "other", "number", "only", "expression")
    source = rules.source_of(rules.Rule(**{name: given[name] for name in names}))
    if not source:
        message = _("くらべる答えと相手か、次の答えのときだけ、を選んでください。")
        raise Invalid(field_errors={"left": message})
    if given["number"] and not given["number"].lstrip("-").isdecimal():
        raise Invalid(field_errors={"number": _("数字だけで入れてください。")})
    given["field"] = given["field"] or given["left"]
    if not given["field"]:
        raise Invalid(field_errors={"field": _("文を出す質問を選んでください。")})
    return lambda files: replaced(
        files, FORM, rules.with_rule(parsed(files, FORM), place, given, source)
    )
