"""The base of every content model: frozen, and unknown keys are errors."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """Subclass it for each kind of content; field descriptions become editor help."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
