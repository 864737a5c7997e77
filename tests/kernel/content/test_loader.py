"""Strict YAML: what a clerk writes is what the program reads, and every fault names its line."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from suigo.kernel.content import ContentErrors, Spec, Text, load
from suigo.kernel.content.loader import parse

FILE = Path("service.yaml")


class Desk(Spec):
    opens: str
    floor: int
    tags: tuple[str, ...] = ()


class Office(Spec):
    title: Text
    desk: Desk
    count: int = Field(0, ge=0)


def written(tmp_path: Path, source: str) -> Path:
    file = tmp_path / "office.yaml"
    file.write_text(source, encoding="utf-8")
    return file


def test_scalars_stay_text_until_the_model_converts_them() -> None:
    data = parse("a: 8:30\nb: 0311\nc: 1.10\nd: yes\ne: 2026-01-02\nf: ~\n", file=FILE).data
    assert data == {
        "a": "8:30",
        "b": "0311",
        "c": "1.10",
        "d": "yes",
        "e": "2026-01-02",
        "f": "~",
    }


def test_a_whole_file(tmp_path: Path) -> None:
    file = written(tmp_path, "title: 窓口\ndesk: {opens: 8:30, floor: 2, tags: [a]}\n")
    office = load(file, Office)
    assert (office.title.ja, office.desk.opens, office.desk.floor) == ("窓口", "8:30", 2)


def faults(tmp_path: Path, source: str) -> list[tuple[int, str, str]]:
    with pytest.raises(ContentErrors) as raised:
        load(written(tmp_path, source), Office)
    return [(e.line, e.where, e.message) for e in raised.value.errors]


def test_every_fault_is_named_with_its_line(tmp_path: Path) -> None:
    source = "title: 窓口\ndesk:\n  opens: 8:30\n  floor: zwei\n  colour: red\ncount: -1\n"
    assert [(line, where) for line, where, _m in faults(tmp_path, source)] == [
        (4, "desk.floor"),
        (5, "desk.colour"),
        (6, "count"),
    ]


def test_a_missing_key_is_named_where_it_should_stand(tmp_path: Path) -> None:
    found = faults(tmp_path, "title: 窓口\ndesk:\n  opens: 8:30\n")
    assert found == [(2, "desk", "floor: Field required")]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("title: a\ntitle: b\n", 2, "'title' appears twice"),
        ("title: &x a\ndesk: *x\n", 2, "aliases"),
        ("title: a\n---\ntitle: b\n", 2, "only one document"),
        ("title: a\n[b, c]: d\n", 2, "a key must be text"),
        ("title: [a\n", 2, "expected"),
        ("title: {easy: やさしい}\ndesk: {opens: a, floor: 1}\n", 1, "Japanese text"),
        ("title: {ja: あ, klingon-language: b}\ndesk: {opens: a, floor: 1}\n", 1, "language"),
    ],
)
def test_what_yaml_lets_pass_is_refused(tmp_path: Path, source: str, line: int, words: str) -> None:
    found = faults(tmp_path, source)
    assert (found[0][0], words in found[0][2]) == (line, True)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ContentErrors):
        load(file, Office)
    with pytest.raises(ContentErrors):
        load(tmp_path / "nothing.yaml", Office)


@given(st.text(max_size=60))
def test_no_source_breaks_the_loader(source: str) -> None:
    with contextlib.suppress(ContentErrors):
        parse(source, file=FILE)


def test_a_text_falls_back_to_japanese() -> None:
    text = Text.model_validate({"ja": "受付", "easy": "うけつけ", "en": "Reception"})
    assert [text.in_language(x) for x in ("ja", "ja-easy", "en", "en-GB", "vi")] == [
        "受付",
        "うけつけ",
        "Reception",
        "Reception",
        "受付",
    ]
    assert text.has("ja-easy")
    assert not text.has("vi")
