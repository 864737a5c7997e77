"""New ways in for somebody who lost theirs: who may, how long it waits, what is shown of it."""

from datetime import timedelta

WAIT = timedelta(hours=24)  # to object, when nobody looked at an identity document
OPEN_FOR = timedelta(days=7)  # what nobody approved by then has to be asked for again
ASKED_PER_CLERK = 20  # a day
LONGEST_NOTE = 500


def hinted(address: str) -> str:
    """An address that its owner recognises and nobody else learns: ``h•••@e•••.jp``."""
    name, _at, domain = address.partition("@")
    host, dot, ending = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••{dot}{ending}"
