"""Ready-made groups of questions: those of the product, and those of the city in ``blocks/``."""

from functools import cache
from pathlib import Path
from typing import Any

from suigo.kernel.content import ContentErrors, load_document
from suigo.kernel.content.reload import Reloadable
from suigo.services.builder.spec import Block, BlockFile

OWN = Path(__file__).parents[1] / "blocks"


@cache
def _own() -> dict[str, Block]:
    return _read(OWN)


def _read(folder: Path) -> dict[str, Block]:
    found: dict[str, Block] = {}
    for file in sorted(folder.glob("*.yaml")):
        try:
            document = load_document(file)
            blocks = BlockFile.model_validate(document.data).blocks
        except (ContentErrors, ValueError):
            if folder == OWN:
                raise
            continue  # a city's broken block is not offered; `./suigo city check` is the place
        plain: list[dict[str, Any]] = document.data["blocks"]
        for block, data in zip(blocks, plain, strict=True):
            found[block.id] = Block(id=block.id, title=block.title, fields=data["fields"])
    return found


_city = Reloadable(lambda root: _read(root / "blocks"))


def blocks() -> list[Block]:
    """Every block, the product's first. A city's block of the same id takes its place."""
    return list({**_own(), **_city.get()}.values())


def block(block_id: str) -> Block | None:
    """One block."""
    return next((one for one in blocks() if one.id == block_id), None)
