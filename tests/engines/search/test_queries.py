"""An index is built once, and again when what it holds has changed."""

from pathlib import Path

import pytest

from suigo.engines.search.queries import Searcher, load_synonyms
from suigo.engines.search.rules.index import Document, Part
from suigo.kernel.content import ContentErrors


def test_it_is_built_once_and_again_after_an_edit() -> None:
    built: list[int] = []
    titles = ["図書館"]

    def documents() -> list[Document]:
        built.append(1)
        return [Document("one", (Part(title, 1.0),)) for title in titles]

    searcher = Searcher(documents=documents, version=lambda: tuple(titles))
    assert built == []
    for _ in range(3):
        assert [hit.id for hit in searcher.search("図書館").found] == ["one"]
    assert len(built) == 1
    titles[0] = "水道"
    assert searcher.search("図書館").found == ()
    assert [hit.id for hit in searcher.search("水道").found] == ["one"]
    assert len(built) == 2


def test_a_city_without_synonyms_has_none(tmp_path: Path) -> None:
    assert load_synonyms(tmp_path).synonyms == ()


@pytest.mark.parametrize("text", ["synonyms: [[one]]", "synonyms: [[one, one]]", "words: []"])
def test_wrong_synonyms_are_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "search" / "synonyms.yaml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentErrors) as wrong:
        load_synonyms(tmp_path)
    assert str(wrong.value).startswith(f"{file}:1:")
