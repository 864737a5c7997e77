"""Staff act for somebody: what they say about the way in, and how a case shows it."""

from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.queries.export import CHANNELS
from suigo.engines.cases.rules.arrival import IDENTITY_CHECKS, MANDATES, NO_ARRIVAL, Arrival
from suigo.engines.cases.web.agents import agent_lines
from suigo.engines.documents.queries import briefs
from suigo.kernel.errors import Message

IDENTITY: dict[str, Message] = {
    "photo_document": _("顔写真のある書類1点（マイナンバーカード、運転免許証など）"),
    "two_documents": _("顔写真のない書類2点（資格確認書と年金手帳など）"),
    "questions": _("生年月日・住所・世帯員などの聞き取り"),
    "known": _("職員が本人と面識がある"),
    "none": _("確認していない（郵便など）"),
}
MANDATE: dict[str, Message] = {
    "letter": _("委任状を見た"),
    "guardian": _("登記事項証明書など、法定代理人と分かるものを見た"),
    "telephone": _("本人に電話で確かめた"),
    "household": _("同じ世帯の人で、この手続には委任状がいらない"),
    "none": _("確かめていない"),
}
SIGNATURES: dict[str, Message] = {"unverified": _("電子署名あり（未検証）")}


@dataclass(frozen=True, slots=True)
class DeskForm:
    """The questions to a clerk who begins an application for somebody."""

    channel: str = policy.DESK_CHANNELS[0]
    arrival: Arrival = NO_ARRIVAL
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def channels(self) -> list[tuple[str, Message, bool]]:
        """Each way in with its title, and whether it is chosen."""
        return [(c, CHANNELS[c], c == self.channel) for c in policy.DESK_CHANNELS]

    @property
    def identities(self) -> list[tuple[str, Message, bool]]:
        """Each way to make sure of somebody, and whether it is chosen."""
        return [(i, IDENTITY[i], i == self.arrival.identity) for i in IDENTITY_CHECKS]

    @property
    def mandates(self) -> list[tuple[str, Message, bool]]:
        """Each way to make sure that somebody may act for the applicant."""
        return [(m, MANDATE[m], m == self.arrival.mandate) for m in MANDATES]

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The errors with the places of their boxes."""
        return [(name.replace("_", "-"), message) for name, message in self.errors.items()]


def desk_form(request: HttpRequest) -> DeskForm:
    """What the clerk posted."""

    def text(name: str) -> str:
        return request.POST.get(name, "").replace("\x00", "").strip()

    return DeskForm(
        channel=request.POST.get("channel", policy.DESK_CHANNELS[0]),
        arrival=Arrival(
            caller=text("caller"),
            relation=text("relation"),
            identity=text("identity"),
            mandate=text("mandate"),
            consent_read="consent_read" in request.POST,
            by_post="by_post" in request.POST,
        ),
    )


def sheets_of(arrival: Arrival) -> list[tuple[UUID, int]]:
    """The scanned pages to type from: file and page, counted from 1."""
    ids = [UUID(scan) for scan in arrival.scans]
    found = briefs(ids)  # no query without scans
    return [
        (file_id, page)
        for file_id in ids
        if file_id in found and found[file_id].purged_at is None
        for page in range(1, (found[file_id].pages or 1) + 1)
    ]


def arrival_lines(arrival: Arrival, *, verified: bool) -> list[tuple[Message, Message]]:
    """How an application came, as a case shows it: label and value. What was found about its
    signature, once it is ``verified``, stands elsewhere."""
    number = arrival.source_number
    source = f"{arrival.source} {number}".strip()
    lines: list[tuple[Message, Message]] = [
        (_("取り込み元"), source),
        (_("電子署名"), "" if verified else SIGNATURES.get(arrival.signature, "")),
        (_("手続に来た方・電話の方"), arrival.caller),
        (_("申請する方との関係"), arrival.relation),
        (_("本人確認"), IDENTITY.get(arrival.identity, "")),
        (_("代理の確認"), MANDATE.get(arrival.mandate, "")),
        *agent_lines(arrival),
        (_("同意の読み上げ"), _("読み上げて同意を得た") if arrival.consent_read else ""),
        (_("連絡の方法"), _("郵便で送る") if arrival.by_post else ""),
    ]
    return [(label, value) for label, value in lines if value]
