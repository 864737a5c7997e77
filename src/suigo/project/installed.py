"""Everything that is installed. Read this file to know the product."""

from collections import defaultdict
from importlib import import_module

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from suigo.engines.cases import providers as cases
from suigo.engines.cases.providers import GuideLink
from suigo.engines.cases.queries import files as case_files
from suigo.engines.cases.queries.agents import agents_of
from suigo.engines.cases.queries.procedures import procedures, shared_with
from suigo.engines.cases.queries.residents import sees_case
from suigo.engines.delegation import providers as delegation
from suigo.engines.delegation.providers import OfferedProcedure
from suigo.engines.documents import providers as documents
from suigo.engines.facts import providers as facts
from suigo.engines.facts.providers import UsedBy
from suigo.engines.forms.rules.prefilling import facts_asked
from suigo.engines.guidance import queries as guidance
from suigo.engines.identity import providers as identity
from suigo.engines.identity.web.signing import CARD_SIGNATURES
from suigo.engines.insight import providers as insight
from suigo.engines.insight.providers import ServiceRef
from suigo.engines.notices import providers as notices
from suigo.engines.signing import providers as signing
from suigo.engines.signing.adapters import fake as rehearsal
from suigo.kernel import events, personal
from suigo.kernel.access import capabilities
from suigo.kernel.audit import queries as audit_queries
from suigo.kernel.manifest import Manifest
from suigo.kernel.ui import navigation
from suigo.services.intake import queries as intake

PACKAGES: tuple[str, ...] = (
    "suigo.kernel.ui",
    "suigo.kernel.audit",
    "suigo.engines.identity",
    "suigo.engines.forms",
    "suigo.engines.documents",
    "suigo.engines.notices",
    "suigo.engines.search",
    "suigo.engines.facts",
    "suigo.engines.signing",
    "suigo.engines.delegation",
    "suigo.engines.cases",
    "suigo.engines.guidance",
    "suigo.engines.insight",
    "suigo.services.builder",
    "suigo.services.intake",
    "suigo.services.counter",
    "suigo.services.ledger",
    "suigo.services.bridge",
    "suigo.services.mydata",
)

# Pages that every page links to, by URL name (see suigo.kernel.ui.navigation.Places).
PLACES = navigation.Places(
    home="home",
    search="procedures",
    my_page="my-page",
    plan="plan",
    privacy="privacy",
    accessibility="accessibility",
    waiting="counter-tickets",
    prepare_visit="counter-prepare",
    staff_home="inbox",
    staff_search="inbox",
    sign_in="sign-in",
    sign_out="sign-out",
    staff_account="staff-account",
    staff_sign_out="staff-sign-out",
)


def manifests() -> tuple[Manifest, ...]:
    """The manifest of every installed package, lowest tier first."""
    return tuple(import_module(f"{package}.manifest").MANIFEST for package in PACKAGES)


def join() -> None:
    """Tell the kernel what the packages declare. Called once, when Django is ready."""
    reactions: dict[type, list[events.Reaction]] = defaultdict(list)
    for manifest in manifests():
        for subscription in manifest.subscriptions:
            reaction = events.Reaction(subscription.job, subscription.when)
            reactions[subscription.event].append(reaction)
    events.connect({event: tuple(jobs) for event, jobs in reactions.items()})
    audit_queries.register({t.id: t for m in manifests() for t in m.audit_types})
    personal.register(part for m in reversed(manifests()) for part in m.personal)
    capabilities.register(c for m in manifests() for c in m.capabilities)
    navigation.install((item for m in manifests() for item in m.navigation), PLACES)
    documents.register_access("cases", case_files.may_open)
    looking = import_module("suigo.engines.cases.actions")  # actions need models
    documents.register_look("cases", looking.note_file_look)
    documents.register_need("cases", case_files.needed)
    documents.register_access("intake", intake.may_open)
    documents.register_need("intake", intake.needed)
    # whoever has something signed with a card: the first that is ready
    signing.use_signers(CARD_SIGNATURES, rehearsal.connect(settings.SUIGO_SIGNER))
    signing.use_cases(
        may_see=sees_case,
        url=lambda case_id: reverse("case", args=[case_id]),
        look=looking.note_signature_look,
    )
    identity.use_authority_pages(
        lambda: ((gettext("手続から見る"), reverse("procedure-authority")),)
    )
    insight.use(services_by_measure)
    # models are there only once Django is ready
    cases.use(import_module("suigo.services.builder.published").PUBLISHED)
    cases.use_guides(guide_links)
    relay = import_module("suigo.services.bridge.actions.telling")
    cases.use_relay(relay.RELAY)
    notices.register("bridge", relay.MAIL)
    cases.use_sharing(shared_with)
    delegation.use(
        procedures_for_agents,
        case_url=lambda case_id: reverse("my-application", args=[case_id]),
    )
    facts.use(
        procedures_by_fact, case_url=lambda case_id: reverse("my-application", args=[case_id])
    )


def guide_links(life_events: tuple[str, ...] | None) -> list[GuideLink]:
    """The guides that the catalogue links to: those of some events of life, or every one."""
    found = guidance.guides() if life_events is None else guidance.guides_for(life_events)
    return [
        GuideLink(guide.spec.title, reverse("guide", args=[guide.id]), guide.spec.life_events)
        for guide in found
    ]


def procedures_for_agents() -> list[OfferedProcedure]:
    """The procedures that one may do for somebody else."""
    found = []
    for procedure in procedures():
        agents = agents_of(procedure.spec.service)
        if agents != "none":
            found.append(OfferedProcedure(procedure.id, procedure.spec.service.title, agents))
    return found


def procedures_by_fact() -> dict[str, list[UsedBy]]:
    """Which procedures start from which fact about a resident."""
    found: dict[str, list[UsedBy]] = defaultdict(list)
    for procedure in procedures():
        use = UsedBy(procedure.spec.service.title, reverse("procedure", args=[procedure.id]))
        for key in facts_asked(procedure.form):
            found[key].append(use)
    return dict(found)


def services_by_measure() -> dict[str, list[ServiceRef]]:
    """What serves each measure of the plan: packages by their manifest, procedures by content."""
    found: dict[str, list[ServiceRef]] = defaultdict(list)
    for manifest in manifests():
        for measure in manifest.measures:
            works = measure in manifest.works
            found[measure].append(ServiceRef(manifest.id, str(manifest.title), works=works))
    for procedure in procedures():
        service = procedure.spec.service
        for measure in service.measures:
            url = reverse("procedure", args=[procedure.id])
            works = measure in service.works
            found[measure].append(ServiceRef(procedure.id, str(service.title), url, works))
    return dict(found)


def faults() -> list[str]:
    """What the packages find wrong with how this installation is put together."""
    unreachable = [f"navigation: no page is called {name!r}" for name in navigation.unreachable()]
    return [fault for m in manifests() for check in m.checks for fault in check()] + unreachable
