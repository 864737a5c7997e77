"""The modules that read certificates: ten megabytes and a tenth of a second, loaded when somebody
first needs them. Most processes never do."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from suigo.engines.signing import testing as testing
    from suigo.engines.signing import trust as trust
    from suigo.engines.signing.rules import canonical as canonical
    from suigo.engines.signing.rules import certificates as certificates
    from suigo.engines.signing.rules import cms as cms
    from suigo.engines.signing.rules import verifying as verifying
else:
    PLACES = {"testing": "testing", "trust": "trust"}

    def __getattr__(name: str) -> "ModuleType":
        place = PLACES.get(name, f"rules.{name}")
        return import_module(f"suigo.engines.signing.{place}")
