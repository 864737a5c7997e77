"""The applicant's signature where two nodes have a case: the inner one believes only what it has
verified itself, and that what was signed is what arrived."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.signing import claimed_in
from suigo.engines.cases.models import Case
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.mirroring import without_numbers
from suigo.engines.documents.queries import briefs
from suigo.engines.forms.rules import evaluate
from suigo.engines.signing import actions as signing
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import Refused


def arrived_signature(
    document: Mapping[str, Any], *, steps: int, now: datetime
) -> signing.Crossed | None:
    """The signature in a submission of the other node, verified before anything is locked; None
    where it has none. After ``steps`` of the applicant the answers may differ from what was signed.

    Raises ``Refused`` for evidence that does not fit.
    """
    evidence = document.get("signature")
    if evidence is None:
        return None
    crossed = signing.verify_crossed(evidence, now=now)
    try:
        fits = _is_the_same(json.loads(crossed.document), document, answers=steps == 0)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise Refused(_("届いた電子署名を読み取れません。")) from broken
    if not fits:
        raise Refused(_("届いた電子署名は、申請の内容と合いません。"))
    return crossed


def _is_the_same(signed: Mapping[str, Any], document: Mapping[str, Any], *, answers: bool) -> bool:
    """Whether what was signed is this submission: procedure, version, draft, answers and files.
    Of a 個人番号, whose digest there is that of what the other node had sealed, only that it is."""
    procedure = signed["procedure"]
    if (
        signed["city"] != city().spec.code
        or procedure["id"] != document["procedure_id"]
        or procedure["definition"] != document["definition"]
        or f"draft:{signed['subject']}" != document["submit_key"]
    ):
        return False
    if not answers:
        return True
    there = briefs(UUID(file["id"]) for file in document["files"])
    arrived = sorted(
        (str(file["path"]), there[UUID(file["id"])].sha256)
        for file in document["files"]
        if UUID(file["id"]) in there
    )
    return (
        without_numbers(signed["answers"]) == without_numbers(document["answers"])
        and sorted((file["path"], file["sha256"]) for file in signed["files"]) == arrived
    )


def keep_signature(
    crossed: signing.Crossed, case: Case, chosen: Procedure, *, steps: int, now: datetime
) -> None:
    """Put a verified signature to the case, last in the transaction. One whose answers have changed
    since waits for somebody who compares them."""
    evaluation = evaluate(chosen.form, case.answers, today=local_date(case.received_at))
    signing.keep_crossed(
        crossed,
        subject=UUID(case.submit_key.removeprefix("draft:")),
        claimed=claimed_in(chosen, case.answers, evaluation),
        case_id=case.public_id,
        number=case.number,
        title=chosen.spec.service.title.ja,
        department=case.department,
        look=steps > 0,
        now=now,
    )
