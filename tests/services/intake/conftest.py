"""Browsers that are signed in, as in the tests of cases."""

from engines.cases.conftest import browser

__all__ = ["browser"]
