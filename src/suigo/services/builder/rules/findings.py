"""What a good colleague would remark on before a procedure goes out.

None of it forbids publishing: the loader's faults do that. Each finding says where and what else
could be done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from suigo.kernel.language import _, listed
from suigo.services.builder.rules.package import Files, readable
from suigo.services.builder.rules.reading import LONGEST_SENTENCE, reading
from suigo.services.builder.rules.words import Where, label_of, text_of, texts_in

Sort = Literal["habit", "reading", "translation"]

_HANDED_IN = re.compile(r"提出|添付|持参|写し|お持ち|用意|送ってください")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. ``where`` are words for the place, ``quote`` the text it is about."""

    sort: Sort
    where: str
    remark: str
    quote: str = ""
    details: tuple[str, ...] = field(default=())


_HABITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"押印|捺印|なつ印|実印|認印|印鑑|はんこ|ハンコ"), "seal"),
    (re.compile(r"ファクス|ファックス|FAX|ＦＡＸ", re.IGNORECASE), "fax"),
    (re.compile(r"来庁|来所|お越しください|窓口まで|窓口に.{0,6}(提出|持参|お持ち)"), "visit"),
    (re.compile(r"(?:正本|副本|写し).{0,8}[2-9２-９二三]\s*部|[2-9２-９]部提出"), "copies"),
    (re.compile(r"返信用(の)?封筒|切手"), "post"),
)
# Documents whose content the city has itself. That they can be left out: デジタル手続法11条
_HELD = re.compile(
    r"住民票|戸籍(謄本|抄本|全部事項|個人事項)|所得証明|課税証明|非課税証明|納税証明"
    r"|固定資産評価証明|印鑑(登録)?証明"
)


def findings(files: Files) -> list[Finding]:
    """Every remark: habits first, then hard texts, then translations."""
    return [*_habits(files), *_hard_texts(files), *_translations(files)]


def _remark(habit: str) -> str:
    return {
        "seal": _("押印は、法令や条例が求めるときのほかは要りません。求めない書き方にできます。"),
        "fax": _("ファクスを案内しています。オンラインで受け取れば、転記も紙も要りません。"),
        "visit": _("来庁を求めています。オンラインで終わらせられないか、もう一度考えてください。"),
        "copies": _("同じものを何部も求めています。ファイルなら1つで足ります。"),
        "post": _("返信用封筒や切手を求めています。通知はマイページに届けられます。"),
    }[habit]


def _habits(files: Files) -> Iterator[Finding]:
    for name, where, text in japanese(files):
        place = place_in_words(files, name, where)
        for pattern, habit in _HABITS:
            if pattern.search(text):
                yield Finding("habit", place, _remark(habit), text)
        if _HELD.search(text) and _asked_for(files, name, where, text):
            remark = _(
                "市がすでに持っている情報です。本人の同意を得て市が確かめれば、出してもらわずにすみます。"
            )
            yield Finding("habit", place, remark, text)


def _asked_for(files: Files, name: str, where: Where, text: str) -> bool:
    """Whether people are to hand the document in, rather than the text only naming it."""
    if name == "service.yaml" and where and where[0] in {"evidence", "bring"}:
        return True
    here: Any = readable(files, name)
    for part in where:
        if isinstance(here, dict) and here.get("kind") == "file":
            return True
        here = here[part]
    return _HANDED_IN.search(text) is not None


def _hard_texts(files: Files) -> Iterator[Finding]:
    for name, where, text in japanese(files):
        found = reading(text)
        if not found.hard:
            continue
        details = []
        if found.long_sentence:
            details.append(
                _("いちばん長い文が%(now)d字です（目安は%(most)d字まで）。")
                % {"now": found.longest, "most": LONGEST_SENTENCE}
            )
        if found.many_kanji:
            details.append(_("漢字が%(share)d%%です。") % {"share": round(found.kanji * 100)})
        details += [
            _("「%(hard)s」→「%(plain)s」") % {"hard": hard, "plain": plain}
            for hard, plain in found.words
        ]
        remark = _("読みにくい文です。")
        yield Finding("reading", place_in_words(files, name, where), remark, text, tuple(details))


def _translations(files: Files) -> Iterator[Finding]:
    missing: dict[str, list[str]] = {"easy": [], "en": []}
    for name in ("service.yaml", "form.yaml", "workflow.yaml"):
        for where, text in texts_in(readable(files, name)):
            for language, places in missing.items():
                if not text.get(language):
                    places.append(place_in_words(files, name, where))
    names = {"easy": _("やさしい日本語の訳"), "en": _("英語の訳")}
    for language, places in missing.items():
        if places:
            remark = _("%(language)sが%(count)dか所ありません。日本語が代わりに出ます。") % {
                "language": names[language],
                "count": len(places),
            }
            yield Finding("translation", listed(dict.fromkeys(places)), remark)


def japanese(files: Files) -> Iterator[tuple[str, Where, str]]:
    """Every Japanese text that a resident may read: (file, where, text)."""
    for name in sorted(files):
        if name == "checklist.yaml":
            continue
        data = readable(files, name)
        for where, text in texts_in(data):
            yield name, where, text["ja"]
        for key in ("title", "summary", "deadline", "applicant"):
            if isinstance(data.get(key), str):
                yield name, (key,), data[key]
        if name.startswith("letters/"):
            for key in ("paragraphs", "after"):
                for index, text in enumerate(data.get(key) or ()):
                    if isinstance(text, str):
                        yield name, (key, index), text


def place_in_words(files: Files, name: str, where: Where) -> str:
    """Where a text stands, as people call it."""
    data = readable(files, name)
    if name == "form.yaml":
        here: Any = data
        label = ""
        for part in where:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(here, dict) and ("kind" in here or "fields" in here):
                label = label_of(here) if "kind" in here else text_of(here.get("title"))
        return _("質問「%(label)s」") % {"label": label} if label else _("質問")
    if name.startswith("letters/"):
        return _("通知文「%(title)s」") % {"title": text_of(data.get("title")) or name}
    if name == "workflow.yaml":
        return _("流れ")
    names = {
        "title": _("手続の名前"),
        "summary": _("短い説明"),
        "description": _("くわしい説明"),
        "audience": _("対象"),
        "applicant": _("手続を行う人"),
        "deadline": _("期限"),
        "evidence": _("必要な書類"),
        "bring": _("持ち物"),
        "fee": _("手数料"),
    }
    key = str(where[0]) if where else ""
    return names.get(key, _("手続の説明"))
