"""What the service mydata adds to the whole."""

from django.utils.translation import gettext_lazy as _

from suigo.kernel.manifest import AuditType, Manifest
from suigo.services.mydata.web import urlpatterns

NOTHING_INSIDE = _("中身は記録しません。本人の氏名は、記録から1年後に消します。")

MANIFEST = Manifest(
    id="mydata",
    title=_("わたしの情報の持ち出し"),
    audience=_("市が持っている自分の情報を受け取りたい人"),
    urls=tuple(urlpatterns),
    audit_types=(
        AuditType(
            "mydata.asked", _("{actor}が、自分の情報をまとめるよう求めました"), NOTHING_INSIDE
        ),
        AuditType("mydata.made", _("求められた情報をまとめました（{size}バイト）"), NOTHING_INSIDE),
        AuditType(
            "mydata.given", _("{actor}が、まとめた自分の情報を受け取りました"), NOTHING_INSIDE
        ),
        AuditType(
            "mydata.forgotten",
            _("まとめた情報の記録{count}件を消しました"),
            _("個人に関する情報を含みません"),
            rule=_("持ち出しの記録は、求めた日から30日"),
        ),
    ),
)
