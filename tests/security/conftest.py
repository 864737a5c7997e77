"""Browsers in which the people of the example city are signed in."""

from engines.cases.conftest import browser

__all__ = ["browser"]
