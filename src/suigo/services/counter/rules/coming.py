"""Who came to the desk when it isn't the person themselves, and by what right."""

from dataclasses import dataclass

from suigo.engines.cases.rules.arrival import LONGEST, MANDATES
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class Came:
    """``name`` is who came for the person, '' for the person themselves; ``relation`` what they are
    to them; ``mandate`` one of ``MANDATES``: what the clerk saw."""

    name: str = ""
    relation: str = ""
    mandate: str = ""


THEMSELVES = Came()


def fault_of(came: Came) -> str:
    """What has to be mended, '' for nothing. Somebody else has a name, and the clerk says by what
    right they act, be it that nothing was seen."""
    if max(len(came.name), len(came.relation)) > LONGEST:
        return _("来た方の氏名と関係は、それぞれ200文字以内で入力してください。")
    if came.mandate and came.mandate not in MANDATES:
        return _("代理の確認は、一覧の中から選んでください。")
    if came != THEMSELVES and not (came.name and came.mandate):
        return _("ご本人でない方が来たときは、来た方の氏名と、代理の確認の両方を入れてください。")
    return ""
