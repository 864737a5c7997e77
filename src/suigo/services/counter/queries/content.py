"""The desks and purposes of this city, and the questions about the person."""

from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from suigo.engines.forms.rules import CompiledForm, compile_form
from suigo.engines.forms.spec import FormSpec
from suigo.kernel.content import load
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.errors import NotFound
from suigo.services.counter.rules.loading import load_counters
from suigo.services.counter.spec import CountersSpec

_counters = Reloadable(load_counters)


def counters() -> CountersSpec:
    """The city's counters. Raises ``NotFound`` in a city that wrote none."""
    found = _counters.get()
    if found is None:
        raise NotFound(_("この市には、窓口の設定がまだありません。"))
    return found


def keep_days() -> int:
    """How many days after a visit its personal parts are kept."""
    found = _counters.get()
    return found.keep_days if found is not None else 0


@cache
def person_form() -> CompiledForm:
    """The four items (氏名、住所、生年月日、性別) as a form of one page."""
    return compile_form(load(Path(__file__).parents[1] / "person.yaml", FormSpec))
