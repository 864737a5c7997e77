"""Sessions that are listed, and can be ended, by the person they belong to.

Django's session protocol over our own table: one query loads the session together with its
account, the key is stored as a digest, and a session belongs to an account from its first row.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError, connection, transaction
from django.utils.crypto import get_random_string

from suigo.engines.identity import rules
from suigo.engines.identity.models import Account, Session
from suigo.kernel import clock
from suigo.kernel.access import Assurance

KEY_LENGTH = 32
KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def lifetime_of(kind: str | None) -> rules.Lifetime:
    """How long sessions of this kind of account last (``SUIGO_SESSION_MINUTES``); None is
    anonymous."""
    idle, absolute = settings.SUIGO_SESSION_MINUTES[kind or "anonymous"]
    return rules.Lifetime(idle=timedelta(minutes=idle), absolute=timedelta(minutes=absolute))


@cache
def _loading() -> tuple[str, list[str], list[str]]:
    """The statement that loads a session with its account, and the columns of the two.

    It runs with every request of whoever has a session, and working it out took longer than
    running it: so that is done once per process.
    """
    rows = Session.objects.select_related("account").order_by()
    query = rows.filter(session_key="").filter(expire_date__gt=clock.now()).query
    of_session = [field.attname for field in Session._meta.concrete_fields]
    of_account = [field.attname for field in Account._meta.concrete_fields]
    return query.sql_with_params()[0], of_session, of_account


def _stored(session_key: str, *, now: datetime) -> Session | None:
    """The living session with this key, with its account."""
    statement, of_session, of_account = _loading()
    with connection.cursor() as cursor:
        cursor.execute(statement, [rules.session_digest(session_key), now])
        row = cursor.fetchone()
    if row is None:
        return None
    session = Session.from_db(connection.alias, of_session, row[: len(of_session)])
    if session.account_id is not None:
        session.account = Account.from_db(connection.alias, of_account, row[len(of_session) :])
    return session


class SessionStore(DatabaseStore):
    """What ``request.session`` is. ``row`` is the stored session, once it was looked up."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def row(self) -> Session | None:
        """The stored session with its account; None for a visitor who has no session yet."""
        self._data()
        return self._row

    def assurance(self, now: datetime) -> Assurance:
        """How sure we are now of who is at this browser. What a card proved counts for a while;
        after that they are somebody we know, as after a code by mail."""
        row = self.row
        if row is None:
            return Assurance.NONE
        until = row.assurance_until_at
        if until is not None and until <= now:
            return min(Assurance(row.assurance), Assurance.CONTACT)
        return Assurance(row.assurance)

    def _data(self, *, no_load: bool = False) -> dict[str, Any]:
        """What the session holds, loaded at first use; the stubs don't know Django's method."""
        data: dict[str, Any] = self._get_session(no_load=no_load)  # type: ignore[attr-defined]
        return data

    def load(self) -> dict[str, Any]:
        self._row = _stored(str(self.session_key), now=clock.now())
        account = self._row.account if self._row else None
        if account is not None and not account.is_active:
            self._row = None
        if self._row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(self._row.session_data)
        return data

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=rules.session_digest(session_key)).exists()

    def _get_new_session_key(self) -> str:
        # 165 random bits; that it is new is proven by the insertion itself
        return get_random_string(KEY_LENGTH, KEY_CHARACTERS)

    def begin(
        self,
        account: Account | None,
        *,
        assurance: Assurance,
        device: str,
        keep_data: bool,
        now: datetime,
        assured_until: datetime | None = None,
    ) -> None:
        """Start a session for ``account`` under a new key (so that a key known before the
        sign-in is worth nothing after it), with or without the data collected so far.

        ``assured_until`` is when a card's proof ends that was given before: nothing weaker than
        a card makes it last longer.
        """
        data = dict(self._data()) if keep_data else {}
        old_key = self.session_key
        self._session_key = self._get_new_session_key()
        self._session_cache = data
        proof = timedelta(minutes=settings.SUIGO_PROOF_MINUTES)
        until = None
        if assurance > Assurance.CONTACT:
            until = assured_until if assured_until is not None else now + proof
        self._insert(account, assurance=assurance, until=until, device=device, now=now)
        if old_key:
            self.delete(old_key)
        self.modified = True

    def _insert(
        self,
        account: Account | None,
        *,
        assurance: Assurance,
        until: datetime | None,
        device: str,
        now: datetime,
    ) -> None:
        lifetime = lifetime_of(account.kind if account else None)
        row = Session(
            session_key=rules.session_digest(str(self.session_key)),
            session_data=self.encode(self._data(no_load=True)),
            expire_date=rules.expiry(lifetime, created_at=now, seen_at=now),
            account=account,
            assurance=assurance,
            assurance_until_at=until,
            device=device,
            created_at=now,
            last_seen_at=now,
            proved_at=now if account else None,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as taken:
            raise CreateError from taken
        self._row = row

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        if must_create:
            account = self._row.account if self._row else None
            assurance = Assurance(self._row.assurance) if self._row else Assurance.NONE
            until = self._row.assurance_until_at if self._row else None
            device = self._row.device if self._row else ""
            self._insert(account, assurance=assurance, until=until, device=device, now=clock.now())
            return
        row, now = self.row, clock.now()
        if row is None or not self._write(row, now, session_data=self.encode(self._data())):
            raise UpdateError

    def touch(self, now: datetime) -> None:
        """Note that the session is in use, every few minutes at most."""
        row = self.row
        if row is not None and now - row.last_seen_at >= rules.SEEN_EVERY:
            self._write(row, now, session_data=row.session_data)

    def _write(self, row: Session, now: datetime, *, session_data: str) -> bool:
        row.session_data = session_data
        row.last_seen_at = now
        row.expire_date = rules.expiry(self._lifetime, created_at=row.created_at, seen_at=now)
        changed = Session.objects.filter(session_key=row.session_key).update(
            session_data=session_data, last_seen_at=now, expire_date=row.expire_date
        )
        return changed == 1

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=rules.session_digest(key)).delete()

    def flush(self) -> None:
        super().flush()
        self._row = None

    @property
    def _lifetime(self) -> rules.Lifetime:
        account = self._row.account if self._row else None
        return lifetime_of(account.kind if account else None)

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Seconds until the cookie ends: the session's longest possible life."""
        row = self._row
        if row is None:
            return int(self._lifetime.absolute.total_seconds())
        ends_at = row.created_at + self._lifetime.absolute
        return max(0, int((ends_at - clock.now()).total_seconds()))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return clock.now() + self._lifetime.idle

    def get_expire_at_browser_close(self) -> bool:
        """Staff sign in anew each time they open the browser."""
        row = self._row
        return row is not None and row.account is not None and row.account.kind == "staff"
