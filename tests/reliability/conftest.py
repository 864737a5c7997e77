"""One running product for all reliability tests of a test process."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reliability.product import Product


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The product, started as `./suigo run` does it; at the end Ctrl-C must leave nothing."""
    data = Path(tempfile.mkdtemp(prefix="suigo-reliability-"))
    data.chmod(0o755)
    running = Product(data)
    running.start()
    yield running
    running.stop()
    assert not running.cluster.is_alive()
    shutil.rmtree(data)
