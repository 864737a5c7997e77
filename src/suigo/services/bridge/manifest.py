"""What the service bridge adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem
from suigo.kernel.sealed import Bytes, SealedRows, Token
from suigo.services.bridge import configuration, policy
from suigo.services.bridge.actions.receiving import PIECE_PURPOSE
from suigo.services.bridge.actions.telling import PURPOSE
from suigo.services.bridge.models import HeldItem, InPiece, OutItem
from suigo.services.bridge.queries import attention_count
from suigo.services.bridge.web import urlpatterns

NOTHING_PERSONAL = _("個人に関する情報を含みません")

MANIFEST = Manifest(
    id="bridge",
    title=_("内と外の橋渡し"),
    audience=_("二つのノードを運用する職員"),
    urls=tuple(urlpatterns),
    capabilities=(Capability(policy.VIEW, _("内と外の橋渡しを見る")),),
    navigation=(
        NavigationItem(
            _("内と外の橋渡し"),
            "bridge",
            "staff",
            capability=policy.VIEW,
            count=attention_count,
            order=895,
        ),
    ),
    audit_types=(
        AuditType(
            "bridge.packed", _("送るもの（{kind}）をパケット{number}番にしました"), NOTHING_PERSONAL
        ),
        AuditType(
            "bridge.received",
            _("もう一方のノードのパケット{number}番（{kind}）を受け取りました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "bridge.set_aside",
            _("受け取れないパケットを取り除きました（理由: {reason}）"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "bridge.held", _("届いたもの（{kind}）をまだ処理できず、保留しました"), NOTHING_PERSONAL
        ),
        AuditType(
            "bridge.released", _("保留していたもの（{kind}）を処理しました"), NOTHING_PERSONAL
        ),
        AuditType(
            "bridge.file_refused",
            _("もう一方のノードから来たファイルを受け入れませんでした"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "bridge.restarted",
            _("{actor}が送る流れを新しくしました（{stream}）"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "bridge.accepted",
            _("{actor}が相手の新しい流れを受け入れました（{stream}）"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "bridge.looked_into",
            _("{actor}が取り除いたパケット{count}件を確認しました"),
            NOTHING_PERSONAL,
        ),
    ),
    checks=(configuration.problems,),
    sealed=(
        SealedRows(
            "bridge.items",
            _("もう一方のノードに送るもの"),
            OutItem,
            (Token("sealed", lambda _row: PURPOSE),),
        ),
        SealedRows(
            "bridge.held",
            _("届いて保留しているもの"),
            HeldItem,
            (Token("sealed", lambda _row: PURPOSE),),
        ),
        SealedRows(
            "bridge.pieces",
            _("届いている途中のファイル"),
            InPiece,
            (Bytes(("sealed",), "key_id", lambda _row, _column: PIECE_PURPOSE),),
        ),
    ),
)
