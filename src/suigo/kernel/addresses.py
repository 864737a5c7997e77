"""What counts as an e-mail address, wherever one is typed: on forms, at sign-in, for staff.

The addr-spec of RFC 5321 section 4.1.2 as mail servers take it in practice: a dot-atom (no quoted
local part, no comment, no domain literal) and a host name of ASCII labels (RFC 1123 section 2.1)
whose last one is no number. An international domain is written in its xn-- form (RFC 5891).
"""

import re

LONGEST_ADDRESS = 254  # octets: the path of RFC 5321 section 4.5.3.1.3 without its brackets
LONGEST_LOCAL_PART = 64  # octets, RFC 5321 section 4.5.3.1.1

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


def is_email_address(text: str) -> bool:
    """Whether ``text`` is one e-mail address and nothing else."""
    if len(text) > LONGEST_ADDRESS:
        return False
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(found[1]) <= LONGEST_LOCAL_PART
