"""``…/about/``: the catalog record, which becomes the page of the procedure."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.engines.identity.queries import organisation
from suigo.kernel.errors import Invalid, SuigoError
from suigo.services.builder.queries.checking import shared_letters, shared_workflows
from suigo.services.builder.rules import record
from suigo.services.builder.rules.package import Files, parsed, readable, replaced
from suigo.services.builder.rules.questions import Data, questions
from suigo.services.builder.rules.starting import APPLICANT, letters_for, with_shared
from suigo.services.builder.rules.words import label_of, text_of
from suigo.services.builder.web.handling import handling_inputs, require_handling
from suigo.services.builder.web.inputs import Input, error_targets, shown, values
from suigo.services.builder.web.pages import back, builder_required, current, design_page, save
from suigo.services.builder.web.told import told
from suigo.services.builder.web.words import shared_titles, workflow_words

FILE = "service.yaml"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def about(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows and saves everything that is neither question nor letter."""
    design = current(request, design_id)
    failure: SuigoError | None = None
    inputs = _inputs(design.files)
    if request.method == "POST":
        try:
            given = values(request, inputs)
            _require_numbers(given)
            require_handling(given)
            save(
                request,
                design_id,
                lambda files: _changed(files, given),
                note=_("手続の説明を直した"),
            )
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
        else:
            return back("builder-about", design_id, done="saved")
    fields = shown(request, inputs, failure)
    context = {
        "inputs": [one for one in fields if not one.folded],
        "folded": [one for one in fields if one.folded],
        "errors": error_targets(fields),
        "failure": failure.message if failure else "",
        "changes": told(request, design, failure),
    }
    return design_page(
        request,
        design,
        "builder/about.html",
        context,
        current="builder-about",
        status=failure.status if failure else 200,
    )


def _inputs(files: Files) -> list[Input]:
    service, form = readable(files, FILE), readable(files, "form.yaml")
    fee, period = record.part(service, "fee"), record.part(service, "standard_period")
    retention = record.part(service, "retention")
    departments = organisation().spec.departments
    workflows = [("", _("この手続だけの流れ"))] if "workflow.yaml" in files else []
    workflows += [(name, workflow_words(spec)) for name, spec in shared_workflows().items()]
    paths = [
        (one.path, label_of(one.data))
        for one in questions(form)
        if "*" not in one.path and one.kind not in {"group", "repeat", "notice", "computed"}
    ]
    texts = (
        ("title", _("手続の名前"), True),
        ("summary", _("短い説明（一覧に出ます）"), True),
        ("description", _("くわしい説明"), False),
        ("applicant", _("手続を行う人"), True),
        ("deadline", _("期限"), True),
    )
    inputs = [
        Input(key, what, "words", service.get(key), required=must) for key, what, must in texts
    ]
    audience = service.get("audience")
    first = audience[0] if isinstance(audience, list) and audience else None
    inputs.insert(3, Input("audience", _("対象になる方"), "words", first, required=True))
    inputs += [
        Input(
            "department",
            _("担当の課"),
            "select",
            service.get("department", ""),
            options=tuple((d.id, str(d.name)) for d in departments),
        ),
        Input(
            "words",
            _("さがす言葉（「、」で区切る）"),
            value="、".join(service.get("words") or ()),
            hint=_("住民の方がふだん使う言葉です。例: 犬、ペット、鑑札"),
        ),
        Input("heading-numbers", _("料金と日数"), "heading"),
        Input("fee", _("手数料（円）"), "number", fee.get("amount", "0"), width=8),
        Input("fee_note", _("手数料の説明"), "words", fee.get("note")),
        Input(
            "minutes",
            _("申請にかかる分（目安）"),
            "number",
            service.get("minutes", ""),
            width=4,
            required=True,
        ),
        Input(
            "days",
            _("標準処理期間（日）"),
            "number",
            period.get("days", ""),
            width=4,
            required=True,
        ),
        Input(
            "unit",
            _("日数の数えかた"),
            "select",
            period.get("unit", "business_days"),
            options=(("business_days", _("開庁日で数える")), ("calendar_days", _("毎日数える"))),
        ),
        Input(
            "years",
            _("保存期間（年）"),
            "number",
            retention.get("years", ""),
            width=4,
            required=True,
        ),
        Input(
            "sample",
            _("サンプルの値を含む（市が決めた値ではない）"),
            "check",
            service.get("sample") == "true",
        ),
        *handling_inputs(service),
        Input("heading-rules", _("受けかた"), "heading"),
        Input(
            "assurance",
            _("申請する方をどこまで確かめるか"),
            "select",
            service.get("assurance", "contact"),
            options=(
                ("none", _("確かめない（名前を書くだけ）")),
                ("contact", _("メールが届くこと")),
                ("identity", _("マイナンバーカード")),
                ("signature", _("電子署名")),
            ),
        ),
        Input(
            "applicant_name",
            _("申請者の名前になる質問"),
            "select",
            service.get("applicant_name", "applicant.name"),
            options=tuple(paths),
        ),
        Input(
            "duplicate_by",
            _("同じ申請の見つけかた（すべて同じなら職員に知らせる）"),
            "checks",
            tuple(service.get("duplicate_by") or ()),
            options=tuple(paths),
        ),
        Input(
            "workflow",
            _("流れ"),
            "select",
            service.get("workflow", ""),
            options=tuple(workflows),
        ),
        *_letters(service),
        Input(
            "number_prefix",
            _("受付番号の記号"),
            value=service.get("number_prefix", ""),
            width=8,
            required=True,
            folded=True,
        ),
        Input(
            "law",
            _("根拠法令（1行に1つ、「法律の名前 条文」）"),
            "area",
            "\n".join(record.laws(service)),
            hint=_("例: 狂犬病予防法 4条1項"),
        ),
        Input(
            "evidence",
            _("ほかに必要な書類（1行に1つ）"),
            "area",
            "\n".join(text_of(e.get("title")) for e in record.listed(service, "evidence")),
            folded=True,
        ),
        Input(
            "open_from",
            _("受付の始まり"),
            "date",
            record.part(service, "open").get("from_date", ""),
            width=12,
            folded=True,
        ),
        Input(
            "open_to",
            _("受付の終わり（この日まで）"),
            "date",
            record.part(service, "open").get("to_date", ""),
            width=12,
            folded=True,
        ),
        Input("counter", _("窓口での手続"), "words", service.get("counter"), folded=True),
        Input("paper", _("紙での手続"), "words", service.get("paper"), folded=True),
    ]
    return inputs


def _letters(service: Data) -> list[Input]:
    """Whose letters are sent, where the city has some that procedures share."""
    sets = shared_letters()
    if not sets:
        return []
    options = [
        (name, _("市で共有: %(letters)s") % {"letters": "、".join(shared_titles(texts))})
        for name, texts in sets.items()
    ]
    return [
        Input(
            "letters",
            _("通知文"),
            "select",
            service.get("letters", ""),
            options=(("", _("この手続だけの文")), *options),
            hint=_("共有の文を選ぶと、この手続で書きかえていない同じ文は、共有のものになります。"),
        )
    ]


def _require_numbers(given: Data) -> None:
    wrong = {
        name: _("数字だけで入れてください。")
        for name in ("fee", "minutes", "days", "years")
        if given[name] and not (given[name].isascii() and given[name].isdigit())
    }
    if wrong:
        raise Invalid(field_errors=dict(wrong))


def _changed(files: Files, given: dict[str, Any]) -> Files:
    service = record.edited(parsed(files, FILE), given)
    changed = replaced(files, FILE, service)
    spec = shared_workflows().get(given["workflow"])
    if spec is None:
        return changed
    # another workflow may send letters that nobody has written yet
    changed = {name: text for name, text in changed.items() if name != "workflow.yaml"}
    title = text_of(service.get("title"))
    shared = shared_letters().get(str(service.get("letters") or ""), {})
    applicant = str(service.get("applicant_name") or APPLICANT)
    own = with_shared(changed, shared, spec, title=title, applicant=applicant)
    have = {**{f"letters/{name}.yaml": text for name, text in shared.items()}, **own}
    return {**own, **letters_for(spec, title=title, have=have, applicant=applicant)}
