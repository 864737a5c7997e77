"""Anticipated failures. Each is raised beside the action that refuses and carries a sentence
fit for a resident; the edges map them to HTTP in one place (``project/middleware.py`` for
pages, ``project/api.py`` for the API, which answers RFC 9457 problem details)."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Message = str | Promise


class SuigoError(Exception):
    """The base of every failure the program foresees."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title: ClassVar[Message] = _("手続を進められませんでした")

    def __init__(self, message: Message, *, needs: str = "") -> None:
        """``needs`` is for the security log only: the capability or assurance that was missing."""
        super().__init__(message)
        self.message = message
        self.needs = needs

    def __str__(self) -> str:
        return str(self.message)


class Refused(SuigoError):
    """The request makes sense but can't be carried out as things stand."""


class NotSignedIn(SuigoError):
    status = 401
    code = "not-signed-in"
    title = _("ログインが必要です")


class Forbidden(SuigoError):
    status = 403
    code = "forbidden"
    title = _("この操作はできません")


class ReasonNeeded(Forbidden):
    """The actor may see this once they have said why; ``ask_at`` is the page that asks."""

    code = "reason-needed"
    title = _("見る理由が必要です")

    def __init__(self, message: Message, *, ask_at: str) -> None:
        super().__init__(message)
        self.ask_at = ask_at


class NotFound(SuigoError):
    """Missing or not visible to this actor: the two look the same from outside."""

    status = 404
    code = "not-found"
    title = _("見つかりませんでした")

    def __init__(self, message: Message = _("お探しのものが見つかりませんでした。")) -> None:
        super().__init__(message)


class Conflict(SuigoError):
    """Somebody else was faster, or the thing is no longer in the state the actor saw."""

    status = 409
    code = "conflict"
    title = _("ほかの操作と重なりました")


class Gone(SuigoError):
    status = 410
    code = "gone"
    title = _("期限が過ぎました")


class TooLarge(SuigoError):
    status = 413
    code = "too-large"
    title = _("大きすぎます")


class Invalid(SuigoError):
    """Some answers need to be looked at again.

    ``field_errors`` maps a field path (``children.0.name.family``) to what to do about it.
    """

    status = 422
    code = "invalid"
    title = _("入力を確認してください")

    def __init__(
        self,
        message: Message = _("入力を確認してください。"),
        field_errors: Mapping[str, Message] | None = None,
    ) -> None:
        super().__init__(message)
        self.field_errors: dict[str, Message] = dict(field_errors or {})


class TooMany(SuigoError):
    status = 429
    code = "too-many"
    title = _("回数が多すぎます")
