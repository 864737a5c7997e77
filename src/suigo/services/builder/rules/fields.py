"""What can be set on each kind of field, and a field from what was typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from suigo.services.builder.rules.questions import Data, free_id
from suigo.services.builder.rules.words import label_of, made, text_of

Sort = Literal["number", "flag", "words", "line", "lines", "day", "choice", "accept", "options"]


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be set on a field. ``words`` are texts in three languages."""

    name: str
    sort: Sort
    values: tuple[str, ...] = ()


BASE = {"kind", "id", "label", "hint", "show_when", "required"}
NO_ANSWER = {"notice", "computed", "group", "repeat"}
ALWAYS_ASKED = {"notice", "computed", "group", "repeat", "consent"}
COUNTABLE = {"choice", "choices", "yes_no", "number", "money", "date"}  # says nothing personal
SETTINGS: Mapping[str, tuple[Setting, ...]] = {
    "text": (
        Setting("max_length", "number"),
        Setting("pattern", "line"),
        Setting("pattern_message", "words"),
    ),
    "multiline": (Setting("max_length", "number"), Setting("rows", "number")),
    "name": (Setting("of_applicant", "flag"),),
    "kana": (Setting("max_length", "number"),),
    "date": (Setting("earliest", "day"), Setting("latest", "day")),
    "money": (Setting("minimum", "number"), Setting("maximum", "number")),
    "number": (
        Setting("minimum", "number"),
        Setting("maximum", "number"),
        Setting("unit", "words"),
    ),
    "yes_no": (),
    "choice": (Setting("options", "options"),),
    "choices": (
        Setting("options", "options"),
        Setting("at_least", "number"),
        Setting("at_most", "number"),
    ),
    "address": (Setting("of_applicant", "flag"),),
    "phone": (Setting("of_applicant", "flag"),),
    "email": (),
    "bank_account": (),
    "my_number": (),
    "file": (
        Setting("accept", "accept", ("pdf", "image", "office", "text")),
        Setting("at_most", "number"),
        Setting("original_needed", "flag"),
    ),
    "consent": (Setting("text", "words"),),
    "notice": (
        Setting("text", "words"),
        Setting("tone", "choice", ("info", "warning", "success")),
        Setting("verify", "flag"),
    ),
    "computed": (
        Setting("value", "lines"),
        Setting("type", "choice", ("money", "integer", "text", "date", "boolean")),
        Setting("because", "words"),
        Setting("article", "line"),
        Setting("sample", "flag"),
    ),
    "group": (),
    "repeat": (
        Setting("item", "words"),
        Setting("at_least", "number"),
        Setting("at_most", "number"),
    ),
}
# what a new field of a kind needs before the loader takes it; ``unfinished`` finds what stayed
REASON_TO_WRITE = {"ja": "理由を書いてください。"}
NOTICE_TO_WRITE = {"ja": "お知らせの文を書いてください。"}
OPTION_TO_WRITE = {"ja": "選択肢1"}
QUESTION_TO_WRITE = {"ja": "質問"}
_FIRST: Mapping[str, Data] = {
    "choice": {"options": [{"id": "option1", "label": OPTION_TO_WRITE}]},
    "choices": {"options": [{"id": "option1", "label": OPTION_TO_WRITE}]},
    "consent": {"text": {"ja": "上の内容に同意します。"}},
    "notice": {"text": NOTICE_TO_WRITE},
    "computed": {"value": "0", "type": "integer", "because": REASON_TO_WRITE},
    "repeat": {"item": {"ja": "1人"}},
}
_ID = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
_OPTION = re.compile(r"^(?:([a-z0-9][a-z0-9_-]{0,59})\s*[=＝]\s*)?(.+)$")
GAP = "-"  # no text in this language, but in one after it
SLASH = re.compile(r"\s+[/／]\s+")


def new_field(kind: str, *, label: str, field_id: str = "") -> Data:
    """A field that can be tried at once. Groups and repeats begin with one question inside."""
    field: Data = {
        "kind": kind,
        "id": field_id if _ID.match(field_id) else kind,
        "label": {"ja": label},
    }
    field.update(_FIRST.get(kind, {}))
    if kind in {"group", "repeat"}:
        field["fields"] = [{"kind": "text", "id": "text", "label": QUESTION_TO_WRITE}]
    return field


def edited(before: Data, typed: Mapping[str, Any]) -> Data:
    """The field with what was typed. Settings that nobody asked for here stay as they were.

    ``typed`` has ``label`` and ``hint`` as texts, ``required``, ``require_when`` and ``when``
    (expressions), ``condition_because``, and one value for each setting of the kind. ``fact`` and
    ``open_data`` may be missing.
    """
    kind = str(before.get("kind", ""))
    field = dict(before)
    field["label"] = made(typed["label"], before.get("label")) or {}
    field["hint"] = made(typed["hint"], before.get("hint"))
    field["show_when"] = condition(
        before.get("show_when"), typed["when"], typed["condition_because"]
    )
    if kind not in ALWAYS_ASKED:
        needed = typed["require_when"]
        field["required"] = None if typed["required"] or needed else "false"
        if needed != condition_source(before.get("require_when")):
            field["require_when"] = needed or None
    if "fact" in typed and typed["fact"] != fact_in(before):
        for key in ("prefill", "fact_when", "locked", "checked_by_city"):
            field.pop(key, None)
        field["fact"] = typed["fact"]
    if "open_data" in typed:
        field["open_data"] = "true" if typed["open_data"] else None
    for setting in SETTINGS.get(kind, ()):
        field[setting.name] = _value(setting, before, typed.get(setting.name))
    return {key: value for key, value in field.items() if value not in (None, "", {}, [])}


def condition_source(value: Any) -> str:
    """The expression of a condition as a package has it, '' for none."""
    if isinstance(value, dict):
        value = value.get("when")
    return value if isinstance(value, str) else ""


def fact_in(field: Data) -> str:
    """The word of what is known that fills the field in, '' for none. ``profile.x`` is the older
    word for ``person.x``."""
    if field.get("fact"):
        return str(field["fact"])
    return str(field.get("prefill") or "").replace("profile.", "person.", 1)


def condition(before: Any, when: str, because: dict[str, str]) -> Any:
    """``show_when`` as a package writes it: the expression alone, or with its reason."""
    reason = made(because, before.get("because") if isinstance(before, dict) else None)
    if not when:
        return None
    kept = {k: v for k, v in before.items() if k == "article"} if isinstance(before, dict) else {}
    if reason is None and not kept:
        return when
    return {"when": when, **({"because": reason} if reason else {}), **kept}


def _value(setting: Setting, before: Data, typed: Any) -> Any:
    match setting.sort:
        case "flag":
            return "true" if typed else None
        case "words":
            return made(typed or {}, before.get(setting.name))
        case "options":
            return options_of(str(typed or ""), before=before.get("options"))
        case "accept":
            chosen = [one for one in setting.values if one in (typed or ())]
            return chosen if chosen != ["pdf", "image"] else None
        case "choice":
            return typed if typed in setting.values else before.get(setting.name)
        case "lines":
            return " ".join(str(typed or "").split()) or None
        case _:
            return str(typed or "").strip() or None


def options_of(lines: str, *, before: Any) -> list[Data]:
    """Options, one a line: ``オス``, ``オス / オス / Male`` or ``male = オス / オス / Male``.

    An option keeps its id (and its hint) as long as the id or the Japanese words are the same.
    """
    known = [o for o in before if isinstance(o, dict)] if isinstance(before, list) else []
    by_id = {str(o.get("id")): o for o in known}
    by_words = {label_of(o): o for o in known}
    made_options: list[Data] = []
    taken: set[str] = set()
    for line in lines.splitlines():
        found = _OPTION.match(line.strip())
        if not found:
            continue
        words = dict(zip(("ja", "easy", "en"), SLASH.split(found[2].strip()), strict=False))
        old = by_id.get(found[1] or "") or by_words.get(words["ja"])
        spoken = {key: word for key, word in words.items() if word != GAP}
        label = made(spoken, old.get("label") if old else None) or {}
        wanted = found[1] or (str(old["id"]) if old else "")
        if not wanted:
            wanted = free_id("option1", taken | by_id.keys(), joint="_")
        option_id = free_id(wanted, taken)
        taken.add(option_id)
        kept = {"hint": old["hint"]} if old and "hint" in old else {}
        made_options.append({"id": option_id, "label": label, **kept})
    return made_options


def option_lines(options: Any) -> str:
    """Options as ``options_of`` reads them."""
    lines = []
    for option in options if isinstance(options, list) else ():
        words = [text_of(option.get("label"), key) for key in ("ja", "easy", "en")]
        while words and not words[-1]:
            words.pop()
        lines.append(f"{option.get('id')} = {' / '.join(word or GAP for word in words)}")
    return "\n".join(lines)
