"""One of a known list: which child a group of questions is about.

As everywhere in prefilling nothing is written down beside the answers: a group is about the member
whose parts it repeats. Whoever chooses another member starts the group anew, so that nothing that
was said about one child is ever sent about another.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from suigo.engines.forms.rules.answers import Answers, is_empty, is_row, replace_at, value_at
from suigo.engines.forms.rules.compiling import CompiledForm, Node, list_of, parts_of
from suigo.engines.forms.rules.evaluation import Evaluation
from suigo.engines.forms.rules.reading_parts import Posted

OTHER = "other"
Member = Mapping[str, Any]
Lists = Mapping[str, Sequence[Member]]
"""The members of each known list, by its word."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a group may be about: ``options`` by their number in the list. ``chosen`` is a number,
    ``OTHER``, or '' while nobody has said anything."""

    options: Mapping[str, Member]
    chosen: str


def groups(compiled: CompiledForm) -> Iterator[tuple[str, Node]]:
    """The groups about one of a list, with the word of the list, in the order of the form."""
    for node in compiled.nodes.values():
        word = list_of(node.field)
        if word is not None:
            yield word, node


def choices(
    compiled: CompiledForm, answers: Answers, lists: Lists, evaluation: Evaluation
) -> dict[str, Choice]:
    """By path, whom each shown group may be about; nobody is offered to two groups."""
    taken = {
        node.path: (word, str(number))
        for word, node in groups(compiled)
        if evaluation.shows(node.path)
        and (number := _number(node, answers, lists.get(word, ()))) is not None
    }
    found = {}
    for word, node in groups(compiled):
        if not evaluation.shows(node.path):
            continue
        elsewhere = {which for path, which in taken.items() if path != node.path}
        options = {
            str(number): member
            for number, member in enumerate(lists.get(word, ()))
            if (word, str(number)) not in elsewhere
        }
        if options:
            own = taken.get(node.path)
            unsaid = _untouched(node, answers)
            found[node.path] = Choice(options, own[1] if own else "" if unsaid else OTHER)
    return found


def begun(
    compiled: CompiledForm, answers: Answers, lists: Lists, evaluation: Evaluation
) -> Answers:
    """``answers`` in which a shown group starts from the only member there is to be about.

    With several, or once anything was said, the person chooses.
    """
    for word, node in groups(compiled):
        path, members = node.path, lists.get(word, ())
        choice = choices(compiled, answers, lists, evaluation).get(path) if members else None
        if choice and choice.chosen == "" and len(members) == len(choice.options) == 1:
            answers = replace_at(answers, path, _about(node, value_at(answers, path), members[0]))
    return answers


def reappeared(
    compiled: CompiledForm,
    answers: Answers,
    lists: Lists,
    *,
    before: Evaluation,
    after: Evaluation,
) -> Answers:
    """``answers`` after groups came into sight: none is about a member who was chosen for another
    meanwhile, and one starts from the only member there is to be about."""
    fresh = {n.path: n for _, n in groups(compiled) if after.shows(n.path) > before.shows(n.path)}
    if not fresh:
        return answers
    for word, node in groups(compiled):
        number = _number(node, answers, lists.get(word, ()))
        if number is None or not after.shows(node.path):
            continue
        for path, other in fresh.items():
            same = path != node.path and list_of(other.field) == word
            if same and _number(other, answers, lists[word]) == number:
                answers = replace_at(answers, path, {})
    return begun(compiled, answers, lists, after)


def followed_choice(
    compiled: CompiledForm,
    page: str,
    posted: Posted,
    answers: Answers,
    lists: Lists,
    evaluation: Evaluation,
    *,
    fixed: Collection[str] = frozenset(),
) -> tuple[Answers, frozenset[str]]:
    """``answers`` after somebody chose whom a group of this page is about, and the paths of the
    groups that changed: they are shown again before the form goes on.

    What a page posts as the choice it was shown with tells whether it is a new one. Nobody chooses
    where a part is ``fixed``.
    """
    changed = set()
    for word, node in groups(compiled):
        path, members = node.path, lists.get(word, ())
        picked, before = _posted(posted, "_about", path), _posted(posted, "_about_before", path)
        settled = any(f"{path}.{field_id}" in fixed for field_id in parts_of(node).values())
        if node.page != page or not members or picked == before or settled:
            continue
        choice = choices(compiled, answers, lists, evaluation).get(path)
        if choice is None or picked not in {*choice.options, OTHER}:
            continue
        if picked == OTHER and before == "":
            continue  # nothing was filled in: what was typed is about them
        group = value_at(answers, path)
        if picked != OTHER:
            fresh = _about(node, None if before else group, choice.options[picked])
        else:
            known = is_row(before) and int(before) < len(members)
            fresh = _somebody_else(node, group, members[int(before)] if known else {})
        answers = replace_at(answers, path, fresh)
        changed.add(path)
    return answers, frozenset(changed)


def told_members(
    compiled: CompiledForm, answers: Answers, evaluation: Evaluation
) -> dict[str, list[Member]]:
    """By the word of its list, everybody whom the shown groups are about."""
    found: dict[str, list[Member]] = {}
    for word, node in groups(compiled):
        group = value_at(answers, node.path)
        member = member_in(node, group, shown=evaluation, path=node.path)
        if member and evaluation.shows(node.path):
            found.setdefault(word, []).append(member)
    return found


def member_in(
    node: Node, group: Any, *, shown: Evaluation | None = None, path: str = ""
) -> dict[str, Any]:
    """What a group, or a row, says about its member, by part; with ``shown`` only where the
    question stands below ``path``."""
    if not isinstance(group, dict):
        return {}
    return {
        part: group[field_id]
        for part, field_id in parts_of(node).items()
        if not is_empty(group.get(field_id))
        and (shown is None or shown.shows(f"{path}.{field_id}"))
    }


def joined(members: Sequence[Member], newer: Sequence[Member]) -> list[Member]:
    """A list after somebody told more about its members: who is in it already (the same name and
    date of birth) is brought up to date, anybody else is added."""
    result = [dict(member) for member in members]
    for one in newer:
        same = next((member for member in result if is_same(member, one)), None)
        if same is not None:
            same.update(one)
        elif one.get("name"):
            result.append(dict(one))
    return list(result)


def completed(members: Sequence[Member], before: Sequence[Member], *, asked: Set[str]) -> list[Any]:
    """A newer list with what was known of its members and was not asked of them."""
    result = []
    for member in members:
        known = next((one for one in before if is_same(one, member)), {})
        kept = {part: value for part, value in known.items() if part not in asked}
        result.append({**kept, **member})
    return result


def is_same(one: Member, other: Member) -> bool:
    """Whether two members are the same person: the same name, and no other date of birth."""
    names = [
        tuple((m.get("name") or {}).get(part) for part in ("family", "given")) for m in (one, other)
    ]
    births = [m.get("birth_date") for m in (one, other)]
    return any(names[0]) and names[0] == names[1] and (births[0] == births[1] or None in births)


def _number(node: Node, answers: Answers, members: Sequence[Member]) -> int | None:
    """The number of the member whose parts the group repeats, None for nobody in the list."""
    told = member_in(node, value_at(answers, node.path))
    parts = parts_of(node)
    for number, member in enumerate(members):
        known = {part: value for part, value in member.items() if part in parts}
        if known and known == {part: told.get(part) for part in known}:
            return number
    return None


def _untouched(node: Node, answers: Answers) -> bool:
    """Whether nobody has said yet whom the group is about, not even that it is somebody else."""
    group = value_at(answers, node.path)
    return not isinstance(group, dict) or not any(f in group for f in parts_of(node).values())


def _about(node: Node, group: Any, member: Member) -> Answers:
    parts = {field_id: member.get(part) for part, field_id in parts_of(node).items()}
    return {**(group if isinstance(group, dict) else {}), **parts}


def _somebody_else(node: Node, group: Any, before: Member) -> Answers:
    """Only what was typed over what was filled in: all else was about the member before."""
    told = member_in(node, group)
    return {
        field_id: None if told.get(part) == before.get(part) else told.get(part)
        for part, field_id in parts_of(node).items()
    }


def _posted(posted: Posted, control: str, path: str) -> str:
    values = posted.get(f"{control}.{path}")
    return values[-1] if values else ""
