"""What a new procedure begins with: complete enough to be tried at once."""

import re
from typing import Any

from suigo.engines.cases.spec import WorkflowSpec
from suigo.services.builder.rules.package import Files, dumped

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
    *, title: str, number_prefix: str, department: str, workflow: str, spec: WorkflowSpec
) -> dict[str, str]:
    """The files of a new procedure: who applies, one check, and every letter its workflow sends.

    What only the city can know is marked as a sample.
    """
    service = {
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
    }
    form = {
        "pages": [
            {
                "id": "applicant",
                "title": {"ja": "申請する方", "easy": "申しこむ 人", "en": "About you"},
                "fields": [applicant_group()],
            }
        ]
    }
    checklist = {"items": [{"id": "complete", "title": {"ja": "記入と添付がそろっている"}}]}
    files = {
        "service.yaml": dumped(service),
        "form.yaml": dumped(form),
        "checklist.yaml": dumped(checklist),
    }
    return {**files, **letters_for(spec, title=title, have=files)}


def letters_for(spec: WorkflowSpec, *, title: str, have: Files) -> dict[str, str]:
    """A first text for every letter that the workflow sends and nobody has written yet."""
    made = {}
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
        made[name] = dumped({"id": action.letter, "kind": kind, **text, "sample": "true"})
    return made


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
