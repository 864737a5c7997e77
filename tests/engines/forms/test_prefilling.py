"""What is known is not asked again."""

import yaml

from suigo.engines.forms.rules import compile_form
from suigo.engines.forms.rules.prefilling import name_fact, prefilled
from suigo.engines.forms.spec import FormSpec

SOURCE = """
pages:
  - id: you
    title: あなた
    fields:
      - id: applicant
        kind: group
        label: 申請する方
        fields:
          - {id: name, kind: name, label: 氏名, prefill: profile.name}
          - {id: birth_date, kind: date, label: 生年月日, prefill: profile.birth_date}
      - {id: email, kind: email, label: メール, prefill: profile.email}
      - id: children
        kind: repeat
        label: 子
        item: 子
        fields: [{id: name, kind: name, label: 氏名, prefill: profile.name}]
"""
FORM = compile_form(FormSpec.model_validate(yaml.load(SOURCE, Loader=yaml.BaseLoader)))


def test_only_known_facts_are_filled_in() -> None:
    name = name_fact("髙﨑　花子", "タカサキ　ハナコ")
    facts = {"profile.name": name, "profile.email": "hanako@example.jp"}
    assert prefilled(FORM, facts) == {
        "applicant": {
            "name": {
                "family": "髙﨑",
                "given": "花子",
                "family_kana": "タカサキ",
                "given_kana": "ハナコ",
            }
        },
        "email": "hanako@example.jp",
    }
    assert prefilled(FORM, {}) == {}


def test_a_name_that_is_not_in_two_parts_is_not_guessed() -> None:
    assert name_fact("マリア デ シルバ", "") is None
    assert name_fact("", "") is None
    assert name_fact("水郷 花子", "スイゴウ") == {"family": "水郷", "given": "花子"}
