"""A whole form: pages of fields, and checks that look at several answers together."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field as Key
from pydantic import model_validator

from suigo.engines.forms.spec.fields import Condition, Field, GroupField, Id, RepeatField
from suigo.kernel.content import Spec, Text


class Check(Spec):
    """A rule over several answers. It speaks up while ``when`` holds."""

    id: Id
    when: str
    field: str = Key(description="the path of the field the message stands beside")
    message: Text
    level: Literal["error", "warning"] = "error"
    article: str | None = None


class Page(Spec):
    """One question group: one thing at a time."""

    id: Annotated[str, Key(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    title: Text
    intro: Text | None = None
    show_when: Condition | None = None
    fields: tuple[Field, ...] = Key(min_length=1)


class FormSpec(Spec):
    """``form.yaml``."""

    pages: tuple[Page, ...] = Key(min_length=1)
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> "FormSpec":
        pages = [p.id for p in self.pages]
        if len(set(pages)) != len(pages):
            raise ValueError("two pages have the same id")
        fields = [f.id for p in self.pages for f in p.fields]
        twice = sorted({f for f in fields if fields.count(f) > 1})
        if twice:
            raise ValueError(f"field ids appear twice: {twice}")
        for path, children in self.nested():
            ids = [f.id for f in children]
            if len(set(ids)) != len(ids):
                raise ValueError(f"field ids appear twice inside {path}")
        return self

    def nested(self) -> Iterator[tuple[str, tuple[Field, ...]]]:
        """Every group and repeat, with its path and its fields."""

        def walk(prefix: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, tuple[Field, ...]]]:
            for field in fields:
                if isinstance(field, GroupField | RepeatField):
                    path = f"{prefix}{field.id}"
                    yield path, field.fields
                    yield from walk(f"{path}.", field.fields)

        for page in self.pages:
            yield from walk("", page.fields)
