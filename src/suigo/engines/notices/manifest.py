"""What the engine notices adds to the whole."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.events import RecoveryMoved, SignInCodeIssued, WaysInChanged
from suigo.engines.notices import policy, subscribers
from suigo.engines.notices.library import faults
from suigo.engines.notices.models import BODY_PURPOSE, Message
from suigo.engines.notices.queries import given_up_count, held
from suigo.engines.notices.urls import urlpatterns
from suigo.kernel.manifest import (
    AuditType,
    Capability,
    Manifest,
    NavigationItem,
    Subscription,
)
from suigo.kernel.personal import PersonalData
from suigo.kernel.sealed import SealedRows, Token

MANIFEST = Manifest(
    id="notices",
    title=_("お知らせの送信"),
    audience=_("市からの連絡を受け取る人と、その送信を見守る職員"),
    urls=tuple(urlpatterns),
    capabilities=(Capability(id=policy.VIEW, title=_("お知らせの送信状況を見る・送り直す")),),
    audit_types=(
        AuditType(
            id="notices.forgotten",
            sentence=_("送り終わって時間のたったお知らせ{count}件を消しました"),
            erasure=_("件数だけで、個人の情報はありません。"),
            rule=format_lazy(
                _("お知らせの本文とあて先は、送り終わってから{days}日"),
                days=settings.SUIGO_MESSAGE_DAYS,
            ),
        ),
        AuditType(
            id="notices.sent-again",
            sentence=_("{actor} が {number} のお知らせ（{template}）を送り直しました"),
            erasure=_("受付番号とお知らせの種類だけで、個人の情報はありません。"),
        ),
    ),
    navigation=(
        NavigationItem(
            title=_("お知らせ"),
            url_name="notices",
            face="staff",
            capability=policy.VIEW,
            count=given_up_count,
            order=700,
        ),
    ),
    subscriptions=(
        Subscription(event=SignInCodeIssued, job=subscribers.SEND_SIGN_IN_CODE),
        Subscription(event=WaysInChanged, job=subscribers.TELL_WAYS_IN),
        Subscription(event=RecoveryMoved, job=subscribers.TELL_RECOVERY),
    ),
    content_kinds=("notices",),
    checks=(faults,),
    personal=(PersonalData("messages", _("市からのお知らせ"), held),),
    sealed=(
        SealedRows(
            "notices.bodies",
            _("お知らせの本文"),
            Message,
            (Token("sealed_body", lambda _row: BODY_PURPOSE),),
        ),
    ),
)
