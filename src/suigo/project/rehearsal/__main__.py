"""Run as a process of its own (`python -m suigo.project.rehearsal --help`)."""

import argparse
import signal
import threading
from pathlib import Path

from suigo.project import lifeline
from suigo.project.rehearsal.server import rehearsing
from suigo.project.rehearsal.signing import card_signer, plain_signer


def main() -> None:
    """Serve the invented providers until told to end."""
    parser = argparse.ArgumentParser(description="invented providers, for demonstrations")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--city", required=True, help="the address of the city's own pages")
    parser.add_argument("--authority", type=Path, help="where who issues its cards is kept")
    arguments = parser.parse_args()
    signer = card_signer(arguments.authority) if arguments.authority else plain_signer
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    lifeline.follow()
    with rehearsing(arguments.city, port=arguments.port, signer=signer):
        ended.wait()


if __name__ == "__main__":
    main()
