"""Who acted for an applicant, in words."""

from django.utils.translation import gettext_lazy

from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.delegation.web.words import KINDS
from suigo.kernel.errors import Message
from suigo.kernel.language import _

PROVED: dict[str, Message] = {
    "contact": gettext_lazy("本人がメールのコードなどでログインして頼んだ"),
    "identity": gettext_lazy("本人がカードなどで本人確認をして頼んだ"),
    "signature": gettext_lazy("本人がカードの署名などで確認して頼んだ"),
}


def agent_lines(arrival: Arrival) -> list[tuple[Message, Message]]:
    """Who sent, or filled in, an application for somebody: label and value; empty without one."""
    if not arrival.agent:
        return []
    kind = KINDS.get(arrival.agent_kind, arrival.agent_kind)
    label = _("代理人") if arrival.agent_part == "sent" else _("入力した人（送ったのは本人）")
    lines: list[tuple[Message, Message]] = [(label, f"{arrival.agent}（{kind}）")]
    if arrival.agent_evidence:
        lines.append((_("代理を確かめたもの"), arrival.agent_evidence))
    if arrival.agent_kind != "guardian" and arrival.agent_assurance in PROVED:
        lines.append((_("本人が頼んだとき"), PROVED[arrival.agent_assurance]))
    if arrival.agent_grant:
        lines.append((_("代理の番号"), arrival.agent_grant[:8]))
    return lines
