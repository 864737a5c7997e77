"""The words of the screens."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

STATES = {
    "checked": (_("確認待ち"), "attention"),
    "running": (_("取り込み中"), "active"),
    "partly": (_("一部取り込めない"), "attention"),
    "quarantined": (_("隔離中"), "refused"),
    "done": (_("完了"), "done"),
    "dismissed": (_("取り込まない"), "waiting"),
}
OUTCOMES = {
    "created": (_("新しく受付"), "done"),
    "known": (_("取り込み済み"), "waiting"),
    "changed": (_("内容が変わっている"), "attention"),
    "bad": (_("取り込めない"), "refused"),
    "attached": (_("元の申請へ"), "done"),
}
KINDS = {"csv": _("CSV"), "pittari": _("ぴったりサービス")}
PAPER_STATES = {
    "unknown": (_("手続がわからない"), "attention"),
    "waiting": (_("入力待ち"), "waiting"),
    "typing": (_("入力中"), "active"),
    "done": (_("申請になった"), "done"),
    "dismissed": (_("取り込まない"), "waiting"),
}

_NOTHING_NEW = _("新しい申請はありません。")
_DONE = {
    "created": _("%(count)d件を新しく受け付けました。"),
    "attached": _("%(count)d件を元の申請に入れました。"),
    "known": _("%(count)d件は前に取り込んでいるため、何もしていません。"),
    "changed": _("%(count)d件は内容が変わっています。上書きはしていません。"),
    "bad": _("%(count)d件は取り込めませんでした。"),
}
_PLANNED = {
    "created": _("%(count)d件を新しく受け付けます。"),
    "known": _("%(count)d件は前に取り込んでいるため、何もしません。"),
    "changed": _("%(count)d件は内容が変わっています。上書きはしません。"),
    "bad": _("%(count)d件は取り込めません。"),
}


def sentences(counts: Mapping[str, int], *, planned: bool = False) -> list[str]:
    """What became of the applications of a file, or would, one sentence for each outcome."""
    words = _PLANNED if planned else _DONE
    told = [str(words[o]) % {"count": counts[o]} for o in words if counts.get(o)]
    if not planned and not counts.get("created") and not counts.get("attached"):
        told.insert(0, str(_NOTHING_NEW))
    return told
