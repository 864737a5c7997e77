"""``blocks/*.yaml``: groups of questions that many procedures ask."""

from typing import Any

from pydantic import Field as Key

from suigo.engines.forms.spec import Field
from suigo.kernel.content import Spec


class CheckedBlock(Spec):
    """A block as the loader checks it: its fields are fields of a form."""

    id: str
    title: str
    fields: tuple[Field, ...] = Key(min_length=1)


class BlockFile(Spec):
    """A file of blocks."""

    blocks: tuple[CheckedBlock, ...] = Key(min_length=1)


class Block(Spec):
    """A block as it is put into a form: plain data, exactly as it was written."""

    id: str
    title: str
    fields: list[dict[str, Any]]
