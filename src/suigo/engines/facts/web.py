"""What the city keeps about me: to see, change, take along and withdraw."""

import json

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.facts import actions, providers, queries, rules
from suigo.engines.facts.spec import FactKind
from suigo.engines.forms.rendering import FormView, anchor, error_summary, fields_html
from suigo.engines.forms.rules import check, evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import all_errors, read_page, with_blank_rows
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Message, NotFound

DONE: dict[str, Message] = {
    "changed": _("保存した情報を変えました。"),
    "settled": _("選んだほうを残しました。"),
    "withdrawn": _("保存した情報を消しました。"),
}
SOURCES: dict[str, Message] = {
    "declared": _("申請で答えた内容"),
    "edited": _("このページで自分で直した内容"),
    "checked": _("市が決定のときに確認した内容"),
    "card": _("カードから読み取った内容"),
}


@never_cache
@require_GET
@resident_required()
def facts(request: HttpRequest) -> HttpResponse:
    """Every kept fact with where it came from, and what it is used for."""
    language = get_language() or "ja"
    groups = queries.kept_facts(actor_of(request), language=language, now=now())
    usage = providers.usage()
    rows = [
        (
            group.group,
            [
                {
                    "fact": fact,
                    "page": rules.page_id(fact.kind.key),
                    "source": SOURCES[fact.source],
                    "case_url": providers.case_url(fact.case_id) if fact.case_id else "",
                    "used_by": usage.get(fact.kind.key, ()),
                }
                for fact in group.facts
            ],
        )
        for group in groups
    ]
    done = DONE.get(request.GET.get("done", ""))
    return render(request, "facts/facts.html", {"groups": rows, "done": done})


@never_cache
@require_GET
@resident_required()
def download(request: HttpRequest) -> HttpResponse:
    """The same as a file that programs can read (個人情報を持ち出せること)."""
    kept = queries.everything(actor_of(request), now=now())
    body = json.dumps({"facts": kept}, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="facts.json"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@resident_required()
def change(request: HttpRequest, fact: str) -> HttpResponse:
    """Change one fact; asked with the same field as in a form."""
    kind = _kind(fact)
    value = queries.value_of(actor_of(request), kind.key, now=now())
    if value is None:
        raise NotFound
    if request.method == "GET":
        return _show_change(request, kind, {kind.field.id: value})
    posted = {key: request.POST.getlist(key) for key in request.POST}
    form, today = rules.form(), local_date(now())
    # rows are those of the page, not those kept before: one may have been taken away
    reading = read_page(form, fact, posted, {}, seal=_never_sealed)
    if reading.restructured:
        return _show_change(request, kind, reading.answers, raw=posted)
    found = check(form, reading.answers, today=today, pages={fact})
    errors = all_errors(reading.errors, found.errors)
    if errors:
        return _show_change(request, kind, reading.answers, errors=errors, raw=posted)
    actions.change_fact(actor_of(request), kind.key, reading.answers[kind.field.id], now=now())
    return HttpResponseRedirect(reverse("my-facts") + "?done=changed")


def _show_change(
    request: HttpRequest,
    kind: FactKind,
    answers: Answers,
    *,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
) -> HttpResponse:
    form, today, page = rules.form(), local_date(now()), rules.page_id(kind.key)
    language = get_language() or "ja"
    answers = with_blank_rows(form, page, answers)
    label = kind.field.label.in_language(language)
    view = FormView(
        answers=answers,
        evaluation=evaluate(form, answers, today=today),
        today=today,
        language=language,
        errors=errors or {},
        raw=raw or {},
        page_title=label,
    )
    context = {
        "label": label,
        "fields": fields_html(form, page, view),
        "errors": error_summary(form, errors) if errors else [],
        "first": anchor(kind.field.id),
    }
    return render(request, "facts/change.html", context, status=422 if errors else 200)


@require_POST
@resident_required()
def choose(request: HttpRequest, fact: str) -> HttpResponse:
    """Keep the older or the newer of two answers that differ."""
    chosen = request.POST.get("keep")
    if chosen not in {"older", "newer"}:
        raise NotFound
    actions.settle_doubt(
        actor_of(request), _kind(fact).key, take_newer=chosen == "newer", now=now()
    )
    return HttpResponseRedirect(reverse("my-facts") + "?done=settled")


@never_cache
@require_http_methods(["GET", "POST"])
@resident_required()
def withdraw(request: HttpRequest, fact: str) -> HttpResponse:
    """Erase one fact, after asking."""
    kind = _kind(fact)
    if request.method == "GET":
        if queries.value_of(actor_of(request), kind.key, now=now()) is None:
            raise NotFound
        label = kind.field.label.in_language(get_language() or "ja")
        return render(request, "facts/withdraw.html", {"label": label})
    actions.withdraw_facts(actor_of(request), [kind.key], now=now())
    return HttpResponseRedirect(reverse("my-facts") + "?done=withdrawn")


@never_cache
@require_http_methods(["GET", "POST"])
@resident_required()
def withdraw_all(request: HttpRequest) -> HttpResponse:
    """Erase everything that is kept, after asking."""
    if request.method == "GET":
        return render(request, "facts/withdraw.html", {"label": ""})
    actions.withdraw_facts(actor_of(request), None, now=now())
    return HttpResponseRedirect(reverse("my-facts") + "?done=withdrawn")


def _kind(fact: str) -> FactKind:
    kind = rules.kind_at(fact)
    if kind is None:
        raise NotFound
    return kind


def _never_sealed(number: str) -> str:
    raise AssertionError("no fact is a 個人番号")
