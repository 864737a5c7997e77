"""Complete, clearly invented answers to the five procedures, as a resident would give them."""

from copy import deepcopy
from datetime import date
from typing import Any

Answers = dict[str, Any]

TODAY = date(2026, 11, 24)
HOME = {
    "postal_code": "3112424",
    "prefecture": "茨城県",
    "city": "潮来市",
    "town": "潮来",
    "block": "999-1",
}
ELSEWHERE = {
    "postal_code": "1000001",
    "prefecture": "東京都",
    "city": "千代田区",
    "town": "千代田",
    "block": "9-9-9",
}
ACCOUNT = {
    "bank_code": "0130",
    "bank_name": "常陽",
    "branch_code": "101",
    "branch_name": "本店営業部",
    "account_type": "1",
    "number": "0123456",
    "holder_kana": "ミホン　ハナコ",
}
FILE = ["0196f000-0000-7000-8000-000000000001"]
NUMBER = {"sealed": "v1.sample"}
PHONE = "090-0000-0000"


def name(family: str, given: str, family_kana: str, given_kana: str) -> Answers:
    return {
        "family": family,
        "given": given,
        "family_kana": family_kana,
        "given_kana": given_kana,
    }


HANAKO = name("見本", "花子", "ミホン", "ハナコ")
TARO = name("見本", "太郎", "ミホン", "タロウ")


def child(birth_date: str, **others: Any) -> Answers:
    return {
        "name": name("見本", "みどり", "ミホン", "ミドリ"),
        "birth_date": birth_date,
        "relation": "child",
        "cares": True,
        "livelihood": "shared",
        "living": "together",
        **others,
    }


def apart(birth_date: str) -> Answers:
    return child(
        birth_date,
        living="apart",
        apart_reason="school",
        apart_detail="寮に住み、毎月仕送りをしています。",
        address=ELSEWHERE,
        my_number=NUMBER,
    )


def older(birth_date: str) -> Answers:
    return {
        "name": name("見本", "そら", "ミホン", "ソラ"),
        "birth_date": birth_date,
        "relation": "child",
        "occupation": "working",
        "living": "together",
        "cares": True,
        "pays": True,
    }


CHILD_ALLOWANCE: Answers = {
    "event": {"reason": "birth", "date": "2026-11-20"},
    "applicant": {
        "name": HANAKO,
        "birth_date": "1990-05-06",
        "address": HOME,
        "phone": PHONE,
        "my_number": NUMBER,
        "jan1": "same",
    },
    "work": {"occupation": "employee", "employer": "見本商店", "pension": "employees"},
    "spouse": {
        "has": True,
        "name": TARO,
        "birth_date": "1989-01-02",
        "my_number": NUMBER,
        "occupation": "self_employed",
        "earns_more": False,
        "jan1": "same",
        "living": "together",
    },
    "children": [child("2026-11-20"), apart("2012-04-02")],
    "has_older": False,
    "payment": {"public_account": False, "account": ACCOUNT, "account_proof": FILE},
    "apart_declaration": True,
    "records_consent": True,
    "truth": True,
}
PREGNANCY: Answers = {
    "submitter": {"kind": "self"},
    "applicant": {
        "name": HANAKO,
        "birth_date": "1996-03-04",
        "address": HOME,
        "stays_elsewhere": False,
        "phone": PHONE,
        "occupation": "会社員（事務）",
    },
    # 40 weeks are 2027-06-29 when 2026-11-24 is 9 weeks and 0 days
    "pregnancy": {"weeks": 9, "expected_date": "2027-06-29", "babies": "1"},
    "medical": {
        "diagnosed": True,
        "institution": "見本産婦人科",
        "institution_place": "見本市",
        "std_check": "done",
        "tb_check": "not_yet",
    },
    "interview": {
        "way": "centre",
        "first_date": "2026-12-01",
        "first_time": "any",
        "contact_by": "phone",
    },
    "needs": {"handbook_language": "ja", "interpreter": False},
    "share_consent": True,
    "truth": True,
}
CARE: Answers = {
    "filer": {
        "kind": "family",
        "name": HANAKO,
        "relation": "長女",
        "address": ELSEWHERE,
        "phone": PHONE,
        "wish": True,
    },
    "insured": {
        "name": name("見本", "松", "ミホン", "マツ"),
        "birth_date": "1941-02-03",
        "address": HOME,
        "phone": "0299-00-0000",
        "number": "0000000001",
        "card_lost": False,
    },
    "medical_insurance": {"kind": "late_elderly", "insurer": "見本広域連合", "number": "00000001"},
    "condition": {
        "certified_before": "never",
        "need": "転んでから一人で風呂に入れない。",
        "place": "home",
        "urgent": False,
    },
    "doctor": {
        "has": True,
        "name": "見本",
        "clinic": "見本医院",
        "department": "内科",
        "place": "見本市中央1",
        "last_visit": "2026-11-10",
        "told": True,
    },
    "survey": {
        "place": "current",
        "companion": True,
        "companion_name": HANAKO,
        "companion_relation": "長女",
        "companion_phone": PHONE,
        "call": "companion",
    },
    "share_consent": True,
    "send_to": "insured",
    "truth": True,
}
DAMAGE: Answers = {
    "disaster": "sample-typhoon-99",
    "building_kind": "home",
    "applicant": {
        "name": HANAKO,
        "kind": "head",
        "address": HOME,
        "phone": PHONE,
        "evacuated": False,
    },
    "house": {
        "address": HOME,
        "lived_in": True,
        "ownership": "own",
        "structure": "wood",
        "floors": 2,
    },
    "residents": [{"name": HANAKO, "relation": "世帯主"}],
    "damage": {
        "date": "2026-09-15",
        "kinds": ["windows"],
        "description": "窓ガラスが2枚割れた。",
        "repaired": "untouched",
    },
    "assessment": {"method": "self", "self_consent": True},
    "photo_sides": FILE * 4,
    "photo_nameplate": FILE,
    "photo_damage": FILE,
    "certificate": {"copies": 2, "delivery": "online"},
    "share_consent": True,
    "truth": True,
}
COMMUTING: Answers = {
    "applicant": {"name": TARO, "birth_date": "2003-05-06", "address": HOME, "phone": PHONE},
    "category": {
        "kind": "new_worker",
        "permanent": True,
        "employer": "見本株式会社",
        "work_place": "東京都千代田区",
        "work_start": "2026-04-01",
        "graduated": "2026-03-20",
    },
    "route": {"line": "itako_teleport", "stop": "水郷潮来", "destination": "東京テレポート"},
    "period": {"fiscal_year": "2026"},
    "months": [
        {"month": "04", "ticket": "pass", "days": 20, "cost": 60_000, "allowance": 55_000},
        {"month": "05", "ticket": "pass", "days": 18, "cost": 60_000, "allowance": 0},
    ],
    "passes": FILE,
    "receipts": FILE,
    "employment_proof": FILE,
    "allowance_proof": FILE,
    "graduation_proof": FILE,
    "payment": {"account": ACCOUNT, "account_proof": FILE},
    "tax_consent": True,
    "truth": True,
}
COMPLETE = {
    "k01-child-allowance-claim": CHILD_ALLOWANCE,
    "k15-pregnancy-notification": PREGNANCY,
    "c01-care-need-certification": CARE,
    "d01-disaster-damage-certificate": DAMAGE,
    "x02-commuting-subsidy": COMMUTING,
}


def changed(answers: Answers, **groups: Any) -> Answers:
    """A copy in which groups get other values; anything else is replaced."""
    copy = deepcopy(answers)
    for key, value in groups.items():
        if isinstance(value, dict) and isinstance(copy.get(key), dict):
            copy[key] |= value
        else:
            copy[key] = value
    return copy
