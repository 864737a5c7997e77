from engines.cases.conftest import browser

__all__ = ["browser"]
