import json

import pytest

from suigo.engines.insight import providers
from suigo.engines.insight.providers import ServiceRef
from suigo.project import measures


@pytest.fixture
def one_service(monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"1-1-01": [ServiceRef("allowance", "手当の申請", works=False)]}
    monkeypatch.setattr(providers, "_provider", lambda: served)


def test_json_is_a_list_of_objects(one_service: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert measures.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": "1-1-01",
            "title": "手当の申請のオンライン化（サンプル）",
            "department": "福祉課",
            "services": ["allowance"],
            "state": "partial",
        },
        {
            "id": "1-1-02",
            "title": "相談の予約（サンプル）",
            "department": "福祉課・総務課（庁内横断的）",
            "services": [],
            "state": "planned",
        },
        {
            "id": "2-1-01",
            "title": "ペーパーレス化（サンプル）",
            "department": "全課",
            "services": [],
            "state": "planned",
        },
    ]


def test_text_has_one_row_per_measure(
    one_service: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measures.main([]) == 0
    shown = capsys.readouterr()
    assert [line.split("\t") for line in shown.out.splitlines()] == [
        ["1-1-01", "partial", "手当の申請のオンライン化（サンプル）", "福祉課", "allowance"],
        ["1-1-02", "planned", "相談の予約（サンプル）", "福祉課・総務課（庁内横断的）", "-"],
        ["2-1-01", "planned", "ペーパーレス化（サンプル）", "全課", "-"],
    ]
    assert shown.err == "3: working 0, partial 1, planned 2\n"
