"""Who may do what with the applications of one procedure, on a day, and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from suigo.engines.cases import policy
from suigo.engines.cases.models import CaseDisclosure
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.forms.spec import MyNumberField
from suigo.engines.identity.queries import organisation
from suigo.engines.identity.queries.authority import Holder, holders_on
from suigo.kernel.language import _

Holders = Mapping[str, tuple[Holder, ...]]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Something that may be done, and by whom: the title of the post, and who holds it."""

    what: str
    capability: str
    people: tuple[tuple[str, Holder], ...]
    why: str = ""  # the legal basis on which another department reads
    verify: bool = False


@dataclass(frozen=True, slots=True)
class ProcedureAuthority:
    """Everything that may be done with the applications of a procedure."""

    id: str
    title: str
    department: str
    sensitive: bool
    lines: tuple[Allowed, ...]
    disclosed: tuple[tuple[str, int], ...]  # departments that read single applications, how many


def authority_over(procedure_id: str, *, day: date, language: str) -> ProcedureAuthority:
    """Who may do what with a procedure's applications on ``day``; two queries.

    Raises ``NotFound``.
    """
    chosen = procedure(procedure_id)
    service = chosen.spec.service
    living = CaseDisclosure.objects.filter(
        case__procedure_id=procedure_id,
        case__erased_at__isnull=True,
        from_date__lte=day,
        until_date__gt=day,
        withdrawn_at__isnull=True,
    )
    counts = (
        living.order_by("department")
        .values_list("department")
        .annotate(Count("case", distinct=True))
    )
    return ProcedureAuthority(
        id=chosen.id,
        title=service.title.in_language(language),
        department=department_name(service.department, language=language),
        sensitive=service.sensitive,
        lines=tuple(_lines(chosen, holders_on(day), language)),
        disclosed=tuple(
            (department_name(where, language=language), count) for where, count in counts
        ),
    )


def _lines(chosen: Procedure, holders: Holders, language: str) -> Iterator[Allowed]:
    service = chosen.spec.service
    own = service.department

    def here(what: str, capability: str) -> Allowed:
        return Allowed(what, capability, tuple(_people(holders, capability, (own,))))

    yield here(_("申請を見る"), policy.VIEW)
    everywhere = tuple(_people(holders, policy.VIEW_ALL, organisation().departments))
    if everywhere:
        yield Allowed(_("すべての課の申請を見る"), policy.VIEW_ALL, everywhere)
    for shared in service.shared_with:
        name = department_name(shared.department, language=language)
        yield Allowed(
            _("%(department)sが読む（共同処理）") % {"department": name},
            policy.VIEW,
            tuple(_people(holders, policy.VIEW, (shared.department,))),
            why=f"{shared.article} {shared.reason}",
            verify=shared.verify,
        )
    yield here(_("担当を決める"), policy.ASSIGN)
    for action in chosen.spec.workflow.actions:
        if action.who == "staff" and action.capability is not None:
            yield here(action.title.in_language(language), action.capability)
    if any(isinstance(node.field, MyNumberField) for node in chosen.form.nodes.values()):
        yield here(_("個人番号を見る"), policy.MY_NUMBER)
    yield here(_("一覧を書き出す"), policy.EXPORT)
    yield here(_("ほかの課に見せることを決める"), policy.DECIDE)
    entering = _people(holders, policy.ENTER, organisation().departments)
    yield Allowed(_("窓口・電話・紙の申請を代わりに入力する"), policy.ENTER, tuple(entering))


def _people(
    holders: Holders, capability: str, departments: Iterable[str]
) -> Iterator[tuple[str, Holder]]:
    org, wanted = organisation(), frozenset(departments)
    for post in org.spec.posts:
        if post.department in wanted and capability in org.capabilities_of(post.id):
            for holder in holders.get(post.id, ()):
                yield org.title_of(post.id), holder
