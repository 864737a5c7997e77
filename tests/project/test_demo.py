"""Who works in the demonstration: people with one kind of work each."""

from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.identity.queries import organisation
from suigo.project.demo import sign_ins, staff_posts


def test_every_department_has_people_with_different_work() -> None:
    org = organisation()
    people = {email: org.capabilities_of(post) for post, email in staff_posts()}
    for department in {p.spec.service.department for p in procedures()}:
        clerk, head = (people[f"{department}-{role}@example.jp"] for role in ("clerk", "head"))
        assert "cases.check" in clerk
        assert not {"cases.assign", "cases.decide"} & clerk
        assert "cases.decide" in head
        assert "cases.check" not in head
        able = [org.capabilities_of(post.id) for post in org.posts_of(department)]
        chief = people.get(f"{department}-chief@example.jp", frozenset())
        assert "cases.decide" not in chief
        assert ("cases.assign" in chief) == any(
            "cases.assign" in c and "cases.decide" not in c for c in able
        )
        handlers = [
            c
            for c in able
            if {"cases.check", "mynumber.view"} <= c and not {"cases.assign", "cases.decide"} & c
        ]
        assert ("mynumber.view" in clerk) == bool(handlers)


def test_records_and_accounts_have_somebody_too() -> None:
    held: set[str] = set()
    for post, _email in staff_posts():
        held |= organisation().capabilities_of(post)
    assert {"audit.view", "documents.purge", "identity.manage"} <= held


def test_nobody_is_listed_twice() -> None:
    emails = [way.email for way in sign_ins()]
    assert len(emails) == len(set(emails))
