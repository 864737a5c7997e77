"""What clerks read about signatures."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suigo.engines.signing.spec import Statement
from suigo.kernel.clock import TOKYO
from suigo.kernel.errors import Message
from suigo.kernel.japanese.plain import date_in_words, time_in_words

RESULTS: dict[str, Message] = {
    "OK": _("正しい署名です"),
    "CERT_UNSUPPORTED": _("署名用電子証明書ではありません"),
    "UNTRUSTED": _("発行元を確かめられません"),
    "EXPIRED": _("署名したとき、証明書の有効期間の外でした"),
    "SIGNATURE_MISMATCH": _("署名のあとに内容が変わっているか、署名が合いません"),
    "REVOKED": _("証明書が失効しています"),
    "UNKNOWN": _("失効しているかどうかを確かめられませんでした"),
}
VERDICTS: dict[str, tuple[Message, str]] = {
    "accepted": (_("確認済み"), "done"),
    "waiting": (_("確認待ち"), "attention"),
    "rejected": (_("認めない"), "refused"),
}
AGREEMENTS: dict[str, Message] = {
    "exact": _("申請の内容と同じ"),
    "near": _("申請の内容とほぼ同じ（異体字など、書き方だけの違い）"),
    "different": _("申請の内容と違う"),
    "missing": _("申請書にない項目"),
}
REVOCATIONS: dict[str, Message] = {
    "good": _("失効していない"),
    "revoked": _("失効している"),
    "unknown": _("確かめられない"),
}
ITEMS: dict[str, Message] = {
    "name": _("氏名"),
    "birth_date": _("生年月日"),
    "address": _("住所"),
}
SEXES: dict[str, Message] = {"1": _("男"), "2": _("女"), "3": _("不明"), "": _("記載なし")}
STEPS: dict[str, Message] = {
    "profile": _("署名用電子証明書の形式と用途"),
    "chain": _("発行した認証局"),
    "validity": _("有効期間"),
    "signature": _("内容との一致（改ざんがないか）"),
    "revocation": _("失効していないか"),
}
DETAILS: dict[str, Message] = {
    "unreadable": _("読み取れません"),
    "key_algorithm": _("決められた種類の鍵ではありません"),
    "key_size": _("鍵の長さが決まりと違います"),
    "digest": _("弱い方式が使われています"),
    "issuer": _("発行者の名前が違います"),
    "policy": _("用途が違います（利用者証明用など）"),
    "key_usage": _("署名に使えない証明書です"),
    "authority": _("認証局の証明書です"),
    "critical_extension": _("知らない重要な項目があります"),
    "person": _("基本4情報がありません"),
    "person_missing": _("基本4情報が足りません"),
    "person_too_long": _("基本4情報が長すぎます"),
    "person_encoding": _("基本4情報の文字を読み取れません"),
    "person_twice": _("基本4情報が2回書かれています"),
    "person_characters": _("基本4情報に、使えない文字があります"),
    "person_birth_date": _("生年月日を読み取れません"),
    "untrusted": _("信頼する認証局の一覧にありません"),
    "not_yet_valid": _("有効期間が始まる前です"),
    "expired": _("有効期限が切れていました"),
    "authority_not_valid": _("認証局の有効期間の外で発行されています"),
    "claims_later": _("署名の日時が、届いた日時より後です"),
    "altered": _("内容か署名が変わっています"),
    "changed_after": _("署名のあとに書き足しがあります"),
    "not_whole": _("署名が文書の全体に及んでいません"),
    "other_content": _("別の文書の署名です"),
    "weak": _("弱い方式が使われています"),
    "no_certificate": _("署名した人の証明書が入っていません"),
    "revoked": _("失効しています"),
    "unknown": _("確かめられませんでした"),
}


def in_words(statement: Statement, *, language: str) -> str:
    """What a letter or a receipt says about the application's signature."""
    with translation.override(language):
        when = {
            "signed": _moment(statement.signed_at, language),
            "checked": _moment(statement.checked_at, language),
            "name": statement.signer,
        }
        if statement.verdict == "waiting":
            said = gettext(
                "この申請は電子署名されています（%(signed)s）。市が署名を確認しています。"
            )
        elif statement.verdict == "rejected":
            said = gettext("この申請の電子署名（%(signed)s）は、市が確かめられませんでした。")
        elif statement.by_staff:
            said = gettext(
                "この申請は電子署名されています（%(signed)s）。"
                "市の職員が署名を確かめ、認めました（%(checked)s）。"
            )
        else:
            said = gettext(
                "この申請は、マイナンバーカードの署名用電子証明書（%(name)s）で"
                "電子署名されています（%(signed)s）。市は、署名のあとに内容が変わっていないこと、"
                "証明書が署名用認証局の発行で、有効で、失効していないことを確かめました"
                "（%(checked)s）。"
            )
        return said % when


def _moment(moment: datetime, language: str) -> str:
    local = moment.astimezone(TOKYO)
    day = date_in_words(local.date(), language=language)
    return f"{day} {time_in_words(local.time(), language=language)}"


def found_in_words(result: str) -> str:
    """A result as the ledger writes it, in Japanese whoever acts."""
    with translation.override("ja"):
        return str(RESULTS[result])
