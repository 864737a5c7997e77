"""``/api/v1``: what the installed packages offer to programs, in one OpenAPI 3.1 document.

Every failure, whoever noticed it, is an RFC 9457 problem: ``application/problem+json`` with
``type``, ``title``, ``status``, ``detail``, ``code`` and, for faults in what was sent, ``errors``.
"""

import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security import HttpBearer

from suigo.engines.identity.actions import actor_for_token
from suigo.kernel.access import Actor, refusals
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid, Message, NotSignedIn, Refused, SuigoError, TooLarge
from suigo.project.installed import manifests

logger = logging.getLogger(__name__)

PREFIX = "/api/"
PROBLEM = "application/problem+json"
DEEPEST = 20  # levels of a JSON body; forms have four
# The document's reader, a library, makes markup of texts. Production doesn't serve it.
WITHOUT_TRUSTED_TYPES = {"require-trusted-types-for": None, "trusted-types": None}
DOCUMENTED = {
    "GET": (400, 401, 403, 404, 422, 429),
    "POST": (400, 401, 403, 404, 409, 413, 415, 422, 429),
}
PUBLIC = (400, 404, 422)

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence for people"},
        "code": {"type": "string", "description": "for programs; does not change"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class BadJson(SuigoError):
    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-json"
    title: ClassVar[Message] = _("読めない内容です")


class UnsupportedMediaType(SuigoError):
    status: ClassVar[int] = 415
    code: ClassVar[str] = "unsupported-media-type"
    title: ClassVar[Message] = _("受け取れない形式です")


# What Django itself refuses before any of our code runs.
BY_STATUS: dict[int, tuple[str, Message]] = {
    400: ("bad-request", _("受け取れない要求です。")),
    404: ("not-found", _("この住所には何もありません。")),
    405: ("method-not-allowed", _("この住所では、その操作はできません。")),
    413: ("too-large", _("送られた内容が大きすぎます。")),
    500: ("failure", _("思わぬ不具合が起きました。記録を残しました。")),
}


def problem(
    status: int,
    *,
    code: str,
    title: Message,
    detail: Message,
    errors: dict[str, Message] | None = None,
) -> HttpResponse:
    """An RFC 9457 answer."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(title),
        "status": status,
        "detail": str(detail),
        "code": code,
    }
    if errors:
        body["errors"] = [{"path": p, "message": str(m)} for p, m in errors.items()]
    text = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(text, status=status, content_type=PROBLEM)
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="suigo"'
    return response


def problem_of(error: SuigoError) -> HttpResponse:
    """A foreseen failure as a problem."""
    return problem(
        error.status,
        code=error.code,
        title=error.title,
        detail=error.message,
        errors=error.field_errors if isinstance(error, Invalid) else None,
    )


class Token(HttpBearer):
    """``Authorization: Bearer``: a token of a member of staff, narrowed to its scopes."""

    openapi_description = "職員が発行したアクセストークン"

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        actor = actor_for_token(token, now=now())
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class StrictParser(Parser):
    """JSON only, and no deeper than an application can be."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Raises ``UnsupportedMediaType`` and ``BadJson``."""
        if request.content_type != "application/json":
            raise UnsupportedMediaType(
                _("Content-Typeをapplication/jsonにして、JSONで送ってください。")
            )
        try:
            body = json.loads(request.body, parse_constant=_no_such_number)
        except (ValueError, RecursionError) as broken:
            raise BadJson(_("JSONとして読めません。")) from broken
        if _depth(body) > DEEPEST:
            raise BadJson(_("入れ子が深すぎます。"))
        return body


def _no_such_number(name: str) -> Any:
    raise ValueError(name)


def _depth(value: Any) -> int:
    """How deeply ``value`` is nested, without recursion."""
    deepest, queue = 0, [(value, 1)]
    while queue:
        inner, level = queue.pop()
        deepest = max(deepest, level)
        if level > DEEPEST:
            break
        children = inner.values() if isinstance(inner, dict) else inner
        if isinstance(inner, dict | list):
            queue.extend((child, level + 1) for child in children)
    return deepest


class Api(NinjaAPI):
    """The one API. Its document names the problems that every operation may answer."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["components"].setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                statuses = DOCUMENTED[method.upper()] if "security" in operation else PUBLIC
                for status in statuses:
                    operation["responses"][status] = {
                        "description": "Problem",
                        "content": content,
                    }
        return schema


def build() -> NinjaAPI:
    """The API of every installed package."""
    shows_docs = settings.SUIGO_API_DOCS
    made = Api(
        title="Suigo",
        version="1",
        description="デジタル市役所のAPI",
        urls_namespace="api",
        openapi_url="openapi.json",
        docs_url="docs" if shows_docs else None,
        docs_decorator=csp_replace(WITHOUT_TRUSTED_TYPES),
        auth=Token(),
        parser=StrictParser(),
    )
    handlers: list[tuple[type[Exception], Callable[[Any], HttpResponse]]] = [
        (SuigoError, problem_of),
        (ValidationError, _not_valid),
        (AuthenticationError, _no_token),
        (HttpError, _http_error),
        (RequestDataTooBig, _too_large),
        (TooManyFieldsSent, _too_large),
        (TooManyFilesSent, _too_large),
        (MultiPartParserError, _not_a_form),
    ]
    for kind, answer in handlers:
        made.add_exception_handler(kind, partial(_answered, answer))
    for manifest in manifests():
        for prefix, router in manifest.api_routers:
            made.add_router(prefix, router)
    return made


def _answered(
    answer: Callable[[Any], HttpResponse], request: HttpRequest, error: Any
) -> HttpResponse:
    if isinstance(error, SuigoError):
        refusals.note_error(request, error)
    elif isinstance(error, AuthenticationError):
        refusals.note(request, status=NotSignedIn.status, code=NotSignedIn.code)
    return answer(error)


def _not_valid(error: ValidationError) -> HttpResponse:
    errors: dict[str, Message] = {
        ".".join(str(part) for part in fault["loc"]): str(fault["msg"]) for fault in error.errors
    }
    return problem_of(Invalid(field_errors=errors))


def _no_token(_error: AuthenticationError) -> HttpResponse:
    return problem_of(NotSignedIn(_("Authorizationヘッダーにアクセストークンを入れてください。")))


def _too_large(_error: Exception) -> HttpResponse:
    return problem_of(TooLarge(_("送られた内容が大きすぎます。")))


def _not_a_form(_error: MultiPartParserError) -> HttpResponse:
    return problem_of(BadJson(_("送られたファイルを読めません。")))


def _http_error(error: HttpError) -> HttpResponse:
    if isinstance(error.__context__, SuigoError):  # the parser's own words, wrapped by ninja
        return problem_of(error.__context__)
    code, detail = BY_STATUS.get(error.status_code, (Refused.code, str(error)))
    return problem(error.status_code, code=code, title=Refused.title, detail=detail)


def urls() -> tuple[URLPattern | URLResolver, ...]:
    """Where the API is mounted."""
    return (path("api/v1/", build().urls),)


def problems(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whatever refuses a request below ``/api/`` does it with a problem.

    Unknown addresses, wrong methods and bodies that are too large are refused by Django with
    pages for people; programs get the same in their own form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(PREFIX) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith(PROBLEM):
            return response
        status = response.status_code
        code, detail = BY_STATUS.get(status, ("refused", _("受け取れない要求です。")))
        replaced = problem(status, code=code, title=detail, detail=detail)
        for header in ("Allow", "Retry-After"):
            if header in response.headers:
                replaced[header] = response.headers[header]
        return replaced

    return middleware
