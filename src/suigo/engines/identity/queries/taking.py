"""What identity holds about a resident, to take along."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from suigo.engines.identity.models import Account, ConfirmedItems, ExternalIdentity
from suigo.engines.identity.policy import account_id_of
from suigo.engines.identity.queries import sessions_of
from suigo.engines.identity.queries.passkeys import passkeys_of
from suigo.engines.identity.queries.records import items_purpose, opened_business, opened_items
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.personal import Held


def held(actor: Actor, now: datetime) -> Iterator[Held]:
    """The account, what a card or GビズID confirmed, passkeys, linked services and sessions."""

    def day(moment: datetime) -> str:
        return date_in_words(local_date(moment), language=actor.language)

    account = Account.objects.get(pk=account_id_of(actor), kind=Account.Kind.RESIDENT)
    yield Held(
        _("アカウント"),
        (
            (_("氏名"), account.name),
            (_("フリガナ"), account.name_kana),
            (_("メールアドレス"), account.email or account.contact_email),
            (_("言葉"), account.language),
            (_("作った日"), day(account.created_at)),
        ),
        {
            "name": account.name,
            "name_kana": account.name_kana,
            "email": account.email,
            "contact_email": account.contact_email,
            "language": account.language,
            "created_at": account.created_at.isoformat(),
        },
    )
    items = ConfirmedItems.objects.filter(pk=account.pk).first()
    if items is not None:
        found = opened_items(items.sealed, purpose=items_purpose(account.pk))
        yield Held(
            _("マイナンバーカードで確かめた情報"),
            (
                (_("氏名"), found.name),
                (_("住所"), found.address),
                (_("生年月日"), date_in_words(found.birth_date, language=actor.language)),
                (_("確かめた日"), day(items.confirmed_at)),
            ),
            {
                "name": found.name,
                "address": found.address,
                "birth_date": found.birth_date.isoformat(),
                "gender": found.gender,
                "confirmed_at": items.confirmed_at.isoformat(),
            },
        )
    business = getattr(account, "business", None)
    if business is not None:
        facts = opened_business(business.sealed, account_id=account.pk)
        yield Held(
            _("GビズIDから受け取った情報"),
            ((_("会社・団体の名前"), facts.name),),
            asdict(facts),
        )
    for key in passkeys_of(actor):
        yield Held(
            _("パスキー「%(name)s」") % {"name": key.name},
            ((_("登録した日"), day(key.created_at)),),
            {"name": key.name, "created_at": key.created_at.isoformat()},
        )
    for linked in ExternalIdentity.objects.filter(account_id=account.pk).order_by("pk"):
        yield Held(
            _("結びつけた本人確認"),
            ((_("結びつけた日"), day(linked.linked_at)),),
            {
                "provider": linked.provider,
                "issuer": linked.issuer,
                "subject": linked.subject,
                "linked_at": linked.linked_at.isoformat(),
            },
        )
    for session in sessions_of(actor, current=None, now=now):
        yield Held(
            _("ログインしている機器"),
            ((_("機器"), session.device), (_("最後に使った日"), day(session.last_seen_at))),
            {"device": session.device, "last_seen_at": session.last_seen_at.isoformat()},
        )
