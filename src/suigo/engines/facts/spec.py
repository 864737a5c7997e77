"""The words in which facts are known: ``vocabulary.yaml``, beside this file.

A fact has the type of a form's field, so that one definition asks for it, checks it and shows it.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field as Key

from suigo.engines.forms.spec import Field
from suigo.kernel.content import Spec, Text, load


class FactKind(Spec):
    """One kind of fact: its word, and the field that asks for it."""

    key: Annotated[str, Key(pattern=r"^[a-z]+\.[a-z_]+$", max_length=60)]
    days: Annotated[int, Key(ge=1)] | None = Key(
        None, description="kept for so many days only, for what serves applications made together"
    )
    field: Field


class Group(Spec):
    """Facts that a resident keeps or not together."""

    id: Annotated[str, Key(pattern=r"^[a-z]+$", max_length=20)]
    title: Text
    kept: bool = Key(True, description="false: told by a provider at each sign-in, never kept")
    facts: tuple[FactKind, ...] = Key(min_length=1)


class Vocabulary(Spec):
    """``vocabulary.yaml``."""

    groups: tuple[Group, ...] = Key(min_length=1)

    def kinds(self) -> Iterator[FactKind]:
        """Every kind of fact, in the order of the page that shows them."""
        for group in self.groups:
            yield from group.facts

    def group_of(self, key: str) -> Group:
        """The group of a fact. Raises ``KeyError``."""
        for group in self.groups:
            if any(kind.key == key for kind in group.facts):
                return group
        raise KeyError(key)


@cache
def vocabulary() -> Vocabulary:
    """What can be known, the same in every city."""
    return load(Path(__file__).with_name("vocabulary.yaml"), Vocabulary)


@cache
def kept_kinds() -> dict[str, FactKind]:
    """The kinds that a resident may let the city keep, by their words."""
    return {k.key: k for group in vocabulary().groups if group.kept for k in group.facts}


@cache
def kinds() -> dict[str, FactKind]:
    """The kinds of fact by their words."""
    return {kind.key: kind for kind in vocabulary().kinds()}
