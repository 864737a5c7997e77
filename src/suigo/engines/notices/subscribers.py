"""What notices does when other packages tell something."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import queries as identity
from suigo.engines.notices.actions import send
from suigo.kernel import clock
from suigo.kernel.jobs import job

SEND_SIGN_IN_CODE = "notices.send-sign-in-code"
TELL_WAYS_IN = "notices.tell-ways-in"
TELL_RECOVERY = "notices.tell-recovery"

CHANGES = {
    "passkey-added": _("パスキーを登録しました。"),
    "passkey-removed": _("パスキーを消しました。"),
    "passkey-paused": _("パスキーを止めました。複製されて使われた疑いがあります。"),
    "card-matched": _("職員の確認が終わり、マイナンバーカードでログインできるようになりました。"),
    "credentials-reset": _("2人の管理者が、新しい仮のパスワードを発行しました。"),
}


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


@job(TELL_WAYS_IN)
def tell_ways_in(account_id: int, change: str, reference: str) -> None:
    """How somebody can sign in changed: tell them at once, so that nobody else does it unseen."""
    brief = identity.account_brief([account_id]).get(account_id)
    if brief is None or not brief.email:
        return
    with translation.override(brief.language):
        said = str(CHANGES[change])
    page = "staff/account/passkeys/" if brief.kind == "staff" else "my/account/passkeys/"
    if change == "card-matched":
        page = "my/account/"
    send(
        "ways-in-changed",
        to_address=brief.email,
        to_account_id=account_id,
        language=brief.language,
        values={"change": said, "place": f"{settings.SUIGO_BASE_URL}/{page}"},
        dedupe_key=f"ways-in:{change}:{reference}",
        now=clock.now(),
        urgent=True,
    )


@job(TELL_RECOVERY)
def tell_recovery(account_id: int, recovery: str, step: str, sealed_address: str) -> None:
    """Somebody at the city hall asked for other ways in, or got them: tell the address there was,
    and at the end the new one too."""
    told = identity.recovery_to_tell(recovery, sealed_address=sealed_address)
    if told is None:
        return
    values = {"address": told.hinted}
    if step == "asked":
        values |= {
            "until": told.until,
            "link": f"{settings.SUIGO_BASE_URL}{told.objection_path}",
        }
    addresses = {"old": told.old_address}
    if step == "done":
        addresses["new"] = told.new_address
    for which, address in addresses.items():
        if address:
            send(
                f"recovery-{step}",
                to_address=address,
                to_account_id=account_id,
                language=told.language,
                values=values,
                dedupe_key=f"recovery:{recovery}:{step}:{which}",
                now=clock.now(),
                urgent=True,
            )
