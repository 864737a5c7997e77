"""要確認の一覧: what the city's reviewers have to look up, on screen, on paper and as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from suigo.engines.cases import policy
from suigo.engines.cases.queries.confirming import DepartmentDoubts, doubts_by_department
from suigo.engines.cases.rules.confirming import Doubt
from suigo.engines.cases.rules.exporting import Encoding, csv_lines
from suigo.kernel.access.web import staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.japanese.amounts import yen
from suigo.kernel.language import _

MARKS: dict[str, Promise] = {
    "verify": gettext_lazy("要確認"),
    "sample": gettext_lazy("サンプル"),
    "to_confirm": gettext_lazy("市に聞くこと"),
}
TOPICS: dict[str, Promise] = {
    "name": gettext_lazy("国の一覧での名前"),
    "law": gettext_lazy("根拠となる法令"),
    "deadline": gettext_lazy("期限の数え方"),
    "fee": gettext_lazy("手数料"),
    "period": gettext_lazy("標準処理期間"),
    "working_period": gettext_lazy("標準処理期間（開庁日で数えます）"),
    "retention": gettext_lazy("保存期間"),
    "form": gettext_lazy("申請の画面"),
    "letter": gettext_lazy("文書の文面"),
    "procedure": gettext_lazy("手続の全体"),
    "open": gettext_lazy("市に聞くこと"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact to confirm, in words."""

    mark: str
    sample: bool
    topic: str
    what: str
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Procedure:
    id: str
    number: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: str
    count: int
    procedures: tuple[Procedure, ...]


@require_GET
@staff_required(policy.REVIEW_CONTENT)
def show(request: HttpRequest) -> HttpResponse:
    """The list, of all departments or of one."""
    every = doubts_by_department(language=get_language() or "ja")
    chosen = request.GET.get("department", "")
    shown = _chosen(every, chosen)
    context = {
        "departments": [_in_words(d) for d in shown],
        "options": [(d.id, d.name, d.count, d.id == chosen) for d in every],
        "department": chosen,
        "total": sum(d.count for d in shown),
        "procedures": sum(len(d.procedures) for d in shown),
    }
    return render(request, "cases/staff/confirming.html", context)


@require_GET
@staff_required(policy.REVIEW_CONTENT)
def export(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV. It holds nothing about persons."""
    encoding: Encoding = "cp932" if request.GET.get("encoding") == "cp932" else "utf-8"
    shown = _chosen(
        doubts_by_department(language=get_language() or "ja"), request.GET.get("department", "")
    )
    header = [
        _("課"),
        _("記号"),
        _("手続"),
        _("印"),
        _("種類"),
        _("内容"),
        _("補足"),
        _("出典"),
        _("確かめた結果"),
    ]
    lines = csv_lines(header, _rows(shown), encoding=encoding, lost_title=_("書き出せなかった文字"))
    charset = "shift_jis" if encoding == "cp932" else "utf-8"
    response = StreamingHttpResponse(lines, content_type=f"text/csv; charset={charset}")
    day = local_date(now()).isoformat()
    response["Content-Disposition"] = f'attachment; filename="to-confirm-{day}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _chosen(every: Sequence[DepartmentDoubts], department: str) -> list[DepartmentDoubts]:
    return [d for d in every if not department or d.id == department]


def _rows(shown: Sequence[DepartmentDoubts]) -> Iterator[list[str]]:
    for department in map(_in_words, shown):
        for procedure in department.procedures:
            for line in procedure.lines:
                yield [
                    department.name,
                    procedure.number,
                    procedure.title,
                    line.mark,
                    line.topic,
                    line.what,
                    line.note,
                    line.source,
                    "",
                ]


def _in_words(department: DepartmentDoubts) -> Department:
    return Department(
        id=department.id,
        name=department.name,
        count=department.count,
        procedures=tuple(
            Procedure(p.id, p.number, p.title, tuple(_line(d) for d in p.doubts))
            for p in department.procedures
        ),
    )


def _line(doubt: Doubt) -> Line:
    return Line(
        mark=str(MARKS[doubt.mark]),
        sample=doubt.mark == "sample",
        topic=str(TOPICS[doubt.topic]),
        what=_what(doubt),
        note=doubt.note,
        source=doubt.source,
    )


def _what(doubt: Doubt) -> str:
    match doubt.topic:
        case "fee":
            return yen(int(doubt.what)) if doubt.what != "0" else _("無料")
        case "period" | "working_period" | "deadline":
            return ngettext("%(days)s日", "%(days)s日", int(doubt.what)) % {"days": doubt.what}
        case "retention":
            return ngettext("%(years)s年", "%(years)s年", int(doubt.what)) % {"years": doubt.what}
        case _:
            return doubt.what
