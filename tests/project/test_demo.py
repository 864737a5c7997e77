"""Who works in the demonstration: people with one kind of work each."""

from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.identity.queries import organisation
from suigo.project.demo import sign_ins, staff_posts


def test_every_department_has_three_people_with_different_work() -> None:
    org = organisation()
    people = {email: org.capabilities_of(post) for post, email in staff_posts()}
    for department in {p.spec.service.department for p in procedures()}:
        clerk, chief, head = (
            people[f"{department}-{role}@example.jp"] for role in ("clerk", "chief", "head")
        )
        assert "cases.check" in clerk
        assert not {"cases.assign", "cases.decide"} & clerk
        assert "cases.assign" in chief
        assert "cases.decide" not in chief
        assert "cases.decide" in head
        assert "cases.check" not in head
        handlers = [
            post
            for post in org.posts_of(department)
            if {"cases.check", "mynumber.view"} <= org.capabilities_of(post.id)
            and not {"cases.assign", "cases.decide"} & org.capabilities_of(post.id)
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
