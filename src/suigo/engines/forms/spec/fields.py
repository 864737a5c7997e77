"""The kinds of field. Each is a frozen model; ``kind`` says which one a piece of YAML is.

Answers are plain JSON: text and choices are strings, dates ISO 8601 days, money and numbers
integers, yes/no and consent booleans, files lists of file ids, groups objects, repeats lists of
objects. Names and addresses are objects with the keys that GIF (DS-442, core person) uses.
"""

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Union

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Key(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
# a day, or so many days before or after the day on which the form is filled in: today-21
# something about a person that outlives one application, such as person.address; the words are
# those of the engine facts. Inside a repeat: a part of each, such as birth_date.
FactKey = Annotated[str, Key(pattern=r"^[a-z][a-z_]*(\.[a-z][a-z_]*)?$", max_length=60)]
# one member of a known list, such as household.children[]
MemberKey = Annotated[str, Key(pattern=r"^[a-z][a-z_]*\.[a-z][a-z_]*\[\]$", max_length=62)]
DayBound = Annotated[str, Key(pattern=r"^\d{4}-\d{2}-\d{2}$|^today([+-]\d{1,5})?$")]


def _day(bound: str | None, *, today: date) -> date | None:
    if bound is None:
        return None
    if bound.startswith("today"):
        return today + timedelta(days=int(bound.removeprefix("today") or 0))
    return date.fromisoformat(bound)


class Condition(Spec):
    """An expression that decides, and the reason shown to people.

    In YAML either the expression alone, or ``{when: …, because: …, article: …}``.
    """

    when: str
    because: Text | None = None
    article: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_expression(cls, value: Any) -> Any:
        return {"when": value} if isinstance(value, str) else value


class BaseField(Spec):
    """What every field has."""

    id: Id
    label: Text
    hint: Text | None = None
    show_when: Condition | None = None


class AnswerField(BaseField):
    """A field that a person answers."""

    required: bool = True
    require_when: Condition | None = Key(None, description="required only while this holds")
    fact: FactKey | None = Key(
        None, description="what this asks about the person; known, it need not be typed again"
    )
    fact_when: Condition | None = Key(
        None, description="whose fact it is: only while this holds it is the applicant's own"
    )
    locked: bool = Key(False, description="read-only once the city or a card has confirmed it")
    checked_by_city: bool = Key(False, description="a decision for the applicant confirms it")
    prefill: str | None = Key(None, description="older word for fact: profile.x is person.x")
    open_data: bool = Key(False, description="may appear in published figures")


class TextField(AnswerField):
    kind: Literal["text"]
    max_length: Annotated[int, Key(ge=1, le=1000)] = 100
    min_length: Annotated[int, Key(ge=0)] = 0
    pattern: str | None = None
    pattern_message: Text | None = None
    autocomplete: str | None = None
    input_mode: Literal["text", "numeric", "decimal", "tel", "email", "url"] = "text"
    width: Literal[4, 8, 12, 20, "full"] = "full"

    @field_validator("width", mode="before")
    @classmethod
    def _as_number(cls, value: Any) -> Any:
        # the loader hands every scalar over as text, and a Literal does not convert
        return int(value) if isinstance(value, str) and value.isdigit() else value


class MultilineField(AnswerField):
    kind: Literal["multiline"]
    max_length: Annotated[int, Key(ge=1, le=10_000)] = 1000
    rows: Annotated[int, Key(ge=2, le=20)] = 4


class NameField(AnswerField):
    """氏名: family, given, family_kana, given_kana. Kept exactly as entered (異体字, IVS)."""

    kind: Literal["name"]
    kana: bool = True
    of_applicant: bool = Key(False, description="autocomplete with the visitor's own name")


class KanaField(AnswerField):
    kind: Literal["kana"]
    max_length: Annotated[int, Key(ge=1, le=200)] = 100


class DateField(AnswerField):
    """A day, entered as era or western year, month and day."""

    kind: Literal["date"]
    earliest: DayBound | None = None
    latest: DayBound | None = None
    birthday: bool = Key(False, description="autocomplete as the visitor's own birthday")

    def first_day(self, *, today: date) -> date | None:
        """The earliest day that may be entered, None when any."""
        return _day(self.earliest, today=today)

    def last_day(self, *, today: date) -> date | None:
        """The latest day that may be entered, None when any."""
        return _day(self.latest, today=today)


class MoneyField(AnswerField):
    """Whole yen."""

    kind: Literal["money"]
    minimum: int = 0
    maximum: int = 999_999_999_999


class NumberField(AnswerField):
    kind: Literal["number"]
    minimum: int | None = None
    maximum: int | None = None
    unit: Text | None = None


class YesNoField(AnswerField):
    kind: Literal["yes_no"]
    yes: Text = Text.model_validate({"ja": "はい", "en": "Yes"})
    no: Text = Text.model_validate({"ja": "いいえ", "en": "No"})


class Option(Spec):
    id: Annotated[str, Key(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
    label: Text
    hint: Text | None = None


class _WithOptions(AnswerField):
    options: tuple[Option, ...] = Key(min_length=1, max_length=2000)

    @model_validator(mode="after")
    def _ids_differ(self) -> "_WithOptions":
        ids = [o.id for o in self.options]
        if len(set(ids)) != len(ids):
            raise ValueError("two options have the same id")
        return self


class ChoiceField(_WithOptions):
    """One of several. More than seven become a select unless ``style`` says otherwise."""

    kind: Literal["choice"]
    style: Literal["radio", "select"] | None = None


class ChoicesField(_WithOptions):
    kind: Literal["choices"]
    at_least: Annotated[int, Key(ge=0)] = 0
    at_most: int | None = None


class AddressField(AnswerField):
    """住所: postal_code (7 digits), prefecture, city, town, block, building (GIF DS-442)."""

    kind: Literal["address"]
    of_applicant: bool = False


class PhoneField(AnswerField):
    kind: Literal["phone"]
    of_applicant: bool = False


class EmailField(AnswerField):
    kind: Literal["email"]


class BankAccountField(AnswerField):
    """口座: bank_code, bank_name, branch_code, branch_name, account_type, number, holder_kana;
    Japan Post accounts are entered as 記号 and 番号 and converted."""

    kind: Literal["bank_account"]


class MyNumberField(AnswerField):
    """個人番号: checked, sealed at once, shown only to named capabilities (番号法)."""

    kind: Literal["my_number"]


class FileField(AnswerField):
    kind: Literal["file"]
    accept: tuple[Literal["pdf", "image", "office", "text"], ...] = ("pdf", "image")
    at_most: Annotated[int, Key(ge=1, le=30)] = 5
    original_needed: bool = Key(False, description="別途原本の提出が必要")
    sample: str | None = None

    @property
    def taken(self) -> tuple[Literal["pdf", "image", "office", "text", "signature"], ...]:
        """What is taken: beside a document its signature in a file of its own (.p7s), too."""
        signed = {"pdf", "office", "text"} & set(self.accept)
        return (*self.accept, "signature") if signed else self.accept


class ConsentField(AnswerField):
    """A statement the person agrees to."""

    kind: Literal["consent"]
    text: Text


class NoticeField(BaseField):
    """Information between the questions; nothing is answered."""

    kind: Literal["notice"]
    text: Text
    tone: Literal["info", "warning", "success"] = "info"
    verify: bool = Key(False, description="要確認: the city has not confirmed this yet")


class ComputedField(BaseField):
    """A value the city works out by a rule, shown with its reason."""

    kind: Literal["computed"]
    value: str
    type: Literal["money", "integer", "text", "date", "boolean"]
    because: Text
    article: str | None = None
    unit: Text | None = None
    sample: bool = Key(False, description="サンプル: the rule's figures are not the city's own")


class GroupField(BaseField):
    """Fields that belong together, such as everything about the spouse.

    With ``fact: household.children[]`` they are about one of a known list: the person says which,
    and the fields that name a part of it (``fact: name``) start from that member.
    """

    kind: Literal["group"]
    fact: MemberKey | None = Key(None, description="the known list whose member this is about")
    item: Text | None = Key(
        None, description="with fact: what one of them is called within a sentence: お子さん, child"
    )
    fields: tuple["Field", ...] = Key(min_length=1)


class RepeatField(BaseField):
    """The same fields for each of several, such as each child.

    Inside, an expression reaches the fields of its own row as ``row.<id>``.
    """

    kind: Literal["repeat"]
    fact: FactKey | None = Key(None, description="the known list these rows start from")
    item: Text = Key(description="what one of them is called: お子さん")
    at_least: Annotated[int, Key(ge=0)] = 1
    at_most: Annotated[int, Key(ge=1, le=100)] = 20
    fields: tuple["Field", ...] = Key(min_length=1)


Field = Annotated[
    Union[
        TextField,
        MultilineField,
        NameField,
        KanaField,
        DateField,
        MoneyField,
        NumberField,
        YesNoField,
        ChoiceField,
        ChoicesField,
        AddressField,
        PhoneField,
        EmailField,
        BankAccountField,
        MyNumberField,
        FileField,
        ConsentField,
        NoticeField,
        ComputedField,
        GroupField,
        RepeatField,
    ],
    Key(discriminator="kind"),
]

GroupField.model_rebuild()
RepeatField.model_rebuild()
