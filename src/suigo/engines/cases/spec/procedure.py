"""A procedure's catalog record (as ぴったりサービス and GIF DS-451-4 show it) and its whole."""

from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import model_validator

from suigo.engines.cases.spec.workflow import ChecklistItem, LetterSpec, WorkflowSpec
from suigo.engines.forms.spec import FormSpec
from suigo.kernel.content import Handling, Spec, Text

ProcedureId = Annotated[str, Key(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
Day = Annotated[str, Key(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class LegalBasis(Spec):
    """根拠法令. ``verify`` marks an article that still has to be looked up (要確認)."""

    title: str
    article: str | None = None
    url: str | None = None
    verify: bool = False


class CountedDeadline(Spec):
    """A deadline the law counts: ``days`` from the day after the date in ``from_field``."""

    days: Annotated[int, Key(ge=1, le=3660)]
    extended: bool = Key(True, description="moves to the next working day (地方自治法4条の2第4項)")
    from_field: str | None = None
    article: str | None = None
    verify: bool = False


class StandardPeriod(Spec):
    """標準処理期間 (行政手続法6条): how long the city takes to decide."""

    days: Annotated[int, Key(ge=1, le=730)]
    unit: Literal["business_days", "calendar_days"] = "business_days"
    source: str | None = None
    sample: bool = Key(False, description="サンプル: not the city's published period")


class Fee(Spec):
    """手数料, whole yen."""

    amount: Annotated[int, Key(ge=0)] = 0
    note: Text | None = None
    verify: bool = False


class Retention(Spec):
    """保存期間 after the case is closed."""

    years: Annotated[int, Key(ge=1, le=100)]
    source: str | None = None
    sample: bool = False


class OpenPeriod(Spec):
    """受付期間. Without dates the procedure is open all the year round.

    ``only_during`` names an occasion (a disaster) that the city declares; until then closed.
    """

    from_date: Day | None = None
    to_date: Day | None = None
    only_during: Text | None = None
    open_now: bool = Key(True, description="whether the occasion is declared at present")
    closed: Text | None = Key(None, description="what residents read while it is not open")


class Evidence(Spec):
    """A document to attach or to bring, beyond the form's own file fields."""

    title: Text
    required: bool = True
    original_needed: bool = False
    note: Text | None = None


class ToConfirm(Spec):
    """A fact in this package that the city still has to confirm (要確認)."""

    what: str
    note: str | None = None
    source: str | None = None


class SharedWith(Spec):
    """共同処理: another department that reads every case of the procedure, and on what basis."""

    department: str
    article: Annotated[str, Key(min_length=1)]
    reason: Text
    verify: bool = False


class ServiceSpec(Spec):
    """``service.yaml``: everything about the procedure except form, workflow and letters."""

    number_prefix: Annotated[str, Key(pattern=r"^[A-Z][A-Z0-9]{0,9}$")]
    title: Text
    official_title: str | None = Key(None, description="the name in the national list")
    official_title_verify: bool = Key(False, description="要確認: the name was not looked up yet")
    summary: Text
    description: Text | None = None
    audience: tuple[Text, ...] = Key(min_length=1, description="対象")
    applicant: Text = Key(description="手続を行う人")
    measures: tuple[str, ...] = ()
    works: tuple[str, ...] = Key((), description="of the measures, those usable end to end")
    department: str
    desk: Text | None = None
    life_events: tuple[str, ...] = ()
    service_kind: str = "届出"
    words: tuple[str, ...] = Key((), description="everyday words people search by")
    deadline: Text
    counted_deadline: CountedDeadline | None = None
    evidence: tuple[Evidence, ...] = ()
    bring: tuple[Text, ...] = ()
    fee: Fee = Fee()
    minutes: Annotated[int, Key(ge=1, le=240)] = Key(description="estimated for the applicant")
    standard_period: StandardPeriod
    assurance: Literal["none", "contact", "identity", "signature"] = "contact"
    view_assurance: Literal["none", "contact", "identity"] = Key(
        "contact", description="what it takes to open the application and its result on line"
    )
    target_assurance: Literal["none", "contact", "identity", "signature"] = Key(
        "contact", description="what the procedure needs once card sign-in is available"
    )
    signature: Literal["required", "switchable", "optional", "none"] = "none"
    agents: Literal["allowed", "statutory", "none"] | None = Key(
        None,
        description="who may apply for somebody else on line: any agent, only one that a court "
        "appointed (法定代理人), nobody; left out: any, unless the applicant has to sign",
    )
    agents_note: Text | None = Key(None, description="what an agent has to know or to bring")
    handles_my_number: bool = False
    sensitive: bool = Key(
        False,
        description="要配慮個人情報など: whoever looks says why, and the applicant sees who looked",
    )
    shared_with: tuple[SharedWith, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    open: OpenPeriod = OpenPeriod()
    counter: Text | None = Key(None, description="how to do it at the counter")
    paper: Text | None = Key(None, description="how to do it on paper")
    retention: Retention
    handling: Handling | None = Key(
        None, description="利用目的・提供先; without it those that city.yaml says for all"
    )
    open_data_columns: tuple[str, ...] = ()
    applicant_name: str = Key("applicant.name", description="path of the applicant's name")
    duplicate_by: tuple[str, ...] = Key((), description="paths equal in two cases: warn")
    workflow: str | None = Key(None, description="a shared workflow of the city, by file name")
    letters: Annotated[str, Key(pattern=r"^[a-z0-9][a-z0-9-]*$")] | None = Key(
        None, description="shared letters of the city, by folder; a letter of its own goes first"
    )
    receipt_note: Text | None = None
    related: tuple[str, ...] = ()
    to_confirm: tuple[ToConfirm, ...] = ()
    sample: bool = False

    @model_validator(mode="after")
    def _signature_is_asked_for(self) -> "ServiceSpec":
        if self.assurance == "signature" and self.signature != "required":
            raise ValueError("assurance: signature needs signature: required")
        return self


class ProcedureSpec(Spec):
    """The whole procedure, as it is frozen into a case."""

    id: ProcedureId
    service: ServiceSpec
    form: FormSpec
    workflow: WorkflowSpec
    checklist: tuple[ChecklistItem, ...] = ()
    letters: tuple[LetterSpec, ...] = ()

    def letter(self, letter_id: str) -> LetterSpec:
        """The letter with this id. Raises ``KeyError``."""
        for letter in self.letters:
            if letter.id == letter_id:
                return letter
        raise KeyError(letter_id)
