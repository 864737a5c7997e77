"""Grants in words."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import Message

KINDS: dict[str, Message] = {
    "family": _("家族"),
    "agent": _("知人・支援者など"),
    "guardian": _("成年後見人など（法定代理人）"),
    "gyoseishoshi": _("行政書士"),
    "staff": _("事業所の担当者"),
}
REACHES: dict[str, Message] = {
    "fill": _("入力だけ（送るのは本人）"),
    "submit": _("入力して、送る"),
    "follow": _("入力して、送って、そのあとの状況や通知書も見る・直す"),
}
PERIODS: dict[str, Message] = {
    "month": _("1か月"),
    "quarter": _("3か月"),
    "year": _("1年"),
}
STANDINGS: dict[str, tuple[Message, str]] = {
    "invited": (_("返事を待っています"), "waiting"),
    "lapsed": (_("返事がなく、期限が過ぎました"), "done"),
    "to_confirm": (_("市の確認を待っています"), "waiting"),
    "later": (_("まだ始まっていません"), "waiting"),
    "active": (_("使えます"), "active"),
    "expired": (_("期限が過ぎました"), "done"),
    "withdrawn": (_("本人がやめました"), "done"),
    "declined": (_("ことわられました"), "done"),
    "refused": (_("市が認めませんでした"), "refused"),
    "replaced": (_("新しい代理に置きかわりました"), "done"),
    "given_up": (_("頼まれた人がやめました"), "done"),
}
DEEDS: dict[str, Message] = {
    "began": _("入力を始めました"),
    "handed": _("入力して、本人に渡しました"),
    "sent": _("申請を送りました"),
    "looked": _("申請の状況を見ました"),
    "answered": _("市からのお願いに答えました"),
}
