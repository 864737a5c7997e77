"""Two windows, one signature: one case. And what a process carries that never signs."""

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from pytest_django import Settings

from engines.cases import world
from engines.cases.test_submission import at_once
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing.actions.rehearsing import rehearsal_card
from suigo.engines.signing.models import Signature, VerificationReport
from suigo.kernel.errors import Refused


@pytest.mark.usefixtures("really_committed")
def test_coming_back_in_four_windows_at_once_makes_one_case(signing_city: Settings) -> None:
    resident = world.resident()
    draft = world.draft_of(resident)
    prepared = actions.prepare_signature(draft, actor=resident, now=world.NOW, language="ja")
    holder = rehearsal_card(prepared.digest, "own", now=world.NOW)
    signed = SignedDigest(prepared.digest, holder.sign(prepared.digest), holder.der)

    def come_back() -> actions.Receipt:
        with suppress(Refused):  # another window has sent it already
            actions.complete_signature(draft, signed, actor=resident, now=world.NOW)
        return actions.submit_application(draft, actor=resident, now=world.NOW, language="ja")

    receipts = at_once(*[come_back] * 4)
    assert all(isinstance(r, actions.Receipt) for r in receipts), receipts
    assert sorted(r.created for r in receipts) == [False] * 3 + [True]  # type: ignore[attr-defined]
    assert Case.objects.count() == 1
    row = Signature.objects.get()
    assert row.case_id == Case.objects.get().public_id
    assert VerificationReport.objects.count() == 1


def test_a_process_that_never_signs_carries_nothing_for_it() -> None:
    """The heavy libraries are no part of starting: time and memory are goals."""
    heavy = ("asn1crypto", "pyhanko", "aiohttp")
    program = (
        "import sys, django; django.setup(); import suigo.project.urls;"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "suigo.project.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
