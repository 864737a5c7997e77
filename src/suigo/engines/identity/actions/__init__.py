"""What can be done with accounts, posts, sessions and tokens: one function per verb."""

from suigo.engines.identity.actions.accounts import (
    end_all_sessions,
    end_session,
    sign_out,
    update_profile,
)
from suigo.engines.identity.actions.addresses import confirm_address, request_address_code
from suigo.engines.identity.actions.matching import decide_match
from suigo.engines.identity.actions.posts import end_post, hold_post, name_substitute
from suigo.engines.identity.actions.proofs import (
    Choice,
    choose,
    count_proof_request,
    drop_choice,
    is_somebody_elses,
    pending_choice,
    sign_in_with_proof,
)
from suigo.engines.identity.actions.residents import request_sign_in_code, sign_in_with_code
from suigo.engines.identity.actions.staff_accounts import (
    NewStaff,
    create_staff,
    reset_credentials,
    restore_account,
    suspend_account,
)
from suigo.engines.identity.actions.staff_service import begin_staff_sign_in_with_proof
from suigo.engines.identity.actions.staff_sign_in import (
    Enrolment,
    begin_staff_sign_in,
    change_password,
    enrol_totp,
    replace_totp,
    set_first_password,
    sign_in_staff,
    staff_step,
    start_totp_enrolment,
)
from suigo.engines.identity.actions.tidying import forget_expired, forget_names
from suigo.engines.identity.actions.tokens import (
    actor_for_token,
    create_api_token,
    revoke_api_token,
)

__all__ = [
    "Choice",
    "Enrolment",
    "NewStaff",
    "actor_for_token",
    "begin_staff_sign_in",
    "begin_staff_sign_in_with_proof",
    "change_password",
    "choose",
    "confirm_address",
    "count_proof_request",
    "create_api_token",
    "create_staff",
    "decide_match",
    "drop_choice",
    "end_all_sessions",
    "end_post",
    "end_session",
    "enrol_totp",
    "forget_expired",
    "forget_names",
    "hold_post",
    "is_somebody_elses",
    "name_substitute",
    "pending_choice",
    "replace_totp",
    "request_address_code",
    "request_sign_in_code",
    "reset_credentials",
    "restore_account",
    "revoke_api_token",
    "set_first_password",
    "sign_in_staff",
    "sign_in_with_code",
    "sign_in_with_proof",
    "sign_out",
    "staff_step",
    "start_totp_enrolment",
    "suspend_account",
    "update_profile",
]
