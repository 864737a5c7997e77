"""How the columns of another service become the answers of a form: ``imports/`` of a city."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]


class FieldMap(Spec):
    """One answer and where it comes from.

    ``to`` is the answer's path, of the whole (``applicant.name``) or of a part
    (``applicant.name.family``). The questions of a repeat are written with ``*`` in ``to`` and
    ``{n}`` (1, 2, …) in ``from``: ``to: children.*.birth_date``, ``from: お子さん{n} 生年月日``.
    A name takes one column (parted at its space), two (name, reading) or four; an address takes
    two or three: postal code, address, building.
    """

    to: str
    columns: tuple[str, ...] = Field((), alias="from")
    default: str | None = Field(None, description="where the column is missing or empty")
    values: dict[str, str] = Field({}, description="what is written there: what the form calls it")
    separator: str = Field("、", description="between several choices in one cell")
    date_format: str | None = Field(None, description="as in strptime, where the day is unusual")

    @model_validator(mode="before")
    @classmethod
    def _one_column(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("from"), str):
            return {**value, "from": [value["from"]]}
        return value

    @model_validator(mode="after")
    def _from_somewhere(self) -> "FieldMap":
        if not self.columns and self.default is None:
            raise ValueError("neither from nor default says where the answer comes from")
        return self


class Mapping(Spec):
    """What every mapping has."""

    title: Text = Field(description="the source as staff call it: ぴったりサービス")
    procedure: str
    fields: tuple[FieldMap, ...] = Field(min_length=1)
    not_asked: dict[str, str] = Field(
        {},
        description="what the source does not ask, and why: it may be missing",
    )
    sample: bool = Field(False, description="サンプル: invented, not the source's own layout")
    verify: bool = Field(False, description="要確認: nobody has compared it with a real file")


class CsvMapping(Mapping):
    """``imports/csv/<name>.yaml``: a spreadsheet with one application in each row."""

    encoding: Literal["auto", "cp932", "utf-8"] = "auto"
    delimiter: Literal[",", "tab"] = ","
    key: str = Field(description="the column with the source's own number")
    arrived: str | None = Field(None, description="the column that says when it was sent")
    arrived_format: str | None = None


class AttachmentMap(Spec):
    """Which attachments of a package answer a question that asks for files."""

    to: str
    names: tuple[str, ...] = Field(min_length=1, description="patterns such as attachments/01_*")


class PackageMapping(Mapping):
    """``imports/pittari/<procedure>.yaml``: the packages of one procedure."""

    procedure_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{16}$")]
    form_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{18}$")]
    versions: tuple[Annotated[int, Field(ge=1, le=9999)], ...] = Field(min_length=1)
    attachments: tuple[AttachmentMap, ...] = ()
