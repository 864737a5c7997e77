"""One content, one text, one digest."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.signing.rules.canonical import (
    Shown,
    SignedApplication,
    SignedFile,
    canonical_bytes,
    digest_of,
)
from suigo.engines.signing.spec import Claimed

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def application(**changed: Any) -> SignedApplication:
    given_: dict[str, Any] = {
        "city": "082236",
        "procedure": "s01-library-card",
        "title": "図書館カードの申込み",
        "definition": "0" * 64,
        "applicant": Claimed("水野 葉子", "1990-04-01", "みほん市"),
        "answers": {"b": 1, "a": {"z": True, "名": "水"}},
        "shown": (Shown("お申込みの方", "お名前", "水野 葉子"),),
        "files": (SignedFile("photo", "写真.png", 10, "f" * 64),),
        "language": "ja",
        "prepared_at": AT,
        "subject": "draft",
    }
    return SignedApplication(**(given_ | changed))


def test_the_text_is_json_in_one_order_without_spaces() -> None:
    content = canonical_bytes(application())
    assert json.loads(content)["schema"] == "suigo-application/1"
    assert b'"answers":{"a":{"z":true,"\xe5\x90\x8d":"\xe6\xb0\xb4"},"b":1}' in content
    assert content.startswith(b'{"answers":')


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_the_order_in_which_answers_were_given_does_not_matter(answers: dict[str, Any]) -> None:
    turned = dict(reversed(list(answers.items())))
    assert canonical_bytes(application(answers=answers)) == canonical_bytes(
        application(answers=turned)
    )
    stored = json.loads(json.dumps(answers))
    assert canonical_bytes(application(answers=stored)) == canonical_bytes(
        application(answers=answers)
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"answers": {"b": 2, "a": {"z": True, "名": "水"}}},
        {"subject": "another draft"},
        {"definition": "1" * 64},
        {"prepared_at": datetime(2026, 11, 24, 1, 0, 1, tzinfo=UTC)},
        {"applicant": Claimed("水野 洋子", "1990-04-01", "みほん市")},
        {"shown": (Shown("お申込みの方", "お名前", "水野 洋子"),)},
        {"files": (SignedFile("photo", "写真.png", 10, "e" * 64),)},
        {"files": ()},
    ],
)
def test_every_part_is_signed(changed: dict[str, Any]) -> None:
    before, after = canonical_bytes(application()), canonical_bytes(application(**changed))
    assert digest_of(before) != digest_of(after)


def test_a_sealed_number_stands_as_a_digest() -> None:
    content = canonical_bytes(application(answers={"n": {"sealed": "v1.demo.secret"}}))
    assert b"secret" not in content
    assert b"sealed_sha256" in content
    other = canonical_bytes(application(answers={"n": {"sealed": "v1.demo.other"}}))
    assert digest_of(content) != digest_of(other)


def test_what_can_not_be_written_safely_is_refused() -> None:
    for bad in ({"n": 2**60}, {"t": "\ud800"}, {"f": float("nan")}):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever of its words
            canonical_bytes(application(answers=bad))
