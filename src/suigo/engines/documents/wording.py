"""What residents and clerks read about files."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents.rules.sniffing import Refusal
from suigo.engines.documents.spec import FileKind, Flag
from suigo.kernel.language import listed

KINDS: dict[FileKind, Promise] = {
    "pdf": _("PDF"),
    "image": _("画像（JPEG・PNG・WebP）"),
    "office": _("Word・Excel・PowerPointなどの文書"),
    "text": _("テキスト・CSV"),
    "signature": _("電子署名（.p7s）"),
}

REFUSALS: dict[Refusal, Promise] = {
    "empty": _("ファイルの中身が空です。正しいファイルを選び直してください。"),
    "not_accepted": _("この種類のファイルは受け付けていません。"),
    "program": _(
        "プログラム（実行ファイル）は、名前が変えてあっても受け付けられません。"
        "書類を写真かPDFにして、選び直してください。"
    ),
    "web_page": _("ウェブページやSVGは受け付けられません。"),
    "heic": _(
        "HEIC形式の写真は市役所で開けません。iPhoneでは「設定→カメラ→フォーマット→互換性優先」で"
        "撮り直すか、写真の画面の写し（スクリーンショット）を選んでください。"
    ),
    "old_office": _(
        "古い形式（.doc .xls .ppt）か、パスワードの付いた文書です。"
        "パスワードを外し、docx・xlsx・PDFなどで保存し直して選んでください。"
    ),
    "archive": _(
        "まとめたファイル（ZIPなど）は受け付けられません。中のファイルを1つずつ選んでください。"
    ),
    "unknown": _("ファイルの種類が分かりません。"),
    "broken_pdf": _("PDFが壊れていて開けません。もう一度作り直すか、写真に撮って選んでください。"),
    "broken_image": _("画像が壊れていて開けません。撮り直すか、別の画像を選んでください。"),
    "huge_image": _(
        "画像の縦横の点の数が多すぎます（1億2千万画素まで）。小さくしてから選び直してください。"
    ),
    "broken_office": _("文書が壊れていて開けません。保存し直すか、PDFにして選んでください。"),
    "office_password": _("パスワードの付いた文書です。パスワードを外してから選び直してください。"),
    "office_bomb": _(
        "文書の中身が異常に大きいため、安全のため受け付けられません。PDFにして選び直してください。"
    ),
    "macros": _("マクロの入った文書は受け付けられません。マクロを外すか、PDFにしてください。"),
    "broken_text": _(
        "文字として読めないファイルです。UTF-8かシフトJISで保存し直して選んでください。"
    ),
    "broken_signature": _("電子署名のファイル（.p7s）が壊れています。もう一度作ってください。"),
    "check_failed": _(
        "ファイルの確認に時間がかかりすぎました。小さくするか、PDFや写真にして選び直してください。"
    ),
}

FLAGS: dict[Flag, Promise] = {
    "encrypted": _("パスワード付きのPDFです。中身を確認できていません。"),
    "restricted": _("印刷や複写が制限されたPDFです。"),
    "scripts": _("プログラム（JavaScript）の入ったPDFです。画面の見本で確認してください。"),
    "launches": _("開くと外部へつながる、または別のプログラムを動かすPDFです。"),
    "attachments": _("中に別のファイルが入っています。"),
    "external": _("開くと外部のファイルを読み込む文書です。"),
    "animated": _("動く画像です。見本には最初の1枚だけが表示されます。"),
}

UNSCANNED = _("ウイルス検査が済んでいません。")
INFECTED = _(
    "このファイルからコンピューターウイルスが見つかったため、受け付けられません。"
    "お使いの機器を検査し、別のファイルを選んでください。"
)
INFECTED_LATER = _("受付後の検査でウイルスが見つかったため、このファイルは開けません。")
GONE = _("このファイルは保存期間が過ぎたため、消去されました。")
DAMAGED = _("ファイルの保存に問題が見つかったため、開けません。市役所にご連絡ください。")
NO_PREVIEW = _("見本を表示できません。ファイルを保存して開いてください。")
UNNAMED = _("ファイル")


def accepted_sentence(accept: tuple[FileKind, ...]) -> str:
    """What may be chosen here: 「PDF、画像（JPEG・PNG・WebP）を選び直してください。」"""
    kinds = listed(KINDS[kind] for kind in accept)
    return str(_("%(kinds)sを選び直してください。") % {"kinds": kinds})
