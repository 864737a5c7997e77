"""People of the builder, and a process that has published nothing yet."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from engines.cases import world
from engines.cases.conftest import browser
from suigo.kernel.access import Actor
from suigo.services.builder.published import PUBLISHED

__all__ = ["browser"]


@pytest.fixture(autouse=True)
def _nothing_published() -> Iterator[None]:
    """What one test publishes is rolled back, and must leave the memory of the process too."""
    PUBLISHED.forget()
    yield
    PUBLISHED.forget()


@pytest.fixture
def maker(db: None) -> Actor:
    return world.staff("library-chief", "係長 花子")


@pytest.fixture
def second_maker(db: None) -> Actor:
    return world.staff("general-affairs-officer", "主事 春子")


@pytest.fixture
def approver(db: None) -> Actor:
    return world.staff("general-affairs-head", "課長 四郎")


@pytest.fixture
def maker_browser(browser: Callable[[Actor], Client], maker: Actor) -> Client:
    return browser(maker)


@pytest.fixture
def approver_browser(browser: Callable[[Actor], Client], approver: Actor) -> Client:
    return browser(approver)
