"""What is wrong with a mapping, as far as its files alone can tell."""

from collections.abc import Iterator

from suigo.engines.forms.rules import CompiledForm, Node
from suigo.engines.forms.rules.checking import KNOWN_PARTS
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ComputedField,
    FileField,
    GroupField,
    NameField,
    NoticeField,
    RepeatField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField
from suigo.services.intake.rules.converting import NAME_PARTS, CanNotConvert, answer_of
from suigo.services.intake.rules.mapping import target
from suigo.services.intake.spec import FieldMap, Mapping, PackageMapping

Where = tuple[str | int, ...]
NEEDED_PARTS: dict[type, tuple[str, ...]] = {
    AddressField: ("postal_code", "prefecture", "city", "town", "block"),
    BankAccountField: ("bank_code", "branch_code", "account_type", "number", "holder_kana"),
}


def mapping_faults(mapping: Mapping, form: CompiledForm) -> Iterator[tuple[Where, str]]:
    """Each fault with its place in the file: every target exists and takes what is sent, and
    every required question is fed, has a default, or is named in ``not_asked``."""
    fed: set[str] = set()
    for index, item in enumerate(mapping.fields):
        where: Where = ("fields", index)
        if item.to in fed:
            yield (*where, "to"), f"{item.to!r} is fed twice"
        fed.add(item.to)
        yield from ((where, message) for message in _item_faults(item, form))
    if isinstance(mapping, PackageMapping):
        for index, attachment in enumerate(mapping.attachments):
            node = form.nodes.get(attachment.to)
            if node is None or not isinstance(node.field, FileField) or "*" in attachment.to:
                yield ("attachments", index), f"{attachment.to!r} does not ask for files"
            fed.add(attachment.to)
    for path in mapping.not_asked:
        if path not in form.nodes:
            yield ("not_asked", path), f"the form does not ask for {path!r}"
    for path in _required(form):
        if path not in mapping.not_asked and not _is_fed(form.nodes[path], fed):
            yield ("fields",), f"the required answer {path!r} is neither fed nor in not_asked"


def _item_faults(item: FieldMap, form: CompiledForm) -> Iterator[str]:
    found = target(form, item.to)
    if found is None:
        yield f"the form does not ask for {item.to!r}"
        return
    node, part = found
    field = node.field
    if isinstance(field, GroupField | RepeatField | NoticeField | ComputedField | FileField):
        yield f"{item.to!r} is no question that a column can answer"
        return
    known = KNOWN_PARTS.get(type(field), ())
    if part and part not in known:
        yield f"{item.to!r}: its answer has no part {part!r}"
    if isinstance(field, BankAccountField) and not part:
        yield f"{item.to!r}: feed the parts of the account one by one"
    if not part:
        counts = {NameField: (1, 2, 4), AddressField: (2, 3)}.get(type(field))
        if counts and item.columns and len(item.columns) not in counts:
            yield f"{item.to!r} takes {' or '.join(map(str, counts))} columns"
    if ("*" in item.to) != any("{n}" in column for column in item.columns) and item.columns:
        yield f"{item.to!r}: '*' and '{{n}}' belong together"
    for value in [*item.values.values(), *([item.default] if item.default is not None else [])]:
        try:
            answer_of(field, part or "", [value], item) if not isinstance(
                field, NameField | AddressField
            ) else None
        except CanNotConvert as wrong:
            yield f"{item.to!r}: {wrong}"
    if item.values and not isinstance(field, ChoiceField | ChoicesField | YesNoField) and not part:
        yield f"{item.to!r}: only choices take values"


def _required(form: CompiledForm) -> Iterator[str]:
    for path, node in form.nodes.items():
        if isinstance(node.field, AnswerField) and node.field.required:
            yield path


def _is_fed(node: Node, fed: set[str]) -> bool:
    if node.path in fed:
        return True
    parts: tuple[str, ...] = NEEDED_PARTS.get(type(node.field), ())
    if isinstance(node.field, NameField):
        parts = NAME_PARTS if node.field.kana else NAME_PARTS[:2]
    return bool(parts) and all(f"{node.path}.{part}" in fed for part in parts)
