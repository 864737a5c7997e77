"""Pure rules of identity."""

from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.identity import rules

NOW = datetime(2026, 11, 24, 3, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the key of RFC 6238's examples, in base32

moments = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)
)


def test_addresses_are_compared_in_half_width_and_lower_case() -> None:
    assert rules.normalised_address(" Ｔａｒｏ＠Example.JP ") == "taro@example.jp"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("123456", "123456"), ("１２３ ４５６", "123456"), ("123-456\n", "123456"), ("abc", "")],
)
def test_digits_as_people_type_or_paste_them(typed: str, digits: str) -> None:
    assert rules.typed_digits(typed) == digits


def test_codes_have_six_digits() -> None:
    codes = {rules.new_code() for _ in range(200)}
    assert {len(code) for code in codes} == {6}
    assert len(codes) > 150


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_what_counts_as_one_visitor(address: str, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_totp_agrees_with_the_examples_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert rules.totp_step(SECRET, code, at=at) == seconds // 30


@given(at=moments, drift=st.integers(min_value=-5, max_value=5))
def test_totp_allows_one_step_of_drift(at: datetime, drift: int) -> None:
    step = int(at.timestamp()) // 30 + drift
    code = pyotp.TOTP(SECRET).generate_otp(step)
    found = rules.totp_step(SECRET, code, at=at)
    if abs(drift) <= 1:
        # another allowed step may have the same six digits by chance
        assert found is not None
        assert pyotp.TOTP(SECRET).generate_otp(found) == code
    else:
        near = [int(at.timestamp()) // 30 + d for d in (-1, 0, 1)]
        chance = any(pyotp.TOTP(SECRET).generate_otp(n) == code for n in near)
        assert (found is not None) == chance


@pytest.mark.parametrize(
    ("typed", "is_totp"),
    [
        ("123456", True),
        ("123 456", True),
        ("１２３４５６", True),
        ("2345-6789-2345", False),
        ("234567892345", False),
        ("12345", False),
    ],
)
def test_app_codes_and_recovery_codes_are_told_apart(typed: str, is_totp: bool) -> None:
    assert rules.is_totp_code(typed) is is_totp


def test_recovery_codes_survive_being_typed_differently() -> None:
    codes = rules.new_recovery_codes()
    assert len(set(codes)) == 10
    for code in codes:
        assert rules.typed_recovery_code(code.lower().replace("-", " ")) == code
        assert not rules.is_totp_code(code)


@given(
    created=moments,
    used_after=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60)),
    idle=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=1)),
    absolute=st.timedeltas(min_value=timedelta(days=1), max_value=timedelta(days=30)),
)
def test_a_session_never_outlives_either_limit(
    created: datetime, used_after: timedelta, idle: timedelta, absolute: timedelta
) -> None:
    seen = created + used_after
    ends = rules.expiry(rules.Lifetime(idle, absolute), created_at=created, seen_at=seen)
    assert ends <= created + absolute
    assert ends <= seen + idle
    assert ends in (created + absolute, seen + idle)


@given(
    start=st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
    length=st.integers(min_value=1, max_value=500),
)
def test_periods_are_half_open(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    day = timedelta(days=1)
    held = [
        rules.holds_on(d, valid_from=start, valid_to=end)
        for d in (start - day, start, end - day, end)
    ]
    assert held == [False, True, True, False]
    assert rules.holds_on(end, valid_from=start, valid_to=None)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge / Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari / iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox / Linux",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_devices_have_names_people_know(user_agent: str, name: str) -> None:
    assert rules.device_name(user_agent) == name


def test_a_digest_needs_its_key_and_its_purpose() -> None:
    digests = {
        rules.keyed_digest("123456", key=key, purpose=purpose)
        for key in ("a", "b")
        for purpose in ("x", "y")
    }
    assert len(digests) == 4
