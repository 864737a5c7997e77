"""A mother and her daughter, and the grants between them. Everything is invented."""

import re
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from engines.cases import world
from suigo.engines.delegation import actions
from suigo.engines.delegation.actions.confirming import Ward
from suigo.engines.delegation.actions.granting import Wish
from suigo.engines.delegation.models import Grant
from suigo.engines.notices.actions import BODY_PURPOSE
from suigo.engines.notices.models import Message
from suigo.kernel.access import Actor
from suigo.kernel.crypto import open_sealed

NOW, CARD = world.NOW, world.CARD
DAUGHTER = "daughter@example.jp"
LINK = re.compile(r"/my/proxies/([0-9a-f-]{36})/([\w-]{20,})/")


def mother(email: str = "yoko@example.jp") -> Actor:
    """Somebody who has proved who she is a moment ago."""
    return replace(world.resident(email=email), proved_at=NOW)


def daughter(name: str = "水野 真理", email: str = DAUGHTER) -> Actor:
    return world.resident(name, email)


def wish(**changes: object) -> Wish:
    plain = Wish(
        name="まり",
        address=DAUGHTER,
        kind="family",
        every_procedure=True,
        procedures=(),
        reach="follow",
        period="quarter",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def bodies() -> list[str]:
    """Every mail that was written, the newest last."""
    return [
        open_sealed(sealed, purpose=BODY_PURPOSE)
        for sealed in Message.objects.order_by("id").values_list("sealed_body", flat=True)
    ]


def mails() -> list[tuple[str, str]]:
    """To whom which mail was written, the newest last."""
    return list(Message.objects.order_by("id").values_list("address", "template"))


def invited(person: Actor, now: datetime = NOW, **changes: object) -> tuple[UUID, str]:
    """An invitation and the code that its mail holds."""
    grant = actions.invite(person, wish(**changes), now=now)
    found = LINK.search(bodies()[-1])
    assert found is not None
    assert UUID(found[1]) == grant
    return grant, found[2]


def granted(person: Actor, holder: Actor, now: datetime = NOW, **changes: object) -> Grant:
    """A grant that was accepted."""
    changes.setdefault("address", holder.email)
    grant, code = invited(person, now, **changes)
    actions.accept(holder, grant, code, now=now, evidence="第123号 見本事務所")
    return Grant.objects.get(public_id=grant)


WARD = Ward(
    name="水野 たね",
    kana="ミズノ タネ",
    birth_date=date(1935, 2, 3),
    address="見本県みほん市川辺町1-2",
    certificate="第2026-12345号",
    certificate_date=date(2026, 11, 2),
)
