"""The city's procedures, loaded once for all tests of its content."""

from pathlib import Path

from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import compile_form

ITAKO = Path(__file__).parents[2] / "cities" / "itako"
SPECS = {spec.id: spec for spec in load_specs(ITAKO, known=None)}
FORMS = {spec.id: compile_form(spec.form) for spec in SPECS.values()}
K01, K15 = "k01-child-allowance-claim", "k15-pregnancy-notification"
K11, K12 = "k11-childcare-certification", "k12-childcare-place-application"
C01, D01 = "c01-care-need-certification", "d01-disaster-damage-certificate"
X02 = "x02-commuting-subsidy"
