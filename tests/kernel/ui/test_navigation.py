from collections.abc import Iterator

import pytest

from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.manifest import NavigationItem
from suigo.kernel.ui import navigation
from suigo.kernel.ui.navigation import Places, Tab

CLERK = Actor(kind="staff", capabilities=frozenset({"cases.read"}))


@pytest.fixture(autouse=True)
def _own_navigation() -> Iterator[None]:
    items, places = navigation.installed()
    navigation.install(
        [
            NavigationItem(title="表示", url_name="display", face="public", order=20),
            NavigationItem(title="見本", url_name="gallery", face="public", order=10),
            NavigationItem(title="ない", url_name="no-such-page", face="public"),
            NavigationItem(
                title="受信箱",
                url_name="gallery",
                face="staff",
                capability="cases.read",
                count=lambda actor: len(actor.capabilities),
            ),
        ],
        Places(search="gallery", privacy="no-such-page"),
    )
    yield
    navigation.install(items, places)


def test_tabs_come_in_order_and_know_where_we_are() -> None:
    assert navigation.tabs(face="public", actor=ANONYMOUS, path="/gallery/form/") == [
        Tab(title="見本", url="/gallery/", current=True, count=None),
        Tab(title="表示", url="/display/", current=False, count=None),
    ]


def test_no_tab_is_current_elsewhere() -> None:
    tabs = navigation.tabs(face="public", actor=ANONYMOUS, path="/")

    assert [tab.current for tab in tabs] == [False, False]


def test_tabs_are_limited_to_what_the_actor_may_do() -> None:
    assert navigation.tabs(face="staff", actor=ANONYMOUS, path="/") == []
    assert navigation.tabs(face="staff", actor=CLERK, path="/") == [
        Tab(title="受信箱", url="/gallery/", current=False, count=1)
    ]


def test_places_without_a_page_are_left_out_and_reported() -> None:
    assert navigation.places() == {"search": "/gallery/"}
    assert navigation.unreachable() == ["no-such-page", "no-such-page"]
