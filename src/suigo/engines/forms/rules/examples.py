"""Complete, clearly artificial answers to any form: for demonstrations, generated tests and
benchmarks. The same seed gives the same answers."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, replace_at, value_at
from suigo.engines.forms.rules.checking import check
from suigo.engines.forms.rules.compiling import CompiledForm, template_path
from suigo.engines.forms.rules.edges import Edge, edge_answer
from suigo.engines.forms.rules.evaluation import evaluate
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
from suigo.kernel.japanese.numbers import personal_number_check_digit

FAMILY_NAMES = (
    ("見本", "ミホン"),
    ("試験", "シケン"),
    ("例示", "レイジ"),
    ("架空", "カクウ"),
    ("仮名", "カメイ"),
    ("練習", "レンシュウ"),
    ("髙﨑見本", "タカサキミホン"),
    ("雛形", "ヒナガタ"),
    ("𠮷田見本", "ヨシダミホン"),  # a character that Shift_JIS (cp932) files cannot hold
)
GIVEN_NAMES = (
    ("太郎", "タロウ"),
    ("花子", "ハナコ"),
    ("一郎", "イチロウ"),
    ("みどり", "ミドリ"),
    ("次郎", "ジロウ"),
    ("さくら", "サクラ"),
    ("あやめ", "アヤメ"),
    ("健", "ケン"),
)


class NoExample(ValueError):
    """No complete answers were found: the form's checks contradict each other, or need help."""


@dataclass(frozen=True, slots=True)
class Material:
    """What examples are made of. ``towns`` are ``(postal code, prefecture, city, town)``."""

    towns: Sequence[tuple[str, str, str, str]] = (("1000001", "見本県", "見本市", "中央"),)
    account: dict[str, str] = field(
        default_factory=lambda: {
            "bank_code": "0001",
            "bank_name": "みずほ",
            "branch_code": "001",
            "branch_name": "東京営業部",
            "account_type": "1",
        }
    )
    seal: Callable[[str], str] = lambda number: f"not sealed {len(number)}"
    file_ids: Callable[[FileField], list[str]] = lambda _field: [
        "00000000-0000-7000-8000-000000000000"
    ]


def example_answers(
    compiled: CompiledForm,
    *,
    today: date,
    seed: int,
    maximal: bool = False,
    edge: Edge | None = None,
    material: Material | None = None,
    fixed: Answers | None = None,
) -> Answers:
    """Answers that pass every check. ``maximal`` also fills what is optional and adds rows.

    ``edge`` gives every answer the lowest or highest value that its field takes (the first or last
    day, the shortest or longest text, the first or last option), except where a check of the form
    refuses that. ``fixed`` answers are kept. Raises ``NoExample``.
    """
    material = material or Material()
    wrong: dict[str, str] = {}
    refused: set[str] = set()
    for attempt in range(12):
        chance = random.Random(f"{seed}/{attempt}")  # noqa: S311 - examples, not secrets
        maker = _Maker(compiled, today, chance, maximal, material, edge, refused)
        answers = maker.fill(dict(fixed or {}))
        for maker.repairs in range(25):
            wrong = check(compiled, answers, today=today).errors
            if not wrong:
                return answers
            for path in wrong:
                answers = _without(answers, path, compiled)
                if edge is not None:
                    refused |= _causes(compiled, path)
            if edge is not None:
                for cause in sorted(refused):
                    free = "*" not in cause and is_empty(value_at(fixed or {}, cause))
                    if free and chance.random() < 0.2:
                        answers = _without(answers, cause, compiled)
            answers = maker.fill(answers)
    raise NoExample(f"no example found: {wrong}")


def _causes(compiled: CompiledForm, path: str) -> set[str]:
    """The fields (as ``children.*.name``) that may be why something is wrong at ``path``."""
    own = template_path(path)
    names = {own}
    for rule in compiled.checks:
        if rule.check.field == own:
            names |= set(rule.when.names)
    found: set[str] = set()
    while names:
        name = names.pop()
        node = compiled.nodes.get(name)
        if node is None:  # a part of an answer, or a column of a repeat
            head, _dot, last = name.rpartition(".")
            node = compiled.nodes.get(f"{head}.*.{last}") or compiled.nodes.get(head)
        if node is None or node.path in found:
            continue
        found.add(node.path)
        if node.value is not None:
            names |= set(node.value.names)
        if isinstance(node.field, RepeatField):
            found |= {inner.path for inner in node.walk()}
    return found


def _without(answers: Answers, path: str, compiled: CompiledForm) -> Answers:
    """The answers without the one at ``path``, which is the field's or one of its parts'."""
    while path and compiled.node_at(path) is None:
        path = path.rpartition(".")[0]
    return replace_at(answers, path, None) if path else answers


@dataclass(slots=True)
class _Maker:
    compiled: CompiledForm
    today: date
    chance: random.Random
    maximal: bool
    material: Material
    edge: Edge | None = None
    refused: set[str] = field(default_factory=set)  # where a check would not have the edge
    repairs: int = 0

    def fill(self, answers: Answers) -> Answers:
        """Answer what is shown until nothing new appears."""
        decided: set[str] = set()
        while True:  # every round decides a path, and a form has so many
            shown = evaluate(self.compiled, answers, today=self.today).shown
            open_paths = [p for p in shown if p not in decided]
            if not open_paths:
                return answers
            for path in open_paths:
                decided.add(path)
                spec = shown[path].field
                if not is_empty(value_at(answers, path)):
                    continue
                if isinstance(spec, RepeatField):
                    count = max(spec.at_least, min(spec.at_most, 2 if self.maximal else 0))
                    if self.edge is not None and self._at_edge(path):
                        count = spec.at_least if self.edge == "lowest" else spec.at_most
                    answers = replace_at(answers, path, [{} for _unused in range(count)])
                    break  # the rows bring fields of their own
                if isinstance(spec, AnswerField) and (spec.required or self.maximal):
                    answers = replace_at(answers, path, self._value(spec, path))
                    if self._decides(shown[path].path):
                        break

    def _decides(self, template: str) -> bool:
        """Whether an answer decides what else is asked, so that it has to be looked at again."""
        repeat, star, inside = template.partition(".*.")
        names = {f"row.{inside}", repeat, f"{repeat}.{inside}"} if star else {template}
        return bool(names & self.compiled.affecting)

    def _at_edge(self, path: str) -> bool:
        return template_path(path) not in self.refused

    def _value(self, spec: Field, path: str) -> Any:
        if self.edge is not None and self._at_edge(path):
            value = edge_answer(spec, self.edge, today=self.today, files=self.material.file_ids)
            if value is not None:
                return value
        chance = self.chance
        match spec:
            case NameField():
                return self._name(spec)
            case DateField():
                return self._day(spec)
            case AddressField():
                return self._address()
            case BankAccountField():
                number = f"{chance.randrange(1, 10**7):07d}"
                holder = "　".join(p[1] for p in (FAMILY_NAMES[0], GIVEN_NAMES[0]))
                return {**self.material.account, "number": number, "holder_kana": holder}
            case MoneyField() | NumberField():
                low = spec.minimum or 0
                high = spec.maximum if spec.maximum is not None else low + 100_000
                return chance.randint(low, min(high, low + 100_000))
            case YesNoField():
                return chance.random() < 0.5
            case ChoiceField():
                return chance.choice(spec.options).id
            case ChoicesField():
                most = spec.at_most or len(spec.options)
                count = max(spec.at_least, 1, min(most, 2 if self.maximal else 1))
                return [o.id for o in chance.sample(spec.options, min(count, len(spec.options)))]
            case ConsentField():
                return True
            case MyNumberField():
                first = f"{chance.randrange(10**11):011d}"
                return {
                    "sealed": self.material.seal(f"{first}{personal_number_check_digit(first)}")
                }
            case FileField():
                return self.material.file_ids(spec)
            case PhoneField():
                return f"090-0000-{chance.randrange(10_000):04d}"
            case EmailField():
                return f"sample{chance.randrange(1000)}@example.jp"
            case KanaField():
                return "ミホン"
            case TextField() | MultilineField():
                return self._text(spec)
            case _:
                raise NoExample(f"no example for {path}")

    def _name(self, spec: NameField) -> dict[str, str]:
        family, given = self.chance.choice(FAMILY_NAMES), self.chance.choice(GIVEN_NAMES)
        name = {"family": family[0], "given": given[0]}
        return name | ({"family_kana": family[1], "given_kana": given[1]} if spec.kana else {})

    def _day(self, spec: DateField) -> str:
        # somebody's birth may lie further back than any other day that forms ask for
        years = 95 if spec.id.startswith("birth") else 45
        earliest = spec.first_day(today=self.today) or self.today - timedelta(days=365 * years)
        latest = spec.last_day(today=self.today) or self.today + timedelta(days=90)
        if spec.birthday:
            earliest = max(earliest, self.today - timedelta(days=365 * 85))
            latest = min(latest, self.today - timedelta(days=365 * 20))
        elif self.chance.random() < 0.6:
            earliest = max(earliest, min(latest, self.today - timedelta(days=365 * 6)))
        if self.repairs and not spec.id.startswith("birth") and self.chance.random() < 0.4:
            # what was refused may be bound to a deadline: a day close to today
            earliest = max(earliest, min(latest, self.today - timedelta(days=14)))
            latest = min(latest, max(earliest, self.today + timedelta(days=45)))
        span = max(0, (latest - earliest).days)
        return (earliest + timedelta(days=self.chance.randint(0, span))).isoformat()

    def _address(self) -> dict[str, str]:
        code, prefecture, city, town = self.chance.choice(self.material.towns)
        address = {"postal_code": code, "prefecture": prefecture, "city": city, "town": town}
        block = f"{self.chance.randint(9000, 9999)}番地"
        return address | {"block": block} | ({"building": "見本荘101"} if self.maximal else {})

    def _text(self, spec: TextField | MultilineField) -> str:
        if isinstance(spec, TextField) and spec.pattern is not None:
            return self._digits(spec.pattern, spec.max_length)
        if isinstance(spec, TextField) and spec.input_mode == "numeric":
            return "1" * max(1, min(spec.max_length, max(spec.min_length, 4)))
        text = "見本（デモンストレーション）"
        if self.maximal:
            return (text * (spec.max_length // len(text) + 1))[: spec.max_length]
        shortest = spec.min_length if isinstance(spec, TextField) else 0
        return (text * (shortest // len(text) + 1))[: min(spec.max_length, max(shortest, 14))]

    def _digits(self, pattern: str, longest: int) -> str:
        """A text of digits for patterns such as ``\\d{10}``; tries lengths until one fits."""
        for length in range(1, longest + 1):
            for first in ("1", "0", "9"):
                text = first + "".join(str((3 * i) % 10) for i in range(1, length))
                if re.fullmatch(pattern, text):
                    return text
        raise NoExample(f"no example for the pattern {pattern}")
