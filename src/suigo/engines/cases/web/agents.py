"""Who acted for an applicant, in words."""

from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.delegation.web.words import KINDS
from suigo.kernel.errors import Message
from suigo.kernel.language import _


def agent_lines(arrival: Arrival) -> list[tuple[Message, Message]]:
    """Who sent, or filled in, an application for somebody: label and value; empty without one."""
    if not arrival.agent:
        return []
    kind = KINDS.get(arrival.agent_kind, arrival.agent_kind)
    label = _("代理人") if arrival.agent_part == "sent" else _("入力した人（送ったのは本人）")
    lines: list[tuple[Message, Message]] = [(label, f"{arrival.agent}（{kind}）")]
    if arrival.agent_evidence:
        lines.append((_("代理を確かめたもの"), arrival.agent_evidence))
    if arrival.agent_grant:
        lines.append((_("代理の番号"), arrival.agent_grant[:8]))
    return lines
