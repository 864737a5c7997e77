"""Every procedure says, before it asks anything, what answers are for and how long they stay."""

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from content.every_procedure import PROCEDURES
from content.test_every_procedure_lived import chosen
from engines.cases.conftest import browser
from engines.cases.world import resident
from security.test_markup_of_residents import _both_cities
from suigo.engines.forms.spec import MyNumberField
from suigo.kernel.access import Actor, Assurance

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
        assert f"「{service.title.ja}」の確認、決定、ご連絡のためだけに使います" in said
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
