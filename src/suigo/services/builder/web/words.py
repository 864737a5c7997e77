"""What the screens call things."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.spec import WorkflowSpec
from suigo.kernel.errors import Message

KINDS: dict[str, Message] = {
    "text": _("短い文（1行）"),
    "multiline": _("長い文（何行でも）"),
    "name": _("氏名"),
    "kana": _("フリガナ"),
    "address": _("住所"),
    "phone": _("電話番号"),
    "email": _("メールアドレス"),
    "date": _("日付"),
    "yes_no": _("はい・いいえ"),
    "choice": _("1つ選ぶ"),
    "choices": _("いくつでも選ぶ"),
    "number": _("数"),
    "money": _("金額（円）"),
    "file": _("ファイル・写真"),
    "bank_account": _("振込先の口座"),
    "my_number": _("個人番号（マイナンバー）"),
    "consent": _("同意"),
    "notice": _("説明（答えのない文）"),
    "computed": _("市が計算する値"),
    "group": _("質問のまとまり"),
    "repeat": _("くり返し（1人ずつ、1つずつ）"),
}
SETTINGS: dict[str, Message] = {
    "max_length": _("文字数の上限"),
    "pattern": _("書き方の決まり（正規表現）"),
    "pattern_message": _("決まりに合わないときの文"),
    "rows": _("欄の高さ（行）"),
    "of_applicant": _("申請する方本人のもの（ブラウザーが自分の情報を入れられる）"),
    "earliest": _("いちばん早い日"),
    "latest": _("いちばん遅い日"),
    "minimum": _("いちばん小さい数"),
    "maximum": _("いちばん大きい数"),
    "unit": _("単位"),
    "options": _("選択肢（1行に1つ）"),
    "at_least": _("少なくとも"),
    "at_most": _("多くても"),
    "accept": _("送れるファイル"),
    "original_needed": _("原本も必要"),
    "text": _("本文"),
    "tone": _("見せかた"),
    "verify": _("要確認（市がまだ確かめていない）"),
    "value": _("計算の式"),
    "type": _("値の種類"),
    "because": _("計算の理由"),
    "article": _("根拠の条文"),
    "sample": _("サンプルの値（市が決めた値ではない）"),
    "item": _("1つ分の呼び名（お子さん、台 など）"),
}
VALUES: dict[str, Message] = {
    "pdf": _("PDF"),
    "image": _("写真・画像"),
    "office": _("Word・Excel"),
    "text": _("文字のファイル"),
    "info": _("お知らせ"),
    "warning": _("注意"),
    "success": _("完了"),
    "money": _("金額"),
    "integer": _("数"),
    "date": _("日付"),
    "boolean": _("はい・いいえ"),
}
# how one answer stands to another; follows the words for the other
SIGNS: dict[str, Message] = {
    "<": _("より前（小さい）"),
    ">": _("より後（大きい）"),
    "<=": _("と同じか、より前（小さい）"),
    ">=": _("と同じか、より後（大きい）"),
    "==": _("と同じ"),
    "!=": _("と違う"),
}
TEMPLATES: dict[str, Message] = {
    "application": _("申請（市が認めるかどうかを決める）"),
    "fee": _("手数料のある申請（証明書など）"),
    "notification": _("届出（あったことを知らせてもらう）"),
    "enrolment": _("定員のある申込み（先着順）"),
    "opinion": _("ご意見・アンケート（名前を書かなくてよい）"),
}
STATES: dict[str, tuple[Message, str]] = {
    "editing": (_("作成中"), "active"),
    "waiting": (_("承認待ち"), "attention"),
    "approved": (_("承認済み・公開前"), "done"),
    "published": (_("公開した版"), "done"),
    "discarded": (_("捨てた下書き"), "waiting"),
}
TOUCHES: dict[str, Message] = {
    "page": _("ページを出す条件"),
    "show_when": _("質問を出す条件"),
    "require_when": _("必須にする条件"),
    "computed": _("計算"),
    "check": _("相関チェック"),
    "letter": _("通知文"),
    "applicant_name": _("申請者の名前として使う"),
    "duplicate_by": _("同じ申請の警告"),
    "open_data": _("オープンデータの項目"),
    "open_data_columns": _("オープンデータの列"),
    "deadline": _("期限の計算"),
}


def workflow_words(spec: WorkflowSpec) -> str:
    """A workflow as its first states."""
    return " → ".join(str(state.title) for state in spec.states[:5])


def shared_titles(texts: Mapping[str, str]) -> list[str]:
    """What shared letters are called."""
    return [str(LETTERS.get(name, name)) for name in texts]


DONE: dict[str, Message] = {
    "saved": _("保存しました。"),
    "request": _("承認を求めました。"),
    "approve": _("承認しました。公開する日を決めてください。"),
    "return": _("差し戻しました。"),
    "take_back": _("編集に戻しました。"),
    "publish": _("公開しました。"),
    "plan": _("公開する日を決めました。"),
    "restore": _("前の版に戻しました。"),
}
LETTERS: dict[str, Message] = {
    "approval": _("決定の通知"),
    "rejection": _("認めないときの通知"),
    "correction": _("補正のお願い"),
}
LANGUAGES: dict[str, Message] = {
    "ja": _("日本語で"),
    "easy": _("やさしい日本語で"),
    "en": _("英語で"),
}
BAD_PACKAGES: dict[str, Message] = {
    "zip": _("zipとして読めませんでした。手続のフォルダーをzipにしたものを選んでください。"),
    "large": _("大きすぎます。手続のフォルダーだけをzipにしてください。"),
    "names": _("手続にないファイルが入っています。手続のフォルダーだけをzipにしてください。"),
    "encoding": _("文字コードがUTF-8でないファイルが入っています。"),
    "several": _("手続が2つ以上入っています。1つずつ取り込んでください。"),
    "missing": _("service.yaml と form.yaml が見つかりません。"),
}
# what letters may say besides the answers
FACTS: dict[str, Message] = {
    "case.number": _("受付番号"),
    "case.title": _("手続の名前"),
    "case.received_date": _("受付日"),
    "case.decided_date": _("決定の日"),
    "case.due_date": _("お知らせの予定日"),
    "case.correction_due_date": _("補正の期限"),
    "case.outcome": _("決定の内容"),
    "case.department": _("担当の課"),
    "case.reason": _("職員が書いた理由"),
    "case.signature": _("電子署名について確かめたこと（署名がなければ空）"),
    "decision.reason": _("決定の理由"),
    "city.name": _("市の名前"),
    "city.prefecture": _("都道府県"),
    "city.postal_code": _("市役所の郵便番号"),
    "city.address": _("市役所の住所"),
    "city.phone": _("市役所の電話"),
    "city.mayor_title": _("市長の職名"),
    "city.mayor_name": _("市長の氏名"),
}
FILLED: dict[str, Message] = {
    "": _("何も書いていない"),
    "min": _("いちばん少ない答え"),
    "max": _("いちばん多い答え"),
}
FAULTY = _("直すところが残っているため、まだ見られません。点検の画面を見てください。")
NO_EXAMPLE = _(
    "見本の答えを作れませんでした。条件や相関チェックが、たがいに矛盾していないか見てください。"
)
