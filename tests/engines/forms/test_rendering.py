"""Forms as HTML: complete, labelled, escaped."""

from datetime import date
from html.parser import HTMLParser

import pytest

from engines.forms.sample import complete_answers, form
from suigo.engines.forms.rendering import FileView, FormView, error_summary, fields_html
from suigo.engines.forms.rules import check, compile_form, evaluate

TODAY = date(2026, 11, 24)
FORM = compile_form(form())


class Page(HTMLParser):
    """Controls, labels and ids of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.styles = 0
        self.open_labels = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label":
            self.open_labels += 1
            if found.get("for"):
                self.labelled.add(str(found["for"]))
        if "style" in found or any(key.startswith("on") for key in found):
            self.styles += 1
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden":
            self.controls.append(found | {"inside_label": "yes" if self.open_labels else None})

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.open_labels -= 1


def view(**changes: object) -> FormView:
    answers = complete_answers()
    base = {
        "answers": answers,
        "evaluation": evaluate(FORM, answers, today=TODAY),
        "today": TODAY,
        "affecting": FORM.affecting,
    }
    return FormView(**{**base, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("page", ["you", "work", "children", "apart", "rest"])
def test_every_control_has_a_label_and_every_id_is_unique(page: str) -> None:
    html = Page(fields_html(FORM, page, view()))
    assert len(html.ids) == len(set(html.ids))
    assert html.styles == 0
    unlabelled = [
        c
        for c in html.controls
        if c.get("id") not in html.labelled and not c.get("aria-label") and not c["inside_label"]
    ]
    assert unlabelled == []


def test_everything_people_typed_is_escaped() -> None:
    attack = '"><script>alert(1)</script>'
    answers = complete_answers() | {"employer": attack, "remarks": attack}
    html = fields_html(FORM, "work", view(answers=answers))
    assert "<script>" not in html
    raw = {"employer": [attack]}
    html = fields_html(FORM, "work", view(errors={"employer": attack}, raw=raw))
    assert "<script>" not in html
    files = {"0196f000-0000-7000-8000-000000000001": FileView("x", attack, attack, attack)}
    assert "<script>" not in fields_html(FORM, "apart", view(files=files))


def test_a_personal_number_is_never_sent_back() -> None:
    html = fields_html(FORM, "you", view())
    assert "v1.demo" not in html
    assert "入力済みです" in html


def test_an_error_stands_beside_its_field_and_in_the_summary() -> None:
    findings = check(FORM, {}, today=TODAY)
    summary = error_summary(FORM, findings.errors)
    assert summary[:3] == [
        ("f-applicant-family", "「氏名」を入力してください。"),
        ("f-birth_date-year", "「生年月日」を入力してください。"),
        ("f-home-postal_code", "「住所」を入力してください。"),
    ]
    html = fields_html(FORM, "you", view(errors=findings.errors))
    ids = Page(html).ids
    assert [target for target, _message in summary[:5] if target not in ids] == []
    assert 'aria-invalid="true"' in html


def test_what_was_typed_wrongly_is_shown_again() -> None:
    raw = {"birth_date.era": ["西暦"], "birth_date.year": ["20a0"], "birth_date.month": ["1"]}
    html = fields_html(FORM, "you", view(errors={"birth_date.year": "年は数字で"}, raw=raw))
    assert 'value="20a0"' in html


def test_a_correction_shows_only_its_fields_and_the_clerk_s_words() -> None:
    html = fields_html(FORM, "work", view(notes={"employer": "正式な名前で"}), only={"employer"})
    assert "正式な名前で" in html
    assert 'name="job"' not in html


def test_inputs_that_decide_others_are_marked() -> None:
    html = fields_html(FORM, "work", view())
    assert 'value="office" id="f-job-office" checked data-affects' in html
    assert 'name="employer" data-affects' not in html


def test_the_same_form_in_english() -> None:
    assert 'value="1990"' in fields_html(FORM, "you", view(language="en"))
