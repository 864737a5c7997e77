"""What notices does when other packages tell something."""

from suigo.engines.identity import queries as identity
from suigo.engines.notices.actions import send
from suigo.kernel import clock
from suigo.kernel.jobs import job

SEND_SIGN_IN_CODE = "notices.send-sign-in-code"


@job(SEND_SIGN_IN_CODE)
def send_sign_in_code(code_id: int) -> None:
    """Somebody asked for a sign-in code: send it at once, night or day, while it is of use."""
    now = clock.now()
    code = identity.code_to_send(code_id, now=now)
    if code is None:
        return
    send(
        "sign-in-code",
        to_address=code.address,
        to_account_id=None,
        language=code.language,
        values={"code": code.digits},
        dedupe_key=f"sign-in-code:{code.public_id}",
        now=now,
        urgent=True,
        expires_at=code.expires_at,
    )
