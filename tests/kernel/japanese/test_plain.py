from datetime import date, time

import pytest

from suigo.kernel.japanese.plain import date_in_words, time_in_words

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "plain", "with_weekday"),
    [
        ("ja", "令和8年11月22日", "令和8年11月22日（日）"),
        ("easy", "2026年11月22日", "2026年11月22日（日曜日）"),
        ("en", "November 22, 2026", "Sunday, November 22, 2026"),
        ("vi", "2026-11-22", "2026-11-22"),
    ],
)
def test_dates_as_readers_expect_them(language: str, plain: str, with_weekday: str) -> None:
    assert date_in_words(DAY, language=language) == plain
    assert date_in_words(DAY, language=language, weekday=True) == with_weekday


@pytest.mark.parametrize(
    ("moment", "japanese", "english", "other"),
    [
        (time(9, 30), "午前9時30分", "9:30 a.m.", "09:30"),
        (time(13), "午後1時", "1:00 p.m.", "13:00"),
        (time(0, 5), "午前0時5分", "12:05 a.m.", "00:05"),
        (time(12), "午後0時", "12:00 p.m.", "12:00"),
    ],
)
def test_times(moment: time, japanese: str, english: str, other: str) -> None:
    assert time_in_words(moment) == japanese
    assert time_in_words(moment, language="en") == english
    assert time_in_words(moment, language="pt") == other
