"""What can be done with accounts, posts, sessions and tokens: one function per verb."""

from suigo.engines.identity.actions.accounts import (
    end_all_sessions,
    end_session,
    sign_out,
    update_profile,
)
from suigo.engines.identity.actions.addresses import confirm_address, request_address_code
from suigo.engines.identity.actions.confirming import (
    confirm_with_code,
    confirm_with_passkey,
    confirm_with_password,
    confirm_with_service,
)
from suigo.engines.identity.actions.matching import decide_match
from suigo.engines.identity.actions.passkeys import (
    ask_for_new_passkey,
    ask_for_passkey,
    expect_passkey,
    register_passkey,
    remove_passkey,
    rename_passkey,
    sign_in_with_passkey,
)
from suigo.engines.identity.actions.posts import end_post, hold_post, name_substitute
from suigo.engines.identity.actions.proofs import (
    Choice,
    Outcome,
    choose,
    count_proof_request,
    drop_choice,
    is_somebody_elses,
    pending_choice,
    sign_in_with_proof,
)
from suigo.engines.identity.actions.recovery import (
    approve_recovery,
    ask_for_recovery,
    ask_for_staff_recovery,
    finish_recoveries,
    object_to_recovery,
    refuse_recovery,
)
from suigo.engines.identity.actions.residents import request_sign_in_code, sign_in_with_code
from suigo.engines.identity.actions.staff_accounts import (
    NewStaff,
    create_staff,
    restore_account,
    suspend_account,
)
from suigo.engines.identity.actions.staff_passkeys import (
    ask_for_first_passkey,
    enrol_passkey,
    second_step_with_passkey,
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
    "Outcome",
    "actor_for_token",
    "approve_recovery",
    "ask_for_first_passkey",
    "ask_for_new_passkey",
    "ask_for_passkey",
    "ask_for_recovery",
    "ask_for_staff_recovery",
    "begin_staff_sign_in",
    "begin_staff_sign_in_with_proof",
    "change_password",
    "choose",
    "confirm_address",
    "confirm_with_code",
    "confirm_with_passkey",
    "confirm_with_password",
    "confirm_with_service",
    "count_proof_request",
    "create_api_token",
    "create_staff",
    "decide_match",
    "drop_choice",
    "end_all_sessions",
    "end_post",
    "end_session",
    "enrol_passkey",
    "enrol_totp",
    "expect_passkey",
    "finish_recoveries",
    "forget_expired",
    "forget_names",
    "hold_post",
    "is_somebody_elses",
    "name_substitute",
    "object_to_recovery",
    "pending_choice",
    "refuse_recovery",
    "register_passkey",
    "remove_passkey",
    "rename_passkey",
    "replace_totp",
    "request_address_code",
    "request_sign_in_code",
    "restore_account",
    "revoke_api_token",
    "second_step_with_passkey",
    "set_first_password",
    "sign_in_staff",
    "sign_in_with_code",
    "sign_in_with_passkey",
    "sign_in_with_proof",
    "sign_out",
    "staff_step",
    "start_totp_enrolment",
    "suspend_account",
    "update_profile",
]
