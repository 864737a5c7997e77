"""What the service intake adds to the whole."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.events import CaseReceived, DraftDiscarded
from suigo.kernel.manifest import AuditType, Capability, Manifest, NavigationItem, Subscription
from suigo.kernel.sealed import Bytes, SealedRows
from suigo.services.intake import policy, subscribers
from suigo.services.intake.actions.vault import PURPOSE
from suigo.services.intake.models import Delivery
from suigo.services.intake.queries import waiting_count
from suigo.services.intake.web.urls import urlpatterns

ERASED_WITH_FILE = _("ファイル名と理由は、届いたファイルを消去するときに消します。")
NOTHING_PERSONAL = _("個人に関する情報を含みません")

MANIFEST = Manifest(
    id="intake",
    title=_("届いた申請の取り込み"),
    audience=_("ほかのサービスや紙で届いた申請を受け付ける職員"),
    measures=("1-1-01",),
    urls=tuple(urlpatterns),
    navigation=(
        NavigationItem(
            _("取り込み"),
            "intake",
            "staff",
            capability=policy.IMPORT,
            count=waiting_count,
            order=20,
        ),
        NavigationItem(
            _("紙の入力"),
            "intake-scans",
            "staff",
            capability=policy.SCAN,
            order=21,
        ),
    ),
    capabilities=(
        Capability(policy.IMPORT, _("ほかのサービスで届いた申請を取り込む")),
        Capability(policy.SCAN, _("紙で届いた申請を読み取って入力する")),
    ),
    audit_types=(
        AuditType(
            "intake.arrived", _("{actor} がファイル「{name}」を受け取りました"), ERASED_WITH_FILE
        ),
        AuditType(
            "intake.started", _("{actor} が「{name}」の取り込みを始めました"), ERASED_WITH_FILE
        ),
        AuditType(
            "intake.imported",
            _("「{name}」から{created}件を受け付けました（取り込み済み{known}件、不備{bad}件）"),
            ERASED_WITH_FILE,
        ),
        AuditType(
            "intake.set_aside",
            _("「{name}」を取り込めないため隔離しました（{reason}）"),
            ERASED_WITH_FILE,
        ),
        AuditType(
            "intake.dismissed",
            _("{actor} が「{name}」を取り込まないことにしました（{reason}）"),
            ERASED_WITH_FILE,
        ),
        AuditType(
            "intake.downloaded", _("{actor} が届いた「{name}」を保存しました"), ERASED_WITH_FILE
        ),
        AuditType(
            "intake.forgotten",
            _("届いたファイルを、保存期間が過ぎたため消去しました"),
            NOTHING_PERSONAL,
            rule=format_lazy(
                _("取り込みのために届いたファイルは、取り込みが終わってから{days}日"),
                days=settings.SUIGO_INTAKE_DAYS,
            ),
        ),
        AuditType("intake.scanned", _("{actor} が紙の申請を読み取りました"), NOTHING_PERSONAL),
        AuditType("intake.sorted", _("{actor} が紙の申請の手続を選びました"), NOTHING_PERSONAL),
        AuditType("intake.typing", _("{actor} が紙の申請の入力を始めました"), NOTHING_PERSONAL),
        AuditType(
            "intake.typing_ended",
            _("紙の申請の入力がやめられ、入力待ちに戻りました"),
            NOTHING_PERSONAL,
        ),
        AuditType(
            "intake.scan_dismissed",
            _("{actor} が紙の申請を取り込まないことにしました（{reason}）"),
            ERASED_WITH_FILE,
        ),
    ),
    subscriptions=(
        Subscription(CaseReceived, subscribers.NOTE_RECEIVED, when=subscribers.from_paper),
        Subscription(DraftDiscarded, subscribers.NOTE_DISCARDED, when=subscribers.from_paper),
    ),
    content_kinds=("imports",),
    sealed=(
        SealedRows(
            "intake.deliveries",
            _("届いたファイル"),
            Delivery,
            (Bytes(("content",), "key_id", lambda _row, _column: PURPOSE),),
        ),
    ),
)
