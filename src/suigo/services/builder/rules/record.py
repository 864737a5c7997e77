"""Editing ``service.yaml`` as plain data."""

from typing import Any

from suigo.services.builder.rules.questions import Data
from suigo.services.builder.rules.words import made, text_of


def part(service: Data, key: str) -> Data:
    """A group of settings, empty when there is none."""
    found = service.get(key)
    return found if isinstance(found, dict) else {}


def listed(service: Data, key: str) -> list[Data]:
    """A list of groups, empty when there is none."""
    found = service.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def laws(service: Data) -> list[str]:
    """The articles, one a line, as ``edited`` reads them."""
    return [
        " ".join(word for word in (one.get("title"), one.get("article")) if word)
        for one in listed(service, "legal_basis")
    ]


def recipients(handling: Data) -> list[str]:
    """Who outside the city is given what, one a line, as ``edited`` reads them."""
    return [
        f"{text_of(one.get('who'))}: {text_of(one.get('why'))}"
        for one in listed(handling, "recipients")
    ]


def without_reason(lines: str) -> list[str]:
    """The lines that don't say both who and why."""
    return [line for line in _lines(lines) if not all(_who_and_why(line))]


def edited(service: Data, given: dict[str, Any]) -> Data:
    """The record with what was typed; what the form does not ask stays as it was."""
    changed = dict(service)
    for key in ("title", "summary", "description", "applicant", "deadline", "counter", "paper"):
        changed[key] = made(given[key], service.get(key))
    audience = service.get("audience")
    first, others = (audience[0], audience[1:]) if isinstance(audience, list) else (None, [])
    changed["audience"] = [made(given["audience"], first), *others]
    for key in ("department", "number_prefix", "minutes", "assurance", "applicant_name"):
        changed[key] = given[key] or None
    changed["workflow"] = given["workflow"] or None
    if "letters" in given:
        changed["letters"] = given["letters"] or None
    changed["words"] = [w for w in (p.strip() for p in _words(given["words"])) if w]
    changed["duplicate_by"] = list(given["duplicate_by"])
    changed["fee"] = {
        **part(service, "fee"),
        "amount": given["fee"] or "0",
        "note": made(given["fee_note"], part(service, "fee").get("note")),
    }
    changed["standard_period"] = {
        **part(service, "standard_period"),
        "days": given["days"],
        "unit": given["unit"] if given["unit"] != "business_days" else None,
    }
    changed["retention"] = {**part(service, "retention"), "years": given["years"]}
    changed["handling"] = _handling(given, part(service, "handling"))
    changed["sample"] = "true" if given["sample"] else None
    changed["legal_basis"] = _laws(given["law"], listed(service, "legal_basis"))
    changed["evidence"] = _evidence(given["evidence"], listed(service, "evidence"))
    changed["open"] = {
        **part(service, "open"),
        "from_date": given["open_from"] or None,
        "to_date": given["open_to"] or None,
    }
    return {key: value for key, value in changed.items() if value not in (None, "", {}, [])}


def _words(text: str) -> list[str]:
    for mark in "，,　\n":
        text = text.replace(mark, "、")
    return text.split("、")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _who_and_why(line: str) -> tuple[str, str]:
    who, _colon, why = line.replace("：", ":").partition(":")
    return who.strip(), why.strip()


def _handling(given: dict[str, Any], before: Data) -> Data | None:
    """None when the procedure says nothing of its own, so that the city's word holds."""
    purpose = made(given["purpose"], before.get("purpose"))
    if purpose is None:
        return None
    known = dict(zip(recipients(before), listed(before, "recipients"), strict=True))
    named = [known.get(line) or _recipient(line) for line in _lines(given["recipients"])]
    verify = "true" if given["handling_verify"] else None
    found = {**before, "purpose": purpose, "recipients": named, "verify": verify}
    return {key: value for key, value in found.items() if value}


def _recipient(line: str) -> Data:
    who, why = _who_and_why(line)
    return {"who": {"ja": who}, "why": {"ja": why}}


def _laws(lines: str, before: list[Data]) -> list[Data]:
    known = {" ".join(w for w in (b.get("title"), b.get("article")) if w): b for b in before}
    found = []
    for line in (line.strip() for line in lines.splitlines()):
        if line in known:
            found.append(known[line])
        elif line:
            title, _space, article = line.partition(" ")
            found.append({"title": title, "article": article.strip() or None})
    return [{k: v for k, v in one.items() if v} for one in found]


def _evidence(lines: str, before: list[Data]) -> list[Data]:
    known = {text_of(one.get("title")): one for one in before}
    titles = [line.strip() for line in lines.splitlines() if line.strip()]
    return [known.get(title, {"title": {"ja": title}}) for title in titles]
