"""The product's settings as tests see them: the example city, a data directory of their own."""

import os
import tempfile
from pathlib import Path

os.environ["SUIGO_ENV"] = "test"
os.environ.setdefault("SUIGO_DATA", tempfile.mkdtemp(prefix="suigo-test-data-"))
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # workers of a parallel run have keys of their own: files of one are damaged to the other
    os.environ["SUIGO_DATA"] = str(Path(os.environ["SUIGO_DATA"]) / worker)
# whitenoise warns about a missing folder
(Path(os.environ["SUIGO_DATA"]) / "static").mkdir(parents=True, exist_ok=True)

from suigo.project.settings import *  # noqa: E402, F403 - after the environment is set
