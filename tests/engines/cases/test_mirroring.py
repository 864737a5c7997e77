"""個人番号 on their way between two nodes that have keys of their own."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.cases.rules.mirroring import hidden, opened, restored, sealed

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "child", "number"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NUMBERS = st.builds(lambda n: {"sealed": f"ours:{n}"}, st.integers(10**11, 10**12 - 1))
ANSWERS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    PLAIN | NUMBERS | st.lists(NUMBERS, max_size=2) | st.builds(lambda n: {"n": n}, NUMBERS),
)


def in_clear(answers: Any) -> Any:
    return opened(answers, lambda token: token.removeprefix("ours:"))


@given(ANSWERS)
def test_numbers_arrive_sealed_with_the_other_key(answers: dict[str, Any]) -> None:
    there = sealed(in_clear(answers), lambda number: f"theirs:{number}")
    assert str(there).replace("theirs:", "ours:") == str(answers)
    assert "ours:" not in str(in_clear(answers))


@given(ANSWERS)
def test_no_number_goes_back_and_ones_own_stay(answers: dict[str, Any]) -> None:
    out = hidden(answers)
    assert "ours:" not in str(out)
    assert restored(out, answers) == answers


def test_a_number_that_is_not_here_is_no_answer() -> None:
    assert restored({"a": {"kept": ""}, "b": [{"kept": ""}]}, {"b": []}) == {"a": None, "b": [None]}
    assert restored({"a": {"kept": ""}}, {"a": "text"}) == {"a": None}
