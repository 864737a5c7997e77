"""The product's settings as tests see them: the example city, a data directory of their own."""

import os
import tempfile

os.environ["SUIGO_ENV"] = "test"
os.environ.setdefault("SUIGO_DATA", tempfile.mkdtemp(prefix="suigo-test-data-"))

from suigo.project.settings import *  # noqa: F403
from suigo.project.settings import STATIC_ROOT

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a missing one
