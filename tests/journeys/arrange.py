"""Runs inside the demonstration's installation, as an operator's script would.

Makes what its cases don't show: staff with a second factor, an application waiting for a
correction, long and rare names, a message that failed, a purge report. Prints one line of JSON.
"""

import io
import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.utils import translation
from PIL import Image

from suigo.engines.cases.actions import (
    Given,
    freeze_for_paper,
    prepare_signature,
    start_draft,
    take_action,
)
from suigo.engines.cases.actions.work import add_note, mark_checklist
from suigo.engines.cases.models import Case, CaseLetter
from suigo.engines.cases.queries.printouts import paper_form_pdf
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.cases.rules.sheets import sheet_path
from suigo.engines.delegation.actions import claim_guardianship, invite
from suigo.engines.delegation.actions.confirming import Ward
from suigo.engines.delegation.actions.granting import Wish, digest_of
from suigo.engines.delegation.models import Grant
from suigo.engines.documents.actions import purge_due
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.forms.rules import evaluate, replace_at
from suigo.engines.forms.rules.examples import example_answers
from suigo.engines.forms.rules.prefilling import Told
from suigo.engines.identity.actions import create_staff, hold_post
from suigo.engines.identity.models import Passkey, PostHolding, Recovery
from suigo.engines.identity.queries import actor_of_account
from suigo.engines.identity.queries.recoveries import objection_token
from suigo.engines.notices.models import Message
from suigo.engines.signing.queries import signatures_of
from suigo.kernel import clock
from suigo.kernel.access import SYSTEM, Assurance
from suigo.kernel.crypto import seal
from suigo.project.demo import _Cases as Cases
from suigo.project.demo_signing import send_signed
from suigo.services.builder.actions import start_design
from suigo.services.builder.queries.beginnings import copied_files
from suigo.services.counter.actions.screens import pair_screen
from suigo.services.counter.actions.tickets import issue_ticket
from suigo.services.counter.actions.visits import (
    answer_guide,
    begin_visit,
    choose_events,
    choose_items,
    save_person,
)
from suigo.services.intake.actions import Upload, bring_in, bring_scans
from suigo.services.intake.library import library
from suigo.services.intake.samples import table_file
from suigo.services.ledger.actions import ask_for_verification, export_proofs, prove_yesterday

PASSWORD = "Ayame-no-hana-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CLAIM = "k01-child-allowance-claim"
LONG_NAME = {
    "family": "𠮷﨑見本葛󠄀城長宗我部勅使河原",
    "given": "ヴィルヘルミナ見本子之助之進之介",
    "family_kana": "ヨシザキミホンカツラギチョウソカベテシガワラ",
    "given_kana": "ヴィルヘルミナミホンコノスケ",
}
Account = get_user_model()
translation.activate("ja")
moment = clock.now()
today = clock.local_date(moment)


def actor(email):
    account = Account.objects.get(email=email)
    sure = Assurance.CONTACT if account.kind == "resident" else Assurance.IDENTITY
    return actor_of_account(account, today=today, assurance=sure, channel="web")


hanako, taro = actor("hanako@example.jp"), actor("taro@example.jp")
keep_facts(
    hanako,
    {
        "person.name": Told(LONG_NAME),
        "person.address": Told(
            {
                "postal_code": "3112424",
                "prefecture": "茨城県",
                "city": "潮来市",
                "town": "潮来",
                "block": "999-1",
            }
        ),
        "household.children": Told([{"name": LONG_NAME, "birth_date": "2020-01-01"}]),
        "account.bank": Told(
            {
                "bank_code": "0130",
                "bank_name": "常陽",
                "branch_code": "101",
                "branch_name": "本店営業部",
                "account_type": "1",
                "number": "0123456",
                "holder_kana": "ミホン　ハナコ",
            }
        ),
    },
    origin=Origin(uuid4(), "R8-K15-0001", "妊娠を届け出る（母子健康手帳の交付）"),
    replace=(),
    now=moment,
)
clerk, head = actor("child-support-clerk@example.jp"), actor("child-support-head@example.jp")
made = {"password": PASSWORD, "secret": SECRET}

# -- staff with a password and a second factor, one pair for every journey ---------------------
for number in range(3):
    for role, post in (("clerk", "child-support-senior"), ("head", "child-support-head")):
        email = f"journey-{role}-{number}@example.jp"
        new = create_staff(
            SYSTEM,
            email=email,
            name=f"見本　{'担当' if role == 'clerk' else '課長'}{number}",
            name_kana="ミホン　タントウ",
            now=moment,
            password=PASSWORD,
            is_demo=True,
        )
        sealed = seal(SECRET, purpose="identity.totp")
        Account.objects.filter(pk=new.id).update(totp_secret=sealed, totp_enrolled_at=moment)
        start = today - timedelta(days=1)
        hold_post(SYSTEM, new.public_id, post=post, valid_from=start, valid_to=None, now=moment)
new = create_staff(
    SYSTEM, email="newcomer@example.jp", name="見本　新人", name_kana="ミホン　シンジン", now=moment
)
made["temporary_password"] = new.temporary_password

keeper = create_staff(
    SYSTEM,
    email="keeper@example.jp",
    name="見本　文書",
    name_kana="ミホン　ブンショ",
    now=moment,
    password="suigo-demonstration",
    must_enrol_totp=False,
    is_demo=True,
)
passkeys = create_staff(
    SYSTEM,
    email="passkeys@example.jp",
    name="見本　鍵",
    name_kana="ミホン　カギ",
    now=moment,
    password="suigo-demonstration",
    must_enrol_totp=False,
    is_demo=True,
)
start = today - timedelta(days=1)
for holder, post in (
    (passkeys, "dx-chief"),
    (keeper, "general-affairs-chief"),
):
    hold_post(SYSTEM, holder.public_id, post=post, valid_from=start, valid_to=None, now=moment)

# -- drafts and applications --------------------------------------------------------------------
owners = {hanako.email: hanako, taro.email: taro}
defined = {procedure.id: procedure for procedure in procedures()}
maker = Cases({}, [hanako, taro], moment, lambda _text: None)


@cache
def answers_to(procedure_id, address):
    """Answers to every question of a procedure; making them is slow, so once per person."""
    maker.current = owners[address]
    form = defined[procedure_id].form
    return example_answers(form, today=today, seed=7, maximal=True, material=maker.material)


made["drafts"], made["pages"] = {}, {}
for procedure in defined.values():
    answers = deepcopy(answers_to(procedure.id, hanako.email))
    draft = start_draft(procedure.id, actor=hanako, now=moment, answers=answers)
    made["drafts"][procedure.id] = str(draft)
    made["pages"][procedure.id] = list(evaluate(procedure.form, answers, today=today).pages)
claim = defined[CLAIM]


def applied(owner, *, name=None, card="own"):
    answers = deepcopy(answers_to(CLAIM, owner.email))
    if name:
        answers = replace_at(answers, claim.spec.service.applicant_name, name)
    draft = start_draft(CLAIM, actor=owner, now=moment, answers=answers)
    receipt = send_signed(draft, claim.spec.service, actor=owner, now=moment, card=card)
    return Case.objects.get(public_id=receipt.case_id)


def act(case, action, who, **given):
    case.refresh_from_db()
    take_action(
        case.public_id, action, actor=who, version=case.version, now=moment, given=Given(**given)
    )


# -- what arrived by other ways: a spreadsheet to look at, and a package that can't be read
mapping = library().tables["etumo-commuting-subsidy"]
commuting = defined[mapping.procedure].form
rows = [(f"E-{n:04d}", moment, example_answers(commuting, today=today, seed=n)) for n in range(3)]
sheet = table_file(mapping, commuting, rows, encoding="cp932").replace(b"E-0002", b"")
carrier = actor("keeper@example.jp")
made["deliveries"] = [
    str(bring_in(carrier, kind=kind, mapping=name, name=file, content=content, now=moment))
    for kind, name, file, content in (
        ("csv", "etumo-commuting-subsidy", "見本.csv", sheet),
        ("csv", "etumo-commuting-subsidy", "broken.csv", b"a,b"),
    )
]

# -- paper: a printed form that was scanned, and a picture without a code
freeze_for_paper(CLAIM, now=moment)
printed = paper_form_pdf(
    claim,
    link="https://city.example.jp/",
    page_link=f"https://city.example.jp{sheet_path(claim.hash)}",
    language="ja",
)
picture = io.BytesIO()
Image.new("L", (400, 560), 60).save(picture, "PNG")
made["papers"] = [
    str(bring_scans(carrier, [Upload(name, "", io.BytesIO(content))], now=moment).entries[0])
    for name, content in (("scan.pdf", printed), ("photo.png", picture.getvalue()))
]

fresh, returned, long_one = applied(hanako), applied(hanako), applied(hanako, name=LONG_NAME)
other = applied(taro)
act(returned, "start_check", clerk)
act(
    returned,
    "request_correction",
    clerk,
    items={
        "applicant.phone": "昼間につながる番号をお願いします。",
        "children.1.address": "番地までお願いします。",
    },
    message="お手数ですが、2か所だけ直してください。",
    correction_due_date=today + timedelta(days=14),
)
deciding = applied(hanako)
act(deciding, "start_check", clerk)
for item in claim.spec.checklist:
    mark_checklist(deciding.public_id, item.id, ticked=True, actor=clerk, now=moment)
act(deciding, "finish_check", clerk)
add_note(fresh.public_id, text="電話で確かめました。\n折り返しあり。", actor=clerk, now=moment)
renovation = "c10-care-home-renovation"
plan = deepcopy(answers_to(renovation, hanako.email))
draft = start_draft(renovation, actor=hanako, now=moment, answers=plan)
service = next(p.spec.service for p in procedures() if p.id == renovation)
works = send_signed(draft, service, actor=hanako, now=moment)
works = Case.objects.get(public_id=works.case_id)
act(works, "start_check", SYSTEM)
act(works, "finish_check", SYSTEM)
act(works, "approve_plan", SYSTEM, decision={"report_by": str(today + timedelta(days=180))})
made["cases"] = {
    "works": str(works.public_id),
    "fresh": str(fresh.public_id),
    "returned": str(returned.public_id),
    "long": str(long_one.public_id),
    "deciding": str(deciding.public_id),
    "others": str(other.public_id),
}
unsure = [applied(hanako, card=card) for card in ("unknown", "other")]
made["signatures"] = [str(signatures_of(case.public_id)[0].public_id) for case in unsure]
made["signing"] = made["drafts"][CLAIM]
prepare_signature(UUID(made["signing"]), actor=hanako, now=moment, language="ja")
answers = deepcopy(answers_to(CLAIM, taro.email))
made["taros"] = str(start_draft(CLAIM, actor=taro, now=moment, answers=answers))
prepare_signature(UUID(made["taros"]), actor=taro, now=moment, language="ja")
made["file"] = next(iter(v for v in fresh.answers["payment"]["account_proof"]))
letter = CaseLetter.objects.filter(file_id__isnull=False, case__department="child-support").first()
waiting = CaseLetter.objects.filter(case__department="child-support").first()
made["letter"] = [str(waiting.case.public_id), str(waiting.public_id)]
made["letter_file"] = str(letter.file_id) if letter else None

# -- at the counter -------------------------------------------------------------------------------
visit = begin_visit(actor=clerk, now=moment, window=4)
mother = {
    "name": LONG_NAME,
    "birth_date": "1995-05-05",
    "address": {
        "postal_code": "3112424",
        "prefecture": "茨城県",
        "city": "潮来市",
        "town": "潮来",
        "block": "999-1",
    },
}
save_person(visit, mother, source="typed", identity="known", actor=clerk, now=moment)
choose_events(visit, ["birth"], actor=clerk, now=moment)
born = {
    "born_on": today - timedelta(days=3),
    "allowance": "first",
    "insurance": "work",
    "mother_national": "no",
    "situation": ("nursery",),
}
assert answer_guide(visit, "birth", born, actor=clerk, now=moment)
choose_items(visit, ["child-allowance-claim", "nursery"], actor=clerk, now=moment)
made["visit"] = str(visit)
made["screen"] = pair_screen(visit, actor=clerk, now=moment)
made["ticket"] = str(issue_ticket("birth", actor=clerk, now=moment).public_id)

# -- passkeys, and somebody who lost the way in
made["passkeys"] = [
    str(
        Passkey.objects.create(
            account_id=owner.account_id,
            credential_id=bytes([number]),
            public_key=b"x",
            name="見本のスマートフォン",
            created_at=moment,
        ).public_id
    )
    for number, owner in enumerate((hanako,))
]
lost = Recovery.objects.create(
    account_id=taro.account_id,
    new_address="taro-new@example.jp",
    note="窓口で本人と話し、最近の申請を確かめた。",
    asked_by_id=clerk.account_id,
    asked_at=moment,
    waits_until_at=moment + timedelta(days=1),
)
made["recovery"] = str(lost.public_id)
made["objection"] = f"/recovery/{lost.public_id}/{objection_token(lost.public_id)}/"

# -- acting for others ----------------------------------------------------------------------------
asked = invite(
    replace(hanako, proved_at=moment),
    Wish("太郎", "taro@example.jp", "family", True, (), "follow", "year", shares_facts=True),
    now=moment,
)
held = Grant.objects.get(public_id=asked)
held.code_digest = digest_of("x" * 43)
held.save()
made["invitation"] = f"/my/proxies/{asked}/{'x' * 43}/"
ward = Ward("見本 たね", "ミホン タネ", date(1935, 2, 3), "潮来市潮来999-1", "第2026-1号", today)
made["claimed"] = str(claim_guardianship(taro, ward, now=moment))

# -- what administrators see ----------------------------------------------------------------------
administrator = actor("admin@example.jp")
holding = PostHolding.objects.filter(account_id=clerk.account_id).get()
made["person"] = str(holding.account.public_id)
made["holding"] = str(holding.public_id)
design = start_design(CLAIM, copied_files(CLAIM), note="見本", actor=administrator, now=moment)
made["design"] = str(design)
made["admin"] = str(Account.objects.get(email="admin@example.jp").public_id)
report = purge_due(SYSTEM, now=moment)
made["purge"] = str(report.public_id)
prove_yesterday(now=moment)
export_proofs(now=moment)
ask_for_verification(actor("general-affairs-head@example.jp"), now=moment)
message = Message.objects.order_by("-id").first()
made["message"] = str(message.public_id)
print(json.dumps(made))
