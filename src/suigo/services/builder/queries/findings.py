"""Remarks on a draft, sorted for its page, with the estimate of minutes."""

from collections.abc import Mapping
from dataclasses import dataclass

from suigo.services.builder.rules.estimating import Estimate, estimate
from suigo.services.builder.rules.findings import Finding, findings
from suigo.services.builder.rules.package import readable


@dataclass(frozen=True, slots=True)
class Findings:
    """Remarks by sort, and how long it will take."""

    habits: tuple[Finding, ...]
    reading: tuple[Finding, ...]
    translations: tuple[Finding, ...]
    estimate: Estimate
    promised: str

    @property
    def count(self) -> int:
        return len(self.habits) + len(self.reading) + len(self.translations)


def findings_of(files: Mapping[str, str]) -> Findings:
    """What to think about before the draft goes to somebody else."""
    found = findings(files)
    guess = estimate(readable(files, "form.yaml"), readable(files, "checklist.yaml"))
    return Findings(
        habits=tuple(one for one in found if one.sort == "habit"),
        reading=tuple(one for one in found if one.sort == "reading"),
        translations=tuple(one for one in found if one.sort == "translation"),
        estimate=guess,
        promised=str(readable(files, "service.yaml").get("minutes", "")),
    )
