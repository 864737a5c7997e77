"""An invented form with every kind of field, and complete answers to it."""

from typing import Any

import yaml

from suigo.engines.forms.spec import FormSpec

SOURCE = """
pages:
  - id: you
    title: あなたについて
    fields:
      - {id: applicant, kind: name, label: 氏名, of_applicant: true}
      - {id: birth_date, kind: date, label: 生年月日, latest: today, birthday: true}
      - {id: home, kind: address, label: 住所}
      - {id: phone, kind: phone, label: 電話番号}
      - {id: email, kind: email, label: メール, required: false}
      - {id: number, kind: my_number, label: 個人番号}
  - id: work
    title: しごと
    fields:
      - id: job
        kind: choice
        label: 職業
        options: [{id: none, label: なし}, {id: office, label: 会社員}]
      - {id: employer, kind: text, label: 勤務先, max_length: 20,
         show_when: {when: 'job == "office"', because: 会社員の方にうかがいます}}
      - {id: income, kind: money, label: 収入, required: true, require_when: 'job == "office"'}
      - {id: adult, kind: computed, label: 成人, type: boolean,
         value: 'age_on(birth_date, today) >= 18', because: 18歳以上かどうか}
  - id: children
    title: お子さん
    fields:
      - id: children
        kind: repeat
        label: お子さん
        item: お子さん
        at_least: 1
        at_most: 5
        fields:
          - {id: name, kind: name, label: 氏名}
          - {id: birth_date, kind: date, label: 生年月日, latest: today}
          - id: living
            kind: choice
            label: 同居
            options: [{id: together, label: 同居}, {id: apart, label: 別居}]
          - {id: address, kind: address, label: 住所, show_when: 'row.living == "apart"'}
      - {id: apart_count, kind: computed, label: 別居の人数, type: integer,
         value: 'count_where(children, "living", "apart")', because: 別居の人数}
  - id: apart
    title: 別居
    show_when: 'count_where(children, "living", "apart") > 0'
    fields:
      - {id: proof, kind: file, label: 申立書, at_most: 2}
  - id: rest
    title: そのほか
    fields:
      - {id: account, kind: bank_account, label: 口座}
      - id: wishes
        kind: choices
        label: 希望
        required: false
        at_most: 2
        options: [{id: a, label: ア}, {id: b, label: イ}, {id: c, label: ウ}]
      - {id: twins, kind: yes_no, label: 双子ですか}
      - {id: remarks, kind: multiline, label: 備考, required: false, max_length: 50}
      - {id: agree, kind: consent, label: 同意, text: 内容に間違いはありません}
checks:
  - {id: parent_older, when: 'children.birth_date.exists(b, b <= birth_date)',
     field: children, message: お子さんの生年月日を確かめてください}
"""

PERSON = {"family": "水郷", "given": "花子", "family_kana": "スイゴウ", "given_kana": "ハナコ"}
HOME = {
    "postal_code": "1000001",
    "prefecture": "見本県",
    "city": "見本市",
    "town": "中央",
    "block": "1-2-3",
}


def form() -> FormSpec:
    return FormSpec.model_validate(yaml.load(SOURCE, Loader=yaml.BaseLoader))


def complete_answers() -> dict[str, Any]:
    return {
        "applicant": dict(PERSON),
        "birth_date": "1990-05-06",
        "home": dict(HOME),
        "phone": "090-1234-5678",
        "number": {"sealed": "v1.demo.xxxx"},
        "job": "office",
        "employer": "見本商店",
        "income": 3_000_000,
        "children": [
            {"name": dict(PERSON), "birth_date": "2020-01-02", "living": "together"},
            {
                "name": dict(PERSON),
                "birth_date": "2024-01-02",
                "living": "apart",
                "address": dict(HOME),
            },
        ],
        "proof": ["0196f000-0000-7000-8000-000000000001"],
        "account": {
            "bank_code": "0130",
            "bank_name": "常陽",
            "branch_code": "101",
            "branch_name": "本店営業部",
            "account_type": "1",
            "number": "0123456",
            "holder_kana": "スイゴウ　ハナコ",
        },
        "twins": False,
        "agree": True,
    }
