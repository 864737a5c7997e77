"""The words of the screens."""

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
