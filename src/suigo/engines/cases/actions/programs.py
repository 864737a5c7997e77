"""An application that a program sends, whole: by the REST API."""

import hashlib
import json
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.submission import (
    Application,
    Receipt,
    checked_application,
    receive_application,
    same_request,
    sealed_numbers,
)
from suigo.engines.cases.queries.procedures import (
    needed_assurance,
    procedure,
)
from suigo.engines.cases.rules.attachments import files_shown
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.documents.queries import own_files
from suigo.engines.facts.queries import known_facts
from suigo.engines.forms.rules import (
    KnownFacts,
    evaluate,
    normalised,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.prefilling import held
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.content.definitions import freeze
from suigo.kernel.errors import (
    Forbidden,
    Invalid,
    Message,
    NotFound,
    NotSignedIn,
)


def submit_answers(
    procedure_id: str,
    answers: Answers,
    *,
    actor: Actor,
    now: datetime,
    language: str,
    idempotency_key: str,
    channel: str = "api",
) -> Receipt:
    """Send an application from a program. The same key with the same answers gives the same
    receipt, also after a lost answer and when two arrive at once.

    Raises ``Conflict`` for a key that was used with other answers, ``Invalid`` (also for answers
    the form does not ask for), ``NotFound``, ``NotSignedIn``, ``Refused``.
    """
    if actor.account_id is None:
        raise NotSignedIn(_("申請を送るには、アクセストークンが必要です。"))
    key = f"api:{actor.account_id}:{hashlib.sha256(idempotency_key.encode()).hexdigest()}"
    body = json.dumps([procedure_id, answers], sort_keys=True, separators=(",", ":"))
    # keyed, because a short secret among the answers could be guessed from a plain digest
    digest = salted_hmac("cases.submit", body, algorithm="sha256").hexdigest()
    earlier = same_request(key, digest)
    if earlier is not None:
        return earlier
    try:
        return _submit_answers(procedure_id, answers, actor, now, language, channel, key, digest)
    except IntegrityError:
        # a twin of this request was faster; its case is the answer to both
        earlier = same_request(key, digest)
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _submit_answers(
    procedure_id: str,
    answers: Answers,
    actor: Actor,
    now: datetime,
    language: str,
    channel: str,
    key: str,
    digest: str,
) -> Receipt:
    chosen = procedure(procedure_id)
    if not actor.is_staff and actor.assurance < needed_assurance(chosen.spec.service):
        raise Forbidden(_("この手続には、より確かな本人確認が必要です。"))
    known = known_facts(actor, now=now) if _locks(chosen) else {}
    given = normalised(chosen.form, sealed_numbers(chosen, answers))
    _refuse_other_facts(chosen, given, known, today=local_date(now))
    application = checked_application(
        chosen,
        given,
        today=local_date(now),
        channel=channel,
        applicant_id=None if actor.is_staff else actor.account_id,
        owner_token="",
        submit_key=key,
        submit_digest=digest,
        known=known,
    )
    _require_own_files(application, actor)
    freeze(
        kind="procedure",
        name=procedure_id,
        document=chosen.document,
        now=now,
        digest=chosen.hash,
    )
    return receive_application(application, actor=actor, language=language, now=now)


def _locks(chosen: Procedure) -> bool:
    return any(
        isinstance(node.field, AnswerField) and node.field.locked
        for node in chosen.form.nodes.values()
    )


def _refuse_other_facts(
    chosen: Procedure, answers: Answers, known: KnownFacts, *, today: date
) -> None:
    """A program may leave out what the city has confirmed, not say something else. Raises
    ``Invalid``."""
    evaluation = evaluate(chosen.form, answers, today=today)
    locked = held(chosen.form, known, evaluation, today=today)
    other = [p for p, v in locked.items() if value_at(answers, p) not in (None, v)]
    if other:
        message = _("市が確認した情報とちがうため、この項目は変えられません。")
        raise Invalid(field_errors=dict.fromkeys(other, message))


def _require_own_files(application: Application, actor: Actor) -> None:
    """A file named by a program must be one that the same caller uploaded. Raises ``Invalid``."""
    token = "" if actor.is_resident else api_token(actor)
    errors: dict[str, Message] = {}
    for path, file_id in files_shown(application.evaluation, application.answers):
        try:
            own_files(actor, [UUID(file_id)], owner_token=token)
        except (NotFound, ValueError):
            errors[path] = _("このファイルは見つかりませんでした。先にファイルを送ってください。")
    if errors:
        raise Invalid(field_errors=errors)


def api_token(actor: Actor) -> str:
    """Whose the files are that a staff token uploads: they belong to no resident's account."""
    return f"api:{actor.account_id}"
