"""Letters of a case, filled in: as a preview and as they are issued."""

from collections.abc import Mapping, Sequence
from datetime import date

from suigo.engines.cases.models import Case
from suigo.engines.cases.rules.letters import FilledLetter, fill, names_signature
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Action
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.identity.queries import organisation
from suigo.engines.signing.queries import statement_of
from suigo.engines.signing.wording import in_words
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.japanese.postal import format_postal_code


def filled_letter(
    case: Case,
    chosen: Procedure,
    action: Action,
    *,
    decision: Answers,
    reason: str,
    issued: date,
    message: str = "",
    corrections: Sequence[Mapping[str, str]] = (),
    correction_due: date | None = None,
) -> FilledLetter:
    """The letter that ``action`` sends, with nothing left to fill in. ``action`` has a letter."""
    assert action.letter is not None
    letter = chosen.spec.letter(action.letter)
    signed = statement_of(case.public_id) if names_signature(letter) else None
    facts = letter_facts(
        chosen,
        action,
        number=case.number,
        department=case.department,
        received=local_date(case.received_at),
        issued=issued,
        due=case.due_date,
        reason=reason,
        message=message,
        correction_due=correction_due,
        language=letter.language,
        signature=in_words(signed, language=letter.language) if signed else "",
    )
    return fill(
        letter,
        form=chosen.form,
        answers=case.answers,
        inputs=chosen.inputs(action),
        decision=decision,
        facts=facts,
        issued=issued,
        corrections=corrections,
    )


def letter_facts(
    chosen: Procedure,
    action: Action,
    *,
    number: str,
    department: str,
    received: date,
    issued: date,
    due: date | None,
    language: str,
    reason: str = "",
    message: str = "",
    correction_due: date | None = None,
    signature: str = "",
) -> dict[str, str]:
    """What ``case.…`` and ``city.…`` stand for in a letter."""

    def day(value: date | None) -> str:
        return "" if value is None else date_in_words(value, language=language)

    spec = city().spec
    return {
        "case.number": number,
        "case.title": chosen.spec.service.title.in_language(language),
        "case.received_date": day(received),
        "case.decided_date": day(issued),
        "case.due_date": day(due),
        "case.correction_due_date": day(correction_due),
        "case.outcome": action.title.in_language(language),
        "case.department": department_name(department, language=language),
        "case.reason": reason,
        "case.message": message,
        "case.signature": signature,
        "city.name": spec.name.in_language(language),
        "city.prefecture": spec.prefecture.in_language(language),
        "city.postal_code": format_postal_code(spec.postal_code),
        "city.address": spec.address.in_language(language),
        "city.phone": spec.phone or "",
        "city.mayor_title": spec.mayor_title.in_language(language),
        "city.mayor_name": spec.mayor_name or "",
    }


def department_name(department: str, *, language: str = "ja") -> str:
    """The department in the city's words; its id once it left ``org.yaml``."""
    found = organisation().departments.get(department)
    return found.name.in_language(language) if found else department
