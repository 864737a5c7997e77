"""The loader's faults for people who don't write files: a sentence, and where to mend it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suigo.kernel.content import ContentError
from suigo.kernel.errors import Message
from suigo.services.builder.queries.checking import faults_of
from suigo.services.builder.rules.package import Files, readable
from suigo.services.builder.rules.questions import Data, fields_in, pages
from suigo.services.builder.rules.unfinished import NEVER_WRITTEN

_SENTENCES: tuple[tuple[re.Pattern[str], Message], ...] = (
    (
        re.compile(r"^(?P<key>\w+): Field required|^Field required"),
        gettext_lazy("まだ書かれていないところがあります。"),
    ),
    (
        re.compile(r"Japanese text \(ja\) is required"),
        gettext_lazy("日本語の文がありません。"),
    ),
    (
        re.compile(r"undeclared reference to '(?P<name>[^']+)'"),
        gettext_lazy("式の中の「%(name)s」という質問はありません。"),
    ),
    (
        re.compile(r"uses (?P<name>\S+), which is asked later"),
        gettext_lazy("条件が、あとで聞く質問（%(name)s）を使っています。前に動かしてください。"),
    ),
    (
        re.compile(r"no letter '(?P<name>[^']+)'"),
        gettext_lazy("流れが使う通知文「%(name)s」がありません。"),
    ),
    (
        re.compile(r"'(?P<name>[^']+)' is not a name or text field of the form"),
        gettext_lazy("申請者の名前になる質問（%(name)s）がありません。"),
    ),
    (
        re.compile(r"'(?P<name>[^']+)' already numbers the cases of '(?P<other>[^']+)'"),
        gettext_lazy("受付番号の記号「%(name)s」は、ほかの手続（%(other)s）が使っています。"),
    ),
    (
        re.compile(r"field ids appear twice: \[?'?(?P<name>[\w', ]+)|ids appear twice inside"),
        gettext_lazy("同じ番号の質問が2つあります。"),
    ),
    (
        re.compile(r"two options have the same id"),
        gettext_lazy("同じ番号の選択肢が2つあります。"),
    ),
    (
        re.compile(r"org.yaml has no department"),
        gettext_lazy("担当の課が、市の組織にありません。"),
    ),
    (
        re.compile(r"too_short|at least 1 item|should have at least"),
        gettext_lazy("1つもないところがあります。少なくとも1つ置いてください。"),
    ),
    (
        re.compile(r"[Nn]othing fills \{*\s*(?P<name>[\w.]+)|unknown placeholder"),
        gettext_lazy("通知文の差し込み「%(name)s」に入る値がありません。"),
    ),
    (
        re.compile(r"no field '(?P<name>[^']+)'"),
        gettext_lazy("「%(name)s」という質問はありません。"),
    ),
    (
        re.compile(rf"the because {NEVER_WRITTEN}"),
        gettext_lazy("計算の式と理由が、まだ書かれていません。"),
    ),
    (
        re.compile(rf"the text {NEVER_WRITTEN}"),
        gettext_lazy("お知らせの文が、まだ書かれていません。"),
    ),
    (
        re.compile(rf"the options {NEVER_WRITTEN}"),
        gettext_lazy("選択肢が、まだ書かれていません。"),
    ),
    (
        re.compile(rf"the label {NEVER_WRITTEN}"),
        gettext_lazy("質問の言葉が、まだ書かれていません。"),
    ),
    (re.compile(r"valid integer|greater than|less than"), gettext_lazy("数が正しくありません。")),
)
_SCREENS: tuple[tuple[str, Message, str], ...] = (
    ("service.yaml", gettext_lazy("手続の説明"), "builder-about"),
    ("form.yaml", gettext_lazy("質問"), "builder-questions"),
    ("checklist.yaml", gettext_lazy("職員の確認"), "builder-checklist"),
    ("letters", gettext_lazy("通知文"), "builder-letters"),
    ("workflow", gettext_lazy("流れ"), "builder-about"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault for people: what is wrong, on which screen, and the loader's own words."""

    sentence: str
    screen: Message
    url_name: str
    raw: str
    file: str = ""
    where: str = ""

    @property
    def plain(self) -> bool:
        """Whether the sentence says all there is to know."""
        return self.raw.endswith(NEVER_WRITTEN)


def explained(errors: Sequence[ContentError]) -> list[Fault]:
    """Every fault, in the order of the files."""
    return [_explained(error) for error in errors]


def _explained(error: ContentError) -> Fault:
    sentence = _("このままでは読めません。")
    for pattern, words in _SENTENCES:
        found = pattern.search(error.message)
        if found:
            sentence = str(words) % {k: v or "" for k, v in found.groupdict().items()}
            break
    parts = error.file.parts
    screen, url_name = _SCREENS[0][1], _SCREENS[0][2]
    for name, words, target in _SCREENS:
        if name in parts[-1] or name in parts[-2:-1]:
            screen, url_name = words, target
    if parts[-1] == "form.yaml" and (error.where or "").startswith("checks."):
        screen, url_name = gettext_lazy("答えの決まり"), "builder-checks"
    where = f" {error.where}" if error.where else ""
    raw = f"{error.file.name}:{error.line}:{where} {error.message}"
    return Fault(sentence, screen, url_name, raw, error.file.name, error.where or "")


def at_places(procedure_id: str, files: Files) -> dict[str, list[Fault]]:
    """The faults of the form, by the page or question in which each stands."""
    found: dict[str, list[Fault]] = {}
    form = readable(files, "form.yaml")
    for fault in _of_form(procedure_id, files):
        place = _place(form, fault.where.split("."))
        if place:
            found.setdefault(place, []).append(fault)
    return found


def at_rules(procedure_id: str, files: Files) -> dict[int, list[Fault]]:
    """The faults of the rules over several answers, by the rule's number."""
    found: dict[int, list[Fault]] = {}
    for fault in _of_form(procedure_id, files):
        head, _dot, rest = fault.where.partition(".")
        number = rest.partition(".")[0]
        if head == "checks" and number.isdecimal():
            found.setdefault(int(number), []).append(fault)
    return found


def _of_form(procedure_id: str, files: Files) -> list[Fault]:
    faults = explained(faults_of(procedure_id, files))
    return [fault for fault in faults if fault.file == "form.yaml"]


def _place(form: Data, where: list[str]) -> str:
    """``pages.1.fields.0.label`` as a place: ``dog/name``; '' outside of the pages."""
    if len(where) < 2 or where[0] != "pages" or not where[1].isdecimal():
        return ""
    among, ids, page = pages(form), [], ""
    while len(where) >= 2 and where[0] in {"pages", "fields"} and where[1].isdecimal():
        if int(where[1]) >= len(among):
            break
        here = among[int(where[1])]
        if where[0] == "pages":
            page = str(here.get("id", ""))
        else:
            ids.append(str(here.get("id", "")))
        among, where = fields_in(here), where[2:]
    return f"{page}/{'.'.join(ids)}" if ids else page
