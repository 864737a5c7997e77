"""What the engine documents adds to the whole."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import providers
from suigo.engines.documents.models import Blob
from suigo.engines.documents.web import urlpatterns
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import Bytes, SealedRows

_KEPT = _("ファイル名は消去時に消えます。SHA-256は何が消えたかの証明として残ります。")


def scanner_faults() -> list[str]:
    """Whether files are scanned for malware, and by something real."""
    address = settings.SUIGO_SCANNER
    if not address:
        return ["SUIGO_SCANNER is not set: files are accepted without a malware scan"]
    try:
        scanner = providers.scanner_at(address)
    except providers.UnknownScanner as unknown:
        return [str(unknown)]
    return scanner.check_config() if scanner is not None else []


MANIFEST = Manifest(
    id="documents",
    title=_("文書・ファイル"),
    audience=_("ファイルを添付する人と、市の文書を受け取る人"),
    urls=tuple(urlpatterns),
    capabilities=(Capability("documents.purge", _("保存期間の過ぎた文書の消去記録を見る")),),
    navigation=(
        NavigationItem(
            title=_("文書の消去記録"),
            url_name="documents-purges",
            face="staff",
            capability="documents.purge",
            order=900,
        ),
    ),
    audit_types=(
        AuditType(
            "file.stored", _("{actor} がファイル「{name}」（{size}バイト）を送りました"), _KEPT
        ),
        AuditType(
            "file.carried",
            _("もう一方のノードからファイル（{size}バイト）を受け取りました"),
            _KEPT,
        ),
        AuditType("file.opened", _("{actor} がファイルを開きました"), _KEPT),
        AuditType("file.claimed", _("{actor} がログインし、ファイルを引き継ぎました"), _KEPT),
        AuditType(
            "file.handed_over", _("{actor} が代理で送ったファイルを、本人に渡しました"), _KEPT
        ),
        AuditType("file.removed", _("{actor} が送ったファイルを取り消しました"), _KEPT),
        AuditType("file.retention_set", _("{actor} が保存期間を {date} までとしました"), _KEPT),
        AuditType(
            "file.refused_infected",
            _("{actor} が送ったファイルからウイルス（{found}）が見つかり、受け付けませんでした"),
            _("ファイルは保存されず、氏名は含みません。"),
        ),
        AuditType(
            "file.found_infected",
            _("受付後の検査でファイルからウイルス（{found}）が見つかり、開けなくしました"),
            _KEPT,
        ),
        AuditType(
            "file.purged",
            _("保存期間（{date} まで）が過ぎたファイルを消去しました"),
            _KEPT,
            rule=_(
                "ファイルと市の文書は、付いていた申請の保存期間（申請されなければ下書きの期間）"
            ),
        ),
        AuditType("letter.issued", _("{actor} が文書「{name}」を発行しました"), _KEPT),
        AuditType(
            "documents.purged",
            _("保存期間の過ぎたファイル {files} 件を消去しました（保留 {held_back} 件）"),
            _("個人に関する値は含みません。"),
        ),
    ),
    checks=(scanner_faults,),
    sealed=(
        SealedRows(
            "documents.keys",
            _("ファイルの鍵"),
            Blob,
            (
                Bytes(
                    ("wrapped_key",),
                    "key_id",
                    lambda blob, _column: f"documents.blob:{blob.address}",
                ),
            ),
        ),
    ),
)
