"""Who looked at sensitive cases and why: asked before a look, and told to the applicant after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.models import Case, CaseFile, CaseLetter
from suigo.engines.cases.queries.procedures import defined, live
from suigo.engines.cases.spec.access import AccessSpec, LookReason
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import recorded
from suigo.kernel.clock import TOKYO
from suigo.kernel.content import Text, load
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import ReasonNeeded

LOOKS = "case-look"  # looks are no part of a case's history: they have a subject of their own
GIVEN = "case.reason_given"
LOOKED = "case.looked"
NUMBER_SEEN = "case.my_number_seen"
SHOWN = 50

# What was looked at, in the words of the ledger and of the applicant's page.
WAYS = {
    "case": gettext_noop("申請の内容"),
    "application": gettext_noop("申請書（PDF）"),
    "letter": gettext_noop("通知書"),
    "file": gettext_noop("添付された書類"),
    "receipt": gettext_noop("受付票"),
    "signature": gettext_noop("電子署名と、署名した人"),
    "search": gettext_noop("氏名でさがした結果"),
    "export": gettext_noop("氏名でさがして書き出した一覧"),
    "api": gettext_noop("申請の内容（ほかのプログラムから）"),
    "number": gettext_noop("個人番号"),
}
IN_CHARGE = gettext_noop("担当者の事務のため")
SEARCHING = gettext_noop("氏名で申請をさがすため")

# without a policy of the city every reason is written in words
_BUILT_IN = LookReason(id="other", title=Text({"ja": "業務のため"}), explain=True)


def load_access(root: Path) -> AccessSpec:
    """The policy of the city in ``root``. Raises ``ContentErrors``."""
    file = root / "access.yaml"
    return load(file, AccessSpec) if file.exists() else AccessSpec(reasons=(_BUILT_IN,))


_access = Reloadable(load_access)


def access() -> AccessSpec:
    """The policy of this deployment's city. Raises ``ContentErrors``."""
    return _access.get()


def is_sensitive(procedure_id: str, definition: str) -> bool:
    """Whether a look at such a case needs a reason: its procedure says so, or said so when the
    case was made. Costs no query."""
    today = live(procedure_id)
    if today is not None and today.spec.service.sensitive:
        return True
    return defined(definition).spec.service.sensitive


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody looks: a title of the city's list and, perhaps, their own words."""

    title: str
    note: str = ""


def reason_of(actor: Actor, case: Case) -> Reason | None:
    """Why this member of staff may look at this sensitive case today; None: nobody has said.

    The assignee needs no reason but their work. One query for everybody else.
    """
    if actor.account_id is not None and case.assignee_id == actor.account_id:
        return Reason(IN_CHARGE)
    if actor.today is None:
        return None
    given = recorded(
        (GIVEN,),
        actor=actor,
        subject_kind=LOOKS,
        subject_ids=(str(case.public_id),),
        since=datetime.combine(actor.today, time(), tzinfo=TOKYO),
        limit=1,
    )
    return Reason(given[0].values["reason"], given[0].values.get("note", "")) if given else None


def require_reason(actor: Actor, case: Case) -> bool:
    """Whether a look at this case is to be recorded. Raises ``ReasonNeeded``.

    No query for a case that is not sensitive, for its assignee, and for the program itself.
    """
    if not actor.is_staff or case.erased_at is not None:
        return False
    if not is_sensitive(case.procedure_id, case.definition_id):
        return False
    if reason_of(actor, case) is None:
        raise ReasonNeeded(
            _("配慮が必要な申請です。担当者でない方は、見る理由を書いてから開いてください。"),
            ask_at=reverse("case-reason", args=[case.public_id]),
        )
    return True


def case_with_file(actor: Actor, file_id: UUID, cases: Any) -> Case | None:
    """The case among ``cases`` that has a file as an attachment or a letter; at most two
    queries."""
    for holder in (CaseFile, CaseLetter):
        holding = holder.objects.filter(file_id=file_id).values("case_id")
        found: Case | None = cases.filter(pk__in=holding).first()
        if found is not None:
            return found
    return None


def post_of(actor: Actor, department: str) -> tuple[str, str]:
    """Department and post in which somebody looks: those of the case's department if they have
    one there. What residents read later, so it is kept in the city's words of that day."""
    org = organisation()
    own = [post for post in actor.posts if post in org.posts]
    near = [post for post in own if org.posts[post].department == department]
    for post in (*near, *own):
        place = org.department_of(post)
        index = actor.posts.index(post)
        titles = actor.post_titles
        title = titles[index] if index < len(titles) else org.title_of(post)
        return (place.name.ja if place else "", str(title))
    return "", ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look, as the applicant reads about it."""

    id: int
    at: datetime
    case_id: UUID
    number: str
    who: str
    what: str
    reason: str
    note: str


def looks_at(case_ids: Collection[UUID], *, below: int | None = None) -> list[Look]:
    """Who of the staff looked at these cases, newest first; one query. The caller has decided
    that the actor may know."""
    if not case_ids:
        return []
    shown = access().shown
    found = recorded(
        (LOOKED,),
        subject_kind=LOOKS,
        subject_ids=[str(case_id) for case_id in case_ids],
        below=below,
        limit=SHOWN + 1,
    )
    return [
        Look(
            id=entry.id,
            at=entry.at,
            case_id=UUID(entry.subject_id),
            number=entry.values["number"],
            who=_who(entry.values, shown),
            what=gettext(entry.values["what"]),
            reason=_in_words(entry.values["reason"]),
            note=entry.values.get("note", ""),
        )
        for entry in found
    ]


def _in_words(reason: str) -> str:
    """A reason in the reader's language: one of the city's list, or one of our own."""
    titles = {r.title.ja: r.title for r in access().reasons}
    return str(titles[reason]) if reason in titles else gettext(reason)


def _who(values: Mapping[str, Any], shown: str) -> str:
    return str(values["department"] if shown == "department" else values["post"])
