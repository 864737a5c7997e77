"""The encrypted form: whatever is done to its bytes shows."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.documents.rules.framing import (
    CHUNK,
    HEADER,
    TAG,
    Damaged,
    decrypted,
    encrypted,
    encrypted_size,
    new_key,
)

KEY = bytes(range(32))
SIZES = st.sampled_from(
    [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 7]
)


def content_of(size: int) -> bytes:
    return bytes(i * 31 % 251 for i in range(251)) * (size // 251 + 1) if size else b""


def sealed(size: int, key: bytes = KEY) -> bytes:
    return b"".join(encrypted([content_of(size)[:size]], key))


def opened(data: bytes, key: bytes = KEY) -> bytes:
    return b"".join(decrypted(io.BytesIO(data), key))


@given(size=SIZES, cuts=st.lists(st.integers(0, 4 * CHUNK), max_size=5))
def test_it_comes_back_whatever_the_pieces(size: int, cuts: list[int]) -> None:
    content = content_of(size)[:size]
    edges = [0, *sorted(cuts), len(content)]
    pieces = [content[a:b] for a, b in pairwise(edges)]
    data = b"".join(encrypted(pieces, KEY))
    assert len(data) == encrypted_size(len(b"".join(pieces)))
    assert opened(data) == b"".join(pieces)


@given(size=SIZES, data=st.data())
def test_a_flipped_bit_shows(size: int, data: st.DataObject) -> None:
    whole = bytearray(sealed(size))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged):
        opened(bytes(whole))


@given(size=SIZES, data=st.data())
def test_a_cut_shows(size: int, data: st.DataObject) -> None:
    whole = sealed(size)
    with pytest.raises(Damaged):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_cut_between_chunks_shows(chunks: int) -> None:
    whole = sealed(3 * CHUNK)
    with pytest.raises(Damaged):
        opened(whole[: HEADER + chunks * (CHUNK + TAG)])


@given(extra=st.binary(min_size=1, max_size=200))
def test_something_added_shows(extra: bytes) -> None:
    with pytest.raises(Damaged):
        opened(sealed(CHUNK + 5) + extra)


@given(first=st.integers(0, 2), second=st.integers(0, 2))
def test_chunks_in_another_order_show(first: int, second: int) -> None:
    whole = sealed(3 * CHUNK)
    chunks = [whole[HEADER + i * (CHUNK + TAG) :][: CHUNK + TAG] for i in range(3)]
    chunks[first], chunks[second] = chunks[second], chunks[first]
    moved = whole[:HEADER] + b"".join(chunks)
    if first == second:
        assert opened(moved) == content_of(3 * CHUNK)[: 3 * CHUNK]
    else:
        with pytest.raises(Damaged):
            opened(moved)


def test_a_chunk_of_another_file_with_the_same_key_shows() -> None:
    one, other = sealed(2 * CHUNK), sealed(2 * CHUNK)
    spliced = one[: HEADER + CHUNK + TAG] + other[HEADER + CHUNK + TAG :]
    with pytest.raises(Damaged):
        opened(spliced)


def test_another_key_does_not_open() -> None:
    with pytest.raises(Damaged):
        opened(sealed(10), new_key())


def test_memory_stays_constant() -> None:
    """Encrypting never holds more than a chunk beyond the piece that came."""
    pieces = (bytes(1000) for _ in range(500))
    longest = max(len(piece) for piece in encrypted(pieces, KEY))
    assert longest == CHUNK + TAG
