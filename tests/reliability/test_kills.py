"""R1, R2, R6 of the reliability matrix: kills at random moments lose nothing that was confirmed.

The seeds make the choice and the pauses repeatable; the scheduler's part of the chance is not.
`./suigo soak` does the same thousands of times.
"""

import time

import pytest

from reliability import chaos, mail
from reliability.product import Product, eventually, kill
from reliability.visitor import Visitor


@pytest.mark.parametrize("seed", [1, 2])
def test_r1_killed_web_workers_lose_nothing_that_was_acknowledged(
    product: Product, seed: int
) -> None:
    targets = [chaos.WEB_WORKER, chaos.WEB_WORKER, chaos.WEB_MASTER]
    outcome = chaos.live_through(product, targets=targets, kills=8, seed=seed)
    assert len(outcome.kills) == 8
    assert len(outcome.acknowledged) >= 5
    chaos.check_promises(product, outcome)
    chaos.check_ledger(product)


def test_r2_a_killed_database_loses_nothing_and_comes_back_by_itself(product: Product) -> None:
    targets = [chaos.DATABASE, chaos.DATABASE_AT_ONCE]
    outcome = chaos.live_through(product, targets=targets, kills=4, seed=3)
    assert len(outcome.kills) == 4
    assert len(outcome.acknowledged) >= 5
    chaos.check_promises(product, outcome)
    chaos.check_ledger(product)


def test_r2_the_whole_product_killed_at_once_starts_again_with_everything(
    product: Product,
) -> None:
    host, port = product.address
    numbers = {}
    for _ in range(5):
        visitor = Visitor(host, port)
        check = visitor.fill()
        numbers[check] = visitor.send(check)
    assert product.process is not None
    pids = [product.process.pid, *product.postmaster(), *product.web_workers()]
    pids += product.parts("web") + product.parts("worker")
    for pid in pids:
        kill(pid)
    product.process.wait()
    product.start()
    with product.database() as connection:
        stored = dict(connection.execute("SELECT submit_key, number FROM cases_case").fetchall())
    for check, number in numbers.items():
        assert stored[f"draft:{check.split('/')[2]}"] == number
    chaos.check_ledger(product)


def test_r6_killed_job_workers_lose_no_message(product: Product) -> None:
    outcome = chaos.live_through(product, targets=[chaos.JOB_WORKER], kills=4, seed=4)
    assert len(outcome.kills) == 4
    chaos.check_promises(product, outcome)
    numbers = {str(one.number) for one in outcome.sent}

    def everybody_was_told() -> bool:
        with product.database() as connection:
            mail.let_time_pass(connection)
        return numbers <= set(mail.numbers(product))

    assert eventually(everybody_was_told, within=60), numbers - set(mail.numbers(product))
    # A worker that dies between the mail server's yes and its own note sends that message again:
    # at most one copy more, with the same Message-ID, and never more of them than kills.
    counts = mail.numbers(product)
    doubled = {number for number in numbers if counts[number] > 1}
    assert {number for number in doubled if counts[number] > 2} == set()
    assert len(doubled) <= len(outcome.kills)
    assert len(mail.duplicates(product)) >= len(doubled)


def test_r6_jobs_of_a_dead_worker_are_taken_over(product: Product) -> None:
    def unfinished() -> int:
        with product.database() as connection:
            row = connection.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('doing', 'todo')"
                " AND (scheduled_at IS NULL OR scheduled_at < now())"
            ).fetchone()
        return int(str(row[0])) if row else -1

    begun = time.monotonic()
    assert eventually(lambda: unfinished() == 0, within=60)
    assert time.monotonic() - begun < 60
    with product.database() as connection:
        failed = connection.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed'"
            " GROUP BY task_name"
        ).fetchall()
    assert failed == []
