"""The one context processor: everything the base templates show besides the page itself."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from suigo.kernel.access import Actor
from suigo.kernel.access.web import actor_of
from suigo.kernel.content import city
from suigo.kernel.ui import emergency, navigation

TEXT_SIZES = ("16", "18", "20", "24")  # pixels of the body text; the first is the standard
TEXT_SIZE_COOKIE = "text-size"
SCHEMES = ("auto", "light", "dark")
SCHEME_COOKIE = "scheme"


@dataclass(frozen=True, slots=True)
class Language:
    """A language a page can be read in: settings code, its own name, and its BCP 47 tag."""

    code: str
    name: str
    tag: str
    current: bool


class Page:
    """What surrounds a page. Everything is worked out only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self._request)

    @cached_property
    def city_name(self) -> str:
        return str(city().name)

    @cached_property
    def city_phone(self) -> str:
        return city().spec.phone or ""

    @cached_property
    def city_phone_verify(self) -> bool:
        return city().spec.phone_verify

    @cached_property
    def city_is_sample(self) -> bool:
        return city().spec.sample

    @property
    def is_demonstration(self) -> bool:
        return bool(settings.SUIGO_ENV == "demo")

    @property
    def language_tag(self) -> str:
        """For ``<html lang>``: やさしい日本語 is Japanese to a screen reader."""
        return _tag(get_language() or settings.LANGUAGE_CODE)

    @cached_property
    def languages(self) -> list[Language]:
        return _languages(city().spec.languages)

    @property
    def head(self) -> SafeString:
        """The part of ``<head>`` that is the same on every page."""
        return _head()

    @property
    def utilities(self) -> SafeString:
        """The buttons for language and text size in the header."""
        language = get_language() or settings.LANGUAGE_CODE
        html = _utilities(language, self.text_size, city().spec.languages)
        return mark_safe(html.replace(_HERE, escape(self.here)))  # noqa: S308 - escaped

    @cached_property
    def text_size(self) -> str:
        return _choice(self._request, TEXT_SIZE_COOKIE, TEXT_SIZES)

    @property
    def text_sizes(self) -> tuple[str, ...]:
        return TEXT_SIZES

    @cached_property
    def scheme(self) -> str:
        return _choice(self._request, SCHEME_COOKIE, SCHEMES)

    @property
    def here(self) -> str:
        """Where to come back to after a display setting was changed."""
        return self._request.get_full_path() if self._request.method == "GET" else ""

    @cached_property
    def places(self) -> dict[str, str]:
        return navigation.places()

    @cached_property
    def public_tabs(self) -> list[navigation.Tab]:
        return navigation.tabs(face="public", actor=self.actor, path=self._request.path)

    @cached_property
    def staff_tabs(self) -> list[navigation.Tab]:
        return navigation.tabs(face="staff", actor=self.actor, path=self._request.path)

    @cached_property
    def emergency(self) -> emergency.Emergency | None:
        return emergency.current()


def page(request: HttpRequest) -> dict[str, Any]:
    """Adds ``page`` to every template."""
    return {"page": Page(request)}


def _languages(offered: tuple[str, ...]) -> list[Language]:
    active = get_language() or settings.LANGUAGE_CODE
    return [
        Language(code=code, name=name, tag=_tag(code), current=code == active)
        for code, name in settings.LANGUAGES
        if code in offered
    ]


# These two parts are on every page and change only with their arguments, so each is rendered once
# per process: that was half of the cost of an empty page.
_HERE = "address-of-this-page"


@cache
def _head() -> SafeString:
    return render_to_string("ui/head.html")


@cache
def _utilities(language: str, text_size: str, offered: tuple[str, ...]) -> str:
    return render_to_string(
        "ui/utilities.html",
        {
            "here": _HERE,
            "language_tag": _tag(language),
            "languages": _languages(offered),
            "offers_easy": "ja-easy" in offered and language != "ja-easy",
            "text_size": text_size,
            "text_sizes": TEXT_SIZES,
        },
    )


def _tag(code: str) -> str:
    return "ja" if code == "ja-easy" else code


def cookie_name(name: str) -> str:
    """As a cookie is called: where it is sent encrypted, so that no other host can set it."""
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def _choice(request: HttpRequest, cookie: str, choices: tuple[str, ...]) -> str:
    """The value of a display cookie, or the first choice when it is missing or made up."""
    value = request.COOKIES.get(cookie_name(cookie), "")
    return value if value in choices else choices[0]
