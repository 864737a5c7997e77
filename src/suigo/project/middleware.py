"""The one place where foreseen failures become pages."""

import logging
import re
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import NeedsProof, refusals
from suigo.kernel.access.web import sign_in_redirect
from suigo.kernel.errors import Forbidden, NotFound, ReasonNeeded, Refused, SuigoError, TooLarge

logger = logging.getLogger(__name__)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: no text has them
GetResponse = Callable[[HttpRequest], HttpResponse]


def error_page(request: HttpRequest, error: SuigoError) -> HttpResponse:
    """The page that explains a foreseen failure and what to do next."""
    context = {"error": error, "status": error.status, "title": error.title}
    return render(request, "ui/error.html", context, status=error.status)


def protected(get_response: GetResponse) -> GetResponse:
    """Middleware above all others: what every answer says to browsers, static files included.

    Cross-Origin-Embedder-Policy is left out on purpose: nothing here shares memory between threads,
    and browsers that obey it refuse to show PDFs in a frame.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.SUIGO_PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        return response

    return middleware


class ErrorPages:
    """Turns a ``SuigoError`` into its page, and refuses a body that is too large unread.

    Characters that PostgreSQL can't store are refused at once in an address, where no person
    types them. In what was posted they are left to the views, since forms tell about them beside
    the field; where a view doesn't look and the database refuses, the answer is this page too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.SUIGO_REQUEST_BYTES:
            return error_page(request, request_too_large())
        if UNSTORABLE.search(request.path):
            return error_page(request, NotFound())
        if _holds_unstorable(request.GET):
            return error_page(request, _unstorable())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        if isinstance(error, PermissionDenied):
            refusals.note(request, status=403, code=Forbidden.code)
        if isinstance(error, NeedsProof) and _is_page(request):
            refusals.note_error(request, error)
            at = settings.SUIGO_RESIDENT_SIGN_IN_URL
            return sign_in_redirect(request, at, assurance=error.assurance)
        if isinstance(error, ReasonNeeded) and request.method == "GET" and _is_page(request):
            back = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{error.ask_at}?{back}")
        if isinstance(error, SuigoError) and _is_page(request):
            refusals.note_error(request, error)
            return error_page(request, error)
        if isinstance(error, ValueError | DataError) and _holds_unstorable(request.POST):
            logger.info("characters that can't be stored were refused: %s", type(error).__name__)
            return error_page(request, _unstorable())
        return None


errors = ErrorPages


def _is_page(request: HttpRequest) -> bool:
    return not request.path.startswith("/api/")


def _holds_unstorable(sent: QueryDict) -> bool:
    parts = (part for key, values in sent.lists() for part in (key, *values))
    return any(isinstance(part, str) and UNSTORABLE.search(part) for part in parts)


def _unstorable() -> Refused:
    return Refused(
        _(
            "使えない文字（目に見えない制御文字）が入っていたため、受け取れませんでした。"
            "前の画面に戻り、入力し直してからもう一度お試しください。"
        )
    )


def request_too_large() -> TooLarge:
    """What a person reads when an upload is refused before it is read."""
    megabytes = settings.SUIGO_FILE_BYTES // (1024 * 1024)
    return TooLarge(
        _(
            "送られたファイルが大きすぎます。1つのファイルは%(megabytes)dMBまでです。"
            "前の画面に戻り、小さくしてからもう一度お試しください。入力済みの内容は残っています。"
        )
        % {"megabytes": megabytes}
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another site, or a page left open for too long."""
    logger.info("csrf refused: %s", reason)
    refusals.note(request, status=403, code="csrf")
    return error_page(
        request,
        Forbidden(
            _(
                "画面の有効期限が切れました。前の画面に戻って再読み込みし、もう一度送信してください。"
            )
        ),
    )
