"""What the engine facts adds to the whole."""

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from suigo.engines.facts.models import Fact
from suigo.engines.facts.queries import held, purpose
from suigo.engines.facts.urls import urlpatterns
from suigo.kernel.manifest import AuditType, Manifest
from suigo.kernel.personal import PersonalData
from suigo.kernel.sealed import SealedRows, Token

VALUES_NEVER = _("情報の中身は記録しません。本人の氏名は、記録から1年後に消します。")

MANIFEST = Manifest(
    id="facts",
    title=_("保存した情報"),
    audience=_("同じことを二度書きたくないすべての人"),
    urls=tuple(urlpatterns),
    audit_types=(
        AuditType(
            "facts.kept",
            _("{actor}が{number}の{count}項目を、次の申請のために保存しました"),
            VALUES_NEVER,
        ),
        AuditType("facts.changed", _("{actor}が保存した情報を変えました"), VALUES_NEVER),
        AuditType(
            "facts.withdrawn", _("{actor}が保存した情報{count}項目を消しました"), VALUES_NEVER
        ),
        AuditType(
            "facts.confirmed",
            _("{number}の決定により、保存した情報{count}項目が確認済みになりました"),
            VALUES_NEVER,
        ),
        AuditType(
            "facts.expired",
            _("期限の過ぎた保存情報{count}項目を消しました"),
            VALUES_NEVER,
            rule=format_lazy(
                _("保存した情報は、最後に確かめた日から{days}日"), days=settings.SUIGO_FACT_DAYS
            ),
        ),
    ),
    django_app="suigo.engines.facts",
    personal=(PersonalData("facts", _("保存した情報"), held),),
    sealed=(
        SealedRows(
            "facts.facts",
            _("保存した情報"),
            Fact,
            tuple(
                Token(column, lambda fact: purpose(fact.holder_id, fact.key))
                for column in ("value", "doubt")
            ),
        ),
    ),
)
