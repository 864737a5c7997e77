"""Two real nodes on one machine: what crosses, and what happens when it crosses something else."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from engines.signing.conftest import city_with
from services.bridge.nodes import ROOT, World, two_nodes

NOW = "2026-11-24T01:00:00+00:00"
LATER = "2026-11-24T02:00:00+00:00"
CLERK, HEAD, RESIDENT = "library-officer", "library-head", ""
ASKED = {"wishes": "もう少し詳しくお書きください"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A city in which the library card can be signed, with cards of a rehearsal."""
    city = city_with(tmp_path_factory.mktemp("cities"), "optional")
    both = {"SUIGO_CITY": str(city), "SUIGO_SIGNER": "fake:", "SUIGO_REVOCATION": "disabled-dev:"}
    with two_nodes(settings.SUIGO_DATABASE_URL, both=both) as nodes:
        yield nodes


def applied(world: World, wishes: str = "郷土史の本", file: int = 0) -> str:
    """A case that both nodes have."""
    case = world.outer.do("submit", now=NOW, wishes=wishes, file=file)
    world.exchange(now=NOW)
    return str(case["id"])


def here(node: Any, case: str) -> dict[str, Any]:
    found: dict[str, Any] = node.do("state")["cases"][case]
    return found


def test_a_case_goes_in_and_its_decision_and_letter_come_out(world: World) -> None:
    world.inner.do("mails", now=NOW)  # what other tests in these nodes have left
    world.exchange(now=NOW)
    told = world.outer.do("submit", now=NOW, wishes="郷土史の本", file=100_000)
    case = told["id"]
    assert told["number"].startswith("R8-S01-500")
    before = world.inner.do("state")
    world.exchange(now=NOW)
    outer, inner = here(world.outer, case), here(world.inner, case)
    assert inner == outer
    assert len(inner["files"]) == 1
    world.inner.do("act", case=case, now=NOW, action="start_check", post=CLERK)
    world.inner.do("act", case=case, now=NOW, action="approve", post=HEAD)
    assert world.inner.do("letters", now=NOW) == 1
    world.inner.do("mails", now=NOW)
    world.exchange(now=LATER)
    outer, inner = here(world.outer, case), here(world.inner, case)
    assert outer == inner
    assert (outer["outcome"], len(outer["letters"])) == ("approved", 1)
    after = world.outer.do("state")
    assert after["relayed"] == world.inner.do("state")["bridge_messages"]
    assert after["relayed"] == before["bridge_messages"] + 1
    assert after["held"] == world.inner.do("state")["held"] == []
    [mail] = world.outer.do("mail_about", words="https://tetsuzuki.example.jp")[-1:]
    assert f"/my/applications/{case}/" in mail


def test_staff_of_the_inner_node_number_their_own_cases(world: World) -> None:
    assert world.inner.do("enter", now=NOW)["number"] == "R8-S01-0001"
    state = world.inner.do("state")
    world.exchange(now=NOW)
    numbers = {case["number"] for case in world.outer.do("state")["cases"].values()}
    assert "R8-S01-0001" in {case["number"] for case in state["cases"].values()}
    assert "R8-S01-0001" not in numbers  # nobody on the internet has it


def test_a_correction_goes_out_and_its_answer_comes_in(world: World) -> None:
    case = applied(world)
    world.inner.do("act", case=case, now=NOW, action="request_correction", post=CLERK, items=ASKED)
    world.exchange(now=NOW)
    assert here(world.outer, case)["state"] == "correcting"
    answer = {"wishes": "潮の満ち引きの本"}
    world.outer.do(
        "act", case=case, now=LATER, action="answer_correction", post=RESIDENT, answers=answer
    )
    world.exchange(now=LATER)
    inner = here(world.inner, case)
    assert (inner["state"], inner["answers"]["wishes"]) == ("checking", "潮の満ち引きの本")
    assert here(world.outer, case) == inner


def test_a_clerk_cannot_answer_for_an_applicant_who_is_on_the_other_node(world: World) -> None:
    case = applied(world)
    refused = world.inner.do("act", case=case, now=NOW, action="withdraw", post=CLERK, reason="x")
    assert refused.startswith("refused")
    assert here(world.inner, case)["state"] == "received"


def test_an_answer_that_crossed_with_a_step_does_not_undo_it(world: World) -> None:
    case = applied(world)
    world.inner.do("act", case=case, now=NOW, action="request_correction", post=CLERK, items=ASKED)
    world.exchange(now=NOW)
    # the clerk takes it back while the applicant answers: both are on their way at once
    world.inner.do("act", case=case, now=LATER, action="cancel_correction", post=CLERK)
    answer = {"wishes": "間に合わなかった答え"}
    world.outer.do(
        "act", case=case, now=LATER, action="answer_correction", post=RESIDENT, answers=answer
    )
    world.inner.do("send", directory=str(world.outward), now=LATER)
    world.outer.do("receive", directory=str(world.outward), now=LATER)
    assert here(world.outer, case)["answers"]["wishes"] == "間に合わなかった答え"
    world.exchange(now=LATER)
    outer, inner = here(world.outer, case), here(world.inner, case)
    assert outer["refused"] == 1
    assert {**outer, "refused": 0} == inner
    assert inner["answers"]["wishes"] == "郷土史の本"


def test_a_withdrawal_that_comes_after_the_decision_is_refused_and_told(world: World) -> None:
    case = applied(world)
    world.inner.do("act", case=case, now=NOW, action="start_check", post=CLERK)
    world.inner.do("act", case=case, now=NOW, action="approve", post=HEAD)
    world.inner.do("letters", now=NOW)
    withdrawn = world.outer.do(
        "act", case=case, now=LATER, action="withdraw", post=RESIDENT, reason="やめます"
    )
    assert withdrawn == "withdrawn"
    world.exchange(now=LATER)
    outer = here(world.outer, case)
    assert (outer["state"], outer["refused"], len(outer["letters"])) == ("approved", 1, 1)
    page = world.outer.do("page", case=case)
    assert "「申請を取り下げる」は受け付けられませんでした" in page
    assert (
        world.outer.do("mail_about", words="「申請を取り下げる」は受け付けられませんでした") != []
    )


def test_a_large_file_resumes_where_it_stopped(world: World) -> None:
    told = world.outer.do("submit", now=NOW, wishes="大きな書類", file=9_000_000)
    world.outer.do("send", directory=str(world.inward), now=NOW)
    packets = sorted(world.inward.glob("*.packet"))
    assert len(packets) == 4  # three pieces, and the case
    packets[1].unlink()
    assert world.inner.do("receive", directory=str(world.inward), now=NOW) == [1, 0, 2, 0]
    assert told["id"] not in world.inner.do("state")["cases"]
    world.outer.do("send", directory=str(world.inward), now=LATER)
    assert world.inner.do("receive", directory=str(world.inward), now=LATER)[0] == 3
    assert here(world.inner, told["id"])["files"] == here(world.outer, told["id"])["files"]
    world.exchange(now=LATER)


def test_an_altered_packet_is_set_aside_and_the_good_copy_taken(world: World) -> None:
    before = len(world.inner.do("state")["set_aside"])
    told = world.outer.do("submit", now=NOW, wishes="書き換えられた道")
    world.outer.do("send", directory=str(world.inward), now=NOW)
    [packet] = world.inward.glob("*.packet")
    content = bytearray(packet.read_bytes())
    content[len(content) // 2] ^= 1
    packet.write_bytes(bytes(content))
    assert world.inner.do("receive", directory=str(world.inward), now=NOW) == [0, 0, 0, 1]
    assert world.inner.do("state")["set_aside"][before:] == ["forged"]
    assert packet.with_name(packet.name + ".rejected").exists()
    world.outer.do("send", directory=str(world.inward), now=LATER)
    assert world.inner.do("receive", directory=str(world.inward), now=LATER)[0] == 1
    assert told["id"] in world.inner.do("state")["cases"]
    # a recording of yesterday's traffic says nothing new
    again = world.inner.do("receive", directory=str(world.inward), now=LATER)
    assert again == [0, 0, 0, 0]
    world.exchange(now=LATER)


def test_a_case_of_a_form_that_is_not_installed_waits_and_nothing_else_does(
    django_db_setup: None, tmp_path: Path
) -> None:
    city = tmp_path / "city"
    shutil.copytree(ROOT / "cities" / "example", city)
    service = city / "services" / "s01-library-card" / "service.yaml"
    text = service.read_text(encoding="utf-8")
    service.write_text(text.replace("minutes: 5", "minutes: 7"), encoding="utf-8")
    with two_nodes(settings.SUIGO_DATABASE_URL, outer_city=city) as world:
        new = world.outer.do("submit", now=NOW, wishes="新しい様式")["id"]
        step = {"case": new, "now": LATER, "action": "withdraw", "post": RESIDENT}
        assert world.outer.do("act", reason="やめます", **step) == "withdrawn"
        world.exchange(now=LATER)
        state = world.inner.do("state")
        assert state["cases"] == {}
        assert [kind for kind, _reason in state["held"]] == ["case", "step"]
        assert "手続の版が、こちらにはありません" in state["held"][0][1]
        assert world.outer.do("waiting") == 0  # it arrived, and nothing is repeated
        world.inner.stop()
        world.inner.environment["SUIGO_CITY"] = str(city)
        world.inner.start()
        world.inner.ready()
        world.exchange(now=LATER)
        state = world.inner.do("state")
        assert state["held"] == []
        assert state["cases"][new]["state"] == "withdrawn"
        assert state["cases"] == world.outer.do("state")["cases"]


def test_a_node_that_was_restored_is_joined_again_by_its_operators(django_db_setup: None) -> None:
    with two_nodes(settings.SUIGO_DATABASE_URL) as world:
        kept = world.outer.do("submit", now=NOW, wishes="保存の前")["id"]
        world.exchange(now=NOW)
        with world.restored(world.outer):
            lost = world.outer.do("submit", now=NOW, wishes="保存のあと")
            world.exchange(now=NOW)
        assert lost["id"] not in world.outer.do("state")["cases"]
        # its stream is behind: the other node sets aside what has a number that it knows
        world.outer.do("submit", now=LATER, wishes="戻したあと")
        world.exchange(now=LATER)
        assert world.inner.do("state")["set_aside"] == ["other_content"]
        streams = {node.zone: node.do("restart", now=LATER) for node in (world.outer, world.inner)}
        world.inner.do("accept", stream=streams["outer"], now=LATER)
        world.outer.do("accept", stream=streams["inner"], now=LATER)
        new = world.outer.do("submit", now=LATER, wishes="つないだあと")
        assert new["number"] == "R8-S01-501003"
        world.exchange(now=LATER)
        world.exchange(now=LATER)
        inner, outer = world.inner.do("state"), world.outer.do("state")
        assert {kept, new["id"], lost["id"]} <= set(inner["cases"])
        assert outer["cases"][new["id"]] == inner["cases"][new["id"]]
        assert outer["waiting"] == inner["waiting"] == 0
        # one receipt was given twice; the second is kept back for people to sort out
        assert [kind for kind, _reason in inner["held"]] == ["case"]
        assert lost["number"] == "R8-S01-500002"


def test_a_signature_is_verified_again_by_the_node_that_decides(world: World) -> None:
    """While that node believes nobody who could have made it, the case waits, and is not lost."""
    case = world.outer.do("submit", now=NOW, wishes="郷土史の本", signed=True)["id"]
    assert world.outer.do("signatures", case=case) == [["OK", "accepted"]]
    world.exchange(now=NOW)
    state = world.inner.do("state")
    assert case not in state["cases"]
    assert [reason for _kind, reason in state["held"]] == [
        "届いた電子署名は、申請の内容と合いません。"
    ]
    authority = Path("rehearsal") / "authority.pem"
    shutil.copy(world.data / "outer" / authority, world.data / "inner" / authority)
    world.exchange(now=LATER)
    assert world.inner.do("state")["held"] == []
    assert world.inner.do("signatures", case=case) == [["OK", "accepted"]]
    assert here(world.inner, case) == here(world.outer, case)
