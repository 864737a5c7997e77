"""Every procedure says, before it asks anything, what answers are for and how long they stay."""

import html
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from content.every_procedure import PROCEDURES
from content.test_every_procedure_lived import chosen
from engines.cases.conftest import browser
from engines.cases.world import resident
from security.test_markup_of_residents import _both_cities
from suigo.engines.cases.queries.handling import handling_of
from suigo.engines.forms.spec import MyNumberField
from suigo.kernel.access import Actor, Assurance
from suigo.project.city_check import check_city

__all__ = ["_both_cities", "browser"]

pytestmark = pytest.mark.django_db
every_procedure = pytest.mark.parametrize("name", sorted(PROCEDURES))


def words(page: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


@every_procedure
def test_purpose_retention_and_basis_are_stated(
    name: str,
    browser: Callable[[Actor], Client],
) -> None:
    procedure = chosen(name)
    service = procedure.spec.service
    client = browser(replace(resident(), assurance=Assurance.SIGNATURE))
    before = client.get(f"/procedures/{procedure.id}/")
    first = client.post(f"/procedures/{procedure.id}/start/", follow=True)
    for page in (before, first):
        assert page.status_code == 200
        said = words(page.content)
        told = handling_of(service, language="ja")
        assert told is not None
        assert f"利用目的: {told.purpose}" in said
        assert "市の外への提供:" in said
        if service.handling is None:
            assert f"「{service.title.ja}」の確認、決定、ご連絡のためだけに使います" in said
            assert "市の外への提供: しません。法律に定めがあるときを除きます。 要確認" in said
        for who, why, _verify in told.recipients:
            assert f"{who}（{why}）" in said
        assert f"終わってから{service.retention.years}年間保存し" in said
        assert "根拠:" in said
        for basis in service.legal_basis:
            assert basis.title in said
        assert ("個人番号は番号法で定められた事務だけに使い" in said) == service.handles_my_number


@every_procedure
def test_whoever_asks_for_a_number_says_so_and_why(name: str) -> None:
    procedure = PROCEDURES[name]
    asks = any(isinstance(n.field, MyNumberField) for n in procedure.form.nodes.values())
    assert procedure.spec.service.handles_my_number == asks
    assert procedure.spec.service.legal_basis or not asks


def test_a_procedure_that_says_neither_is_refused(tmp_path: Path) -> None:
    """Without the city's word for all, each procedure needs its own."""
    root = tmp_path / "city"
    shutil.copytree(Path(__file__).parents[2] / "cities" / "example", root)
    assert check_city(root).errors == ()
    text = (root / "city.yaml").read_text(encoding="utf-8")
    start, end = text.index("handling:"), text.index("mayor_title:")
    (root / "city.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    faults = [str(fault) for fault in check_city(root).errors]
    services = list(root.glob("services/*/service.yaml"))
    assert len([f for f in faults if "利用目的・提供先" in f]) == len(services) > 0
