"""Definitions are kept as they were used; content is read again after an edit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from suigo.kernel.content import ContentErrors
from suigo.kernel.content.definitions import content_hash, freeze, frozen_document
from suigo.kernel.content.models import FrozenDefinition
from suigo.kernel.content.reload import Reloadable

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.django_db
def test_a_definition_is_kept_once_and_found_by_its_hash() -> None:
    document = {"id": "k01", "title": "手当"}
    first = freeze(kind="procedure", name="k01", document=document, now=NOW)
    assert freeze(kind="procedure", name="k01", document=dict(document), now=NOW) == first
    assert FrozenDefinition.objects.count() == 1
    assert frozen_document(first) == document


def test_the_hash_knows_nothing_of_order_and_everything_of_values() -> None:
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    assert content_hash({"a": "1"}) != content_hash({"a": 1})


def test_an_edit_is_seen_and_a_broken_edit_keeps_the_last_good(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suigo.kernel.content.reload.SECONDS_BETWEEN_LOOKS", 0.0)
    settings.SUIGO_CITY = tmp_path
    settings.SUIGO_HOT_RELOAD = True
    file = tmp_path / "a.txt"

    def build(root: Path) -> str:
        text = (root / "a.txt").read_text()
        if text == "broken":
            raise ContentErrors([])
        return text

    value = Reloadable(build)
    file.write_text("one")
    assert value.get() == "one"
    file.write_text("two, longer")
    assert value.get() == "two, longer"
    file.write_text("broken")
    assert value.get() == "two, longer"
    assert value.last_error is not None


def test_content_that_never_was_good_raises(tmp_path: Path, settings: Settings) -> None:
    settings.SUIGO_CITY = tmp_path
    with pytest.raises(FileNotFoundError):
        Reloadable(lambda root: (root / "missing").read_text()).get()
