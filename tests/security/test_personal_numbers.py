"""特定個人情報: a 個人番号 that somebody typed is nowhere but sealed in its case.

Generated for every procedure that asks for one: the whole database, every page, list, paper, mail,
answer to a program and line of the log is searched for the digits.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg import sql

from content.every_procedure import PROCEDURES, answers_to, one_way_over_everything
from content.test_every_procedure_lived import chosen, material, sent_by_browser, take
from engines.cases.conftest import browser
from engines.cases.test_rest import Program
from engines.cases.world import resident
from security.test_markup_of_residents import _both_cities, clerk_of
from suigo.engines.documents.rendering import pdf_text
from suigo.engines.facts.spec import kinds
from suigo.engines.forms.spec import MyNumberField
from suigo.engines.notices.models import Message
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.crypto import open_sealed

__all__ = ["_both_cities", "browser"]

pytestmark = pytest.mark.django_db
ASKING = sorted(
    name
    for name, procedure in PROCEDURES.items()
    if any(isinstance(node.field, MyNumberField) for node in procedure.form.nodes.values())
)


def numbers_in(value: Any) -> Iterator[str]:
    """The numbers as they were typed: ``material`` leaves them so."""
    if isinstance(value, dict):
        if set(value) == {"sealed"}:
            yield value["sealed"]
        else:
            for inner in value.values():
                yield from numbers_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner)


def tables_with(digits: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text LIKE {}").format(
                    sql.Identifier(table), f"%{digits}%"
                )
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def text_of(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    if response.headers["Content-Type"] == "application/pdf":
        return pdf_text(content)
    return bytes(content).decode()


def test_some_procedure_asks() -> None:
    assert ASKING


@pytest.mark.parametrize("name", ASKING)
def test_the_digits_are_nowhere(
    name: str,
    browser: Callable[[Actor], Client],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    procedure = chosen(name)
    applicant = replace(resident(), assurance=Assurance.SIGNATURE)
    mine = browser(applicant)
    answers = answers_to(procedure.form, "most", material(applicant))
    typed = sorted(set(numbers_in(answers)))
    assert typed
    case = sent_by_browser(procedure, mine, answers)
    clerk = clerk_of(case.department)
    office = browser(clerk)
    for number, step in enumerate(one_way_over_everything(procedure.spec.workflow)[:4]):
        take(case, procedure, step, applicant, days=number)
    case.refresh_from_db()
    # what is sensitive is shown to who says why
    office.post(reverse("case-reason", args=[case.public_id]), {"reason": "processing"})
    shown = [
        *(mine.get(reverse(n)) for n in ("my-page", "my-facts", "facts-download", "account")),
        *(
            mine.get(reverse(n, args=[case.public_id]))
            for n in ("my-application", "application-done", "application-receipt")
        ),
        *(office.get(reverse(n, args=[case.public_id])) for n in ("case", "case-application")),
        *(
            office.get(reverse(n))
            for n in ("inbox", "inbox-export", "ledger", "figures", "figures-export")
        ),
    ]
    program = Program(clerk, "cases.view")
    shown += [program.get(f"/cases/{case.number}"), program.get("/cases", view="all")]
    mails = [open_sealed(m.sealed_body, purpose="notices.body") for m in Message.objects.all()]
    for digits in typed:
        assert tables_with(digits) == []
        for response in shown:
            assert response.status_code == 200, response.request["PATH_INFO"]
            assert digits not in text_of(response), response.request["PATH_INFO"]
        assert not any(digits in mail for mail in mails)
        assert digits not in caplog.text
        # whoever searches for it finds no case by it
        assert case.number not in office.get(reverse("inbox"), {"q": digits}).content.decode()


def test_the_search_finds_what_is_there() -> None:
    """The measure itself."""
    resident("123456789018")
    assert tables_with("123456789018") == ["identity_account"]


def test_no_fact_is_a_number() -> None:
    assert [key for key, kind in kinds().items() if isinstance(kind.field, MyNumberField)] == []
