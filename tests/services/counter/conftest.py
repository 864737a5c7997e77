"""Browsers that are signed in, and a clerk at the front desk."""

import pytest

from engines.cases.conftest import browser
from engines.cases.world import staff
from suigo.kernel.access import Actor

__all__ = ["browser", "clerk", "manager", "neighbour"]


@pytest.fixture
def clerk(db: None) -> Actor:
    """Who serves at the front desk."""
    return staff("general-affairs-officer", "窓口 一郎")


@pytest.fixture
def neighbour(db: None) -> Actor:
    """Who serves at the welfare desk."""
    return staff("welfare-officer", "福祉 三郎")


@pytest.fixture
def manager(db: None) -> Actor:
    """Who runs the counter."""
    return staff("general-affairs-head", "総務 四郎")
