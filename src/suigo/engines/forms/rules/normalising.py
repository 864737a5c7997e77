"""Answers from a program in the form in which a page would have stored them.

A page reads what people type; the API takes JSON. Both end in the same canonical answers, so that
a search, a letter or a transfer file never meets two spellings. What can't be brought into that
form is left as it is, and ``check`` says what is wrong with it.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.compiling import CompiledForm, Node
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    EmailField,
    Field,
    GroupField,
    KanaField,
    MultilineField,
    NameField,
    PhoneField,
    RepeatField,
    TextField,
)
from suigo.kernel.japanese import banks
from suigo.kernel.japanese.characters import accepted
from suigo.kernel.japanese.kana import accepted_katakana, katakana
from suigo.kernel.japanese.phones import parse_phone
from suigo.kernel.japanese.postal import normalise_postal_code
from suigo.kernel.japanese.problems import Problem


def normalised(compiled: CompiledForm, answers: Answers) -> Answers:
    """The same answers with texts trimmed, kana, telephone and postal codes in one spelling, and
    the names of bank and branch taken from their codes."""
    result = dict(answers)
    for page in compiled.pages:
        for node in page.nodes:
            _into(result, node)
    return result


def _into(target: dict[str, Any], node: Node) -> None:
    key = node.field.id
    if key in target:
        target[key] = _value(node, target[key])


def _value(node: Node, value: Any) -> Any:
    field = node.field
    if isinstance(field, GroupField):
        return _object(node, value)
    if isinstance(field, RepeatField):
        return [_object(node, row) for row in value] if isinstance(value, list) else value
    return _answer(field, value)


def _object(node: Node, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = dict(value)
    for child in node.children:
        _into(inner, child)
    return inner


def _answer(field: Field, value: Any) -> Any:
    match field:
        case TextField() | EmailField():
            return _spelt(value, accepted)
        case MultilineField():
            return _spelt(value, lambda text: accepted(text, multiline=True))
        case KanaField():
            return _spelt(value, accepted_katakana)
        case PhoneField():
            return _spelt(value, lambda text: parse_phone(text).hyphenated)
        case NameField() if isinstance(value, dict):
            return {
                part: _spelt(text, accepted_katakana if part.endswith("_kana") else accepted)
                for part, text in value.items()
            }
        case AddressField() if isinstance(value, dict):
            return {
                part: _spelt(text, normalise_postal_code if part == "postal_code" else accepted)
                for part, text in value.items()
            }
        case BankAccountField() if isinstance(value, dict):
            return _account(value)
        case _:
            return value


def _spelt(value: Any, spell: Callable[[str], str]) -> Any:
    if not isinstance(value, str):
        return value
    with suppress(Problem):
        return spell(value.strip())
    return value


def _account(value: dict[str, Any]) -> dict[str, Any]:
    """What was given, with the names that belong to the codes and no others."""
    account = {part: value[part] for part in value if part not in {"bank_name", "branch_name"}}
    bank = banks.bank(str(value.get("bank_code") or ""))
    if bank is not None:
        account["bank_name"] = bank.name
        branch = banks.branch(bank.code, str(value.get("branch_code") or ""))
        if branch is not None:
            account["branch_name"] = branch.name
    if isinstance(account.get("holder_kana"), str):
        account["holder_kana"] = katakana(account["holder_kana"].strip())
    return account
