"""The same form for programs: a JSON Schema (2020-12) of its answers."""

from typing import Any

from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoiceField,
    ChoicesField,
    ComputedField,
    ConsentField,
    DateField,
    EmailField,
    Field,
    FileField,
    FormSpec,
    GroupField,
    MoneyField,
    MultilineField,
    MyNumberField,
    NameField,
    NoticeField,
    NumberField,
    RepeatField,
    TextField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField

Schema = dict[str, Any]


def json_schema(form: FormSpec, language: str = "ja") -> Schema:
    """What the API accepts as ``answers``. A field that a condition may hide is not required
    here; the server decides with the whole of the answers."""
    fields = [f for page in form.pages for f in page.fields]
    always = {f.id for p in form.pages if p.show_when is None for f in p.fields}
    schema = _object(fields, language)
    schema["required"] = [name for name in schema.get("required", []) if name in always]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _object(fields: list[Field], language: str) -> Schema:
    asked = [f for f in fields if not isinstance(f, NoticeField | ComputedField)]
    return {
        "type": "object",
        "properties": {f.id: _field(f, language) for f in asked},
        "required": [f.id for f in asked if _always_required(f)],
        "additionalProperties": False,
    }


def _always_required(field: Field) -> bool:
    if field.show_when is not None:
        return False
    if isinstance(field, AnswerField):
        return field.required and field.require_when is None
    if isinstance(field, RepeatField):
        return field.at_least > 0
    return isinstance(field, GroupField) and any(_always_required(f) for f in field.fields)


def _field(field: Field, language: str) -> Schema:
    schema: Schema = {"title": field.label.in_language(language)}
    if field.hint is not None:
        schema["description"] = field.hint.in_language(language)
    return schema | _shape(field, language)


def _shape(field: Field, language: str) -> Schema:
    match field:
        case TextField():
            return {"type": "string", "maxLength": field.max_length, "minLength": field.min_length}
        case MultilineField():
            return {"type": "string", "maxLength": field.max_length}
        case EmailField():
            return {"type": "string", "format": "email", "maxLength": 254}
        case DateField():
            return {"type": "string", "format": "date"}
        case MoneyField() | NumberField():
            return _bounds(field)
        case YesNoField() | ConsentField():
            return {"type": "boolean"}
        case ChoiceField():
            return {"type": "string", "enum": [o.id for o in field.options]}
        case ChoicesField():
            items = {"type": "string", "enum": [o.id for o in field.options]}
            return {"type": "array", "items": items, "uniqueItems": True}
        case NameField():
            parts = ["family", "given", *(["family_kana", "given_kana"] if field.kana else [])]
            return _parts(parts, required=parts)
        case AddressField():
            needed = ["postal_code", "prefecture", "city", "town", "block"]
            return _parts([*needed, "building"], required=needed)
        case BankAccountField():
            needed = ["bank_code", "branch_code", "account_type", "number", "holder_kana"]
            return _parts([*needed, "bank_name", "branch_name"], required=needed)
        case MyNumberField():
            return {"type": "string", "pattern": r"^\d{12}$", "writeOnly": True}
        case FileField():
            ids = {"type": "string", "format": "uuid"}
            return {"type": "array", "items": ids, "maxItems": field.at_most}
        case GroupField():
            return _object(list(field.fields), language)
        case RepeatField():
            rows = _object(list(field.fields), language)
            limits = {"minItems": field.at_least, "maxItems": field.at_most}
            return {"type": "array", "items": rows, **limits}
        case _:
            return {"type": "string"}


def _bounds(field: MoneyField | NumberField) -> Schema:
    schema: Schema = {"type": "integer"}
    if field.minimum is not None:
        schema["minimum"] = field.minimum
    if field.maximum is not None:
        schema["maximum"] = field.maximum
    return schema


def _parts(names: list[str], *, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": required,
        "additionalProperties": False,
    }
