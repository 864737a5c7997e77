"""The import graph of the product, built once."""

from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    """Who imports whom inside ``suigo``, imports made only for typing included."""
    return grimp.build_graph("suigo", exclude_type_checking_imports=False, cache_dir=None)
