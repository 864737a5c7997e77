"""Administration: people and their posts, keys for programs, and who may do what."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.identity import actions, policy, queries
from suigo.engines.identity.organisation import organisation
from suigo.engines.identity.rules import GIVEN_KINDS
from suigo.engines.identity.rules.posts import kind_title
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.visitors import show_once, shown_once
from suigo.kernel import clock
from suigo.kernel.access import capabilities
from suigo.kernel.access.fresh import fresh_required
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.errors import Conflict, Invalid, NotFound, SuigoError
from suigo.kernel.ui import navigation

DONE = {
    "created": _("職員を登録しました。"),
    "post-given": _("職を与えました。"),
    "post-ended": _("職の終わりの日を決めました。"),
    "substitute-named": _("代理を決めました。"),
    "sessions-ended": _("この人のログインをすべて終わらせました。"),
    "suspended": _("このアカウントを止めました。"),
    "restored": _("このアカウントを再開しました。"),
}
ONE_DAY = timedelta(days=1)
POST_LABELS = {
    "post": _("職"),
    "kind": _("職の持ち方"),
    "valid_from": _("始まりの日"),
    "valid_to": _("終わりの日（この日まで）"),
}


def _today() -> date:
    return clock.local_date(clock.now())


def _day(request: HttpRequest, name: str) -> date | None:
    """The day in an input of type date; None when empty. Raises ``Invalid``."""
    typed = request.POST.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as wrong:
        raise Invalid(
            field_errors={name: _("日付を、例のように入力してください。例: 2026-04-01")}
        ) from wrong


def _required_day(request: HttpRequest, name: str) -> date:
    day = _day(request, name)
    if day is None:
        raise Invalid(field_errors={name: _("日付を入力してください。")})
    return day


def _after(last_day: date | None) -> date | None:
    """People name the last day; periods are half-open."""
    return last_day + ONE_DAY if last_day and last_day < date.max else None


@never_cache
@require_safe
@staff_required(policy.MANAGE)
def people(request: HttpRequest) -> HttpResponse:
    """``/staff/people/``: everybody, by department, found by name or kana."""
    department, search = request.GET.get("department", ""), request.GET.get("q", "")
    found, more = queries.people(
        actor_of(request),
        today=_today(),
        department=department,
        search=search,
        after=request.GET.get("after", ""),
    )
    departments = [("", _("すべて")), *((d.id, d.name) for d in organisation().spec.departments)]
    links = [
        navigation.Tab(
            title=str(name),
            url=f"?{urlencode({'department': key})}" if key else "?",
            current=key == department,
            count=None,
        )
        for key, name in departments
    ]
    query = {"department": department, "q": search, "after": more}
    context = {
        "people": found,
        "search_text": search,
        "department": department,
        "filters": [{"title": _("課"), "links": links}],
        "next": f"?{urlencode(query)}" if more else "",
    }
    return render(request, "identity/people.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.MANAGE)
@fresh_required(
    does=_("登録する"),
    labels={"name": _("氏名"), "name_kana": _("氏名のふりがな"), "email": _("メールアドレス")},
)
def new_person(request: HttpRequest) -> HttpResponse:
    """``/staff/people/new/``."""
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            made = actions.create_staff(
                actor_of(request),
                email=request.POST.get("email", ""),
                name=request.POST.get("name", ""),
                name_kana=request.POST.get("name_kana", ""),
                now=clock.now(),
            )
        except Invalid as error:
            failure = error
        else:
            show_once(request, [made.temporary_password or ""])
            return _back(made.public_id, "created")
    inputs = [
        Input(name="name", label=_("氏名")),
        Input(name="name_kana", label=_("氏名のふりがな"), required=False),
        Input(name="email", label=_("メールアドレス"), kind="email", inputmode="email", width=0),
    ]
    return page(request, "identity/new_person.html", {}, inputs=inputs, failure=failure)


@never_cache
@require_safe
@staff_required(policy.MANAGE)
def person(request: HttpRequest, account: UUID) -> HttpResponse:
    """``/staff/people/<id>/``: posts with dates, substitutes, sessions, credentials."""
    return _person(request, account)


def _person(
    request: HttpRequest,
    account: UUID,
    *,
    inputs: list[Input] | None = None,
    failure: SuigoError | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    someone = queries.person(actor, account, today=_today())
    secret = shown_once(request) if request.method != "POST" else []
    context = {
        "person": someone,
        "is_self": someone.id == actor.account_id,
        "secret": secret[0] if secret else "",
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return page(
        request, "identity/person.html", context, inputs=inputs or _post_inputs(), failure=failure
    )


def _post_inputs() -> list[Input]:
    org = organisation()
    options = [(post.id, org.title_of(post.id)) for post in org.spec.posts]
    return [
        Input(
            name="post",
            label=_("職"),
            kind="select",
            options=(("", _("選んでください")), *options),
            width=0,
        ),
        Input(
            name="kind",
            label=_("職の持ち方"),
            kind="select",
            value="own",
            options=tuple((kind, kind_title(kind)) for kind in GIVEN_KINDS),
            hint=_("兼務・併任・応援の職でできることは、その職の課の中だけです。"),
        ),
        Input(name="valid_from", label=_("始まりの日"), kind="date", value=_today().isoformat()),
        Input(
            name="valid_to",
            label=_("終わりの日（この日まで）"),
            kind="date",
            hint=_("決まっていないときは空けておきます。応援には必ず入れます。"),
            required=False,
        ),
    ]


def _back(account: UUID, done: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("person", args=[account]) + f"?done={done}")


@require_POST
@staff_required(policy.MANAGE)
@fresh_required(does=_("職を登録する"), labels=POST_LABELS)
def give_post(request: HttpRequest, account: UUID) -> HttpResponse:
    """Gives a post with dates."""
    try:
        actions.hold_post(
            actor_of(request),
            account,
            post=request.POST.get("post", ""),
            kind=request.POST.get("kind", "own"),
            valid_from=_required_day(request, "valid_from"),
            valid_to=_after(_day(request, "valid_to")),
            now=clock.now(),
        )
    except (Invalid, Conflict) as error:
        return _person(request, account, failure=error)
    return _back(account, "post-given")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.MANAGE)
@fresh_required(does=_("職の終わりを決める"), labels={"valid_to": _("終わりの日（この日まで）")})
def end_post(request: HttpRequest, account: UUID, holding: UUID) -> HttpResponse:
    """Asks for the last day and ends the holding."""
    context = _held(request, account, holding)
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            last_day = _required_day(request, "valid_to")
            actions.end_post(
                actor_of(request), holding, valid_to=last_day + ONE_DAY, now=clock.now()
            )
        except Invalid as error:
            failure = error
        else:
            return _back(account, "post-ended")
    inputs = [
        Input(
            name="valid_to",
            label=_("終わりの日（この日まで）"),
            kind="date",
            value=_today().isoformat(),
        )
    ]
    return page(request, "identity/end_post.html", context, inputs=inputs, failure=failure)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.MANAGE)
@fresh_required(
    does=_("代理を決める"),
    labels={"valid_from": _("始まりの日"), "valid_to": _("終わりの日（この日まで）")},
)
def substitute(request: HttpRequest, account: UUID, holding: UUID) -> HttpResponse:
    """Asks who stands in, and on which days."""
    context = _held(request, account, holding)
    failure: SuigoError | None = None
    actor = actor_of(request)
    if request.method == "POST":
        try:
            actions.name_substitute(
                actor,
                holding,
                account=_uuid(request.POST.get("account", "")),
                valid_from=_required_day(request, "valid_from"),
                valid_to=_required_day(request, "valid_to") + ONE_DAY,
                now=clock.now(),
            )
        except (Invalid, Conflict) as error:
            failure = error
        else:
            return _back(account, "substitute-named")
    colleagues = queries.possible_substitutes(actor, holding, today=_today())
    inputs = [
        Input(
            name="account",
            label=_("代理をする人"),
            kind="select",
            options=(
                ("", _("選んでください")),
                *((str(c.public_id), f"{c.name}（{c.email}）") for c in colleagues),
            ),
            width=0,
        ),
        Input(name="valid_from", label=_("始まりの日"), kind="date", value=_today().isoformat()),
        Input(name="valid_to", label=_("終わりの日（この日まで）"), kind="date"),
    ]
    return page(request, "identity/substitute.html", context, inputs=inputs, failure=failure)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Invalid(field_errors={"account": _("人を一覧から選んでください。")}) from wrong


def _held(request: HttpRequest, account: UUID, holding: UUID) -> dict[str, object]:
    """Somebody and one of their own posts. Raises ``NotFound`` for anybody else's."""
    someone = queries.person(actor_of(request), account, today=_today())
    line = next((h for h in someone.holdings if h.public_id == holding), None)
    if line is None:
        raise NotFound
    return {"person": someone, "holding": line}


@require_POST
@staff_required(policy.MANAGE)
@fresh_required(does=_("ログインをすべて終わらせる"))
def end_sessions(request: HttpRequest, account: UUID) -> HttpResponse:
    """Ends every session of somebody."""
    actions.end_all_sessions(actor_of(request), account=account, now=clock.now())
    return _back(account, "sessions-ended")


@require_POST
@staff_required(policy.MANAGE)
@fresh_required(does=_("アカウントを止める"))
def suspend(request: HttpRequest, account: UUID) -> HttpResponse:
    """Shuts somebody out at once."""
    actions.suspend_account(actor_of(request), account, now=clock.now())
    return _back(account, "suspended")


@require_POST
@staff_required(policy.MANAGE)
@fresh_required(does=_("アカウントを再開する"))
def restore(request: HttpRequest, account: UUID) -> HttpResponse:
    """Lets somebody in again."""
    actions.restore_account(actor_of(request), account, now=clock.now())
    return _back(account, "restored")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.TOKENS)
@fresh_required(
    does=_("鍵を発行する"),
    labels={"title": _("何に使いますか"), "scopes": _("できること"), "expires_at": _("期限")},
)
def tokens(request: HttpRequest) -> HttpResponse:
    """``/staff/tokens/``: one's own keys for programs."""
    actor, now = actor_of(request), clock.now()
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            last_day = _required_day(request, "expires_at")
            raw = actions.create_api_token(
                actor,
                title=request.POST.get("title", ""),
                scopes=request.POST.getlist("scopes"),
                expires_at=datetime.combine(last_day + ONE_DAY, time.min, clock.TOKYO),
                now=now,
            )
        except Invalid as error:
            failure = error
        else:
            show_once(request, [raw])
            return HttpResponseRedirect(reverse("tokens"))
    known = capabilities.known()
    chosen = request.POST.getlist("scopes")
    scopes = [
        (scope, known[scope].title if scope in known else scope, scope in chosen)
        for scope in sorted(policy.grantable_scopes(actor))
    ]
    inputs = [
        Input(
            name="title", label=_("何に使いますか"), hint=_("例: 基幹システムへの取り込み"), width=0
        ),
        Input(
            name="expires_at",
            label=_("使える最後の日"),
            kind="date",
            hint=_("1年以内の日。"),
            value=(_today() + timedelta(days=90)).isoformat(),
        ),
    ]
    secret = shown_once(request) if request.method != "POST" else []
    errors = failure.field_errors if isinstance(failure, Invalid) else {}
    context = {
        "tokens": queries.tokens_of(actor, now=now),
        "scopes": scopes,
        "scopes_error": errors.get("scopes", ""),
        "secret": secret[0] if secret else "",
    }
    return page(request, "identity/tokens.html", context, inputs=inputs, failure=failure)


@require_POST
@staff_required(policy.TOKENS)
@fresh_required(does=_("鍵を無効にする"))
def revoke_token(request: HttpRequest, token: UUID) -> HttpResponse:
    """Makes one of one's own tokens worthless."""
    actions.revoke_api_token(actor_of(request), token, now=clock.now())
    return HttpResponseRedirect(reverse("tokens"))
