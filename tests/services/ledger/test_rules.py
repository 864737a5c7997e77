"""Statements and lists: the same bytes for everybody, and nothing else is accepted."""

import contextlib
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.services.ledger import rules

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
files = st.lists(st.tuples(st.uuids(), digests), unique_by=lambda file: file[0], max_size=8)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)
statements = st.builds(
    rules.Statement,
    city=st.text(min_size=1, max_size=20),
    date=st.dates(),
    since=moments,
    until=moments,
    entries=st.integers(min_value=0, max_value=2**40),
    head=digests,
    files=st.integers(min_value=0, max_value=2**40),
    files_sha256=digests,
    previous=digests | st.just(""),
)


@given(statement=statements)
def test_a_statement_comes_back_from_its_bytes(statement: rules.Statement) -> None:
    assert rules.parse(statement.as_bytes()) == statement


@given(statement=statements, data=st.data())
def test_another_byte_is_another_statement_or_none(
    statement: rules.Statement, data: st.DataObject
) -> None:
    content = bytearray(statement.as_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(rules.Unreadable):
        assert rules.parse(bytes(content)).digest != statement.digest


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"format":2}'])
def test_what_is_no_statement_is_told(content: bytes) -> None:
    with pytest.raises(rules.Unreadable):
        rules.parse(content)


def test_a_statement_is_written_like_this() -> None:
    statement = rules.Statement(
        city="mihon",
        date=date(2026, 11, 23),
        since=datetime(2026, 11, 22, 15, tzinfo=UTC),
        until=datetime(2026, 11, 23, 15, tzinfo=UTC),
        entries=3,
        head="ab",
        files=1,
        files_sha256="cd",
        previous="",
    )
    assert statement.as_bytes().decode() == (
        '{"city":"mihon","date":"2026-11-23","entries":3,"files":1,"files_sha256":"cd","format":1,'
        '"head":"ab","previous":"","since":"2026-11-22T15:00:00+00:00",'
        '"until":"2026-11-23T15:00:00+00:00"}\n'
    )


@given(found=files)
def test_a_list_does_not_depend_on_the_order(found: list[tuple[UUID, str]]) -> None:
    content = rules.file_list(found)
    assert content == rules.file_list(reversed(found))
    assert rules.read_list(content) == {str(key): digest for key, digest in found}


@given(found=files, others=files)
def test_what_differs_is_named(
    found: list[tuple[UUID, str]], others: list[tuple[UUID, str]]
) -> None:
    ours, theirs = ({str(key): d for key, d in some} for some in (found, others))
    assert rules.differing(ours, ours) == []
    assert set(rules.differing(ours, theirs)) == {
        key for key in ours | theirs if ours.get(key) != theirs.get(key)
    }
