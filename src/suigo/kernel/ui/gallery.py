"""Every component in every state, and example pages of both faces. Not served in production.

The values are invented and fit for no city; the pages are what axe, the reflow test and the eyes of
a reviewer look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from suigo.kernel.access import Actor
from suigo.kernel.ui.emergency import Emergency
from suigo.kernel.ui.navigation import Tab

CLERK = Actor(kind="staff", name="見本 花子", post_titles=("子育て支援課 主任",))
RESIDENT = Actor(kind="resident", name="見本 太郎", email="taro@example.jp")
LONGEST_NAME = "髙﨑 ヴィクトーリア・アレクサンドラ・マリア・デ・ラ・クルス"


@dataclass(frozen=True, slots=True)
class Example:
    """A page of the gallery: its address, title, template, who looks at it, and its data."""

    slug: str
    title: str
    template: str
    actor: Actor
    data: Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of c-summary-list."""

    key: str
    value: str
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of c-timeline."""

    time: str
    text: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """A group of c-filter-panel."""

    title: str
    links: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the example inbox. ``days_left`` counts business days."""

    number: str
    procedure: str
    applicant: str
    state: str
    tone: str
    days_left: int
    assignee: str
    channel: str

    @property
    def is_late(self) -> bool:
        return self.days_left < 0

    @property
    def days_over(self) -> int:
        return -self.days_left


def _tab(title: str, *, current: bool = False, count: int | None = None) -> Tab:
    return Tab(title=title, url="#", current=current, count=count)


def _components() -> dict[str, Any]:
    return {
        "errors": [("name", "氏名を入力してください"), ("birth-day", "31日がない月です")],
        "rows": [
            Row("氏名", LONGEST_NAME, "#name"),
            Row("住所", "〒000-0000\n見本市中央1丁目1番1号\n見本マンション 305号室", "#address"),
            Row("受給者番号", "0000123"),
        ],
        "facts": [("受付", "令和8年11月2日（月）"), ("経路", "Web"), ("手数料", "無料")],
        "trail": [("トップ", "#"), ("子育て", "#"), ("手当をもらうための手続", "")],
        "tabs": [
            _tab("やること", current=True, count=2),
            _tab("申請", count=0),
            _tab("予約"),
            _tab("手紙"),
        ],
        "entries": [
            Entry("11月5日 午前10時12分", "見本 花子 が 確認を始めました", now=True),
            Entry("11月2日 午後8時40分", "見本 太郎 が 申請しました"),
        ],
        "filters": _filters(),
        "emergency": Emergency(
            title="大雨: 川の近くの人は避難してください",
            body="中央地区に避難指示が出ています（これは見本です）。",
            issued_at=datetime(2026, 11, 22, 0, 30, tzinfo=UTC),
            url="#",
        ),
        "letter_pages": ["/static/ui/gallery-letter.svg"],
    }


def _filters() -> list[FilterGroup]:
    return [
        FilterGroup(
            "担当",
            (_tab("自分", current=True, count=12), _tab("課のすべて", count=48)),
        ),
        FilterGroup("期限", (_tab("期限切れ", count=3), _tab("3日以内", count=9))),
        FilterGroup(
            "状態", (_tab("受付", count=14), _tab("確認中", count=20), _tab("補正待ち", count=5))
        ),
    ]


def _inbox() -> dict[str, Any]:
    procedures = ("児童手当 認定請求", "妊娠の届出", "要介護・要支援認定 申請", "通学助成 申請")
    people = ("見本 太郎", "試験 花", LONGEST_NAME, "例示 一郎", "架空 みどり")
    states = (
        ("受付", "waiting"),
        ("確認中", "active"),
        ("補正待ち", "attention"),
        ("決裁", "active"),
    )
    cases = [
        Case(
            number=f"R8-K01-{index:04d}",
            procedure=procedures[index % 4],
            applicant=people[index % 5],
            state=states[index % 4][0],
            tone=states[index % 4][1],
            days_left=index - 3,
            assignee="" if index % 4 == 0 else "見本 花子",
            channel=("Web", "窓口", "郵送")[index % 3],
        )
        for index in range(1, 26)
    ]
    return {"cases": cases, "filters": _filters(), "tabs": _staff_tabs()}


def _staff_tabs() -> list[Tab]:
    return [
        _tab("受信箱", current=True, count=12),
        _tab("決裁", count=3),
        _tab("予約"),
        _tab("入金"),
        _tab("文書"),
        _tab("計画"),
    ]


def _case() -> dict[str, Any]:
    return _components() | {"tabs": _staff_tabs(), "longest_name": LONGEST_NAME}


EXAMPLES = (
    Example("home", "トップページ（公開側）", "gallery/home.html", RESIDENT, dict),
    Example("form", "申請の途中（公開側）", "gallery/form.html", RESIDENT, _components),
    Example("review", "入力の確認（公開側）", "gallery/review.html", RESIDENT, _components),
    Example("public", "部品（公開側）", "gallery/public.html", RESIDENT, _components),
    Example("inbox", "受信箱（職員側）", "gallery/inbox.html", CLERK, _inbox),
    Example("case", "案件（職員側）", "gallery/case.html", CLERK, _case),
    Example("staff", "部品（職員側）", "gallery/staff.html", CLERK, _components),
)


def contents(request: HttpRequest) -> HttpResponse:
    """``/gallery/``: what there is to see."""
    return render(request, "gallery/contents.html", {"examples": EXAMPLES})


def example(request: HttpRequest, example: str) -> HttpResponse:
    """One page of the gallery, seen by an invented resident or clerk."""
    found = next((candidate for candidate in EXAMPLES if candidate.slug == example), None)
    if found is None:
        raise Http404
    request.actor = found.actor  # type: ignore[attr-defined]
    return render(request, found.template, {"example": found} | found.data())
