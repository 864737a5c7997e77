"""Judging a file that arrived: by its bytes, by a look inside, and by the scanner."""

import contextlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from suigo.engines.documents import isolation, providers, wording
from suigo.engines.documents.failures import UnacceptableFile
from suigo.engines.documents.rules.sniffing import HEAD, Refusal, TextCheck, Unacceptable, sniff
from suigo.engines.documents.spec import FileKind, ScanState

logger = logging.getLogger(__name__)

# the name under which a charset is known to browsers
_CHARSETS = {"utf-8": "utf-8", "cp932": "Shift_JIS", "utf-16": "utf-16"}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a file was found to be."""

    kind: FileKind
    content_type: str
    flags: tuple[str, ...]
    pages: int | None


@dataclass(frozen=True, slots=True)
class Scan:
    """The scanner's word. ``found`` names the malware when the state is ``infected``."""

    state: ScanState
    found: str = ""


def refusal(reason: Refusal, accept: tuple[FileKind, ...]) -> UnacceptableFile:
    """The failure with its sentence, and with what may be chosen instead where that helps."""
    sentence = str(wording.REFUSALS[reason])
    if reason in ("not_accepted", "unknown", "web_page"):
        sentence += wording.accepted_sentence(accept)
    return UnacceptableFile(sentence, reason=reason)


@contextlib.contextmanager
def explained(accept: tuple[FileKind, ...]) -> Iterator[None]:
    """Turns what a rule found unacceptable into the failure with its sentence."""
    try:
        yield
    except Unacceptable as unacceptable:
        logger.info("refused an upload: %s %s", unacceptable.reason, unacceptable.detail)
        raise refusal(unacceptable.reason, accept) from unacceptable


def first_look(head: bytes, *, accept: tuple[FileKind, ...]) -> tuple[FileKind, str]:
    """Kind and media type by the first bytes. Raises ``UnacceptableFile``."""
    with explained(accept):
        try:
            sniffed = sniff(head[:HEAD])
        except Unacceptable as unacceptable:
            if unacceptable.reason == "unknown":
                raise Unacceptable("unknown", _guess(head)) from unacceptable
            raise
        if sniffed.kind not in accept:
            raise Unacceptable("not_accepted", sniffed.content_type)
    return sniffed.kind, sniffed.content_type


class TextWatch:
    """Passes text on unchanged and knows at the end which encoding it is in."""

    def __init__(self) -> None:
        self._check = TextCheck()

    def watched(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces. Raises ``Unacceptable`` where they stop being text."""
        for piece in content:
            self._check.feed(piece)
            if not self._check.possible:
                raise Unacceptable("broken_text")
            yield piece

    def content_type(self) -> str:
        """Raises ``Unacceptable`` when the text ends in the middle of a character."""
        encoding = self._check.finish()
        if encoding is None:
            raise Unacceptable("broken_text")
        return f"text/plain; charset={_CHARSETS[encoding]}"


def look_inside(kind: FileKind, content: Iterable[bytes]) -> Findings:
    """Open the file in a process of its own. Raises ``Unacceptable``."""
    outcome = isolation.run("inspect_file", kind, content=content)
    answer: dict[str, Any] = {"refused": "check_failed", "detail": f"ended with {outcome.code}"}
    if outcome.code == 0:
        with contextlib.suppress(ValueError):
            answer = json.loads(outcome.output)
    if "refused" in answer:
        raise Unacceptable(answer["refused"], str(answer.get("detail", "")))
    return Findings(
        kind=kind,
        content_type=answer["content_type"],
        flags=tuple(answer["flags"]),
        pages=answer["pages"],
    )


def scanner() -> providers.Scanner | None:
    """The scanner of this installation, if it has one."""
    return providers.scanner_at(settings.SUIGO_SCANNER)


def scan(content: Iterable[bytes]) -> Scan:
    """Ask the scanner; without one, or when it is down, the file stays ``unscanned``."""
    chosen = scanner()
    if chosen is None:
        return Scan("unscanned")
    try:
        verdict = chosen.scan(content)
    except providers.ScannerUnavailable as unavailable:
        logger.warning("the malware scanner is unavailable: %s", unavailable)
        return Scan("unscanned")
    return Scan("infected", verdict.found) if verdict.found else Scan("clean")


def _guess(head: bytes) -> str:
    import puremagic  # noqa: PLC0415 - reads its table on import, and is seldom needed

    try:
        return str(puremagic.from_string(head))
    except (puremagic.PureError, ValueError):
        return "nothing known"
