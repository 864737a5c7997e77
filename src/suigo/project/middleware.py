"""The one place where foreseen failures become pages."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import Forbidden, SuigoError, TooLarge

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


def error_page(request: HttpRequest, error: SuigoError) -> HttpResponse:
    """The page that explains a foreseen failure and what to do next."""
    context = {"error": error, "status": error.status, "title": error.title}
    return render(request, "ui/error.html", context, status=error.status)


class ErrorPages:
    """Turns a ``SuigoError`` into its page, and refuses a body that is too large unread."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.SUIGO_REQUEST_BYTES:
            return error_page(request, request_too_large())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, SuigoError) and not request.path.startswith("/api/"):
            return error_page(request, error)
        return None


errors = ErrorPages


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
    return error_page(
        request,
        Forbidden(
            _(
                "画面の有効期限が切れました。前の画面に戻って再読み込みし、もう一度送信してください。"
            )
        ),
    )
