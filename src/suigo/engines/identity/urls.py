"""Addresses of identity."""

from django.urls import URLPattern, path

from suigo.engines.identity.web import authority, people, residents, staff

urlpatterns: list[URLPattern] = [
    path("sign-in/", residents.sign_in, name="sign-in"),
    path("sign-in/code/", residents.sign_in_code, name="sign-in-code"),
    path("sign-out/", residents.sign_out, name="sign-out"),
    path("my/account/", residents.account, name="account"),
    path(
        "my/account/sessions/end-others/",
        residents.end_other_sessions,
        name="account-end-other-sessions",
    ),
    path(
        "my/account/sessions/<uuid:session>/end/",
        residents.end_session,
        name="account-end-session",
    ),
    path("staff/sign-in/", staff.sign_in, name="staff-sign-in"),
    path("staff/sign-in/second-step/", staff.second_step, name="staff-second-step"),
    path("staff/sign-in/password/", staff.first_password, name="staff-first-password"),
    path("staff/sign-in/enrol/", staff.enrol, name="staff-enrol"),
    path("staff/sign-in/recovery-codes/", staff.recovery_codes, name="staff-recovery-codes"),
    path("staff/sign-out/", staff.sign_out, name="staff-sign-out"),
    path("staff/account/", staff.account, name="staff-account"),
    path("staff/account/password/", staff.password, name="staff-password"),
    path("staff/account/second-factor/", staff.second_factor, name="staff-second-factor"),
    path(
        "staff/account/sessions/end-others/",
        staff.end_other_sessions,
        name="staff-end-other-sessions",
    ),
    path("staff/account/sessions/<uuid:session>/end/", staff.end_session, name="staff-end-session"),
    path("staff/people/", people.people, name="people"),
    path("staff/people/new/", people.new_person, name="new-person"),
    path("staff/people/<uuid:account>/", people.person, name="person"),
    path("staff/people/<uuid:account>/posts/", people.give_post, name="give-post"),
    path("staff/people/<uuid:account>/posts/<uuid:holding>/end/", people.end_post, name="end-post"),
    path(
        "staff/people/<uuid:account>/posts/<uuid:holding>/substitute/",
        people.substitute,
        name="substitute",
    ),
    path("staff/people/<uuid:account>/end-sessions/", people.end_sessions, name="end-sessions"),
    path("staff/people/<uuid:account>/reset/", people.reset, name="reset-credentials"),
    path("staff/people/<uuid:account>/suspend/", people.suspend, name="suspend-account"),
    path("staff/people/<uuid:account>/restore/", people.restore, name="restore-account"),
    path("staff/tokens/", people.tokens, name="tokens"),
    path("staff/tokens/<uuid:token>/revoke/", people.revoke_token, name="revoke-token"),
    path("staff/authority/", authority.show, name="authority"),
    path("staff/authority.csv", authority.export, name="authority-export"),
]
