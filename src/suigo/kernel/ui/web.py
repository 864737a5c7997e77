"""Display settings without JavaScript, and the city's colours as a style sheet."""

from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_safe

from suigo.kernel.clock import local_date, now
from suigo.kernel.content import city
from suigo.kernel.errors import NotFound, Refused
from suigo.kernel.ui import colours
from suigo.kernel.ui.context import (
    SCHEME_COOKIE,
    SCHEMES,
    TEXT_SIZE_COOKIE,
    TEXT_SIZES,
    cookie_name,
)

A_YEAR_OF_DAYS = 366
A_YEAR = 365 * 24 * 60 * 60  # seconds


# Without a CSRF token on purpose: the header of every page carries these buttons, and a token there
# would give each visitor a cookie of their own and keep public pages from being cached. The worst a
# foreign site can do is to change the size of our letters (and SameSite keeps it from that).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Language, text size and colour scheme: a page to choose on, and the buttons of the header.

    POST takes ``language``, ``text_size`` or ``scheme`` and ``next`` (a path of this site).
    """
    if request.method != "POST":
        return render(request, "ui/display.html", {"next": _safe_next(request.GET.get("next", ""))})
    response = HttpResponseRedirect(_safe_next(request.POST.get("next", "")))
    response.status_code = 303
    offered = {
        "language": (settings.LANGUAGE_COOKIE_NAME, [code for code, _name in settings.LANGUAGES]),
        "text_size": (cookie_name(TEXT_SIZE_COOKIE), TEXT_SIZES),
        "scheme": (cookie_name(SCHEME_COOKIE), SCHEMES),
    }
    chosen = [name for name in offered if name in request.POST]
    for name in chosen:
        cookie, choices = offered[name]
        value = request.POST[name]
        if value not in choices:
            raise Refused(_("選べない設定です。もう一度選んでください。"))
        response.set_cookie(
            cookie,
            value,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    if not chosen:
        raise Refused(_("設定が選ばれていません。もう一度選んでください。"))
    return response


def _safe_next(target: str) -> str:
    """``target`` if it is a path of this site, else the home page."""
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if inside and target.startswith("/") else "/"


def city_style() -> str:
    """The city's accent as custom properties, with variants that read on paper and in the dark."""
    accent = city().spec.accent
    ink = colours.darkened(accent.main, on=accent.soft, ratio=colours.CALM_TEXT)
    dark = colours.lightened(accent.main, on=colours.DARK_PAPER, ratio=colours.CALM_TEXT)
    return (
        ":root {\n"
        f"  --city-accent: {accent.main};\n"
        f"  --city-accent-ink: {ink};\n"
        f"  --city-accent-tint: {accent.soft};\n"
        f"  --city-accent-dark: {dark};\n"
        f"  --city-on-accent: {accent.on_main};\n"
        "}\n"
    )


def colour_problems() -> list[str]:
    """Why the city's accent can't be read, for `./suigo city check`; empty when it can."""
    accent = city().spec.accent
    problems = colours.accent_problems(main=accent.main, on_main=accent.on_main, soft=accent.soft)
    return [f"city.yaml: {problem}" for problem in problems]


def _city_style_tag(request: HttpRequest) -> str:
    accent = city().spec.accent
    return f'"{accent.main}{accent.on_main}{accent.soft}"'


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_city_style_tag)
def city_css(request: HttpRequest) -> HttpResponse:
    """``/city.css``: cached for an hour, then revalidated."""
    return HttpResponse(city_style(), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """``/favicon.ico``: where the icon really is."""
    return HttpResponseRedirect(static("ui/favicon.svg"))


@require_safe
@cache_control(public=True, max_age=86_400)
def security_txt(request: HttpRequest) -> HttpResponse:
    """``/.well-known/security.txt`` (RFC 9116): whom to tell of a weakness. Nothing is there until
    the installation names somebody, and nothing after the day it is valid to: a stale one misleads.
    """
    contact, expires = settings.SUIGO_SECURITY_CONTACT, settings.SUIGO_SECURITY_EXPIRES
    if not contact or contact_faults(contact, expires, today=local_date(now())):
        raise NotFound
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires}T00:00:00+09:00",
        "Preferred-Languages: ja, en",
        f"Canonical: {settings.SUIGO_BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def contact_faults(contact: str, expires: str, *, today: date) -> list[str]:
    """What is wrong with the contact for weaknesses; empty when it can be published."""
    found = []
    if not contact.startswith(("mailto:", "https://", "tel:")) or not contact.isprintable():
        found.append("SUIGO_SECURITY_CONTACT: mailto:, https:// or tel:")
    try:
        end = date.fromisoformat(expires)
    except ValueError:
        found.append("SUIGO_SECURITY_EXPIRES: YYYY-MM-DD")
    else:
        if end <= today:
            found.append(f"SUIGO_SECURITY_EXPIRES: {expires} has passed")
        elif end > today + timedelta(days=A_YEAR_OF_DAYS):
            found.append("SUIGO_SECURITY_EXPIRES: at most a year ahead (RFC 9116)")
    return found
