"""The words that the templates of ``letters/`` print themselves, in the document's language.

They are here, and not in the templates, so that they are translated like every other word of the
program; a template reads them as ``w.<key>``.
"""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Promise] = {
    "number": _("受付番号"),
    "because": _("理由:"),
    "nothing": _("（入力なし）"),
    "declarations": _("同意・確認したこと"),
    "unverified": _("要確認"),
    "sample": _("サンプル"),
    "missing": _(
        "※ 「〓」は、この文書の書体にない文字です（%(characters)s）。"
        "正しい文字は市の記録にあります。"
    ),
    "variants": _(
        "※ %(characters)s は、届け出られた字の形と違う形で印刷されています。"
        "正しい字の形は市の記録にあります。"
    ),
    "contact": _("お問い合わせ先"),
    "phone": _("電話"),
    "email": _("電子メール"),
    "hours": _("受付"),
    "qr_alt": _("手続のページを開くQRコード"),
    "seal": _("公印"),
    "sample_letter": _("（サンプル: 文面は市が確認したものではありません）"),
    "details": _("記"),
    "appeal": _("教示（審査請求と取消訴訟）"),
    "qr_letter": _("この手続のページを開きます。"),
    "showa": _("昭和"),
    "heisei": _("平成"),
    "reiwa": _("令和"),
    "western": _("西暦"),
    "year": _("年"),
    "month": _("月"),
    "day": _("日"),
    "kana": _("フリガナ"),
    "name": _("氏名"),
    "family": _("氏"),
    "given": _("名"),
    "town": _("都道府県・市区町村・町名・番地"),
    "building": _("建物名・部屋番号"),
    "bank": _("銀行・信用金庫・農協など"),
    "branch": _("支店・支所"),
    "ordinary": _("普通"),
    "current": _("当座"),
    "account_type": _("預金の種類"),
    "account_number": _("口座番号（右づめ）"),
    "japan_post": _("ゆうちょ銀行のときは　記号"),
    "japan_post_number": _("番号"),
    "account_holder": _("口座名義（カタカナ）"),
    "tick_all": _("当てはまるものすべてに印"),
    "in_katakana": _("カタカナで"),
    "yen": _("円"),
    "yes": _("はい"),
    "no": _("いいえ"),
    "phone_hint": _("市外局番から、左づめ"),
    "my_number_hint": _("この用紙を郵送するときは、書留など記録の残る方法でお送りください。"),
    "attached": _("添付しました"),
    "attach_copy": _("写しを一緒に出してください。"),
    "agree": _("同意します"),
    "city_computes": _("市が計算します。記入は要りません。"),
    "required": _("必須"),
    "more_sheets": _("書ききれないときは、この用紙をもう1枚お使いください。"),
    "written_on": _("記入日"),
    "qr_online_alt": _("同じ申請をインターネットで行うページのQRコード"),
    "qr_online": _("インターネットでも申請できます"),
    "for_office": _("市役所で使う欄（書かないでください）"),
    "received_on": _("受付日"),
    "signature": _("署名"),
    "signed_on": _("　　　　年　　月　　日"),
    "things": _("持ちもの"),
    "see_status": _("今の状況を見る"),
    "received_at": _("受け付けた日時"),
    "applicant": _("申請した人"),
    "channel": _("受付の方法"),
    "next": _("これからの流れ"),
    "sent": _("送られた内容"),
    "receipt_note": _(
        "この受付票は、申請を受け取ったことをお知らせするものです。決定の通知ではありません。"
    ),
}


def labels(language: str, *, missing: str, variants: str) -> dict[str, str]:
    """Every label in ``language``; ``missing`` and ``variants`` list the characters concerned."""
    with translation.override(language):
        words = {key: str(text) for key, text in LABELS.items()}
    words["missing"] %= {"characters": missing}
    words["variants"] %= {"characters": variants}
    return words
