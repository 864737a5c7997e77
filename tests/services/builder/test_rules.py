"""The pure rules of the builder: packages, questions, conditions, differences, remarks."""

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.cases.providers import Published
from suigo.engines.cases.spec import WorkflowSpec
from suigo.kernel.content import load
from suigo.services.builder.rules import checks, fields, questions, renaming, starting
from suigo.services.builder.rules.conditions import Chosen, chosen, expression_of, ready_for
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.rules.estimating import estimate
from suigo.services.builder.rules.findings import findings
from suigo.services.builder.rules.lines import BadLine, fields_of
from suigo.services.builder.rules.package import (
    BadPackage,
    dumped,
    parsed,
    replaced,
    unzipped,
    zipped,
)
from suigo.services.builder.rules.reading import reading
from suigo.services.builder.rules.timeline import Entry, in_force
from suigo.services.builder.rules.touching import Touching

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(p.parent for p in ROOT.glob("cities/*/services/*/service.yaml"))


def files_in(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*.yaml")
    }


DOG: dict[str, Any] = {
    "pages": [
        {
            "id": "dog",
            "title": {"ja": "犬"},
            "fields": [
                {"kind": "yes_no", "id": "chip", "label": {"ja": "チップ"}},
                {"kind": "number", "id": "age", "label": {"ja": "年"}},
                {
                    "kind": "choice",
                    "id": "sex",
                    "label": {"ja": "性別"},
                    "options": [{"id": "male", "label": {"ja": "オス"}}],
                },
                {"kind": "text", "id": "code", "label": {"ja": "番号"}, "show_when": "chip"},
            ],
        }
    ],
    "checks": [{"id": "old", "when": "age > 30", "field": "age", "message": {"ja": "長生き"}}],
}
FILES = {
    "service.yaml": dumped(
        {"title": {"ja": "犬の登録"}, "duplicate_by": ["code"], "fee": {"amount": "3000"}}
    ),
    "form.yaml": dumped(DOG),
    "letters/approval.yaml": dumped(
        {
            "title": "通知",
            "paragraphs": ["番号は{{ code }}です。"],
            "rows": [
                {"label": "番号", "value": "{{ code }}", "show_when": "chip && code != 'chip'"}
            ],
        }
    ),
}

_words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
_data = st.recursive(
    _words.filter(bool),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(
            st.from_regex(r"[a-z]{1,8}", fullmatch=True), inner, min_size=1, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), _data, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert parsed({"form.yaml": dumped(data)}, "form.yaml") == data


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_every_procedure_of_every_city_survives_canonical_writing(folder: Path) -> None:
    files = files_in(folder)
    written = {name: dumped(parsed(files, name)) for name in files}
    assert {n: parsed(written, n) for n in files} == {n: parsed(files, n) for n in files}
    assert differences(files, written) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_zip_gives_the_folder_back(folder: Path) -> None:
    files = files_in(folder)
    assert unzipped(zipped(folder.name, files)) == (folder.name, files)


def archive(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"no zip", "zip"),
        (archive(**{"a/../service.yaml": "", "form.yaml": ""}), "names"),
        (archive(**{"a/service.yaml": "", "a/run.py": ""}), "names"),
        (archive(**{"a/service.yaml": "", "b/form.yaml": ""}), "several"),
        (archive(**{"a/service.yaml": ""}), "missing"),
        (archive(**{f"a/letters/l{n}.yaml": "" for n in range(101)}), "large"),
    ],
)
def test_a_strange_zip_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(BadPackage, match=reason):
        unzipped(raw)


def test_questions_move_only_among_their_own() -> None:
    moved = questions.moved(DOG, "dog/age", -1)
    assert [q.path for q in questions.questions(moved)] == ["age", "chip", "sex", "code"]
    assert questions.moved(DOG, "dog/chip", -1) == DOG
    with pytest.raises(questions.NoSuchPlace):
        questions.moved(DOG, "dog/cat", 1)


def test_an_id_that_is_taken_gets_a_number() -> None:
    form, places = questions.added(
        DOG, "dog", [fields.new_field("number", label="x", field_id="age")]
    )
    assert places == ["dog/age_2"]
    assert questions.found(form, "dog/age_2")["kind"] == "number"


def test_renaming_reaches_conditions_letters_and_the_record() -> None:
    changed = renaming.renamed(FILES, "dog/chip", "has_chip")
    form, letter = parsed(changed, "form.yaml"), parsed(changed, "letters/approval.yaml")
    assert questions.found(form, "dog/code")["show_when"] == "has_chip"
    assert letter["rows"][0]["show_when"] == "has_chip && code != 'chip'"
    again = renaming.renamed(changed, "dog/code", "number")
    assert parsed(again, "service.yaml")["duplicate_by"] == ["number"]
    assert parsed(again, "letters/approval.yaml")["paragraphs"] == ["番号は{{ number }}です。"]
    with pytest.raises(renaming.IdTaken):
        renaming.renamed(FILES, "dog/chip", "age")


def test_every_rule_that_touches_a_field_is_found() -> None:
    touching = Touching(FILES)
    assert [t.what for t in touching.of("chip")] == ["show_when", "letter"]
    assert [t.what for t in touching.of("code")] == ["duplicate_by", "letter", "letter", "letter"]
    assert [t.what for t in touching.of("age")] == ["check"]
    assert touching.of("sex") == []


def test_ready_made_conditions_are_what_was_asked_before() -> None:
    sources = [one.source for one in ready_for(DOG, "dog/code")]
    assert sources == [
        "chip", "!chip", "age >= #", "age <= #", 'sex == "male"', 'sex != "male"',
    ]  # fmt: skip
    assert ready_for(DOG, "dog/chip") == []


@pytest.mark.parametrize("source", ["", "chip", "!chip", "age >= 3", 'sex != "male"', "a && b"])
def test_a_condition_comes_back_as_it_was(source: str) -> None:
    assert expression_of(chosen(source, ready_for(DOG, "dog/code"))) == source


def test_an_expression_by_hand_counts() -> None:
    assert expression_of(Chosen(ready="chip", expression="age > 1")) == "age > 1"


def changed(place: str, **values: Any) -> dict[str, str]:
    form = parsed(FILES, "form.yaml")
    field = {**questions.found(form, place), **values}
    return replaced(FILES, "form.yaml", questions.replaced(form, place, field))


def test_differences_are_told_in_words() -> None:
    assert differences(FILES, FILES) == []
    assert differences(changed("dog/age", required="false"), FILES) == ["「年」が必須になりました"]
    assert differences(FILES, changed("dog/age", required="false")) == ["「年」が任意になりました"]
    assert differences(FILES, changed("dog/age", label={"ja": "年れい"})) == [
        "「年」が「年れい」という質問になりました"
    ]
    assert differences(FILES, changed("dog/age", show_when="chip")) == [
        "「年」が、条件（chip）のときだけ出るようになりました"
    ]
    more = [{"id": "male", "label": {"ja": "オス"}}, {"id": "female", "label": {"ja": "メス"}}]
    assert differences(FILES, changed("dog/sex", options=more)) == [
        "「性別」の選択肢にメスが加わりました"
    ]
    gone = replaced(FILES, "form.yaml", questions.removed(DOG, "dog/age"))
    assert differences(FILES, gone) == ["「年」がなくなりました"]
    moved = replaced(FILES, "form.yaml", questions.moved(DOG, "dog/age", 1))
    assert differences(FILES, moved) == ["質問の順番が変わりました"]
    dearer = replaced(
        FILES, "service.yaml", {**parsed(FILES, "service.yaml"), "fee": {"amount": "3500"}}
    )
    assert differences(FILES, dearer) == ["手数料が「3,000円」から「3,500円」に変わりました"]


def test_paper_habits_are_remarked_on() -> None:
    files = changed(
        "dog/code", hint={"ja": "押印した紙をファクスで送ってください。", "easy": "a", "en": "a"}
    )
    service = {"title": {"ja": "a"}, "evidence": [{"title": {"ja": "住民票"}}]}
    found = findings(replaced(files, "service.yaml", service))
    habits = [(one.where, one.quote) for one in found if one.sort == "habit"]
    quote = "押印した紙をファクスで送ってください。"
    assert habits == [("質問「番号」", quote), ("質問「番号」", quote), ("必要な書類", "住民票")]


def test_naming_a_document_is_not_asking_for_it() -> None:
    files = changed("dog/code", label={"ja": "住民票のある市"})
    assert [one for one in findings(files) if one.sort == "habit"] == []


def test_hard_texts_say_why() -> None:
    easy = reading("犬の名前を書いてください。")
    assert not easy.hard
    assert reading("あ" * 61 + "。").long_sentence
    assert reading("当該犬について書いてください。").words == (("当該", "その"),)
    assert reading("飼主変更届出書記載事項確認通知受領証明申請書類一覧表作成依頼").many_kanji


def test_minutes_grow_with_what_is_asked() -> None:
    before = estimate(DOG, {})
    more, _places = questions.added(DOG, "dog", [fields.new_field("file", label="写真")])
    after = estimate(more, {"items": [{"id": "a"}]})
    assert (after.resident_least, after.staff) > (before.resident_least, before.staff)
    assert before.resident_least <= before.resident_most


def test_options_keep_their_ids_and_other_languages() -> None:
    before = [{"id": "m", "label": {"ja": "オス", "pt": "Macho"}, "hint": {"ja": "男の子"}}]
    lines = fields.option_lines(before)
    assert fields.options_of(lines, before=before) == before
    added = fields.options_of(f"{lines}\nメス / - / Female", before=before)
    assert added[1] == {"id": "option1", "label": {"ja": "メス", "en": "Female"}}


JAN, FEB, MAR = date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)


def test_what_holds_on_a_day() -> None:
    entries = [
        Entry(1, "dog", "publish", JAN, "one"),
        Entry(2, "dog", "publish", MAR, "two"),
        Entry(3, "dog", "close", FEB, sentence="終わりました"),
        Entry(4, "card", "close", JAN, sentence="終わりました"),
        Entry(5, "dog", "withdraw", JAN, withdraws=2),
    ]
    assert in_force(entries, today=date(2026, 12, 31)) == {}
    assert in_force(entries, today=JAN)["dog"] == Published("one")
    assert in_force(entries, today=FEB)["dog"] == Published("one", "終わりました")
    assert in_force(entries, today=MAR)["dog"] == Published("one", "終わりました")
    assert in_force(entries[:4], today=MAR)["dog"] == Published("two")
    assert in_force(entries, today=JAN)["card"] == Published("", "終わりました")


@given(
    st.permutations([Entry(n, "a", "publish", d, str(n)) for n, d in enumerate((JAN, FEB, FEB))])
)
def test_the_order_of_the_rows_does_not_matter(entries: list[Entry]) -> None:
    assert in_force(entries, today=MAR) == {"a": Published("2")}


WORDS = {"日付": "date", "はい・いいえ": "yes_no", "短い文（1行）": "text"}


def test_questions_are_written_one_a_line() -> None:
    typed = """犬の名前 [dog_name]
    飼い始めた日 ［acquired］： 日付

    性別 [sex]: male = オス / オス / Male、female = メス
    毛の色: 白、黒、茶"""
    found = fields_of(typed, WORDS)
    assert [(f["kind"], f["id"], f["label"]["ja"]) for f in found] == [
        ("text", "dog_name", "犬の名前"),
        ("date", "acquired", "飼い始めた日"),
        ("choice", "sex", "性別"),
        ("choice", "choice", "毛の色"),
    ]
    assert found[2]["options"] == [
        {"id": "male", "label": {"ja": "オス", "easy": "オス", "en": "Male"}},
        {"id": "female", "label": {"ja": "メス"}},
    ]
    assert [o["label"]["ja"] for o in found[3]["options"]] == ["白", "黒", "茶"]


@pytest.mark.parametrize(
    ("typed", "number", "words"),
    [
        ("名前\n年: ひづけ", 2, "ひづけ"),
        ("\n\n年 [9x]: 日付", 3, "9x"),
        ("年: まとまり", 1, "まとまり"),
    ],
)
def test_a_line_that_says_nothing_known_is_named(typed: str, number: int, words: str) -> None:
    with pytest.raises(BadLine) as bad:
        fields_of(typed, WORDS)
    assert (bad.value.number, bad.value.words) == (number, words)


@given(st.text(max_size=60))
def test_no_line_breaks_the_reader(typed: str) -> None:
    """Whatever is typed becomes fields that have a kind, an id and words, or is refused."""
    try:
        found = fields_of(typed, WORDS)
    except BadLine:
        return
    assert all(f["kind"] and questions.valid_id(f["id"]) and f["label"]["ja"] for f in found)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_rule_is_shown_and_kept_as_it_is(folder: Path) -> None:
    form = parsed(files_in(folder), "form.yaml")
    for check in checks.checks_in(form):
        assert checks.source_of(checks.rule_in(check["when"], form)) == check["when"].strip()


DATES: dict[str, Any] = {
    "pages": [
        {
            "id": "dog",
            "fields": [
                {"kind": "yes_no", "id": "chip", "label": {"ja": "チップ"}},
                {"kind": "date", "id": "born", "label": {"ja": "生まれた日"}},
                {"kind": "date", "id": "got", "label": {"ja": "飼い始めた日"}},
                {"kind": "number", "id": "age", "label": {"ja": "年"}},
            ],
        }
    ]
}


@given(
    st.sampled_from(["born", "got", "age"]),
    st.sampled_from(checks.SIGNS),
    st.one_of(
        st.tuples(st.sampled_from(["born", "got", "age", "today"]), st.just("")),
        st.tuples(st.just(""), st.integers(-99, 999).map(str)),
    ),
    st.sampled_from(["", "chip", "!chip"]),
)
def test_what_is_chosen_reads_back_as_chosen(
    left: str, sign: str, right: tuple[str, str], only: str
) -> None:
    rule = checks.Rule(left, sign, right[0], right[1], only)
    assert checks.rule_in(checks.source_of(rule), DATES) == rule


def test_a_rule_is_added_changed_and_removed() -> None:
    said = {"message": {"ja": "順番が違います"}, "field": "got", "level": "warning", "article": ""}
    form = checks.with_rule(DATES, "+", said, "got < born")
    assert form["checks"] == [
        {
            "id": "rule",
            "when": "got < born",
            "field": "got",
            "message": {"ja": "順番が違います"},
            "level": "warning",
        }
    ]
    form = checks.with_rule(form, "rule", said | {"level": "error"}, "got <= born")
    assert (form["checks"][0]["when"], "level" in form["checks"][0]) == ("got <= born", False)
    assert "checks" not in checks.without_rule(form, "rule")
    with pytest.raises(questions.NoSuchPlace):
        checks.without_rule(form, "other")


def test_shared_letters_take_the_place_of_what_nobody_has_written() -> None:
    spec = load(ROOT / "cities/example/workflows/standard.yaml", WorkflowSpec)
    files = starting.letters_for(spec, title="犬", have={})
    assert {"letters/approval.yaml", "letters/rejection.yaml"} <= files.keys()
    written = files | {"letters/approval.yaml": "title: 書いた"}
    left = starting.with_shared(written, {"approval", "rejection"}, spec, title="犬")
    assert "letters/approval.yaml" in left
    assert "letters/rejection.yaml" not in left
    assert starting.with_shared(files, (), spec, title="犬") == files
