"""Everyday words, and the procedure that people mean by them: among the first three shown."""

from pathlib import Path

import pytest
from django.test import override_settings

from suigo.engines.cases.queries.catalog import search_catalog
from suigo.kernel.clock import local_date, now

ITAKO = Path(__file__).parents[2] / "cities" / "itako"
ALLOWANCE = "k01-child-allowance-claim"
PREGNANCY = "k15-pregnancy-notification"
CARE = "c01-care-need-certification"
DAMAGE = "d01-disaster-damage-certificate"
COMMUTING = "x02-commuting-subsidy"

QUERIES = [
    ("児童手当", ALLOWANCE),
    ("じどうてあて", ALLOWANCE),
    ("ジドウテアテ", ALLOWANCE),
    ("ｼﾞﾄﾞｳﾃｱﾃ", ALLOWANCE),  # half-width
    ("こどもてあて", ALLOWANCE),
    ("子供手当", ALLOWANCE),
    ("子どもの手当", ALLOWANCE),
    ("こどものおかね", ALLOWANCE),
    ("子どもの お金", ALLOWANCE),  # plain Japanese
    ("赤ちゃんが生まれた", ALLOWANCE),
    ("子供がうまれたらもらえるお金", ALLOWANCE),
    ("児童手宛", ALLOWANCE),  # misspelt
    ("じどうてわて", ALLOWANCE),
    ("児童 手当 はじめて", ALLOWANCE),
    ("認定請求", ALLOWANCE),
    ("child allowance", ALLOWANCE),
    ("ＣＨＩＬＤ ＡＬＬＯＷＡＮＣＥ", ALLOWANCE),
    ("child alowance", ALLOWANCE),
    ("jidou teate", ALLOWANCE),
    ("K01", ALLOWANCE),
    ("妊娠", PREGNANCY),
    ("にんしん", PREGNANCY),
    ("妊娠した", PREGNANCY),
    ("妊娠の 届け", PREGNANCY),
    ("赤ちゃんができた", PREGNANCY),
    ("おめでた", PREGNANCY),
    ("母子手帳", PREGNANCY),
    ("ぼしてちょう", PREGNANCY),
    ("母子手帖", PREGNANCY),
    ("妊振届", PREGNANCY),
    ("ﾆﾝｼﾝ", PREGNANCY),
    ("マタニティ", PREGNANCY),
    ("pregnancy", PREGNANCY),
    ("pregnent", PREGNANCY),
    ("ninshin", PREGNANCY),
    ("介護", CARE),
    ("かいご", CARE),
    ("ｶｲｺﾞ", CARE),
    ("介護認定", CARE),
    ("ようかいご", CARE),
    ("かいごにんてい", CARE),
    ("親の介護が必要になった", CARE),
    ("お年寄りの世話", CARE),
    ("ヘルパー", CARE),
    ("認知症", CARE),
    ("ねたきり", CARE),
    ("介語認定", CARE),
    ("nursing care", CARE),
    ("long-term care", CARE),
    ("kaigo", CARE),
    ("罹災証明", DAMAGE),
    ("り災証明", DAMAGE),
    ("りさいしょうめい", DAMAGE),
    ("被災証明", DAMAGE),
    ("台風で屋根が壊れた", DAMAGE),
    ("家が こわれた", DAMAGE),
    ("床上浸水", DAMAGE),
    ("洪水", DAMAGE),
    ("地震", DAMAGE),
    ("雨漏り", DAMAGE),
    ("disaster certificate", DAMAGE),
    ("earthquake", DAMAGE),
    ("risai", DAMAGE),
    ("通勤定期", COMMUTING),
    ("つうがく", COMMUTING),
    ("定期代", COMMUTING),
    ("ていきけん", COMMUTING),
    ("高速バス", COMMUTING),
    ("東京に通う", COMMUTING),
    ("電車の お金", COMMUTING),
    ("commuting", COMMUTING),
    ("comuting", COMMUTING),
    ("train pass tokyo", COMMUTING),
]


@pytest.mark.parametrize(("words", "meant"), QUERIES)
def test_the_procedure_meant_is_among_the_first_three(words: str, meant: str) -> None:
    with override_settings(SUIGO_CITY=ITAKO):
        found = search_catalog(words, language="ja", today=local_date(now()))
    shown = [entry.id for entry in (found.entries or found.near)][:3]
    assert meant in shown


def test_there_are_enough_queries_and_none_twice() -> None:
    assert len({words for words, _meant in QUERIES}) == len(QUERIES)
    assert len(QUERIES) >= 60
