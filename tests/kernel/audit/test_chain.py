"""The ledger can't be altered unseen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import canonical, erase_personal, record
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import history_of, verify_chain

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 1, 2, 3, 456789, tzinfo=UTC)
RESIDENT = Actor(kind="resident", account_id=7, name="水郷　花子")


def note(number: int, *, actor: Actor = SYSTEM, personal: dict[str, Any] | None = None) -> None:
    record(
        "test.noted",
        actor=actor,
        subject_kind="case",
        subject_id=str(number),
        facts={"number": number, "title": "児童手当"},
        personal=personal,
        now=NOW + timedelta(microseconds=number),
    )


@pytest.fixture
def three() -> None:
    for number in (1, 2, 3):
        note(number, actor=RESIDENT, personal={"applicant": "水郷　花子"})


def without_the_guard(statement: str, parameters: list[Any] | None = None) -> None:
    """What an administrator of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_the_program_computes_what_the_database_computed(three: None) -> None:
    report = verify_chain()
    assert (report.entries, report.broken) == (3, None)
    last = AuditEntry.objects.order_by("-id")[0]
    assert report.head == last.hash
    assert [e.id for e in AuditEntry.objects.order_by("id")] == [1, 2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET facts = '{}' WHERE id = 2",
        "UPDATE audit_entry SET personal = 'x' WHERE id = 2",
        "UPDATE audit_entry SET personal = NULL, action = 'x' WHERE id = 2",
        "DELETE FROM audit_entry WHERE id = 2",
        "TRUNCATE audit_entry",
    ],
)
def test_rows_can_not_be_changed(three: None, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify_chain().broken is None


@pytest.mark.parametrize(
    ("statement", "entry", "reason"),
    [
        ("UPDATE audit_entry SET facts = facts || ' ' WHERE id = 2", 2, "was altered"),
        ("UPDATE audit_entry SET actor_name = 'x' WHERE id = 1", 1, "was altered"),
        (
            "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = 3",
            3,
            "was altered",
        ),
        ("UPDATE audit_entry SET personal = '{}' WHERE id = 2", 2, "its personal part was altered"),
        ("DELETE FROM audit_entry WHERE id = 2", 3, "entry 2 is missing"),
        (
            "UPDATE audit_entry SET previous_hash = repeat('0', 64) WHERE id = 3",
            3,
            "does not follow the entry before it",
        ),
    ],
)
def test_what_an_administrator_alters_is_named(
    three: None, statement: str, entry: int, reason: str
) -> None:
    without_the_guard(statement)
    broken = verify_chain().broken
    assert broken is not None
    assert (broken.entry_id, broken.reason) == (entry, reason)


def test_personal_data_is_erased_and_the_chain_stays_valid(three: None) -> None:
    assert erase_personal(subject_kind="case", subject_id="2") == 1
    assert verify_chain().broken is None
    entry = AuditEntry.objects.get(id=2)
    assert entry.personal is None
    assert "水郷" not in entry.facts + entry.actor_name


def test_a_resident_s_name_is_personal(three: None) -> None:
    assert set(AuditEntry.objects.values_list("actor_name", flat=True)) == {""}


def test_the_same_personal_value_has_different_digests(three: None) -> None:
    digests = set(AuditEntry.objects.values_list("personal_digest", flat=True))
    assert len(digests) == 3


def test_history_is_newest_first_and_about_one_subject(three: None) -> None:
    note(2)
    lines = history_of(subject_kind="case", subject_id="2")
    assert len(lines) == 2
    assert lines[0].at < lines[1].at or lines[0].at == lines[1].at


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(facts=st.dictionaries(texts, texts | st.integers() | st.booleans(), max_size=4))
def test_any_facts_hash_the_same_on_both_sides(facts: dict[str, Any]) -> None:
    record("test.noted", actor=SYSTEM, subject_kind="x", subject_id="y", facts=facts, now=NOW)
    assert verify_chain().broken is None
    assert AuditEntry.objects.order_by("-id")[0].facts == canonical(facts)
