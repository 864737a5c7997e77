"""What other services would send to the first city: invented people in the mappings' layouts."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

from PIL import Image

from reliability.product import ROOT
from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import compile_form
from suigo.engines.forms.rules.compiling import CompiledForm
from suigo.engines.forms.rules.examples import Material, example_answers
from suigo.kernel.clock import local_date, now
from suigo.services.intake.library import load_library
from suigo.services.intake.samples import cells_of, package_file

CITY = ROOT / "cities" / "itako"
CITY_CODE = "082236"
CLAIM = "k01-child-allowance-claim"


@cache
def form_of(procedure_id: str) -> CompiledForm:
    """A form of the first city, whatever city the tests themselves run with."""
    found = {spec.id: spec.form for spec in load_specs(CITY, known=None)}
    return compile_form(found[procedure_id])


def claim_package(number: str) -> bytes:
    """A claim for child allowance as the portal would send it, with a picture of the bank book."""
    mapping = load_library(CITY).packages[CLAIM]
    sealed = Material(seal=lambda digits: digits)
    answers = example_answers(
        form_of(CLAIM), today=local_date(now()), seed=3, material=sealed, maximal=False
    )
    cells = cells_of(mapping, form_of(CLAIM), answers)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    return package_file(
        mapping,
        cells,
        number=number,
        city_code=CITY_CODE,
        moment=now() - timedelta(hours=1),
        attachments={"01_通帳.png": picture.getvalue()},
    )


def club_row(number: str, name: str, **changes: str) -> dict[str, str]:
    """One application for the after-school club, as the form service writes it."""
    today = local_date(now())
    row = {
        "受付番号": number,
        "回答日時": f"{now() + timedelta(hours=8):%Y/%m/%d %H:%M:%S}",  # an hour ago, in Japan
        "保護者氏名": f"見本　{name}",
        "保護者フリガナ": "ミホン　テスト",
        "保護者生年月日": "平成2年4月1日",
        "郵便番号": "311-2424",
        "都道府県": "茨城県",
        "市区町村": "潮来市",
        "町名": "潮来",
        "番地": "999-1",
        "建物名": "",
        "電話番号": "0299-00-0001",
        "メールアドレス": "",
        "お子さん氏名": "見本　さくら",
        "お子さんフリガナ": "ミホン　サクラ",
        "お子さん生年月日": f"{today.year - 8}年4月10日",
        "小学校": "見本小学校",
        "学年": "2年生",
        "気をつけることの有無": "いいえ",
        "気をつけること": "",
        "使い方": "一年を通して",
        "利用開始日": f"{today + timedelta(days=60):%Y/%m/%d}",
        "曜日": "月;水;金",
        "お迎え": "18時",
        "きょうだいの申込み": "いいえ",
        "保護者1 氏名": f"見本　{name}",
        "保護者1 フリガナ": "ミホン　テスト",
        "保護者1 理由": "働いている",
        "保護者1 勤務先・学校": "見本商店",
        "保護者1 月の時間": "120",
        "保護者1 電話番号": "0299-00-0002",
        "緊急連絡先": "見本　祖母　0299-00-0003",
        "学校との連絡": "同意する",
        "申込内容の確認": "同意する",
    }
    assert changes.keys() <= row.keys()
    return row | changes


def club_table(rows: Sequence[Mapping[str, str]], *, without: str = "") -> bytes:
    """Those rows as a spreadsheet in the encoding of old programs."""
    header = [name for name in rows[0] if name != without]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("cp932")
