"""Prints how many procedures a city has, and the seconds to read, compile, index and guide.

Run in a process of its own, which has loaded nothing yet.
"""

import time
from datetime import date
from itertools import pairwise

import django


def main() -> None:
    """Load everything once, and make sure that nothing is loaded twice."""
    django.setup()
    from suigo.engines.cases.queries import catalog, procedures  # noqa: PLC0415
    from suigo.engines.guidance import queries as guidance  # noqa: PLC0415

    day = date(2026, 11, 24)
    moments = [time.perf_counter()]
    chosen = procedures.procedures()
    moments.append(time.perf_counter())
    forms = [one.form for one in chosen]
    moments.append(time.perf_counter())
    catalog.search_catalog("手当", language="ja", today=day)
    moments.append(time.perf_counter())
    guides = guidance.guides()
    moments.append(time.perf_counter())
    again = [one.form for one in procedures.procedures()]
    if not all(a is b for a, b in zip(forms, again, strict=True)):
        raise SystemExit("a form was compiled twice")
    if any(a is not b for a, b in zip(guides, guidance.guides(), strict=True)):
        raise SystemExit("a guide was compiled twice")
    seconds = [after - before for before, after in pairwise(moments)]
    print(len(chosen), *(f"{one:.3f}" for one in seconds))


main()
