"""What an operator does, on the running product: look, back up, restore elsewhere, start twice."""

import json
import os
import re
import subprocess
from pathlib import Path

from reliability import chaos
from reliability.product import CLI, Product, eventually
from reliability.visitor import Visitor


def command(product: Product, *words: str) -> subprocess.CompletedProcess[str]:
    """One `./suigo` command as the product's operator gives it."""
    return subprocess.run(
        [*CLI, *words], check=False, capture_output=True, text=True, env=product.environment
    )


def workers_heard_of(product: Product) -> int:
    """How many workers have given a sign of life."""
    with product.database() as connection:
        found = connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    return int(str(found[0])) if found else 0


def test_the_doctor_finds_a_running_product_well(product: Product) -> None:
    Visitor(*product.address).fill()
    # ready means that residents are answered; the worker gives its first sign of life a bit later
    assert eventually(lambda: workers_heard_of(product) > 0, within=60)
    done = command(product, "doctor", "--json")
    findings = {finding["subject"]: finding for finding in json.loads(done.stdout)}
    # the test environment isn't made by the launcher, so it has no stamp of its requirements
    findings.pop("依存パッケージ / requirements")
    assert {name: f["state"] for name, f in findings.items() if not f["good"]} == {}
    assert len(findings) == 19


def test_the_doctor_names_what_is_wrong_with_a_stopped_one(tmp_path: Path) -> None:
    stopped = Product(tmp_path)
    done = command(stopped, "doctor")
    assert done.returncode == 1
    assert re.search(r"✗ データベース / database: .*not running\n +→ ./suigo run", done.stdout)


def test_a_backup_of_the_running_product_is_a_whole_installation(
    product: Product, open_directory: Path
) -> None:
    host, port = product.address
    numbers = {}
    for _ in range(3):
        visitor = Visitor(host, port)
        check = visitor.fill()
        numbers[check] = visitor.send(check)
    made = command(product, "backup", str(open_directory / "backup"))
    assert made.returncode == 0, made.stderr
    after = Visitor(host, port)
    after.send(after.fill())
    (open_directory / "copy").mkdir()
    copy = Product(open_directory / "copy")
    refused = command(product, "restore", str(open_directory / "backup"), "--force")
    assert refused.returncode == 1
    assert product.address[0] in refused.stderr
    done = command(copy, "restore", str(open_directory / "backup"))
    assert done.returncode == 0, done.stderr
    copy.start()
    try:
        # the same people get the same receipts from the copy
        for check, number in numbers.items():
            with copy.database() as connection:
                row = connection.execute(
                    "SELECT number FROM cases_case WHERE submit_key = %s",
                    (f"draft:{check.split('/')[2]}",),
                ).fetchone()
            assert row == (number,)
        chaos.check_ledger(copy)
        visitor = Visitor(*copy.address)
        assert visitor.send(visitor.fill()) not in numbers.values()
    finally:
        copy.stop()


def test_a_second_start_with_the_same_data_is_told_where_the_first_is(product: Product) -> None:
    done = command(product, "run", "--port", "0")
    assert done.returncode == 1
    host, port = product.address
    assert f"Already running with this data: http://{host}:{port}" in done.stderr


def test_a_taken_port_is_named_and_a_free_one_proposed(product: Product, tmp_path: Path) -> None:
    _, port = product.address
    done = command(Product(tmp_path), "run", "--port", str(port))
    assert done.returncode == 1
    proposed = re.search(r"--port (\d+)$", done.stderr.strip())
    assert proposed is not None
    assert int(proposed[1]) != port
    assert not (tmp_path / "postgres").exists()


def test_an_unchanged_product_starts_without_migrating(product: Product) -> None:
    product.stop()
    said = len(product.log())
    product.start()
    again = product.log()[said:].decode()
    assert "Migrating" not in again
    assert "Ready in" in again
    assert os.path.exists(product.data / "prepared.json")
