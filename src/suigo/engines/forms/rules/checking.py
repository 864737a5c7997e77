"""What still has to be mended in the answers. The last word, whatever the channel."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, value_at
from suigo.engines.forms.rules.compiling import (
    ACCOUNT_PARTS,
    ADDRESS_PARTS,
    NAME_PARTS,
    CompiledForm,
    Node,
)
from suigo.engines.forms.rules.evaluation import Evaluation, evaluate, iso_day
from suigo.engines.forms.rules.parts import check_account, check_address, check_name
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateField,
    EmailField,
    Field,
    FileField,
    GroupField,
    KanaField,
    MoneyField,
    MultilineField,
    MyNumberField,
    NameField,
    NumberField,
    PhoneField,
    RepeatField,
    TextField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.addresses import is_email_address
from suigo.kernel.japanese.characters import accepted, length_in_characters
from suigo.kernel.japanese.kana import accepted_katakana
from suigo.kernel.japanese.phones import parse_phone
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import _, said

EARLIEST_DAY = date(1873, 1, 1)  # 太陽暦 begins; nobody alive has an earlier day in their life
LATEST_DAY = date(2199, 12, 31)

KNOWN_PARTS: dict[type, tuple[str, ...]] = {
    NameField: NAME_PARTS,
    AddressField: ADDRESS_PARTS,
    # how a Japan Post account was written in its passbook is kept beside the converted one
    BankAccountField: (*ACCOUNT_PARTS, "symbol", "post_number"),
    MyNumberField: ("sealed",),
}

Errors = dict[str, str]
Days = tuple[date, date]


@dataclass(slots=True)
class Findings:
    """Messages by field path. Errors must be mended; warnings may be confirmed."""

    errors: Errors = field(default_factory=dict)
    warnings: Errors = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.errors


def check(
    compiled: CompiledForm,
    answers: Answers,
    *,
    today: date,
    pages: Collection[str] | None = None,
    evaluation: Evaluation | None = None,
    since: date | None = None,
) -> Findings:
    """Everything wrong with ``answers`` on ``pages`` (all when None).

    ``since`` is the day an application was received, when answers are looked at again later: a
    day that had to lie after "today" is judged from then on, so waiting never turns it wrong,
    while a day that must not lie after "today" may be as late as the real one.
    """
    found = Findings()
    days = (since or today, today)
    evaluation = evaluation or evaluate(compiled, answers, today=today)
    for path, node in evaluation.shown.items():
        if pages is not None and node.page not in pages:
            continue
        value = value_at(answers, path)
        if isinstance(node.field, RepeatField):
            _note(found.errors, path, _rows(node.field, value))
        elif isinstance(node.field, AnswerField):
            _check_answer(found.errors, path, node, value, evaluation, days)
        elif isinstance(node.field, GroupField) and not (value is None or isinstance(value, dict)):
            _note(found.errors, path, _("正しい形ではありません。"))
    for compiled_check in compiled.checks:
        rule = compiled_check.check
        node = compiled.nodes[rule.field]
        if (pages is not None and node.page not in pages) or not evaluation.shows(rule.field):
            continue
        if rule.field not in found.errors and compiled_check.when.evaluate(evaluation.values).holds:
            target = found.errors if rule.level == "error" else found.warnings
            target[rule.field] = str(rule.message)
    return found


def acceptable(node: Node, path: str, value: Any, *, evaluation: Evaluation, today: date) -> bool:
    """Whether ``value`` would do as the answer at ``path``, as far as the field alone can say."""
    errors: Errors = {}
    _check_answer(errors, path, node, value, evaluation, (today, today))
    return not errors


def unknown_paths(compiled: CompiledForm, answers: Answers) -> list[str]:
    """Keys in ``answers`` that the form does not ask for (mass assignment by the API)."""
    return [path for path in _leaves(compiled, answers, "") if not _known(compiled, path)]


def _known(compiled: CompiledForm, path: str) -> bool:
    """Whether ``path`` is a question, or a part of its answer such as ``name.family``."""
    part = ""
    while path:
        node = compiled.node_at(path)
        if node is not None:
            if isinstance(node.field, GroupField | RepeatField):
                return False
            return part == "" or part in KNOWN_PARTS.get(type(node.field), ())
        path, _dot, last = path.rpartition(".")
        part = f"{last}.{part}" if part else last
    return False


def _repeats(compiled: CompiledForm, path: str) -> bool:
    node = compiled.node_at(path)
    return node is not None and isinstance(node.field, RepeatField)


def _leaves(compiled: CompiledForm, value: Any, path: str) -> Iterator[str]:
    """The paths of everything that was answered. Rows beyond what a repeat allows are left out:
    ``check`` refuses them by their number."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(compiled, inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(v, dict) for v in value[:1]):
        node = compiled.node_at(path)
        most = node.field.at_most if node and isinstance(node.field, RepeatField) else 1
        for index, inner in enumerate(value[: most + 1]):
            yield from _leaves(compiled, inner, f"{path}.{index}")
    elif value in (None, []) and _repeats(compiled, path):
        return  # nobody was named: no answer, and nothing unknown
    elif path:
        yield path


def _check_answer(
    errors: Errors, path: str, node: Node, value: Any, evaluation: Evaluation, days: Days
) -> None:
    spec = node.field
    assert isinstance(spec, AnswerField)
    if is_empty(value) or (isinstance(spec, ConsentField) and value is False):
        if is_required(node, path, evaluation):
            errors[path] = missing_message(spec)
        return
    faults = fault_of(spec, value, days=days)
    for part, message in faults.items():
        errors[f"{path}.{part}" if part else path] = message


def is_required(node: Node, path: str, evaluation: Evaluation) -> bool:
    """Whether the answer at a concrete ``path`` has to be given, as things stand."""
    spec = node.field
    assert isinstance(spec, AnswerField)
    if not spec.required:
        return False
    if node.require is None:
        return True
    values = evaluation.values
    if "*" in node.path:
        repeat, index = (
            node.path.split(".*.")[0],
            int(path.split(".")[node.path.split(".").index("*")]),
        )
        row = values.get(repeat, [])[index]
        values = {**values, **{f"row.{name}": inner for name, inner in _flat(row)}}
    return node.require.evaluate(values).holds


def _flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def missing_message(spec: AnswerField) -> str:
    """What to do about an answer that is missing."""
    label = {"label": str(spec.label)}
    match spec:
        case ChoiceField() | YesNoField():
            return _("「%(label)s」を選んでください。") % label
        case ChoicesField():
            return _("「%(label)s」を1つ以上選んでください。") % label
        case FileField():
            return _("「%(label)s」のファイルを選んでください。") % label
        case ConsentField():
            return _("内容を確認し、同意する場合はチェックを入れてください。")
        case _:
            return _("「%(label)s」を入力してください。") % label


def fault_of(spec: Field, value: Any, *, days: Days) -> Errors:
    """What is wrong with one answer: messages by part of the answer ('' is the whole).

    ``days`` are the days on which "today" lies for the earliest and for the latest bound.
    """
    match spec:
        case TextField() | MultilineField() | KanaField() | PhoneField() | EmailField():
            return _whole(_text_fault(spec, value))
        case NameField():
            return check_name(spec, value)
        case AddressField():
            return check_address(value)
        case BankAccountField():
            return check_account(value)
        case DateField():
            return _whole(_date_fault(spec, value, days))
        case MoneyField() | NumberField():
            return _whole(_number_fault(spec, value))
        case YesNoField() | ConsentField():
            return _whole(None if isinstance(value, bool) else _not_a_choice())
        case ChoiceField():
            return _whole(None if value in [o.id for o in spec.options] else _not_a_choice())
        case ChoicesField():
            return _whole(_choices_fault(spec, value))
        case MyNumberField():
            sealed = isinstance(value, dict) and isinstance(value.get("sealed"), str)
            return _whole(None if sealed else _("12けたの個人番号を入力してください。"))
        case FileField():
            return _whole(_files_fault(spec, value))
        case _:
            return {}


def _whole(message: str | None) -> Errors:
    return {} if message is None else {"": message}


def _not_a_choice() -> str:
    return _("一覧の中から選んでください。")


def _text_fault(
    spec: TextField | MultilineField | KanaField | PhoneField | EmailField, value: Any
) -> str | None:
    if not isinstance(value, str):
        return _("文字で入力してください。")
    try:
        accepted(value, multiline=isinstance(spec, MultilineField))
        if isinstance(spec, KanaField):
            accepted_katakana(value)
        if isinstance(spec, PhoneField):
            parse_phone(value)
    except Problem as problem:
        return said(problem)
    if isinstance(spec, EmailField):
        if is_email_address(value):
            return None
        return _("メールアドレスの形で入力してください。例: name@example.jp")
    if isinstance(spec, PhoneField):
        return None
    length = length_in_characters(value)
    if length > spec.max_length:
        return _("%(max)d文字以内で入力してください（いま%(now)d文字です）。") % {
            "max": spec.max_length,
            "now": length,
        }
    if isinstance(spec, TextField):
        if length < spec.min_length:
            return _("%(min)d文字以上で入力してください。") % {"min": spec.min_length}
        if spec.pattern is not None and not re.fullmatch(spec.pattern, value):
            return str(spec.pattern_message or _("決められた形で入力してください。"))
    return None


def _date_fault(spec: DateField, value: Any, days: Days) -> str | None:
    day = iso_day(value)
    if day is None:
        return _("年月日を正しく入力してください。")
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        return _("年を確かめてください。")
    earliest, latest = spec.first_day(today=days[0]), spec.last_day(today=days[1])
    if latest is not None and day > latest:
        if spec.latest == "today":
            return _("今日より後の日付は入力できません。")
        return _("%(day)sまでの日付を入力してください。") % {"day": date_in_words(latest)}
    if earliest is not None and day < earliest:
        if spec.earliest == "today":
            return _("今日より前の日付は入力できません。")
        return _("%(day)s以後の日付を入力してください。") % {"day": date_in_words(earliest)}
    return None


def _number_fault(spec: MoneyField | NumberField, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return _("数字で入力してください。")
    if spec.minimum is not None and value < spec.minimum:
        return _("%(min)s以上の数字を入力してください。") % {"min": f"{spec.minimum:,}"}
    if spec.maximum is not None and value > spec.maximum:
        return _("%(max)s以下の数字を入力してください。") % {"max": f"{spec.maximum:,}"}
    return None


def _choices_fault(spec: ChoicesField, value: Any) -> str | None:
    known = {o.id for o in spec.options}
    if not isinstance(value, list) or not all(isinstance(v, str) and v in known for v in value):
        return _not_a_choice()
    if len(set(value)) != len(value):
        return _not_a_choice()
    if len(value) < spec.at_least:
        return _("%(min)d個以上選んでください。") % {"min": spec.at_least}
    if spec.at_most is not None and len(value) > spec.at_most:
        return _("選べるのは%(max)d個までです。") % {"max": spec.at_most}
    return None


def _files_fault(spec: FileField, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return _("ファイルを選び直してください。")
    if len(value) > spec.at_most:
        return _("ファイルは%(max)d個までです。") % {"max": spec.at_most}
    return None


def _rows(spec: RepeatField, value: Any) -> str | None:
    if value is not None and not isinstance(value, list):
        return _("正しい形ではありません。")
    count = len(value or [])
    if count < spec.at_least:
        return _("「%(item)s」を%(min)d件以上入力してください。") % {
            "item": str(spec.item),
            "min": spec.at_least,
        }
    if count > spec.at_most:
        return _("「%(item)s」は%(max)d件までです。") % {
            "item": str(spec.item),
            "max": spec.at_most,
        }
    if not all(isinstance(row, dict) for row in value or []):
        return _("正しい形ではありません。")
    return None


def _note(errors: Errors, path: str, message: str | None) -> None:
    if message is not None:
        errors[path] = message
