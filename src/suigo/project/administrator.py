"""The first administrator, who registers everybody else: made on the server itself."""

from datetime import datetime

from django.db import transaction

from suigo.engines.identity.actions import create_staff, hold_post
from suigo.engines.identity.policy import MANAGE
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import SYSTEM
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Invalid


def register_administrator(
    *, email: str, name: str, name_kana: str, post: str | None, now: datetime
) -> tuple[str, str]:
    """Make the account and let it hold its post from today.

    Without ``post`` the city's only post that may manage accounts is taken. Returns the title of
    the post and the temporary password. Raises ``Invalid``.
    """
    chosen = _post(post)
    with transaction.atomic():
        made = create_staff(SYSTEM, email=email, name=name, name_kana=name_kana, now=now)
        hold_post(
            SYSTEM,
            made.public_id,
            post=chosen,
            valid_from=local_date(now),
            valid_to=None,
            now=now,
        )
    return organisation().title_of(chosen), str(made.temporary_password)


def _post(wanted: str | None) -> str:
    org = organisation()
    able = [post.id for post in org.spec.posts if MANAGE in org.capabilities_of(post.id)]
    if wanted in able:
        return str(wanted)
    if wanted is None and len(able) == 1:
        return able[0]
    choices = "\n".join(f"  --post {post}  {org.title_of(post)}" for post in able)
    raise Invalid(
        f"職員を登録できる職から選んでください / Choose a post that may register staff:\n{choices}"
    )
