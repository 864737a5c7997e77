"""``./suigo signatures verify``: every kept signature once more, with today's answers."""

from suigo.engines.signing.actions import verify_all
from suigo.kernel import clock


def main(_words: list[str]) -> int:
    """Verify all; one line each for those that are not good, 1 when there are any."""
    report = verify_all(now=clock.now())
    for number, result in report.faults:
        print(f"✗ {number}: {result}")
    print(f"{'✓' if not report.faults else '✗'} {report.count} 件を検証しました / verified")
    return 1 if report.faults else 0
