"""The first administrator, registered on the server."""

import argparse

import pytest
from django.conf import settings

from suigo.engines.identity.models import Account
from suigo.kernel.audit.models import AuditEntry
from suigo.project.cli.administrators import register_administrator
from suigo.project.cli.installation import CommandError


@pytest.fixture(autouse=True)
def on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIGO_ENV", "test")
    monkeypatch.setenv("SUIGO_DATABASE_URL", settings.SUIGO_DATABASE_URL)


def words(**others: str | None) -> argparse.Namespace:
    given = {"email": "kanri@example.jp", "name": "見本　管理", "kana": "ミホン　カンリ"}
    return argparse.Namespace(**given | {"post": None, "data": None} | others)


@pytest.mark.django_db
def test_the_only_post_that_may_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert register_administrator(words()) == 0
    account = Account.objects.get(email="kanri@example.jp")
    assert account.must_enrol_totp
    assert not account.is_demo
    assert account.holdings.count() == 1
    assert "temporary password: " in capsys.readouterr().out
    assert AuditEntry.objects.filter(action__startswith="identity.").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "kanri"}, "メールアドレス"),
        ({"name": ""}, "氏名"),
        ({"post": "nobody"}, "--post"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        register_administrator(words(**wrong))
    assert not Account.objects.exists()


def test_a_demonstration_has_one_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUIGO_ENV", "demo")
    with pytest.raises(CommandError, match="デモ"):
        register_administrator(words())
