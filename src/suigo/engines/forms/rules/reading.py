"""From a posted page to answers. What can't be read is kept as typed and explained."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_row, value_at
from suigo.engines.forms.rules.compiling import CompiledForm, Node
from suigo.engines.forms.rules.reading_parts import (
    Fault,
    Posted,
    fill_from_postal_code,
    read_account,
    read_address,
    read_date,
    read_name,
)
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ConsentField,
    DateField,
    EmailField,
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
from suigo.kernel.japanese.amounts import parse_yen
from suigo.kernel.japanese.characters import accepted
from suigo.kernel.japanese.kana import accepted_katakana
from suigo.kernel.japanese.numbers import accepted_personal_number, digits_of
from suigo.kernel.japanese.phones import parse_phone
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import _, said

Seal = Callable[[str], str]
FILE_ID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
UNREAD = object()
IN_PARTS = (NameField, AddressField, DateField, BankAccountField)


@dataclass(slots=True)
class Reading:
    """What a posted page says.

    ``answers`` are the earlier answers with the page's readable values put in. ``errors`` are
    messages by path for what could not be read. ``restructured`` is true when the person asked
    for another row, fewer rows or a look-up: the page is shown again without judging it.
    """

    answers: Answers
    errors: dict[str, str] = field(default_factory=dict)
    restructured: bool = False


def read_page(
    compiled: CompiledForm,
    page_id: str,
    posted: Posted,
    answers: Answers,
    *,
    seal: Seal,
    own_files: Collection[str] = frozenset(),
    only: Collection[str] | None = None,
    fixed: Collection[str] = frozenset(),
) -> Reading:
    """Read one posted page into ``answers``.

    A field that the page did not show is left alone. ``only`` limits reading to those paths (a
    correction), ``fixed`` paths can't be changed, ``own_files`` are the ids this person uploaded.
    ``seal`` encrypts a 個人番号 at once. Raises ``KeyError`` for an unknown page.
    """
    reader = _Reader(posted, seal, frozenset(own_files), only, frozenset(fixed))
    result = Reading(answers=dict(answers))
    for node in compiled.page(page_id).nodes:
        value = reader.read(node, node.path, value_at(answers, node.path))
        if value is not UNREAD:
            result.answers[node.field.id] = value
    result.errors = reader.errors
    result.restructured = reader.restructured
    return result


class _Reader:
    def __init__(
        self,
        posted: Posted,
        seal: Seal,
        own_files: frozenset[str],
        only: Collection[str] | None,
        fixed: frozenset[str],
    ) -> None:
        self.posted = posted
        self.seal = seal
        self.own_files = own_files
        self.only = only
        self.fixed = fixed
        self.errors: dict[str, str] = {}
        self.restructured = False

    def read(self, node: Node, path: str, before: Any) -> Any:
        """The new value at ``path``, or UNREAD where the page says nothing about it."""
        spec = node.field
        if isinstance(spec, GroupField):
            return self._group(node, path, before)
        if isinstance(spec, RepeatField):
            return self._rows(node, path, before)
        if not isinstance(spec, AnswerField) or path in self.fixed:
            return UNREAD
        if self.only is not None and path not in self.only:
            return UNREAD
        try:
            return self._answer(spec, path, before)
        except Fault as fault:
            for part, message in fault.messages.items():
                self.errors[f"{path}.{part}" if part else path] = message
        except Problem as problem:
            self.errors[path] = said(problem)
        return UNREAD

    def _group(self, node: Node, path: str, before: Any) -> Any:
        inner = dict(before) if isinstance(before, dict) else {}
        touched = False
        for child in node.children:
            key = child.field.id
            value = self.read(child, f"{path}.{key}", inner.get(key))
            if value is not UNREAD:
                inner[key] = value
                touched = True
        return inner if touched else UNREAD

    def _rows(self, node: Node, path: str, before: Any) -> Any:
        spec = node.field
        assert isinstance(spec, RepeatField)
        rows: list[Any] = list(before) if isinstance(before, list) else []
        posted_rows = _row_count(self.posted, path)
        if self.only is None:
            while len(rows) < min(posted_rows, spec.at_most):
                rows.append({})
        touched = bool(posted_rows)
        for index in range(len(rows)):
            value = self._group(node, f"{path}.{index}", rows[index])
            if value is not UNREAD:
                rows[index] = value
        if self.only is None:
            touched |= self._restructure(spec, path, rows)
        return rows if touched else UNREAD

    def _restructure(self, spec: RepeatField, path: str, rows: list[Any]) -> bool:
        """Add or remove a row as a button of the page asked."""
        if path in self.posted.get("_add", ()) and len(rows) < spec.at_most:
            rows.append({})
            self.restructured = True
            return True
        for target in self.posted.get("_remove", ()):
            prefix, _dot, number = target.rpartition(".")
            if prefix == path and is_row(number) and int(number) < len(rows):
                del rows[int(number)]
                self.errors = {p: m for p, m in self.errors.items() if not p.startswith(f"{path}.")}
                self.restructured = True
                return True
        return False

    def _answer(self, spec: AnswerField, path: str, before: Any) -> Any:
        if isinstance(spec, IN_PARTS) and not self._has_parts(path):
            return UNREAD
        match spec:
            case NameField():
                return read_name(self.posted, path, kana=spec.kana)
            case AddressField():
                if path in self.posted.get("_lookup", ()):
                    self.restructured = True
                    return fill_from_postal_code(self.posted, path)
                return read_address(self.posted, path)
            case BankAccountField():
                if any(v.split("#")[0] == path for v in self.posted.get("_lookup", ())):
                    self.restructured = True
                return read_account(self.posted, path)
            case DateField():
                return read_date(self.posted, path)
            case FileField():
                return self._files(spec, path, before)
            case _:
                values = self.posted.get(path)
                return UNREAD if values is None else self._simple(spec, values, before)

    def _has_parts(self, path: str) -> bool:
        prefix = f"{path}."
        return path in self.posted or any(key.startswith(prefix) for key in self.posted)

    def _simple(self, spec: AnswerField, values: Sequence[str], before: Any) -> Any:
        """Kinds with one control. An empty value is None: not answered."""
        if isinstance(spec, ChoicesField):
            return [v for v in values if v]
        text = values[-1].strip()
        if isinstance(spec, MyNumberField):
            return before if not text else {"sealed": self.seal(accepted_personal_number(text))}
        if isinstance(spec, ConsentField):
            return text == "yes"
        if not text:
            return None
        match spec:
            case YesNoField():
                return {"yes": True, "no": False}.get(text)
            case ChoiceField():
                return text
            case MoneyField():
                return parse_yen(text)
            case NumberField():
                return _whole_number(text)
            case KanaField():
                return accepted_katakana(text)
            case PhoneField():
                return parse_phone(text).hyphenated
            case EmailField():
                return accepted(text)
            case TextField() if spec.input_mode in {"numeric", "tel"}:
                return digits_of(accepted(text))
            case _:
                return accepted(text, multiline=isinstance(spec, MultilineField))

    def _files(self, spec: FileField, path: str, before: Any) -> Any:
        """Files that stay: posted back as hidden ids. New uploads were stored by the caller,
        which added their ids to ``posted``."""
        if path not in self.posted:
            return UNREAD
        removed = set(self.posted.get("_remove_file", ()))
        self.restructured = self.restructured or bool(removed)
        mine = self.own_files | set(before if isinstance(before, list) else [])
        ids = [v for v in dict.fromkeys(self.posted[path]) if FILE_ID.match(v) and v in mine]
        return [v for v in ids if v not in removed]


def _whole_number(text: str) -> int:
    digits = digits_of(text.replace(",", "").replace("，", ""))
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 15:
        raise Fault({"": _("数字で入力してください。")})
    return int(digits)


def _row_count(posted: Mapping[str, Any], path: str) -> int:
    """One more than the highest row number posted for ``path``."""
    prefix = f"{path}."
    numbers = [
        int(number)
        for key in posted
        if key.startswith(prefix)
        for number in [key[len(prefix) :].split(".")[0]]
        if number.isascii() and number.isdecimal() and len(number) <= 4
    ]
    return max(numbers, default=-1) + 1


def all_errors(unread: Mapping[str, str], found: Mapping[str, str]) -> dict[str, str]:
    """What could not be read together with what ``check`` found, each place named once.

    A field that was typed wrongly is stored as unanswered; it is not also called missing.
    """
    kept = {
        path: message
        for path, message in found.items()
        if not any(u == path or u.startswith(f"{path}.") for u in unread)
    }
    return {**kept, **unread}


def without_groups(errors: Mapping[str, str], groups: Collection[str]) -> dict[str, str]:
    """``errors`` without those inside groups that start anew."""
    inside = tuple(f"{path}." for path in groups)
    return {path: message for path, message in errors.items() if not path.startswith(inside)}


def with_blank_rows(compiled: CompiledForm, page_id: str, answers: Answers) -> Answers:
    """``answers`` with the empty rows that a page offers to fill in."""
    padded = dict(answers)
    for node in compiled.page(page_id).nodes:
        spec = node.field
        if isinstance(spec, RepeatField) and spec.at_least > 0:
            rows = padded.get(spec.id)
            rows = list(rows) if isinstance(rows, list) else []
            padded[spec.id] = rows + [{} for _unused in range(spec.at_least - len(rows))]
    return padded
