"""New questions and pages: one at a time, a ready-made group, or several at once, one a line."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from suigo.kernel.errors import Invalid, Refused
from suigo.services.builder.queries.blocks import block
from suigo.services.builder.queries.designs import DesignView
from suigo.services.builder.rules import questions as form_rules
from suigo.services.builder.rules.fields import new_field
from suigo.services.builder.rules.lines import BadLine, fields_of
from suigo.services.builder.rules.package import Files, parsed, replaced
from suigo.services.builder.rules.questions import Data
from suigo.services.builder.web.pages import back, save
from suigo.services.builder.web.words import KINDS

FORM = "form.yaml"
NEEDS_MORE = {"group", "repeat"}  # what they hold has to be built inside them


def anchor(place: str) -> str:
    """Where a page or question stands on the screen."""
    return f"at-{place.replace('/', '-').replace('.', '-')}"


def added_question(request: HttpRequest, design: DesignView, holder: str) -> HttpResponse:
    """A question of a kind, opened at once to be completed, or a ready-made group."""
    label = request.POST.get("label", "").strip()
    sort, _colon, name = request.POST.get("what", "").partition(":")
    if sort == "block":
        chosen = block(name)
        if chosen is None:
            raise Refused(_("このまとまりはありません。"))
        fields, words = chosen.fields, chosen.title
    elif sort == "kind" and name in KINDS:
        if not label:
            raise Invalid(_("質問の言葉を書いてください。"))
        wanted = request.POST.get("field_id", "").strip()
        fields, words = [new_field(name, label=label, field_id=wanted)], label
    else:
        raise Invalid(_("加えるものを選んでください。"))
    place = _saved(request, design, holder, fields, words)
    if sort == "block":
        return back("builder-questions", design.public_id, fragment=anchor(place))
    return back("builder-questions", design.public_id, edit=place, fragment="open")


def added_lines(request: HttpRequest, design: DesignView, holder: str) -> HttpResponse:
    """Several questions at once. Raises ``Invalid`` at the box."""
    fields = _typed(request)
    if not fields:
        raise Invalid(field_errors={"lines": _("質問を1行に1つ書いてください。")})
    words = _("%(count)d個の質問") % {"count": len(fields)}
    place = _saved(request, design, holder, fields, words)
    return back("builder-questions", design.public_id, fragment=anchor(place))


def added_page(request: HttpRequest, design: DesignView) -> HttpResponse:
    """A page, with the questions that were written for it, else with one to begin with."""
    title = request.POST.get("title", "").strip()
    if not title:
        raise Invalid(_("ページの見出しを書いてください。"))
    fields = _typed(request) or [new_field("text", label=_("質問"), field_id="question")]
    places: list[str] = []

    def change(files: Files) -> Files:
        page = {"id": "page", "title": {"ja": title}}
        form, place = form_rules.added_page(parsed(files, FORM), page)
        places[:] = [place]
        return replaced(files, FORM, form_rules.added(form, place, fields)[0])

    save(
        request,
        design.public_id,
        change,
        note=_("ページ「%(label)s」を加えた") % {"label": title},
    )
    return back("builder-questions", design.public_id, fragment=anchor(places[0]))


def _saved(
    request: HttpRequest, design: DesignView, holder: str, fields: list[Data], words: str
) -> str:
    """Saves new fields at the end of a page or group; the place of the first."""
    places: list[str] = []

    def change(files: Files) -> Files:
        form, found = form_rules.added(parsed(files, FORM), holder, fields)
        places[:] = found
        return replaced(files, FORM, form)

    note = _("「%(label)s」を加えた") % {"label": words}
    save(request, design.public_id, change, note=note)
    return places[0]


def _typed(request: HttpRequest) -> list[Data]:
    kinds = {str(words): kind for kind, words in KINDS.items() if kind not in NEEDS_MORE}
    try:
        return fields_of(request.POST.get("lines", "").replace("\x00", ""), kinds)
    except BadLine as bad:
        message = _(
            "%(number)d行目の「%(words)s」が分かりません。"
            "答えの種類（日付 など）か、選択肢を「、」で区切って書いてください。"
        ) % {"number": bad.number, "words": bad.words[:60]}
        raise Invalid(field_errors={"lines": message}) from bad
