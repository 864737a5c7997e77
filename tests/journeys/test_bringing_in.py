"""What residents sent elsewhere: brought in on the screens, told in words, and never twice."""

import csv
import io
import json
import re
from secrets import token_hex

from playwright.sync_api import FilePayload, Page, expect

from browser import OpenPage, axe_violations, overflow
from journeys.arrivals import CLAIM, claim_package, club_row, club_table
from journeys.hall import Hall

CHIEF = "child-support-chief@example.jp"
LOGO = "見本フォーム 学童保育（LoGoフォーム形式）（サンプル）"
CASES = """
import json
from suigo.engines.cases.models import Case
rows = Case.objects.filter(arrival__source_number__startswith={start!r}).order_by("number")
print(json.dumps([[c.arrival["source_number"], c.procedure_id, c.channel, c.number] for c in rows]))
"""


def cases_from(hall: Hall, start: str) -> list[list[str]]:
    """Number there, procedure, channel and number here of what came in."""
    found: list[list[str]] = json.loads(hall.run(CASES.format(start=start)))
    return found


def good(page: Page) -> None:
    """What every screen has to be."""
    assert axe_violations(page) == []
    assert overflow(page) == 0


def send(page: Page, hall: Hall, way: str, file: FilePayload, *, button: str) -> None:
    """Choose a file in one of the two cards, and send it."""
    page.goto(f"{hall.url}/staff/intake/")
    card = page.get_by_role("region", name=way)
    if "CSV" in way:
        card.get_by_label("取り込み元").select_option(label=LOGO)
    card.locator("input[type=file]").set_input_files(file)
    card.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/staff/intake/[0-9a-f-]{36}/$"))


def test_a_package_that_comes_twice_is_one_case(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(1280, 900)
    hall.enter_staff(page, CHIEF)
    number = f"P-{token_hex(4)}"
    content = claim_package(number)
    package: FilePayload = {
        "name": f"{number}.zip", "mimeType": "application/zip", "buffer": content
    }  # fmt: skip

    send(page, hall, "ぴったりサービス", package, button="取り込む")
    expect(page.get_by_text("1件を新しく受け付けました。")).to_be_visible()
    good(page)
    first = page.get_by_role("region", name="受け付けたもの").get_by_role("row").nth(1)
    expect(first).to_contain_text(number)
    case_number = first.get_by_role("link").inner_text()

    send(page, hall, "ぴったりサービス", package, button="取り込む")
    expect(page.get_by_text("新しい申請はありません。")).to_be_visible()
    expect(page.get_by_text("1件は前に取り込んでいるため、何もしていません。")).to_be_visible()
    expect(page.get_by_text("まったく同じファイルが前にも届いています")).to_be_visible()
    expect(page.get_by_role("link", name=case_number)).to_be_visible()
    good(page)

    assert cases_from(hall, number) == [[number, CLAIM, "import", case_number]]


def test_a_spreadsheet_comes_in_row_by_row_and_what_is_bad_comes_back(
    hall: Hall, page_at: OpenPage
) -> None:
    page = page_at(1280, 900)
    hall.enter_staff(page, CHIEF)
    run = f"L-{token_hex(3)}"
    rows = [
        club_row(f"{run}-1", "一葉"),
        club_row(f"{run}-2", "二葉"),
        club_row(f"{run}-3", "三葉", 学年="中学1年", お子さん生年月日="きのう"),
    ]

    a_needed_column_is_missing(hall, page, rows[:2])
    assert cases_from(hall, run) == []

    send(page, hall, "CSV", csv_file("club.csv", club_table(rows, without="建物名")), **LOOK)
    expect(page.get_by_text("取り込むと、こうなります（まだ取り込んでいません）")).to_be_visible()
    expect(page.get_by_text("対応表にある列が、このファイルにありません")).to_be_visible()
    expect(page.get_by_text("建物名", exact=True)).to_be_visible()
    bad = page.get_by_role("region", name="確かめが必要なもの")
    expect(bad).to_contain_text("「中学1年」は、この項目の選択肢にありません。")
    expect(bad).to_contain_text("お子さん生年月日")
    good(page)
    assert cases_from(hall, run) == []  # a look writes nothing

    page.get_by_role("button", name="2件を取り込む").click()
    expect(page.get_by_text("2件を新しく受け付けました。")).to_be_visible()
    expect(page.get_by_text("1件は取り込めませんでした。")).to_be_visible()
    good(page)
    numbers = [case[3] for case in cases_from(hall, run)]
    assert [case[0] for case in cases_from(hall, run)] == [f"{run}-1", f"{run}-2"]
    in_the_inbox(hall, page, numbers)

    page.go_back()
    mended = mend(page, run)
    send(page, hall, "CSV", csv_file("mended.csv", mended), **LOOK)
    page.get_by_role("button", name="1件を取り込む").click()
    expect(page.get_by_text("1件を新しく受け付けました。")).to_be_visible()
    assert [case[0] for case in cases_from(hall, run)] == [f"{run}-{n}" for n in (1, 2, 3)]

    send(page, hall, "CSV", csv_file("mended.csv", mended), **LOOK)
    expect(page.get_by_text("新しく受け付けられる行はありません。")).to_be_visible()
    expect(page.get_by_text("1件は前に取り込んでいるため、何もしません。")).to_be_visible()
    assert len(cases_from(hall, run)) == 3


def test_the_screens_fit_a_phone(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    hall.enter_staff(page, CHIEF)
    page.goto(f"{hall.url}/staff/intake/")
    good(page)
    rows = [club_row(f"N-{token_hex(3)}-1", "四葉", 学年="中学1年")]
    send(page, hall, "CSV", csv_file("narrow.csv", club_table(rows)), **LOOK)
    expect(page.get_by_text("新しく受け付けられる行はありません。")).to_be_visible()
    good(page)


LOOK = {"button": "内容を確かめる"}


def csv_file(name: str, content: bytes) -> FilePayload:
    """A file as the browser sends it."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def a_needed_column_is_missing(hall: Hall, page: Page, rows: list[dict[str, str]]) -> None:
    """No row can come in without a telephone number, and each says which column it misses."""
    file = csv_file("no-phone.csv", club_table(rows, without="電話番号"))
    send(page, hall, "CSV", file, **LOOK)
    expect(page.get_by_text("対応表にある列が、このファイルにありません")).to_be_visible()
    told = page.get_by_role("region", name="確かめが必要なもの")
    expect(told.get_by_text("列「電話番号」がファイルにありません。")).to_have_count(len(rows))
    expect(page.get_by_text("新しく受け付けられる行はありません。")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("件を取り込む"))).to_have_count(0)
    page.get_by_text("取り込まないことにする").click()
    page.get_by_label("取り込まない理由").fill("電話番号の列を入れて、書き出し直す")
    page.get_by_role("button", name="取り込まない", exact=True).click()
    expect(page.get_by_text("取り込まないことにしました")).to_be_visible()


def in_the_inbox(hall: Hall, page: Page, numbers: list[str]) -> None:
    """Where everything else is, with the way by which it came."""
    page.goto(f"{hall.url}/staff/inbox/?view=all&channel=import")
    for number in numbers:
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=number))
        expect(row).to_contain_text("取込み")
        expect(row).to_contain_text("学童保育")


def mend(page: Page, run: str) -> bytes:
    """Save the bad rows, and write into them what their reasons ask for."""
    with page.expect_download() as saved:
        page.get_by_role("link", name="取り込めない行をCSVで保存（直して取り込み直す）").click()
    content = saved.value.path().read_bytes()
    reader = csv.DictReader(io.StringIO(content.decode("cp932")))
    rows = list(reader)
    assert saved.value.suggested_filename == "mend-club.csv"
    assert [row["受付番号"] for row in rows] == [f"{run}-3"]
    reason = rows[0]["取り込めなかった理由"]
    assert "学年: 「中学1年」は、この項目の選択肢にありません。" in reason
    assert "お子さん生年月日: " in reason
    rows[0] |= {
        "学年": "3年生",
        "お子さん生年月日": rows[0]["お子さん生年月日"].replace("きのう", "2018/4/10"),
    }
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, reader.fieldnames or ())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("cp932")
