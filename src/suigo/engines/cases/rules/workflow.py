"""What may happen next with a case. The workflow decides; these functions only read it."""

from collections.abc import Callable
from typing import Literal

from suigo.engines.cases.spec import Action, ChecklistItem, WorkflowSpec

Side = Literal["staff", "applicant"]
# A case may be taken out of these kinds only while a correction is open, or only while none is.
NEEDS_OPEN_CORRECTION = frozenset({"answer_correction", "cancel_correction"})


def next_actions(
    workflow: WorkflowSpec, *, state: str, side: Side, can: Callable[[str], bool]
) -> tuple[Action, ...]:
    """The actions that somebody on ``side`` with the capabilities ``can`` may take now."""
    return tuple(a for a in workflow.actions if state in a.from_ and allows(a, side=side, can=can))


def allows(action: Action, *, side: Side, can: Callable[[str], bool]) -> bool:
    """Whether the action belongs to this side, and to somebody with these capabilities."""
    if action.who != side:
        return False
    return action.capability is None or side == "applicant" or can(action.capability)


def unticked(checklist: tuple[ChecklistItem, ...], ticked: frozenset[str]) -> tuple[str, ...]:
    """The ids of required checks that nobody has ticked yet."""
    return tuple(item.id for item in checklist if item.required and item.id not in ticked)


def paths_to_an_end(workflow: WorkflowSpec) -> tuple[tuple[Action, ...], ...]:
    """Walks from the start to an end that together take every action once.

    For tests of a procedure: each walk is the shortest way to one action and on to an end.
    """
    ends = frozenset(s.id for s in workflow.states if s.phase == "done")
    walks = []
    for action in workflow.actions:
        way = _shortest(workflow, workflow.start, frozenset(action.from_))
        rest = _shortest(workflow, action.to, ends)
        if way is not None and rest is not None:
            walks.append((*way, action, *rest))
    return tuple(walks)


def _shortest(
    workflow: WorkflowSpec, start: str, goals: frozenset[str]
) -> tuple[Action, ...] | None:
    ways: dict[str, tuple[Action, ...]] = {start: ()}
    queue = [start]
    for state in queue:
        if state in goals:
            return ways[state]
        for action in workflow.actions:
            if state in action.from_ and action.to not in ways:
                ways[action.to] = (*ways[state], action)
                queue.append(action.to)
    return None


def may_work_on(phase: str) -> bool:
    """Whether checks and assignments still make sense."""
    return phase != "done"
