"""Japanese eras in and out. Inside the system every date is a `datetime.date`; eras exist only at
the edges.

Sources: 元号法 (昭和54年法律第43号) and the rescripts and cabinet orders that changed each era. The
solar calendar was adopted on 明治6年1月1日 (1873-01-01, 明治5年太政官布告第337号); older dates are
refused because their months and days are those of another calendar.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from suigo.kernel.japanese.problems import UnreadableDate, gettext_noop

WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class Era:
    """One era: `start` is its first day, `last_written` the last day written with it in documents.

    Two days belong to both eras in documents of the time: the eras 大正 and 昭和 began on the day
    itself.
    """

    name: str
    letter: str
    year_one: int
    start: date
    last_written: date


ERAS: tuple[Era, ...] = (
    Era("明治", "M", 1868, date(1873, 1, 1), date(1912, 7, 30)),
    Era("大正", "T", 1912, date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", 2019, date(2019, 5, 1), date.max),
)
_BY_NAME = {key: era for era in ERAS for key in (era.name, era.letter, era.name[0])}

_UNREADABLE = gettext_noop("日付として読めません。例: 令和8年11月22日、R8.11.22、2026-11-22")
_NO_SUCH_DAY = gettext_noop("%(year)s%(month)s月%(day)s日という日はありません。")
_ERA_ENDED = gettext_noop("%(era)sは%(last)sまでです。この日は%(suggestion)sです。")
_ERA_NOT_BEGUN = gettext_noop("%(era)sは%(first)sからです。この日は%(suggestion)sです。")
_TOO_OLD = gettext_noop("明治5年以前（旧暦）の日付は入力できません。")
_WRONG_WEEKDAY = gettext_noop("%(date)sは%(weekday)s曜日です。日付か曜日を確かめてください。")

_SEPARATOR = r"[-/.年]"
_ERA_FORM = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])\.?(?P<year>元|\d{1,2})"
    + _SEPARATOR
    + r"(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
)
_WESTERN_FORM = re.compile(
    r"(?P<year>\d{4})" + _SEPARATOR + r"(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
)
_EIGHT_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_WEEKDAY_FORM = re.compile(r"\(?([月火水木金土日])(?:曜日?)?\)?")
_KANJI_NUMBER = re.compile("[〇一二三四五六七八九十]+")
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}


def era_of(day: date) -> Era:
    """The era of a day. Raises UnreadableDate before 1873 (see the module's docstring)."""
    for era in reversed(ERAS):
        if day >= era.start:
            return era
    raise UnreadableDate(_TOO_OLD)


def to_wareki(day: date, *, weekday: bool = False) -> str:
    """令和8年11月22日, with `weekday` 令和8年11月22日（日）; the first year is 元年.

    Raises UnreadableDate before 1873.
    """
    text = f"{wareki_year(day)}{day.month}月{day.day}日"
    return f"{text}（{WEEKDAYS[day.weekday()]}）" if weekday else text


def wareki_year(day: date) -> str:
    """令和8年 for any day of it, 令和元年 for the first year. Raises UnreadableDate before 1873."""
    era = era_of(day)
    return f"{era.name}{_year_name(day.year - era.year_one + 1)}年"


def to_wareki_short(day: date) -> str:
    """R8.11.22, for narrow columns. Raises UnreadableDate before 1873."""
    era = era_of(day)
    return f"{era.letter}{day.year - era.year_one + 1}.{day.month}.{day.day}"


def date_from_parts(*, era: str, year: int, month: int, day: int) -> date:
    """The date for the parts of an era date: era as 令和, 令 or R, year counted from 1.

    Raises UnreadableDate, with the right era in the sentence, when the date lies outside the era
    (昭和64年1月8日, 平成31年5月1日) and when there is no such day.
    """
    found = _BY_NAME.get(era)
    if found is None or year < 1:
        raise UnreadableDate(_UNREADABLE)
    year_label = f"{found.name}{_year_name(year)}年"
    written = _existing_date(found.year_one + year - 1, month, day, year_label=year_label)
    if written < ERAS[0].start:
        raise UnreadableDate(_TOO_OLD)
    if written > found.last_written:
        raise UnreadableDate(
            _ERA_ENDED,
            {
                "era": found.name,
                "last": _within(found, found.last_written),
                "suggestion": to_wareki(written),
            },
        )
    if written < found.start:
        raise UnreadableDate(
            _ERA_NOT_BEGUN,
            {
                "era": found.name,
                "first": to_wareki(found.start),
                "suggestion": to_wareki(written),
            },
        )
    return written


def parse_date(text: str) -> date:
    """Read a date as people write it, in either calendar.

    令和8年11月22日, 令和元年5月1日, 令和八年十一月二十二日, R8.11.22, r8/11/22, 2026-11-22,
    2026年11月22日, 20261122, full-width or half-width, with or without a weekday at the end (which
    must then be right). Raises UnreadableDate with a sentence that says what to type instead.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    plain = _KANJI_NUMBER.sub(_arabic, plain)
    for form in (_ERA_FORM, _WESTERN_FORM, _EIGHT_DIGITS):
        match = form.match(plain)
        if match:
            break
    else:
        raise UnreadableDate(_UNREADABLE)
    month, day = int(match["month"]), int(match["day"])
    if form is _ERA_FORM:
        year = 1 if match["year"] == "元" else int(match["year"])
        found = date_from_parts(era=match["era"], year=year, month=month, day=day)
    else:
        found = _existing_date(int(match["year"]), month, day, year_label=f"{match['year']}年")
    _check_weekday(found, plain[match.end() :])
    return found


def _check_weekday(found: date, rest: str) -> None:
    if not rest:
        return
    match = _WEEKDAY_FORM.fullmatch(rest)
    if not match:
        raise UnreadableDate(_UNREADABLE)
    weekday = WEEKDAYS[found.weekday()]
    if match[1] != weekday:
        shown = f"{found.year}年{found.month}月{found.day}日"
        raise UnreadableDate(_WRONG_WEEKDAY, {"date": shown, "weekday": weekday})


def _existing_date(year: int, month: int, day: int, *, year_label: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableDate(
            _NO_SUCH_DAY, {"year": year_label, "month": str(month), "day": str(day)}
        ) from None


def _within(era: Era, day: date) -> str:
    """A day written with a given era, also on the day that the next era began."""
    return f"{era.name}{_year_name(day.year - era.year_one + 1)}年{day.month}月{day.day}日"


def _year_name(year: int) -> str:
    return "元" if year == 1 else str(year)


def _arabic(match: re.Match[str]) -> str:
    """Kanji numerals up to 九十九 or digit by digit (二〇二六) in arabic digits."""
    text = match[0]
    if "十" not in text:
        return "".join(str(_KANJI_DIGITS[c]) for c in text)
    tens, _, units = text.partition("十")
    if "十" in units or len(tens) > 1 or len(units) > 1:
        return text
    return str(_KANJI_DIGITS.get(tens, 1) * 10 + _KANJI_DIGITS.get(units, 0))
