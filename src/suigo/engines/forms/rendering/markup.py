"""The pieces that every field shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.templatetags.static import static
from django.utils.html import escape

from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.evaluation import Evaluation
from suigo.engines.forms.rules.members import Choice
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class FileView:
    """An uploaded file as the form shows it. ``size`` is a text such as 1.2 MB."""

    id: str
    name: str
    size: str
    url: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class FormView:
    """Everything a rendering needs besides the form itself.

    ``raw`` is what was posted: a field with an error shows what was typed, not what was stored.
    ``notes`` are the clerk's remarks by path (補正). ``affecting`` are the names that decide what
    else is asked: their inputs are marked so that a script can refresh the page. ``upload_url``
    with a path behind it takes files one by one. ``page_title`` is the (escaped) heading above:
    a group of the same name does not repeat it. ``fixed`` paths can't be changed;
    ``origins`` says by path where a prefilled answer comes from, ``about`` whom of a known list a
    group may be about. ``focus`` is the id of the control to go on with.
    """

    answers: Answers
    evaluation: Evaluation
    today: date
    language: str = "ja"
    errors: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, FileView] = field(default_factory=dict)
    upload_url: str = ""
    page_title: str = ""
    focus: str = ""
    affecting: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    origins: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Choice] = field(default_factory=dict)

    def error(self, path: str) -> str | None:
        return self.errors.get(path)

    def has_error(self, path: str) -> bool:
        prefix = f"{path}."
        return path in self.errors or any(p.startswith(prefix) for p in self.errors)

    def typed(self, name: str) -> str | None:
        """What was posted under ``name``, if the page is shown again after a post."""
        values = self.raw.get(name)
        return values[-1] if values else None


def anchor(path: str) -> str:
    """The id of the control at ``path``: ``f-children-0-name-family``."""
    return "f-" + path.replace(".", "-")


def stays_at(path: str) -> str:
    """For a button that changes the page but does not go on: the new page opens at ``path``.

    A fragment in the address that the form is posted to does that without script, and the Tab key
    goes on from there.
    """
    return f'formnovalidate formaction="#{anchor(path)}"'


def icon(name: str) -> str:
    """An icon of the sprite; it always stands beside a text."""
    sprite = static("ui/vendor/lucide-1.62.0/sprite.svg")
    return f'<svg class="icon" aria-hidden="true"><use href="{sprite}#{name}"/></svg>'


def required_mark(required: bool) -> str:
    if required:
        return f'<span class="field__required">{_("必須")}</span>'
    return f'<span class="field__required field__required--optional">{_("任意")}</span>'


def hint_html(path: str, hint: str) -> str:
    return f'<p class="field__hint" id="{anchor(path)}-hint">{paragraphs(hint)}</p>' if hint else ""


def error_html(path: str, message: str | None) -> str:
    if not message:
        return ""
    return f'<p class="field__error" id="{anchor(path)}-error">{escape(message)}</p>'


def note_html(path: str, message: str | None) -> str:
    """What the clerk asks to correct, beside the field."""
    if not message:
        return ""
    return (
        f'<p class="field__note" id="{anchor(path)}-note">'
        f"<strong>{_('市からのお願い')}</strong> {escape(message)}</p>"
    )


def origin_html(path: str, words: str | None) -> str:
    """Where a prefilled answer comes from, and that it may be changed."""
    if not words:
        return ""
    return (
        f'<p class="field__origin" id="{anchor(path)}-origin">{icon("history")}'
        f"<span>{escape(words)} {_('変わっていたら、直してください。')}</span></p>"
    )


def described_by(
    path: str, *, hint: bool, error: bool, note: bool = False, origin: bool = False
) -> str:
    """aria-describedby over what is really there, and aria-invalid."""
    ids = [
        f"{anchor(path)}-{part}"
        for part, present in (("error", error), ("note", note), ("origin", origin), ("hint", hint))
        if present
    ]
    described = f' aria-describedby="{" ".join(ids)}"' if ids else ""
    return described + (' aria-invalid="true"' if error else "")


def paragraphs(text: str) -> str:
    """Escaped text with its line breaks."""
    return escape(text).replace("\n", "<br>")


def attributes(**values: str | int | bool | None) -> str:
    """HTML attributes; underscores become hyphens, None and False leave one out."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{escape(str(value))}"')
    return "".join(parts)
