"""What a city writes: strict YAML, checked into frozen objects, with errors that name the line.

See README.md. ``load`` reads one file; ``Text`` is a text in several languages; ``city()`` is
the city this deployment serves.
"""

from suigo.kernel.content.city import City, Handling, city
from suigo.kernel.content.errors import ContentError, ContentErrors
from suigo.kernel.content.loader import load, load_document
from suigo.kernel.content.spec import Spec
from suigo.kernel.content.text import Text

__all__ = [
    "City",
    "ContentError",
    "ContentErrors",
    "Handling",
    "Spec",
    "Text",
    "city",
    "load",
    "load_document",
]
