"""Who may open what: the table. The order of a row is that of WHO."""

from security.proxies import PROXIES
from security.ways_in import WAYS_IN

Row = tuple[str, ...]

EVERYBODY: Row = ("open",) * 7
# staff enter for others only where their post says so: here, at the counter of welfare
FOR_THEMSELVES: Row = (*["open"] * 3, "no", "no", "open", "no")
# whoever is not a resident is led to the residents' sign-in
RESIDENTS: Row = ("sign in", "open", "open", *["sign in"] * 4)
THEIR_OWN: Row = ("hidden", "open", *["hidden"] * 5)
# the office prints a receipt at the counter
THEIRS_OR_THE_OFFICE: Row = ("hidden", "open", "hidden", "open", "open", "hidden", "hidden")
WITHOUT_A_CARD: Row = ("sign in", "hidden", "hidden", *["sign in"] * 4)
A_SIGNED_IN: Row = ("sign in", "open", "hidden", *["sign in"] * 4)
OUTSIDE = ("staff sign in",) * 3
STAFF: Row = (*OUTSIDE, "open", "open", "open", "open")
THE_OFFICE: Row = (*OUTSIDE, "open", "open", "hidden", "hidden")
CHECKERS: Row = (*OUTSIDE, "open", "no", "hidden", "hidden")
THE_CLERK: Row = (*OUTSIDE, "open", "hidden", "hidden", "hidden")
DECIDERS: Row = (*OUTSIDE, "hidden", "open", "hidden", "hidden")
EXPORTERS: Row = (*OUTSIDE, "no", "open", "no", "open")
# of these people, only the head of general affairs makes and approves procedures
BUILDERS: Row = (*OUTSIDE, "no", "no", "no", "open")
ADMINISTRATORS: Row = (*OUTSIDE, "no", "no", "no", "open")
IMPORTERS: Row = (*OUTSIDE, "no", "no", "no", "no")
MY_NUMBER: Row = (*OUTSIDE, "no", "no", "no", "no")
# whoever serves at the counter, and whoever runs it; a colleague's visit is taken over first
COUNTER: Row = (*OUTSIDE, "no", "no", "open", "no")
COUNTER_MANAGER: Row = (*OUTSIDE, "no", "no", "no", "open")
# a ticket machine and the clerks of the counter give numbers, nobody else; for a purpose
MACHINE_OR_COUNTER: Row = (*["no"] * 5, "hidden", "no")
KEYS_ONLY: Row = ("key",) * 7  # a signed-in browser is not enough for the API

TABLE: dict[str, tuple[str, Row]] = {
    **WAYS_IN,
    # -- for everybody
    "city-css": ("GET", EVERYBODY),
    "display": ("GET", EVERYBODY),
    "favicon": ("GET", EVERYBODY),
    "security-txt": ("GET", ("hidden",) * 7),  # until the installation names somebody
    "gallery": ("GET", EVERYBODY),
    "gallery-example": ("GET", EVERYBODY),
    "home": ("GET", EVERYBODY),
    "procedures": ("GET", EVERYBODY),
    "procedure": ("GET", EVERYBODY),
    "paper-form": ("GET", EVERYBODY),
    "paper-sheet": ("GET", EVERYBODY),
    "start-application": ("POST", FOR_THEMSELVES),
    "accessibility": ("GET", EVERYBODY),
    "privacy": ("GET", EVERYBODY),
    "guides": ("GET", EVERYBODY),
    "guide": ("GET", EVERYBODY),
    "guide-code": ("GET", EVERYBODY),
    "guide-result": ("GET", EVERYBODY),
    "guide-calendar": ("GET", EVERYBODY),
    "guide-qr": ("GET", EVERYBODY),
    "plan": ("GET", EVERYBODY),
    "figures-open-data": ("GET", EVERYBODY),
    "plan-measure": ("GET", EVERYBODY),
    "sign-in": ("GET", EVERYBODY),
    "sign-in-code": ("GET", RESIDENTS),
    # without a provider, as in these tests, there is nothing to go to or to come back from
    "sign-in-with": ("POST", ("hidden",) * 7),
    "sign-in-back": ("GET", ("hidden",) * 7),
    "sign-in-choose": ("GET", RESIDENTS),
    "sign-in-waiting": ("GET", EVERYBODY),
    "sign-in-keys": ("GET", EVERYBODY),
    "sign-out": ("GET", EVERYBODY),
    "staff-sign-in": ("GET", EVERYBODY),
    "staff-service": ("POST", ("hidden",) * 7),
    "staff-service-back": ("GET", ("hidden",) * 7),
    "staff-sign-out": ("GET", EVERYBODY),
    # the steps in between lead back to the beginning, or home for those who are in
    "staff-second-step": ("GET", STAFF),
    "staff-first-password": ("GET", STAFF),
    "staff-enrol": ("GET", STAFF),
    "staff-recovery-codes": ("GET", STAFF),
    # only demonstrations and tests have these
    "demo-mails": ("GET", EVERYBODY),
    "demo-mail": ("GET", ("hidden",) * 7),
    # -- residents
    "my-page": ("GET", RESIDENTS),
    "my-looks": ("GET", RESIDENTS),
    "account": ("GET", RESIDENTS),
    "account-email": ("GET", RESIDENTS),
    "my-facts": ("GET", RESIDENTS),
    "facts-download": ("GET", RESIDENTS),
    "my-data": ("GET", RESIDENTS),
    "my-data-archive": ("GET", A_SIGNED_IN),
    "withdraw-facts": ("GET", RESIDENTS),
    "change-fact": ("GET", A_SIGNED_IN),
    "settle-fact": ("POST", ("sign in", "hidden", "hidden", *["sign in"] * 4)),
    "withdraw-fact": ("GET", A_SIGNED_IN),
    **PROXIES,
    "account-end-other-sessions": ("POST", RESIDENTS),
    "account-end-session": ("POST", A_SIGNED_IN),
    "own-file": ("GET", A_SIGNED_IN),
    "my-file": ("GET", THEIR_OWN),
    "apply": ("GET", THEIR_OWN),
    "apply-check": ("GET", THEIR_OWN),
    "draft-saved": ("GET", THEIR_OWN),
    "apply-sign": ("GET", THEIR_OWN),
    "apply-signed": ("GET", THEIR_OWN),
    "demo-card": ("GET", WITHOUT_A_CARD),  # nothing waits to be signed
    "discard-draft": ("GET", THEIR_OWN),
    "apply-page": ("GET", THEIR_OWN),
    "apply-refresh": ("POST", THEIR_OWN),
    "apply-upload": ("POST", THEIR_OWN),
    "my-application": ("GET", THEIR_OWN),
    "application-done": ("GET", THEIR_OWN),
    "correct-application": ("GET", THEIR_OWN),
    "add-to-application": ("GET", THEIR_OWN),
    "withdraw-application": ("GET", THEIR_OWN),
    "application-receipt": ("GET", THEIRS_OR_THE_OFFICE),
    "application-calendar": ("GET", THEIR_OWN),
    # -- staff
    "staff-account": ("GET", STAFF),
    "staff-password": ("GET", STAFF),
    "staff-second-factor": ("GET", STAFF),
    "staff-end-other-sessions": ("POST", STAFF),
    "staff-end-session": ("POST", THE_CLERK),
    "authority": ("GET", STAFF),
    "authority-export": ("GET", STAFF),
    "procedure-authority": ("GET", STAFF),
    "staff": ("GET", EVERYBODY),
    "inbox": ("GET", STAFF),
    "inbox-assign": ("POST", STAFF),
    "inbox-save-view": ("POST", STAFF),
    "inbox-delete-view": ("POST", THE_CLERK),
    "inbox-export": ("GET", EXPORTERS),
    "figures": ("GET", EXPORTERS),
    "figures-export": ("GET", EXPORTERS),
    "procedure-figures": ("GET", (*OUTSIDE, "no", "open", "no", "hidden")),
    "to-confirm": ("GET", EXPORTERS),
    "to-confirm-export": ("GET", EXPORTERS),
    "case": ("GET", THE_OFFICE),
    "case-reason": ("GET", THE_OFFICE),
    "case-sharing": ("GET", THE_OFFICE),
    "case-sharing-withdraw": ("POST", (*OUTSIDE, "no", "open", "hidden", "hidden")),
    "case-assign": ("POST", THE_OFFICE),
    "case-note": ("POST", CHECKERS),
    "case-checklist": ("POST", THE_OFFICE),
    "case-my-number": ("POST", MY_NUMBER),
    "case-file-signatures": ("POST", THE_OFFICE),
    # -- signatures: whoever decides on those of their department; here the head of the library
    "signatures": ("GET", (*OUTSIDE, "no", "open", "no", "open")),
    "signature": ("GET", THE_OFFICE),
    "signature-decide": ("POST", (*OUTSIDE, "no", "open", "hidden", "hidden")),
    "signature-try-again": ("POST", (*OUTSIDE, "no", "open", "hidden", "hidden")),
    "signature-person": ("POST", (*OUTSIDE, "no", "open", "no", "hidden")),
    "signature-export": ("GET", (*OUTSIDE, "no", "open", "no", "hidden")),
    "case-application": ("GET", THE_OFFICE),
    "case-letter": ("GET", THE_OFFICE),
    "case-action": ("GET", THE_OFFICE),
    "case-letter-preview": ("POST", DECIDERS),
    "documents-staff-file": ("GET", THE_OFFICE),
    "documents-staff-page": ("GET", THE_OFFICE),
    # -- what arrived by other ways: only those whose post says so, as no post of these people does
    "intake": ("GET", IMPORTERS),
    "intake-delivery": ("GET", IMPORTERS),
    "intake-start": ("POST", IMPORTERS),
    "intake-retry": ("POST", IMPORTERS),
    "intake-dismiss": ("POST", IMPORTERS),
    "intake-download": ("GET", IMPORTERS),
    "intake-mend": ("GET", IMPORTERS),
    "intake-example": ("GET", IMPORTERS),
    "intake-scans": ("GET", IMPORTERS),
    "intake-scan": ("GET", IMPORTERS),
    "intake-type": ("POST", IMPORTERS),
    "intake-scan-dismiss": ("POST", IMPORTERS),
    # -- the counter
    "counter-prepare": ("GET", EVERYBODY),
    "counter-tickets": ("POST", MACHINE_OR_COUNTER),
    "counter-ticket": ("GET", EVERYBODY),
    "counter-ticket-qr": ("GET", EVERYBODY),
    "counter-display": ("GET", EVERYBODY),
    "counter-screen-enter": ("GET", EVERYBODY),
    "counter-screen": ("GET", EVERYBODY),  # whoever has the code, which ends with the visit
    "counter": ("GET", COUNTER),
    "counter-window": ("POST", COUNTER),
    "counter-next": ("POST", COUNTER),
    "counter-give": ("POST", (*OUTSIDE, *MACHINE_OR_COUNTER[3:])),
    "counter-number": ("POST", COUNTER),
    "counter-begin": ("POST", COUNTER),
    "counter-visit": ("GET", COUNTER),
    "counter-take-over": ("POST", COUNTER),
    "counter-person": ("GET", COUNTER),
    "counter-events": ("GET", COUNTER),
    "counter-guide": ("GET", COUNTER),
    "counter-items": ("GET", COUNTER),
    "counter-common": ("GET", COUNTER),
    "counter-entry": ("GET", COUNTER),
    "counter-refresh": ("POST", COUNTER),
    "counter-check": ("GET", COUNTER),
    "counter-pair": ("POST", COUNTER),
    "counter-screen-qr": ("GET", COUNTER),
    "counter-paper": ("POST", COUNTER),
    "counter-receive": ("POST", COUNTER),
    "counter-done": ("GET", COUNTER),
    "counter-set": ("GET", COUNTER),
    "counter-hand-over": ("POST", COUNTER),
    "counter-end": ("POST", COUNTER),
    "counter-figures": ("GET", COUNTER_MANAGER),
    "counter-figures-csv": ("GET", COUNTER_MANAGER),
    "counter-kiosks": ("GET", COUNTER_MANAGER),
    "counter-kiosk-remove": ("POST", COUNTER_MANAGER),
    # -- administration
    **dict.fromkeys(
        (
            "people",
            "new-person",
            "person",
            "end-post",
            "substitute",
            "reset-credentials",
            "tokens",
            "notices",
            "notice",
            "ledger",
            "ledger-entry",
            "ledger-proofs",
            "ledger-proof",
            "ledger-removed",
            "ledger-removed-csv",
            "bridge",
            "documents-purges",
            "documents-purge",
        ),
        ("GET", ADMINISTRATORS),
    ),
    **dict.fromkeys(
        (
            "give-post",
            "end-sessions",
            "suspend-account",
            "restore-account",
            "revoke-token",
            "notice-send-again",
            "ledger-verify",
            "bridge-retry",
            "bridge-seen",
        ),
        ("POST", ADMINISTRATORS),
    ),
    "matches": ("GET", COUNTER_MANAGER),
    "match": ("GET", (*OUTSIDE, "no", "no", "no", "hidden")),  # no such question
    # -- procedures made in the browser
    "builder": ("GET", BUILDERS),
    **{
        f"builder-{page}": ("GET", BUILDERS)
        for page in (
            "new",
            "questions",
            "about",
            "checklist",
            "checks",
            "letters",
            "preview",
            "frame",
            "paper",
            "trial",
            "review",
            "package",
            "procedure",
            "procedure-package",
        )
    },
    # -- programs: catalogue and guide are public, all else needs a key (tests/engines/cases, REST)
    "api:api-root": ("GET", ("hidden",) * 7),
    "api:apply": ("POST", KEYS_ONLY),
    "api:openapi-json": ("GET", EVERYBODY),
    "api:openapi-view": ("GET", EVERYBODY),
    "api:list_procedures": ("GET", EVERYBODY),
    "api:get_procedure": ("GET", EVERYBODY),
    "api:list_guides": ("GET", EVERYBODY),
    "api:guide_results": ("POST", EVERYBODY),  # stores nothing
    "api:upload": ("POST", KEYS_ONLY),
    "api:get_application": ("GET", KEYS_ONLY),
    "api:list_cases": ("GET", KEYS_ONLY),
    "api:get_case": ("GET", KEYS_ONLY),
    "api:act": ("POST", KEYS_ONLY),
    "api:give_reason": ("POST", KEYS_ONLY),
}
