"""Files as other services would send them. Everything is invented, and made by code."""

import csv
import io
from collections.abc import Sequence

HEADER = (
    "受付番号", "回答日時", "氏名", "フリガナ", "生年月日", "郵便番号", "都道府県", "市区町村",
    "町名", "番地", "建物名", "電話番号", "メールアドレス", "市外在住の通勤・通学", "通勤・通学先",
    "受取館", "借りたいもの", "冊数", "大活字の案内", "要望", "利用規則",
)  # fmt: skip
ROW = (
    "L-0001", "2026/11/20 09:30:00", "見本　太郎", "ミホン　タロウ", "平成2年4月1日", "999-8531",
    "見本県", "みほん市", "川辺町", "1-2", "", "0299-00-0001", "taro@example.jp", "いいえ", "",
    "中央", "本;音楽・映像", "5冊", "いいえ", "", "同意する",
)  # fmt: skip


def row(**changes: str) -> tuple[str, ...]:
    """A good row with some of its cells changed."""
    cells = dict(zip(HEADER, ROW, strict=True)) | changes
    return tuple(cells[name] for name in HEADER)


def table(*rows: Sequence[str], header: Sequence[str] = HEADER, encoding: str = "cp932") -> bytes:
    """A spreadsheet of these rows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def without(column: str, *rows: Sequence[str]) -> bytes:
    """A spreadsheet in which a column is missing."""
    place = HEADER.index(column)
    return table(
        *[[*r[:place], *r[place + 1 :]] for r in rows],
        header=[*HEADER[:place], *HEADER[place + 1 :]],
    )
