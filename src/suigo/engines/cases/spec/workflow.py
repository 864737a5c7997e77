"""Workflow and letters as data: states, actions, who may do them, and what is sent."""

from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import model_validator

from suigo.engines.forms.spec import Field
from suigo.kernel.content import Spec, Text

Id = Annotated[str, Key(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]

ActionKind = Literal[
    "move",  # only the state changes
    "request_correction",  # 補正: named fields go back to the applicant
    "answer_correction",  # the applicant has corrected them
    "cancel_correction",  # the city no longer needs the correction
    "decide",  # an outcome, with a letter
    "withdraw",  # 取下げ by the applicant
    "reopen",  # a closed case is taken up again, with a reason
]


class State(Spec):
    """A state of a case. ``line`` is the one sentence that tells the applicant where it stands.

    ``line`` may hold ``{due_date}`` and ``{correction_due_date}``.
    """

    id: Id
    title: Text
    line: Text
    phase: Literal["waiting", "checking", "with_applicant", "done"]


class Action(Spec):
    """Something that may be done with a case in one of the states ``from``."""

    id: Id
    title: Text
    kind: ActionKind = "move"
    from_: tuple[Id, ...] = Key(alias="from", min_length=1)
    to: Id
    who: Literal["staff", "applicant"] = "staff"
    capability: str | None = Key(None, description="needed by staff, such as cases.decide")
    outcome: Literal["approved", "partly_approved", "rejected", "issued", "closed"] | None = None
    letter: Id | None = None
    inputs: tuple[Field, ...] = Key(
        (),
        description="what is entered with the action, as form fields: what the clerk decides, or"
        " a second part that the applicant adds later",
    )
    checklist: bool = Key(False, description="every required check must be ticked first")
    reason: bool = Key(False, description="a reason must be written")
    confirm: Text | None = None
    tone: Literal["primary", "secondary", "danger"] = "secondary"

    @model_validator(mode="after")
    def _who_and_what(self) -> "Action":
        if self.who == "staff" and self.capability is None:
            raise ValueError("an action of staff names the capability it needs")
        if self.kind == "decide" and self.outcome is None:
            raise ValueError("a decision names its outcome")
        if self.who == "applicant" and self.inputs and self.kind != "move":
            raise ValueError("an applicant adds something by an action of kind move")
        return self


class WorkflowSpec(Spec):
    """``workflow.yaml``. A case begins in ``start``."""

    start: Id
    states: tuple[State, ...] = Key(min_length=2)
    actions: tuple[Action, ...] = Key(min_length=1)

    @model_validator(mode="after")
    def _states_exist_and_end(self) -> "WorkflowSpec":
        states = {s.id: s for s in self.states}
        if len(states) != len(self.states):
            raise ValueError("two states have the same id")
        if len({a.id for a in self.actions}) != len(self.actions):
            raise ValueError("two actions have the same id")
        for action in self.actions:
            for name in (*action.from_, action.to):
                if name not in states:
                    raise ValueError(f"action {action.id}: no state {name!r}")
        if self.start not in states:
            raise ValueError(f"no state {self.start!r} to start in")
        reached = {self.start}
        while True:
            more = {a.to for a in self.actions if reached & set(a.from_)} - reached
            if not more:
                break
            reached |= more
        unreached = sorted(set(states) - reached)
        if unreached:
            raise ValueError(f"no action leads to {unreached}")
        if not any(states[name].phase == "done" for name in reached):
            raise ValueError("no state ends the case")
        for state in self.states:
            if state.phase != "done" and not any(state.id in a.from_ for a in self.actions):
                raise ValueError(f"a case would stay in {state.id!r} for ever")
        return self

    def state(self, state_id: str) -> State:
        """The state with this id. Raises ``KeyError``."""
        for state in self.states:
            if state.id == state_id:
                return state
        raise KeyError(state_id)

    def action(self, action_id: str) -> Action:
        """The action with this id. Raises ``KeyError``."""
        for action in self.actions:
            if action.id == action_id:
                return action
        raise KeyError(action_id)


class ChecklistItem(Spec):
    """Something the clerk makes sure of before deciding."""

    id: Id
    title: Text
    help: Text | None = None
    article: str | None = None
    required: bool = True


class LetterRow(Spec):
    """A line of a letter's table: a label and a value with ``{{ path }}`` placeholders."""

    label: str
    value: str
    show_when: str | None = None


class LetterColumn(Spec):
    label: str
    value: str


class LetterTable(Spec):
    """One line per row of a repeating group."""

    for_each: str
    title: str | None = None
    columns: tuple[LetterColumn, ...] = Key(min_length=1)


class LetterSpec(Spec):
    """``letters/<id>.yaml``. Placeholders ``{{ applicant.name }}`` are paths of the form, of the
    action's inputs (``decision.…``), of ``case.…`` and of ``city.…``; unknown ones are errors."""

    id: Id
    title: str
    kind: Literal["decision", "receipt", "correction", "notice"]
    language: str = "ja"
    reference: str | None = Key(None, description="文書記号, such as 潮子第{{ case.number }}号")
    addressee: str = Key("{{ applicant.name }} 様")
    sender: str | None = Key(None, description="発信者; the mayor when absent")
    paragraphs: tuple[str, ...] = Key(min_length=1)
    rows: tuple[LetterRow, ...] = ()
    table: LetterTable | None = None
    after: tuple[str, ...] = Key((), description="paragraphs below the tables")
    appeal: str | None = Key(None, description="教示 (行政不服審査法82条, 行政事件訴訟法46条)")
    contact: bool = True
    sample: bool = Key(False, description="サンプル: wording not confirmed by the city")
