"""A scanner for tests and rehearsals, ``fake:``. It finds the EICAR test string and nothing else.

``fake:unavailable`` behaves like a scanner that is down. It is verified: the same tests run against
it and against clamd's protocol, and production refuses it (``check_config``).
"""

from collections.abc import Iterable

from suigo.engines.documents.providers import Scanner, ScannerUnavailable, Verdict

# in two parts, so that a scanner does not find this very file (eicar.org, "Anti-Malware Testfile")
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Fake:
    """Finds the test string wherever it is, also across two pieces."""

    def __init__(self, address: str) -> None:
        self._down = address == "fake:unavailable"

    def scan(self, content: Iterable[bytes]) -> Verdict:
        """Raises ``ScannerUnavailable`` when it plays dead."""
        if self._down:
            raise ScannerUnavailable("the rehearsal scanner is set to be unavailable")
        tail = b""
        for piece in content:
            window = tail + piece
            if EICAR in window:
                return Verdict(found="Eicar-Test-Signature")
            tail = window[-len(EICAR) :]
        return Verdict(found=None)

    def check_config(self) -> list[str]:
        return ["SUIGO_SCANNER: fake: finds only the test string; name a real scanner"]


def connect(address: str) -> Scanner:
    """The rehearsal scanner."""
    return Fake(address)
