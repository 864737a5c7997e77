"""The inputs with which one question or page is changed."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from suigo.engines.facts.spec import kinds as fact_kinds
from suigo.services.builder.rules.conditions import Ready, chosen, ready_for
from suigo.services.builder.rules.fields import (
    ALWAYS_ASKED,
    COUNTABLE,
    SETTINGS,
    Setting,
    condition_source,
    fact_in,
    option_lines,
)
from suigo.services.builder.rules.questions import Data, questions
from suigo.services.builder.web.inputs import Input
from suigo.services.builder.web.words import SETTINGS as SETTING_WORDS
from suigo.services.builder.web.words import VALUES

WHEN = "when:"  # before a condition in the choice of whether an answer is needed
FOLDED = {"pattern", "pattern_message", "rows", "original_needed", "of_applicant"}


def page_inputs(form: Data, place: str, page: Data) -> list[Input]:
    """What can be changed on a page itself."""
    return [
        Input("title", _("ページの見出し"), "words", page.get("title"), required=True),
        Input("intro", _("はじめの説明"), "words", page.get("intro")),
        *_condition(form, place, page),
    ]


def field_inputs(form: Data, place: str, field: Data) -> list[Input]:
    """What can be changed on a question of its kind."""
    kind = str(field.get("kind", ""))
    inputs = [
        Input("label", _("質問の言葉"), "words", field.get("label"), required=True),
        Input("hint", _("補足の説明"), "words", field.get("hint")),
    ]
    if kind not in ALWAYS_ASKED:
        inputs += _required(form, place, field)
    inputs += [_setting(one, field) for one in SETTINGS.get(kind, ())]
    inputs += _condition(form, place, field)
    inputs += _reuse(form, place, field)
    inputs.append(
        Input(
            "id",
            _("項目の番号（英数字）"),
            value=str(field.get("id", "")),
            width=20,
            folded=True,
            required=True,
            hint=_("条件や通知文が使う名前です。変えると、使っているところも一緒に変わります。"),
        )
    )
    return inputs


def _required(form: Data, place: str, field: Data) -> list[Input]:
    """Whether it has to be answered: always, never, or with one of the answers before it."""
    ready = [one for one in ready_for(form, place) if one.sort not in {"at_least", "at_most"}]
    source = condition_source(field.get("require_when"))
    offered = any(one.source == source for one in ready)
    chosen_now = "no" if field.get("required") == "false" else "yes"
    return [
        Input(
            "required",
            _("必ず答えてもらうか"),
            "select",
            f"{WHEN}{source}" if offered else chosen_now,
            options=(("yes", _("必ず答えてもらう")), ("no", _("答えなくてもよい"))),
            groups=tuple(
                (
                    _("「%(question)s」の答えによる") % {"question": question},
                    tuple((f"{WHEN}{one.source}", condition_words(one)) for one in among),
                )
                for question, among in groupby(ready, key=lambda one: one.question)
            ),
        ),
        Input(
            "require_expression",
            _("必ず答えてもらう条件を式で書く"),
            value="" if offered else source,
            folded=offered or not source,
            hint=_("書くと、上で選んだものの代わりになります。"),
        ),
    ]


def required_of(given: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether it has to be answered, and the condition under which, from what was chosen."""
    wanted = str(given.get("required", "yes"))
    source = str(given.get("require_expression", "")).strip()
    return wanted != "no", source or (wanted.removeprefix(WHEN) if wanted.startswith(WHEN) else "")


def _reuse(form: Data, place: str, field: Data) -> list[Input]:
    """What the city may already know, and whether the answer may be counted in public."""
    kind, now = str(field.get("kind", "")), fact_in(field)
    inside = any(one.place == place and "*" in one.path for one in questions(form))
    known = [
        (key, one.field.label.ja) for key, one in fact_kinds().items() if one.field.kind == kind
    ]
    inputs = []
    if not inside and (known or now):
        others = [(now, now)] if now and now not in dict(known) else []
        inputs.append(
            Input(
                "fact",
                _("前に聞いた答えを先に入れておく"),
                "select",
                now,
                options=(
                    ("", _("入れない（この申請だけの答え）")),
                    *((key, _("申請する方の「%(what)s」") % {"what": what}) for key, what in known),
                    *others,
                ),
                hint=_("本人が「市が覚えておいてよい」とした情報だけが入ります。"),
            )
        )
    if kind in COUNTABLE:
        inputs.append(
            Input(
                "open_data",
                _("公表する数字に使ってよい（個人が分からない答えだけ）"),
                "check",
                field.get("open_data") == "true",
                folded=field.get("open_data") != "true",
            )
        )
    return inputs


def _setting(setting: Setting, field: Data) -> Input:
    name, value = setting.name, field.get(setting.name)
    label, folded = SETTING_WORDS[name], name in FOLDED and not value
    match setting.sort:
        case "flag":
            return Input(name, label, "check", value == "true", folded=folded)
        case "words":
            needed = name in {"text", "item", "because"}
            return Input(name, label, "words", value, required=needed, folded=folded)
        case "options":
            return Input(
                name,
                label,
                "area",
                option_lines(value),
                rows=6,
                required=True,
                hint=_("日本語 / やさしい日本語 / English の順に書けます。例: オス / オス / Male"),
            )
        case "accept":
            options = tuple((one, VALUES[one]) for one in setting.values)
            return Input(name, label, "checks", tuple(value or ("pdf", "image")), options=options)
        case "choice":
            options = tuple((one, VALUES[one]) for one in setting.values)
            return Input(name, label, "select", value or setting.values[0], options=options)
        case "lines":
            return Input(name, label, "area", str(value or ""), rows=3, required=True)
        case "day":
            return Input(
                name,
                label,
                value=str(value or ""),
                width=12,
                hint=_("today（答える日）、today+30、2026-04-01 のように書きます。"),
            )
        case _:
            number = setting.sort == "number"
            return Input(
                name,
                label,
                "number" if number else "text",
                str(value or ""),
                width=8 if number else 0,
                folded=folded,
            )


def _condition(form: Data, place: str, data: Data) -> list[Input]:
    """When it is asked: one of the answers before it, or an expression."""
    ready = ready_for(form, place)
    condition = data.get("show_when")
    source, because = condition, None
    if isinstance(condition, dict):
        source, because = condition.get("when"), condition.get("because")
    now = chosen(str(source or ""), ready)
    limited = any(one.sort in {"at_least", "at_most"} for one in ready)
    inputs = [
        Input(
            "ready",
            _("いつ出すか"),
            "select",
            now.ready,
            options=(("", _("いつも出す")),),
            groups=tuple(
                (question, tuple((one.source, condition_words(one)) for one in among))
                for question, among in groupby(ready, key=lambda one: one.question)
            ),
            hint="" if ready else _("前に質問を置くと、その答えで出し分けられます。"),
        )
    ]
    if limited:
        inputs.append(
            Input(
                "limit",
                _("数（「〜以上」「〜以下」を選んだとき）"),
                "number",
                now.limit,
                width=8,
                folded=not now.limit,
            )
        )
    inputs += [
        Input(
            "condition_because",
            _("出す理由（住民の方に見えます）"),
            "words",
            because,
            folded=not because,
        ),
        Input(
            "expression",
            _("条件を式で書く"),
            value=now.expression,
            folded=not now.expression,
            hint=_("書くと、上で選んだ条件の代わりになります。例: dog.age >= 1 && dog.has_chip"),
        ),
    ]
    return inputs


def condition_words(one: Ready) -> str:
    """A ready-made condition as a clerk reads it."""
    answer = {"question": one.question, "answer": one.answer}
    match one.sort:
        case "is":
            return _("「%(question)s」が「%(answer)s」のとき") % answer
        case "is_not":
            return _("「%(question)s」が「%(answer)s」以外のとき") % answer
        case "has":
            return _("「%(question)s」で「%(answer)s」を選んだとき") % answer
        case "at_least":
            return _("「%(question)s」が次の数以上のとき") % answer
        case _:
            return _("「%(question)s」が次の数以下のとき") % answer
