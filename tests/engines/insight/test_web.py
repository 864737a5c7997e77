import html
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from suigo.engines.insight import providers, queries
from suigo.engines.insight.providers import ServiceRef, Services
from suigo.kernel.errors import NotFound

pytestmark = pytest.mark.django_db

SERVED: Services = {
    "1-1-01": [ServiceRef("allowance", "手当の申請", "/procedures/allowance/", works=True)],
    "1-1-02": [ServiceRef("talk", "相談メモ", None)],
}


@pytest.fixture
def served() -> Iterator[None]:
    source = providers._provider
    providers.use(lambda: SERVED)
    yield
    providers.use(source)


@pytest.fixture
def unserved() -> Iterator[None]:
    source = providers._provider
    providers.use(dict)
    yield
    providers.use(source)


def rows_of(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return [
        row.entry.measure.id
        for group in response.context["policies"]
        for part in group.sections
        for row in part.rows
    ]


@pytest.mark.parametrize(
    ("address", "measures"),
    [
        ("/plan/", ["1-1-01", "1-1-02", "2-1-01"]),
        ("/plan/?policy=2", ["2-1-01"]),
        ("/plan/?department=general-affairs", ["1-1-02", "2-1-01"]),
        ("/plan/?state=working", ["1-1-01"]),
        ("/plan/?state=partial&policy=1", ["1-1-02"]),
        ("/plan/?state=planned&policy=1", []),
        ("/plan/?policy=99&department=nobody&state=later", ["1-1-01", "1-1-02", "2-1-01"]),
    ],
)
def test_filters_choose_measures(
    client: Client, served: None, address: str, measures: list[str]
) -> None:
    assert rows_of(client, address) == measures


def test_the_plan_shows_measures_departments_states_and_services(
    client: Client, served: None
) -> None:
    page = client.get("/plan/").content.decode()
    assert "見本市DX計画（サンプル）" in page
    assert "福祉課・総務課（庁内横断的）" in page
    assert "全課" in page
    assert '<a href="/procedures/allowance/">手当の申請</a>' in page
    assert "<li>相談メモ</li>" in page
    assert 'colspan="2" aria-colspan="2"' in page
    assert "style=" not in page


def test_nothing_chosen_is_said_and_can_be_undone(client: Client, served: None) -> None:
    page = client.get("/plan/?state=planned&policy=1").content.decode()
    assert "当てはまる取組はありません" in page
    assert 'href="/plan/"' in page


def test_chosen_filters_stay_chosen(client: Client, served: None) -> None:
    page = client.get("/plan/?policy=2&department=welfare&state=planned").content.decode()
    for value in ("2", "welfare", "planned"):
        assert f'<option value="{value}" selected>' in page


def test_without_services_everything_is_being_prepared(client: Client, unserved: None) -> None:
    counts = client.get("/plan/").context["counts"]
    assert (counts.working, counts.partial, counts.planned) == (0, 0, 3)


def test_a_measure_has_its_own_page(client: Client, served: None) -> None:
    page = client.get("/plan/1-1-01/").content.decode()
    assert "<h1>手当の申請（サンプル）</h1>" in page
    assert "申請し、補正し、結果を受け取れる（サンプル）。" in page
    assert "手当の申請のオンライン化（サンプル）" in page
    assert "令和9年度から令和10年度" in page
    assert 'href="/plan/1-1-02/"' in page
    assert "要確認" not in page


def test_what_could_not_be_read_for_certain_is_marked(client: Client) -> None:
    page = client.get("/plan/2-1-01/").content.decode()
    assert "要確認" in page
    assert "まだサービスはありません" in page


def test_an_unknown_measure_is_not_found(client: Client) -> None:
    assert client.get("/plan/9-9-99/").status_code == 404


@pytest.mark.parametrize("address", ["/plan/", "/plan/?policy=2", "/plan/1-1-01/"])
def test_pages_of_the_plan_ask_the_database_nothing(
    client: Client, address: str, django_assert_num_queries: object
) -> None:
    client.get(address)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get(address).status_code == 200


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post("/plan/").status_code == 405


@pytest.mark.parametrize("page", ["privacy", "accessibility"])
@pytest.mark.parametrize("language", ["ja", "ja-easy", "en"])
def test_what_the_city_says_about_itself(page: str, language: str) -> None:
    client = Client(headers={"accept-language": language})
    with translation.override(language):
        response = client.get(f"/{page}/")
        about = queries.information(page)
        assert response.status_code == 200
        text = html.unescape(response.content.decode())
        assert all(str(section.text) in text for section in about.sections)
        assert "data-sample" in text or "mark--sample" in text


def test_a_page_that_the_city_has_not_written() -> None:
    with pytest.raises(NotFound):
        queries.information("imprint")
