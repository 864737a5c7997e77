"""Keys, packets, and a stream that anything may happen to on its way."""

import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suigo.services.bridge.rules import contents, keys, ordering, packets

OUTER, INNER, STRANGER = (keys.own_keys(keys.new_key(f"{name}-1")[0])[0] for name in "abc")
STREAM = UUID(int=1)


def packet(
    number: int,
    content: bytes = b"x",
    *,
    previous: str = "",
    own: keys.OwnKey = OUTER,
    stream: UUID = STREAM,
    receiver: str = "inner",
) -> bytes:
    return packets.seal(
        content,
        sender="outer",
        receiver=receiver,
        stream=stream,
        number=number,
        previous=previous,
        ack_stream="",
        ack=0,
        own=own,
        peer=INNER.public,
    )


def stream_of(count: int) -> list[bytes]:
    made: list[bytes] = []
    for number in range(1, count + 1):
        previous = packets.digest_of(made[-1]) if made else packets.BEGINNING
        made.append(packet(number, b"item %d" % number, previous=previous))
    return made


@dataclass
class Receiver:
    """What the actions do with their tables, in memory: one position, what was done, in order."""

    position: ordering.Position = field(default_factory=ordering.Position)
    known: dict[int, str] = field(default_factory=dict)
    done: list[bytes] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    folder: list[bytes] = field(default_factory=list)

    def look(self) -> None:
        """Read the folder once, as ``receive`` does."""
        found = []
        for content in self.folder:
            try:
                found.append(packets.read(content, zone="inner", peers=[OUTER.public]))
            except packets.BadPacket as bad:
                self.aside.append(bad.reason)
        waiting = []
        for one in sorted(found, key=lambda p: p.header.number):
            known = self.known
            try:
                verdict = ordering.judge(one.header, one.digest, self.position, known)
                if verdict == "next":
                    self.done.append(packets.unlock(one, keys=[INNER]))
                    number = one.header.number
                    self.known[number] = one.digest
                    self.position = ordering.Position(one.header.stream, number, one.digest)
                elif verdict == "later":
                    waiting.append(one)
            except packets.BadPacket as bad:
                self.aside.append(bad.reason)
        kept = {one.digest for one in waiting}
        self.folder = [c for c in self.folder if packets.digest_of(c) in kept]


MADE = stream_of(6)
WHAT = st.sampled_from(["deliver", "drop", "twice", "alter", "cut", "forge", "renumber", "look"])


@settings(max_examples=150)
@given(st.lists(st.tuples(WHAT, st.integers(0, 5), st.integers(0, 2**31)), max_size=60))
def test_whatever_happens_on_the_way_the_end_is_as_on_a_perfect_link(
    events: list[tuple[str, int, int]],
) -> None:
    receiver = Receiver()
    for what, which, chance in events:
        content, dice = MADE[which], random.Random(chance)
        if what == "look":
            receiver.look()
        elif what in ("deliver", "twice"):
            receiver.folder += [content] * (2 if what == "twice" else 1)
        elif what == "drop" and receiver.folder:
            receiver.folder.pop(dice.randrange(len(receiver.folder)))
        elif what == "alter":
            place = dice.randrange(len(content))
            changed = bytearray(content)
            changed[place] ^= dice.randrange(1, 256)
            receiver.folder.append(bytes(changed))
        elif what == "cut":
            receiver.folder.append(content[: dice.randrange(len(content))])
        elif what == "forge":
            receiver.folder.append(packet(which + 1, b"forged", own=STRANGER))
        elif what == "renumber":
            # the peer's own key, another content under a number: only a stolen key can do this
            receiver.folder.append(packet(which + 1, b"other", previous="0" * 64))
        dice.shuffle(receiver.folder)
    receiver.folder += MADE  # repeated until acknowledged
    receiver.look()
    assert receiver.done == [b"item %d" % number for number in range(1, 7)]
    assert receiver.position.number == 6


def opened(content: bytes) -> bytes:
    return packets.unlock(packets.read(content, zone="inner", peers=[OUTER.public]), keys=[INNER])


@given(st.integers(0, 5), st.data())
def test_one_altered_byte_is_found_wherever_it_is(which: int, data: st.DataObject) -> None:
    content = bytearray(MADE[which])
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(packets.BadPacket):
        opened(bytes(content))


@given(st.binary(max_size=3000), st.booleans())
def test_anything_else_is_no_packet(content: bytes, marked: bool) -> None:
    with pytest.raises(packets.BadPacket):
        packets.read((packets.MAGIC if marked else b"") + content, zone="inner", peers=[])


def judged(content: bytes, zone: str, position: ordering.Position) -> None:
    found = packets.read(content, zone=zone, peers=[OUTER.public])
    ordering.judge(found.header, found.digest, position, {1: "0" * 64})
    packets.unlock(found, keys=[OUTER])


def reason(
    content: bytes, *, zone: str = "inner", position: ordering.Position | None = None
) -> str:
    with pytest.raises(packets.BadPacket) as bad:
        judged(content, zone, position or ordering.Position())
    return bad.value.reason


def test_why_a_packet_is_not_taken() -> None:
    first = MADE[0]
    here = ordering.Position(str(STREAM), 1, packets.digest_of(first))
    assert reason(packet(1, own=STRANGER)) == "unknown_key"
    assert reason(first[:-1] + bytes([first[-1] ^ 1])) == "forged"
    assert reason(first, zone="outer") == "not_for_us"
    assert reason(packet(1, receiver="elsewhere")) == "not_for_us"
    assert reason(first) == "no_key"
    assert reason(first, position=here) == "other_content"
    assert reason(packet(2, previous="0" * 64), position=here) == "broken_chain"
    assert reason(packet(2, stream=UUID(int=2)), position=here) == "other_stream"
    assert reason(b"PK\x03\x04") == "unreadable"


def test_a_packet_for_another_key_of_the_same_name_does_not_open() -> None:
    same_name = keys.own_keys(keys.new_key(INNER.id)[0])[0]
    found = packets.read(MADE[0], zone="inner", peers=[OUTER.public])
    with pytest.raises(packets.BadPacket) as bad:
        packets.unlock(found, keys=[same_name])
    assert bad.value.reason == "altered"


def test_two_packets_of_the_same_content_have_nothing_in_common() -> None:
    one, other = (packets.read(packet(1), zone="inner", peers=[OUTER.public]) for _ in range(2))
    assert one.header == other.header
    assert one.body != other.body


def test_keys_are_changed_without_a_gap() -> None:
    old, new = keys.new_key("2026a"), keys.new_key("2027a")
    both = keys.own_keys(f"{new[0]},{old[0]}")
    assert [key.id for key in both] == ["2027a", "2026a"]
    published = keys.peer_keys(f"{old[1]}\n{new[1]}\n")
    assert [key.id for key in published] == ["2026a", "2027a"]
    for signing in both:
        made = packet(1, own=signing)
        assert packets.read(made, zone="inner", peers=published).header.signed_with == signing.id


@pytest.mark.parametrize(
    "line", ["", "x", "x:", "x:!!!", "x:AAAA", "a b:" + "A" * 88, ":" + "A" * 88]
)
def test_an_unusable_key_is_named_and_not_shown(line: str) -> None:
    if not line:
        assert keys.own_keys(line) == ()
        return
    with pytest.raises(keys.UnusableKey) as unusable:
        keys.own_keys(line)
    assert "AAAA" not in str(unusable.value)


def test_the_same_key_twice_is_a_mistake() -> None:
    secret, _public = keys.new_key("a")
    with pytest.raises(keys.UnusableKey):
        keys.own_keys(f"{secret},{secret}")


NOTE = packets.Note("outer", str(STREAM), "", 3, "2026-11-24T01:00:00+00:00", 2, "", 0, 0)


def test_a_note_is_believed_only_as_it_was_signed() -> None:
    note = packets.write_note(NOTE, own=OUTER)
    assert packets.read_note(note, zone="inner", peers=[OUTER.public]) == NOTE
    for wrong, zone in ((note[:-1], "inner"), (note.replace(b'"ack":3', b'"ack":9'), "inner"),
                        (note, "outer"), (b"", "inner")):  # fmt: skip
        with pytest.raises(packets.BadPacket):
            packets.read_note(wrong, zone=zone, peers=[OUTER.public])


@given(st.binary(max_size=200), st.integers(0, 2**40), st.text(max_size=20))
def test_contents_come_out_as_they_went_in(data: bytes, offset: int, name: str) -> None:
    piece = contents.FilePiece(str(UUID(int=7)), offset, {"name": name, "size": 3}, data)
    assert contents.unpack(contents.pack(piece)) == piece
    item = contents.Item("case", "case:1", "1", {"answers": {"名": name, "n": [1, None, True]}})
    assert contents.unpack(contents.pack(item)) == item


@pytest.mark.parametrize("broken", [b"", b"\x00\x00\x00\x02{}", b"\x00\x00\x00\x02[]", b"\xff" * 9])
def test_what_is_no_content_is_refused(broken: bytes) -> None:
    with pytest.raises(packets.BadPacket):
        contents.unpack(broken)
