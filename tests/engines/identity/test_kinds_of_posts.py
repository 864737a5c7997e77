"""How a post is held: 本務, 兼務, 併任, 応援 and 代理."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from engines.identity.sample import TODAY
from engines.identity.test_people import DAY, MakeStaff, actor_on, holding_of
from suigo.engines.identity import actions
from suigo.engines.identity.models import PostHolding
from suigo.kernel.access import SYSTEM
from suigo.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


def test_how_a_post_is_held(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-officer")

    def give(post: str, kind: str, end: date | None) -> None:
        actions.hold_post(
            SYSTEM, hanako.public_id, post=post, kind=kind, valid_from=TODAY, valid_to=end, now=now
        )

    for kind, field in (("acting", "kind"), ("chief", "kind"), ("support", "valid_to")):
        with pytest.raises(Invalid) as refused:
            give("library-officer", kind, None)
        assert list(refused.value.field_errors) == [field]
    give("library-officer", "support", TODAY + DAY)
    give("general-affairs-officer", "concurrent", None)
    helping = actor_on(hanako, TODAY)
    assert list(helping.post_titles) == ["福祉課 主事", "図書館 司書（応援）", "総務課 主事"]
    assert helping.where("builder.edit") == frozenset({"general-affairs"})
    assert helping.where("cases.view") == frozenset({"welfare", "library", "general-affairs"})
    assert actor_on(hanako, TODAY + DAY).where("cases.view") == frozenset(
        {"welfare", "general-affairs"}
    )


@pytest.mark.parametrize(
    ("kind", "stands_in", "end", "guard"),
    [
        ("acting", False, TODAY, "acting_for"),
        ("own", True, TODAY, "acting_for"),
        ("support", False, None, "support_ends"),
        ("", False, None, "kind"),
    ],
)
def test_the_table_guards_itself(
    staff: MakeStaff, kind: str, stands_in: bool, end: date | None, guard: str
) -> None:
    held = holding_of(staff("見本 花子", "welfare-head"))

    def hold(kind: str, substitute_for: PostHolding | None, end: date | None) -> None:
        PostHolding.objects.create(
            account_id=held.account_id,
            post="x",
            kind=kind,
            valid_from_date=TODAY - DAY,
            valid_to_date=end,
            substitute_for=substitute_for,
        )

    named = f'"identity_post_holding_{guard}"'
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        hold(kind, held if stands_in else None, end)
    hold("support", None, TODAY)
