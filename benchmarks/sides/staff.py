"""Runs inside Suigo's surroundings: makes a signed-in clerk, and names as Suigo searches them.

Prints JSON: ``cookie`` (the clerk's session), ``definition`` (of the measured procedure), and
``people`` as lists of name, kana, and search text.
"""

import itertools
import json

import django


def _pairs(words: str) -> list[tuple[str, str]]:
    return [(kanji, kana) for kanji, _, kana in (word.partition(":") for word in words.split())]


FAMILIES = (
    "見本:ミホン 試験:シケン 例田:レイタ 架空:カクウ 仮名:カメイ 模型:モケイ 雛形:ヒナガタ"
    " 標本:ヒョウホン 見田:ミタ 例本:レイモト 試田:タメシダ 架田:カケダ 仮屋:カリヤ 模田:モデン"
    " 雛田:ヒナタ 標田:シメダ 見山:ミヤマ 例山:レイヤマ 試山:タメシヤマ 架山:カケヤマ"
)
GIVEN_FIRST = (
    "花:ハナ 太:タ 次:ジ 三:サブ 桜:サクラ 楓:カエデ 葵:アオイ 蓮:レン 美:ミ 翔:ショウ 健:ケン"
    " 恵:ケイ"
)
GIVEN_LAST = (
    "子:コ 郎:ロウ 香:カ 一:イチ 二:ジ 人:ト 代:ヨ 江:エ 之:ユキ 彦:ヒコ 枝:エダ 美:ミ 介:スケ"
)
GIVEN = [
    (first + last, first_kana + last_kana)
    for (first, first_kana), (last, last_kana) in itertools.product(
        _pairs(GIVEN_FIRST), _pairs(GIVEN_LAST)
    )
]


def main() -> None:
    """Do it and print the result."""
    django.setup()
    from suigo.engines.cases.queries.procedures import procedure  # noqa: PLC0415
    from suigo.engines.cases.rules.searching import applicant_of  # noqa: PLC0415
    from suigo.engines.identity.actions import create_staff, hold_post  # noqa: PLC0415
    from suigo.engines.identity.models import Account  # noqa: PLC0415 - edges of the product
    from suigo.engines.identity.sessions import SessionStore  # noqa: PLC0415
    from suigo.kernel import clock  # noqa: PLC0415
    from suigo.kernel.access import SYSTEM, Assurance  # noqa: PLC0415

    now = clock.now()
    made = create_staff(
        SYSTEM, email="clerk@example.com", name="係長 役", name_kana="カカリチョウ ヤク", now=now
    )
    hold_post(
        SYSTEM,
        made.public_id,
        post="library-chief",
        valid_from=clock.local_date(now),
        valid_to=None,
        now=now,
    )
    session = SessionStore()
    session.begin(
        Account.objects.get(pk=made.id),
        assurance=Assurance.IDENTITY,
        device="bench",
        keep_data=False,
        now=now,
    )
    people = []
    for family, family_kana in _pairs(FAMILIES):
        for given, given_kana in GIVEN:
            who = applicant_of(
                {
                    "family": family,
                    "given": given,
                    "family_kana": family_kana,
                    "given_kana": given_kana,
                }
            )
            people.append((who.name, who.kana, who.search_text))
    found = {
        "cookie": session.session_key,
        "definition": procedure("s01-library-card").hash,
        "people": people,
    }
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
