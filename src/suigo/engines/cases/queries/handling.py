"""What whoever is asked is told about their answers: purpose, recipients."""

from dataclasses import dataclass

from suigo.engines.cases.spec import ServiceSpec
from suigo.kernel.content import city


@dataclass(frozen=True, slots=True)
class Told:
    """利用目的 and 提供先 (who, why, 要確認), in the reader's language."""

    purpose: str
    recipients: tuple[tuple[str, str, bool], ...]
    verify: bool


def handling_of(service: ServiceSpec, *, language: str) -> Told | None:
    """What the procedure says, else what the city says for all; None where a definition is older
    than the city's word."""
    said = service.handling or city().spec.handling
    if said is None:
        return None
    purpose = said.purpose.in_language(language)
    return Told(
        purpose=purpose.replace("{title}", service.title.in_language(language)),
        recipients=tuple(
            (r.who.in_language(language), r.why.in_language(language), r.verify)
            for r in said.recipients
        ),
        verify=said.verify,
    )
