"""Which questions of several forms mean the same.

Two questions mean the same when

1. both ask for the same fact about the person who came (``fact: person.phone``), each while it is
   the applicant's own (``fact_when``); or
2. they stand at the same path (``spouse.has``), are of the same kind, and ask in the same words
   with the same choices; or
3. they are parts of two lists that mean the same (``fact: household.children``, or the same path
   and the same word for a row), and name the same part or ask in the same words; or
4. they are parts of groups about one member of the same list (``fact: household.children[]``): of a
   birth, every procedure is about the same child.

Never the same are consents (each is given to one procedure), files (each case keeps its own) and
個人番号 (番号法 allows each use on its own).
"""

from collections.abc import Collection, Iterator

from suigo.engines.forms.rules import CompiledForm, Evaluation
from suigo.engines.forms.rules.compiling import Node, fact_of, list_of, parts_of
from suigo.engines.forms.rules.members import groups
from suigo.engines.forms.spec import ConsentField, FileField, MyNumberField, RepeatField
from suigo.engines.forms.spec.fields import AnswerField

NEVER = (ConsentField, FileField, MyNumberField)
LIST, ONE = "list:", "one:"
OWN = "own:"  # who was chosen in this very form, brought up to date from the list
START = "start:"  # a list nobody has said yet, but that surely begins so
# what makes two questions different beside their words
ASKING = {
    *("show_when", "require_when", "required", "hint", "open_data"),
    *("prefill", "fact", "fact_when", "locked", "checked_by_city"),
}


def meaning(node: Node) -> str | None:
    """The name of what a question means; None when its answer is this application's alone.

    A list's own meaning is that of its rows; the parts of a row, or of a group about one of a
    list, have none.
    """
    field = node.field
    if "*" in node.path or isinstance(field, NEVER):
        return None
    fact = fact_of(field)
    if isinstance(field, RepeatField):
        return f"{LIST}{fact or f'{node.path}:{field.item.ja}'}"
    if list_of(field) is not None:
        return f"{ONE}{list_of(field)}"
    if not isinstance(field, AnswerField) or (fact is not None and "." not in fact):
        return None
    return fact or f"same:{node.path}:{words(field)}"


def part_of(node: Node) -> str:
    """What a part of a row means within its list."""
    assert isinstance(node.field, AnswerField)
    return fact_of(node.field) or f"{node.field.id}:{words(node.field)}"


def shared_parts(node: Node) -> Iterator[Node]:
    """The questions of a row that other lists may ask too."""
    for child in node.children:
        if isinstance(child.field, AnswerField) and not isinstance(child.field, NEVER):
            yield child


def own_meaning(form: CompiledForm, node: Node, evaluation: Evaluation) -> str | None:
    """The meaning of a shown question, None while it is about somebody else: about another person
    than the one who came, or about a second member of a list, such as a sibling."""
    if node.takes is not None and not node.takes.evaluate(evaluation.values).holds:
        return None
    word = list_of(node.field)
    if word is not None and node.path != first_group(form, word):
        return None
    return meaning(node)


def first_group(form: CompiledForm, word: str) -> str:
    """The path of the group that says which member of a list a procedure is about."""
    return next((node.path for one, node in groups(form) if one == word), "")


def words(field: AnswerField) -> str:
    """Everything of a question that a person reads or that limits the answer, as one text."""
    asked = field.model_dump(mode="json", exclude=ASKING)
    asked["label"] = field.label.ja
    for option in asked.get("options", ()):
        option["label"] = option["label"]["ja"] if isinstance(option["label"], dict) else None
        option.pop("hint", None)
    return "|".join(f"{key}={asked[key]}" for key in sorted(asked) if asked[key] is not None)


def meanings_at(form: CompiledForm, paths: Collection[str]) -> set[str]:
    """The meanings of questions at concrete paths; of a part of a row or of a group about one of a
    list, that of the list or the group."""
    found = set()
    for path in paths:
        node = form.node_at(path)
        if node is None:
            continue
        around, star, _inside = node.path.partition(".*.")
        group = form.nodes.get(node.path.rpartition(".")[0])
        if star:
            key = meaning(form.nodes[around])
        elif (
            group is not None and list_of(group.field) and node.field.id in parts_of(group).values()
        ):
            key = meaning(group)
        else:
            key = meaning(node)
        if key:
            found.add(key)
    return found
