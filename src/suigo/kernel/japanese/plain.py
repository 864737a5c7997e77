"""Dates and times as the reader of a language expects them. Languages are named as in settings
(`ja-easy`) or as in content (`easy`).

Japanese uses the era; やさしい日本語 the western year and the weekday written out
(出入国在留管理庁・文化庁 「在留支援のためのやさしい日本語ガイドライン」); English the month's name.
Languages without a form of their own get the ISO form, which everybody can read.
"""

from datetime import date, time

from suigo.kernel.japanese.eras import WEEKDAYS, to_wareki

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def date_in_words(day: date, *, language: str = "ja", weekday: bool = False) -> str:
    """令和8年11月22日（日） / 2026年11月22日（日曜日） / Sunday, November 22, 2026 / 2026-11-22."""
    match language:
        case "ja":
            return to_wareki(day, weekday=weekday)
        case "easy" | "ja-easy":
            name = f"（{WEEKDAYS[day.weekday()]}曜日）" if weekday else ""
            return f"{day.year}年{day.month}月{day.day}日{name}"
        case "en":
            name = f"{_DAYS[day.weekday()]}, " if weekday else ""
            return f"{name}{_MONTHS[day.month - 1]} {day.day}, {day.year}"
        case _:
            return day.isoformat()


def time_in_words(moment: time, *, language: str = "ja") -> str:
    """午前9時30分 and 午後1時 in Japanese and plain Japanese (正午 is 午後0時), 9:30 a.m. in
    English, else 09:30.
    """
    half = moment.hour // 12
    hour = moment.hour % 12
    match language:
        case "ja" | "easy" | "ja-easy":
            minutes = f"{moment.minute}分" if moment.minute else ""
            return f"{('午前', '午後')[half]}{hour}時{minutes}"
        case "en":
            return f"{hour or 12}:{moment.minute:02} {('a.m.', 'p.m.')[half]}"
        case _:
            return f"{moment.hour:02}:{moment.minute:02}"
