"""Finding the product's sentences, keeping their translations, saying what is wrong with them."""

import argparse
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import LazySettings

from suigo.project.cli import messages
from suigo.project.cli.messages import EASY, merge, problems
from suigo.project.cli.sentences import (
    SOURCE,
    Readers,
    Sentence,
    sentences_of_python,
    sentences_of_template,
)

CHECK = argparse.Namespace(check=True)
UPDATE = argparse.Namespace(check=False)
# words of respect and of the office that やさしい日本語 does without
HARD = re.compile(
    r"いただ|ございま|お手数|申し上げ|なさ|ご確認|ご連絡|ご覧|お試し|お送り|ご利用|～"
)
LONGEST_SENTENCE = 60  # characters without the explanations in 〈 〉 and the examples in brackets


def of_python(source: str) -> list[Sentence]:
    return list(sentences_of_python(source, place="a.py"))


def of_template(source: str) -> list[str | tuple[str, ...]]:
    return [found.id for found in sentences_of_template(source, place="a.html")]


def catalogue(language: str = "en", **translations: str) -> Catalog:
    """A catalogue in which the sentence 〈n〉 of `TEMPLATE` has a translation."""
    known = Catalog(locale="en")
    for sentence, translation in translations.items():
        known.add(sentence, translation)
    return merge(known, known, language=language)


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def faults(msgid: str | tuple[str, str], msgstr: str | tuple[str, ...]) -> list[str]:
    known = Catalog(locale="en")
    known.add(msgid, msgstr, locations=[("engines/forms/rules/checking.py", 0)])
    return list(problems(merge(known, known, language="en"), language="en"))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("氏名")', [Sentence("氏名", None, "a.py")]),
        ('_("長い"\n  "文")', [Sentence("長い文", None, "a.py")]),
        ("x = f\"<p>{_('中の文')}</p>\"", [Sentence("中の文", None, "a.py")]),
        ('translation.gettext_lazy("後で")', [Sentence("後で", None, "a.py")]),
        ('gettext_noop("印だけ")', [Sentence("印だけ", None, "a.py")]),
        ('ngettext("%(n)d件", "%(n)d件", n)', [Sentence(("%(n)d件", "%(n)d件"), None, "a.py")]),
        ('pgettext("欄", "名")', [Sentence("名", "欄", "a.py")]),
        ("_(problem.msgid)", []),
        ('print("訳さない")', []),
    ],
)
def test_sentences_of_a_module(source: str, found: list[Sentence]) -> None:
    assert of_python(source) == found


@pytest.mark.parametrize("source", ['_(f"{name}さん")', '_("こんにちは" + name)'])
def test_a_sentence_put_together_at_run_time_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"a\.py:1: only a plain text can be translated"):
        of_python(source)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "氏名" %}', ["氏名"]),
        ('<c-field label="{% translate \'氏名\' %}" for="name">', ["氏名"]),
        (
            '<c-notice title="{% blocktranslate %}あと{{ n }}日{% endblocktranslate %}" />',
            ["あと%(n)s日"],
        ),
        (
            "{% blocktranslate trimmed %}\n  一行に\n  する\n{% endblocktranslate %}",
            ["一行に する"],
        ),
        (
            "{% blocktranslate count n=n %}{{ n }}件{% plural %}{{ n }}件{% endblocktranslate %}",
            [("%(n)s件", "%(n)s件")],
        ),
        ('{{ name|default:_("なし") }}', ["なし"]),
        ("<p>訳さない</p>", []),
    ],
)
def test_sentences_of_a_template(source: str, found: list[str | tuple[str, ...]]) -> None:
    assert of_template(source) == found


def test_merging_keeps_what_is_translated_and_drops_what_is_gone() -> None:
    known = catalogue(氏名="Name", 古い文="Old")
    template = Catalog()
    template.add("氏名", locations=[("b.py", 0), ("a.py", 0)])
    template.add("新しい文")

    merged = merge(template, known, language="en")

    assert {m.id: m.string for m in merged if m.id} == {"氏名": "Name", "新しい文": ""}


@pytest.mark.parametrize(
    ("msgid", "msgstr", "start"),
    [
        ("氏名", "", "未翻訳"),
        ("%(max)d文字まで", "Up to %(most)d characters", "差し込み"),
        ("%(max)d文字まで", "Up to many characters", "差し込み"),
        ("あと{n}文字", "{m} characters left", "差し込み"),
        ('<a href="%(url)s">ここ</a>', '<b href="%(url)s">here</b>', "タグ"),
        ("%(max)d文字まで", "%(max)d characters, 100% of them", "「%」"),
        (("%(n)s件", "%(n)s件"), ("%(n)s case", ""), "未翻訳"),
        (("%(n)s件", "%(n)s件"), ("%(n)s case", "cases"), "差し込み"),
    ],
)
def test_what_is_wrong_with_a_translation(
    msgid: str | tuple[str, str], msgstr: str | tuple[str, ...], start: str
) -> None:
    found = faults(msgid, msgstr)

    assert len(found) == 1
    assert found[0].startswith(start)


def test_an_uncertain_translation_does_not_count() -> None:
    known = Catalog(locale="en")
    known.add("氏名", "Name?", flags=["fuzzy"])

    merged = merge(known, known, language="en")

    assert list(problems(merged, language="en")) == ["不確か / fuzzy: 氏名"]


def test_right_translations_pass() -> None:
    assert faults("%(max)d文字まで", "Up to %(max)d characters") == []
    assert faults("100%", "100%") == []


def test_easy_japanese_is_needed_only_where_residents_read() -> None:
    template = Catalog()
    template.add("職員だけ", locations=[("engines/cases/web/inbox.py", 0)])
    template.add("どちらも", locations=[("engines/cases/web/inbox.py", 0), ("kernel/errors.py", 0)])

    merged = merge(template, template, language=EASY)

    assert list(problems(merged, language=EASY)) == [
        "未翻訳 / not translated: どちらも  (engines/cases/web/inbox.py)"
    ]
    assert len(list(problems(merged, language="en"))) == 2


def test_templates_tell_themselves_who_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "engines" / "x" / "templates" / "x"
    folder.mkdir(parents=True)
    for name, text in {
        "inbox.html": '{% extends "ui/staff.html" %}{% include "x/both.html" %}',
        "detail.html": '{% extends "x/inbox.html" %}',
        "row.html": "{% include 'x/row.html' %}",
        "list.html": '{% extends "ui/staff.html" %}{% include "x/part.html" %}',
        "part.html": "<p></p>",
        "my.html": '{% extends "ui/public.html" %}{% include "x/both.html" %}',
        "both.html": "<p></p>",
        "alone.html": "<p></p>",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    readers = Readers(tmp_path)

    only_staff = {
        path.stem for path in folder.iterdir() if readers.only_staff(f"x/templates/x/{path.name}")
    }

    assert only_staff == {"inbox", "detail", "list", "part"}


def test_what_is_listed_as_behind_the_counter_exists() -> None:
    from suigo.project.cli.sentences import BEHIND_THE_COUNTER  # noqa: PLC0415

    assert [place for place in BEHIND_THE_COUNTER if not any(SOURCE.glob(place))] == []


def test_the_catalogues_are_complete_and_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    code = messages.update_catalogues(CHECK)

    assert (code, capsys.readouterr().out) == (0, "")


def test_updating_twice_writes_the_same_and_nothing_of_this_machine(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name in ("first", "second"):
        settings.LOCALE_PATHS = [tmp_path / name]
        messages.update_catalogues(UPDATE)
        settings.LOCALE_PATHS = [tmp_path / name]
        messages.update_catalogues(UPDATE)
        written.append(
            {p.name: p.read_bytes() for p in sorted((tmp_path / name).rglob("django.*"))}
        )

    assert written[0] == written[1]
    header = written[0]["django.po"].decode().partition("#:")[0]
    assert re.findall(r"\d{4}|[A-Z][a-z]+-Date|Babel", header) == []
    assert str(tmp_path) not in written[0]["django.po"].decode()


def test_old_catalogues_are_noticed(tmp_path: Path, settings: LazySettings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    messages.update_catalogues(UPDATE)
    place = tmp_path / "en" / "LC_MESSAGES"
    fresh = messages.read(place / "django.po", "en")
    edited = merge(fresh, fresh, language="en")
    edited["ログイン"].string = "Sign in"
    longer = merge(fresh, fresh, language="en")
    longer.add("新しい文")
    hint = "が古い / is out of date: ./suigo messages を実行 / run it"

    assert list(messages.outdated(place, fresh, merge(fresh, fresh, language="en"))) == []
    assert list(messages.outdated(place, edited, edited)) == [f"django.mo {hint}"]
    assert list(messages.outdated(place, fresh, longer)) == [f"django.po {hint}"]
    assert list(messages.outdated(tmp_path, fresh, fresh)) == [f"django.mo {hint}"]


def test_easy_japanese_is_easy() -> None:
    """Short sentences with spaces between the phrases, and without words of respect (出入国在留
    管理庁・文化庁「在留支援のためのやさしい日本語ガイドライン」).
    """
    folder = SOURCE / "locale" / "ja_Easy" / "LC_MESSAGES"
    hard: list[str] = []
    for message in messages.read(folder / "django.po", EASY):
        for text in _texts(message.string) if message.id else ():
            plain = re.sub(r"〈[^〉]*〉|（[^）]*）|「[^」]*」|<[^>]+>", "", text)
            sentences = [part for part in plain.split("。") if part.strip()]
            too_long = any(len(s.strip()) > LONGEST_SENTENCE for s in sentences)
            crowded = any("。" in text and len(s) > 12 and " " not in s for s in sentences)
            if too_long or crowded or HARD.search(text):
                hard.append(text)
    assert hard == []
