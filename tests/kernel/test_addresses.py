"""One rule for e-mail addresses, which agrees with what the mail library can send."""

import pytest
from django.core.mail.message import sanitize_address
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.addresses import is_email_address

LABEL = "a" * 63


@pytest.mark.parametrize(
    "address",
    [
        "taro@example.jp",
        "Taro.Mihon+city@mail.example.co.jp",
        "o'brien@example.jp",
        "!#$%&'*+-/=?^_`{|}~@example.jp",
        "1@2.jp",
        "a@b-c.jp",
        "a@xn--wgv71a.jp",
        f"{'x' * 64}@example.jp",
        f"{'x' * 58}@{LABEL}.{LABEL}.{LABEL}.jp",
    ],
)
def test_addresses(address: str) -> None:
    assert is_email_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "taro",
        "taro@",
        "@example.jp",
        "taro@example",
        "taro@localhost",
        "a,b@c.de",
        "a@b.cd>",
        "<a@b.cd>",
        'a"b@c.de',
        '"a b"@c.de',
        "a@b@c.de",
        "a b@c.de",
        "a@b c.de",
        "a;b@c.de",
        "a:b@c.de",
        "a(b)@c.de",
        "a\\b@c.de",
        ".a@c.de",
        "a.@c.de",
        "a..b@c.de",
        "a@.c.de",
        "a@c..de",
        "a@c.de.",
        "a@-c.de",
        "a@c-.de",
        "a@c_d.de",
        "a@192.0.2.1",
        "a@[192.0.2.1]",
        "太郎@example.jp",
        "a@日本語.jp",
        "a@c.de\n",
        "a@c.de\nBcc: b@c.de",
        "a\x00@c.de",
        f"{'x' * 65}@example.jp",
        f"a@{LABEL}a.jp",
        f"{'x' * 59}@{LABEL}.{LABEL}.{LABEL}.jp.jp",
    ],
)
def test_no_addresses(address: str) -> None:
    assert not is_email_address(address)


@given(st.text(alphabet="ab0.@-_+,<>\"' \\\n()日", max_size=20))
def test_what_is_an_address_can_be_sent_to_as_it_is(text: str) -> None:
    if is_email_address(text):
        assert sanitize_address(text, "utf-8") == text
