"""``notices/<id>.yaml``: what a message says, in the languages of the city."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
GIVEN = frozenset({"city", "site"})  # every message may use the city's name and our address


class NoticeSpec(Spec):
    """A message. Placeholders ``{number}`` must be declared, and every language uses them all,
    so that no language tells less than another. ``{city}`` and ``{site}`` need no declaration."""

    subject: Text
    body: Text
    variables: tuple[Name, ...] = ()
    channel: Literal["email"] = "email"
    audience: Literal["applicant", "staff"] = "applicant"
    about: str = Field(description="what personal data the message holds, and why it must")
    confidential: bool = Field(False, description="the text is erased once it was delivered")
    sample: bool = Field(False, description="サンプル: wording not confirmed by the city")

    @model_validator(mode="after")
    def _placeholders(self) -> "NoticeSpec":
        declared = set(self.variables)
        if declared & GIVEN:
            raise ValueError(f"{sorted(declared & GIVEN)} are always there; don't declare them")
        if set(self.subject.root) != set(self.body.root):
            raise ValueError("subject and body must be in the same languages")
        for language, subject, body in self._texts():
            if "\n" in subject:
                raise ValueError(f"the subject ({language}) must be one line")
            used = set(PLACEHOLDER.findall(subject + body)) - GIVEN
            if used - declared:
                raise ValueError(f"{language}: {sorted(used - declared)} not declared")
            if declared - used:
                raise ValueError(f"{language}: {sorted(declared - used)} declared but not used")
            if re.search(r"[{}]", PLACEHOLDER.sub("", subject + body)):
                raise ValueError(f"{language}: a brace that belongs to no placeholder")
        return self

    def _texts(self) -> Iterator[tuple[str, str, str]]:
        for language, subject in self.subject.root.items():
            yield language, subject, self.body.root[language]


class FooterSpec(Spec):
    """``notices/footer.yaml``: what stands below every message."""

    body: Text

    @model_validator(mode="after")
    def _placeholders(self) -> "FooterSpec":
        for language, body in self.body.root.items():
            unknown = set(PLACEHOLDER.findall(body)) - GIVEN
            if unknown:
                raise ValueError(f"{language}: {sorted(unknown)} can't be used here")
        return self
