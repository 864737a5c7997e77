"""What a new procedure begins with: complete enough to be tried at once."""

import re
from collections.abc import Collection
from typing import Any

from suigo.engines.cases.spec import WorkflowSpec
from suigo.services.builder.rules.package import Files, dumped
from suigo.services.builder.rules.templates import Template

APPLICANT = "applicant.name"  # where a letter finds its addressee unless it says otherwise
_LETTERS: dict[str, dict[str, Any]] = {
    "approved": {
        "title": "{title}のお知らせ（サンプル）",
        "paragraphs": ["申請のあった「{title}」について、次のとおり決定しました。"],
        "rows": [
            {"label": "受付番号", "value": "{{{{ case.number }}}}"},
            {"label": "受付日", "value": "{{{{ case.received_date }}}}"},
        ],
    },
    "rejected": {
        "title": "{title}についてのお知らせ（サンプル）",
        "paragraphs": [
            "申請のあった「{title}」について、次の理由により、申請のとおりにはできませんでした。"
        ],
        "rows": [
            {"label": "受付番号", "value": "{{{{ case.number }}}}"},
            {"label": "理由", "value": "{{{{ decision.reason }}}}"},
        ],
    },
    "correction": {
        "title": "{title}の補正のお願い（サンプル）",
        "paragraphs": [
            "申請のあった「{title}」に、直していただきたいところがあります。",
            "{{{{ case.correction_due_date }}}}までに直して送ってください。",
            "{{{{ case.message }}}}",
        ],
        "rows": [{"label": "受付番号", "value": "{{{{ case.number }}}}"}],
    },
    "other": {
        "title": "{title}についてのお知らせ（サンプル）",
        "paragraphs": ["「{title}」（受付番号 {{{{ case.number }}}}）についてお知らせします。"],
        "rows": [],
    },
}


def skeleton(
    *,
    title: str,
    number_prefix: str,
    department: str,
    workflow: str,
    spec: WorkflowSpec,
    template: Template | None = None,
) -> dict[str, str]:
    """The files of a new procedure: who applies, what its template asks, the checks, and every
    letter its workflow sends.

    What only the city can know is marked as a sample.
    """
    template = template or Template()
    service: dict[str, Any] = {
        "number_prefix": number_prefix,
        "title": {"ja": title},
        "summary": {"ja": f"「{title}」を申し込みます。"},
        "audience": [{"ja": "市内にお住まいの方"}],
        "applicant": {"ja": "本人"},
        "department": department,
        "deadline": {"ja": "期限はありません"},
        "fee": {"amount": "0"},
        "minutes": "5",
        "standard_period": {"days": "10", "sample": "true"},
        "retention": {"years": "5", "sample": "true"},
        "workflow": workflow,
        "sample": "true",
        **dict(template.service),
    }
    who = {
        "id": "applicant",
        "title": {"ja": "申請する方", "easy": "申しこむ 人", "en": "About you"},
        "fields": [applicant_group()],
    }
    form = {"pages": [*([who] if template.names_the_applicant else []), *template.pages]}
    complete = {"id": "complete", "title": {"ja": "記入と添付がそろっている"}}
    checklist = {"items": [complete, *template.checks]}
    files = {
        "service.yaml": dumped(service),
        "form.yaml": dumped(form),
        "checklist.yaml": dumped(checklist),
    }
    applicant = str(service.get("applicant_name", APPLICANT))
    return {**files, **letters_for(spec, title=title, have=files, applicant=applicant)}


def letters_for(
    spec: WorkflowSpec, *, title: str, have: Files, applicant: str = APPLICANT
) -> dict[str, str]:
    """A first text for every letter that the workflow sends and nobody has written yet.

    ``applicant`` is the question whose answer is the applicant's name: only the usual one is sure
    to be answered, and addresses the letter.
    """
    made = {}
    # a name that may be missing would leave a letter to nobody
    to_all = {"addressee": f"「{title}」を送ってくださった方へ"}
    named = {} if applicant == APPLICANT else to_all
    for action in spec.actions:
        name = f"letters/{action.letter}.yaml"
        if action.letter is None or name in have or name in made:
            continue
        sort = "other"
        if action.kind == "request_correction":
            sort = "correction"
        elif action.kind == "decide":
            sort = "rejected" if action.outcome == "rejected" else "approved"
        kind = {"correction": "correction", "other": "notice"}.get(sort, "decision")
        text = _filled(_LETTERS[sort], title)
        made[name] = dumped({"id": action.letter, "kind": kind, **named, **text, "sample": "true"})
    return made


def with_shared(
    files: Files,
    letters: Collection[str],
    spec: WorkflowSpec,
    *,
    title: str,
    applicant: str = APPLICANT,
) -> Files:
    """Without the first texts of letters that the city's shared ones now take the place of. A
    letter in which anybody has written anything stays."""
    first = letters_for(spec, title=title, have={}, applicant=applicant)
    return {
        name: text
        for name, text in files.items()
        if not (
            first.get(name) == text
            and name.removeprefix("letters/").removesuffix(".yaml") in letters
        )
    }


def _filled(value: Any, title: str) -> Any:
    if isinstance(value, str):
        return value.format(title=title)
    if isinstance(value, list):
        return [_filled(part, title) for part in value]
    return {key: _filled(part, title) for key, part in value.items()}


def applicant_group() -> dict[str, Any]:
    """Who applies: the block nearly every procedure begins with."""
    return {
        "kind": "group",
        "id": "applicant",
        "label": {"ja": "申請する方", "easy": "申しこむ 人", "en": "About you"},
        "fields": [
            {
                "kind": "name",
                "id": "name",
                "label": {"ja": "氏名", "easy": "名前", "en": "Name"},
                "of_applicant": "true",
            },
            {
                "kind": "address",
                "id": "address",
                "label": {"ja": "住所", "easy": "住所", "en": "Address"},
                "of_applicant": "true",
            },
            {
                "kind": "phone",
                "id": "phone",
                "label": {"ja": "電話番号", "easy": "電話番号", "en": "Telephone"},
                "of_applicant": "true",
            },
        ],
    }


def free_prefix(taken: set[str]) -> str:
    """The first of B01, B02 … that numbers no procedure's cases yet."""
    number = 1
    while f"B{number:02}" in taken:
        number += 1
    return f"B{number:02}"


def free_procedure_id(wanted: str, taken: set[str]) -> str:
    """``wanted`` in the letters an address may have, with a number behind it when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:70] or "procedure"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found
