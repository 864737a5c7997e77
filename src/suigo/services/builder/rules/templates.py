"""What a new procedure can begin as: a few named skeletons that cover most of what a city takes in.

Each adds questions, a check and parts of the record to what every new procedure has. Amounts and
limits in them are samples.
"""

from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]
_SAMPLE = {"ja": "サンプルの金額です。", "easy": "サンプルの お金です。", "en": "A sample amount."}


@dataclass(frozen=True, slots=True)
class Template:
    """A skeleton. ``pages`` follow the applicant's, or stand alone when nobody has to say who
    they are; ``service`` replaces parts of the record; ``checks`` join the checklist."""

    pages: tuple[Data, ...] = ()
    service: tuple[tuple[str, Any], ...] = ()
    checks: tuple[Data, ...] = ()
    names_the_applicant: bool = True


def _text(ja: str, easy: str, en: str) -> Data:
    return {"ja": ja, "easy": easy, "en": en}


def _option(key: str, ja: str, easy: str, en: str) -> Data:
    return {"id": key, "label": _text(ja, easy, en)}


_FEE = Template(
    pages=(
        {
            "id": "receive",
            "title": _text("受け取り方", "うけとり方", "How to receive it"),
            "fields": [
                {
                    "kind": "choice",
                    "id": "receive",
                    "label": _text("受け取り方", "うけとり方", "How to receive it"),
                    "options": [
                        _option("counter", "窓口で受け取る", "市役所で うけとる", "At the counter"),
                        _option("post", "郵送で受け取る", "郵便で うけとる", "By post"),
                    ],
                }
            ],
        },
    ),
    service=(("fee", {"amount": "300", "note": _SAMPLE}),),
    checks=(
        {"id": "fee", "title": _text("手数料を受け取った", "お金を もらった", "Fee received")},
    ),
)
_NOTIFICATION = Template(
    pages=(
        {
            "id": "event",
            "title": _text("届け出ること", "知らせる こと", "What you notify"),
            "fields": [
                {
                    "kind": "date",
                    "id": "happened",
                    "label": _text("そのことがあった日", "あった 日", "Day it happened"),
                    "latest": "today",
                },
                {
                    "kind": "multiline",
                    "id": "what",
                    "label": _text("届け出る内容", "知らせる こと", "What happened"),
                    "max_length": "1000",
                },
            ],
        },
    ),
)
_ENROLMENT = Template(
    pages=(
        {
            "id": "enrolment",
            "title": _text("申し込むこと", "申しこむ こと", "What you sign up for"),
            "fields": [
                {
                    "kind": "choice",
                    "id": "session",
                    "label": _text("参加する回", "いつ 来ますか", "Which session"),
                    "open_data": "true",
                    "options": [
                        _option(
                            "first", "第1回（サンプル）", "1回目（サンプル）", "First (sample)"
                        ),
                        _option(
                            "second", "第2回（サンプル）", "2回目（サンプル）", "Second (sample)"
                        ),
                    ],
                },
                {
                    "kind": "number",
                    "id": "people",
                    "label": _text("参加する人数", "何人 来ますか", "How many people"),
                    "minimum": "1",
                    "maximum": "10",
                    "unit": _text("人", "人", " people"),
                },
                {
                    "kind": "consent",
                    "id": "limit",
                    "label": _text("定員", "人数の かぎり", "Limited places"),
                    "text": _text(
                        "申し込んだ順に、定員になりしだい締め切ることを承知しました。",
                        "はやい 順です。いっぱいに なったら おわりです。わかりました。",
                        "I understand that places are given in order of arrival until full.",
                    ),
                },
            ],
        },
    ),
    checks=(
        {
            "id": "places",
            "title": _text("定員の中に入っている", "いっぱいでは ない", "Places are left"),
        },
    ),
)
_WANTS_REPLY = {"show_when": "wants_reply"}
_OPINION = Template(
    pages=(
        {
            "id": "opinion",
            "title": _text("ご意見", "意見", "Your opinion"),
            "fields": [
                {
                    "kind": "multiline",
                    "id": "opinion",
                    "label": _text(
                        "ご意見をお書きください", "意見を 書いて ください", "Your opinion"
                    ),
                    "max_length": "4000",
                    "rows": "8",
                },
                {
                    "kind": "yes_no",
                    "id": "wants_reply",
                    "label": _text(
                        "返事がほしいですか", "返事が ほしいですか", "Would you like a reply?"
                    ),
                },
                {
                    "kind": "text",
                    "id": "sender_name",
                    "label": _text("氏名", "名前", "Name"),
                    "max_length": "60",
                    **_WANTS_REPLY,
                },
                {
                    "kind": "email",
                    "id": "sender_email",
                    "label": _text("メールアドレス", "メールアドレス", "E-mail address"),
                    **_WANTS_REPLY,
                },
            ],
        },
    ),
    service=(
        ("assurance", "none"),
        ("applicant_name", "sender_name"),
        ("audience", [_text("どなたでも", "だれでも", "Everybody")]),
        ("minutes", "3"),
    ),
    names_the_applicant=False,
)

TEMPLATES: dict[str, Template] = {
    "application": Template(),
    "fee": _FEE,
    "notification": _NOTIFICATION,
    "enrolment": _ENROLMENT,
    "opinion": _OPINION,
}
