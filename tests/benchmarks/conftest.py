"""The benchmarks are programs beside the product, not a package: make their modules importable."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
