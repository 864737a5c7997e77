"""``access.yaml``: why staff look at sensitive cases, and what residents read about a look."""

from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import model_validator

from suigo.kernel.content import Spec, Text

ReasonId = Annotated[str, Key(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class LookReason(Spec):
    """A reason to look at a case that somebody else has in hand."""

    id: ReasonId
    title: Text
    explain: bool = Key(False, description="the clerk must also say it in their own words")


class AccessSpec(Spec):
    """The city's policy on looks at sensitive cases."""

    reasons: Annotated[tuple[LookReason, ...], Key(min_length=1)]
    shown: Literal["department", "post"] = Key(
        "post", description="what residents read of who looked: the department, or its post too"
    )
    verify: bool = Key(False, description="要確認: the city has not decided this yet")

    @model_validator(mode="after")
    def _ids_differ(self) -> "AccessSpec":
        ids = [reason.id for reason in self.reasons]
        if len(set(ids)) != len(ids):
            raise ValueError("two reasons have the same id")
        return self
