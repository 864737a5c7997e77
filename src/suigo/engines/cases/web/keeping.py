"""The question at the end of an application: may the city keep this for the next one?"""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.translation import get_language

from suigo.engines.cases.actions import Keeping
from suigo.engines.cases.queries.drafts import DraftView
from suigo.engines.facts.queries import fact_lines
from suigo.engines.facts.rules import FIRM, NOT_KEPT
from suigo.engines.facts.spec import FactKind, kept_kinds, vocabulary
from suigo.engines.forms.rules import Evaluation, Known
from suigo.engines.forms.rules.prefilling import Told, facts_in
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that differs from what is kept: the applicant chooses."""

    key: str
    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A group of facts that could be kept, in words."""

    id: str
    title: str
    labels: str
    is_new: bool
    differences: tuple[Difference, ...]


def offers(draft: DraftView, evaluation: Evaluation) -> list[Offer]:
    """What the answers hold that is not kept yet, or is kept differently; no query."""
    language = get_language() or "ja"
    told = facts_in(draft.procedure.form, draft.answers, evaluation)
    found = []
    for group in (g for g in vocabulary().groups if g.kept):
        new, labels, differences = False, [], []
        for kind in group.facts:
            if kind.key not in told:
                continue
            kept, one = draft.known.get(kind.key), told[kind.key]
            if kept is not None and kept.source not in NOT_KEPT:
                if one.after(kept.value) == kept.value:
                    continue
                if not one.adds:
                    differences.append(_difference(kind, kept, one, language))
                    continue
            new = True
            labels.append(kind.field.label.in_language(language))
        if new or differences:
            title = group.title.in_language(language)
            mark = _("、")
            found.append(Offer(group.id, title, mark.join(labels), new, tuple(differences)))
    return found


def _difference(kind: FactKind, kept: Known, told: Told, language: str) -> Difference:
    return Difference(
        key=kind.key,
        label=kind.field.label.in_language(language),
        before=" ".join(fact_lines(kind.field, kept.value, language)),
        now=" ".join(fact_lines(kind.field, told.after(kept.value), language)),
    )


def chosen(request: HttpRequest) -> Keeping:
    """What the applicant ticked. Where they chose to keep the older answer, nothing changes."""
    groups = set(request.POST.getlist("keep"))
    keys = {kind.key for g in vocabulary().groups if g.id in groups for kind in g.facts}
    choices = {key: request.POST.get(f"replace.{key}") for key in kept_kinds()}
    replace = {key for key, choice in choices.items() if choice == "newer"}
    older = {key for key, choice in choices.items() if choice == "older"}
    return Keeping(keep=frozenset((keys | replace) - older), replace=frozenset(replace))


def origin_words(known: Known) -> str:
    """Where a prefilled answer comes from, for the person it is about."""
    language = get_language() or "ja"
    day = date_in_words(date.fromisoformat(known.date), language=language)
    if known.source == "account":
        return _("アカウントに登録した内容から")
    if known.source == "derived":
        return _("保存したほかの内容から")
    if known.source in FIRM:
        return _("市が確認した内容から（%(day)s）") % {"day": day}
    if known.source == "edited":
        return _("保存した情報から（%(day)sに変更）") % {"day": day}
    return _("前回の申請から（%(day)s）") % {"day": day}
