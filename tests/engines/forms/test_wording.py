"""Whom a condition means, in words, on the paper twin."""

import pytest

from suigo.engines.forms.rules import compile_form
from suigo.engines.forms.rules.paper import paper_pages
from suigo.engines.forms.rules.wording import who_answers
from suigo.engines.forms.spec import FormSpec

OPTIONS = [
    {"id": "dog", "label": {"ja": "犬", "en": "Dog"}},
    {"id": "cat", "label": {"ja": "猫", "en": "Cat"}},
]
TEXT = {"kind": "text", "id": "name", "label": "名前"}
FORM = compile_form(
    FormSpec.model_validate(
        {
            "pages": [
                {
                    "id": "page",
                    "title": "動物",
                    "fields": [
                        {"kind": "yes_no", "id": "has", "label": "いますか"},
                        {"kind": "choice", "id": "which", "label": "どれ", "options": OPTIONS},
                        {"kind": "choices", "id": "all", "label": "ぜんぶ", "options": OPTIONS},
                        {"kind": "number", "id": "age", "label": "年"},
                        TEXT | {"show_when": 'which == "dog"'},
                        {
                            "kind": "repeat",
                            "id": "pets",
                            "label": "飼う動物",
                            "item": "ひき",
                            "fields": [
                                {
                                    "kind": "choice",
                                    "id": "sort",
                                    "label": "種類",
                                    "options": OPTIONS,
                                },
                                TEXT | {"show_when": "row.sort == 'cat'"},
                            ],
                        },
                    ],
                }
            ]
        }
    )
)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("has", "「いますか」が「はい」の方のみ"),
        ("!has", "「いますか」が「いいえ」の方のみ"),
        ("has == false", "「いますか」が「いいえ」の方のみ"),
        ("has != false", "「いますか」が「はい」の方のみ"),
        ('which == "dog"', "「どれ」が「犬」の方のみ"),
        ('which != "dog"', "「どれ」が「犬」以外の方のみ"),
        ('which == "dog" || which == "cat"', "「どれ」が「犬」か「猫」の方のみ"),
        ('"cat" in all', "「ぜんぶ」で「猫」を選んだ方のみ"),
        # what compares something else, or more than one question, is not guessed at
        ("age > 3", ""),
        ("has && age > 3", ""),
        ('has || which == "dog"', ""),
        ('which != "dog" || which != "cat"', ""),
        ('which == "bird"', ""),
        ('"cat" in which', ""),
        ("name", ""),
        ("gone", ""),
    ],
)
def test_who_has_to_answer(source: str, words: str) -> None:
    assert who_answers(FORM, source, "name", "ja") == words


def test_paper_says_it_beside_the_question_also_in_a_row() -> None:
    items = paper_pages(FORM)[0]["items"]
    assert items[4]["condition"] == "「どれ」が「犬」の方のみ"
    assert items[5]["items"][1]["condition"] == "「種類」が「猫」の方のみ"
    assert "「Dog」" in paper_pages(FORM, "en")[0]["items"][4]["condition"]
