"""``org.yaml``: the city's departments, posts and roles."""

from typing import Annotated

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Department(Spec):
    """課・室. ``division`` is the 部 it belongs to."""

    id: Id
    name: Text
    kana: str | None = None
    division: str | None = None
    phone: str | None = None
    email: str | None = None
    place: str | None = None
    verify: bool = Field(False, description="要確認: not yet confirmed by the city")


class Role(Spec):
    """A named set of capabilities."""

    id: Id
    name: Text
    capabilities: tuple[str, ...]


class Post(Spec):
    """職: a seat in a department that people hold for a time. ``rank`` 1 is the highest."""

    id: Id
    department: Id
    title: Text
    rank: Annotated[int, Field(ge=1, le=99)]
    roles: tuple[Id, ...]
    verify: bool = False


class OrgSpec(Spec):
    """The whole organisation."""

    departments: tuple[Department, ...]
    roles: tuple[Role, ...]
    posts: tuple[Post, ...]
    password_words: tuple[Annotated[str, Field(min_length=2)], ...] = Field(
        (), description="more words that no password of staff may hold: nicknames, mascots, flowers"
    )

    @model_validator(mode="after")
    def _references_exist(self) -> "OrgSpec":
        departments = {d.id for d in self.departments}
        roles = {r.id for r in self.roles}
        for post in self.posts:
            if post.department not in departments:
                raise ValueError(f"post {post.id}: no department {post.department!r}")
            for role in post.roles:
                if role not in roles:
                    raise ValueError(f"post {post.id}: no role {role!r}")
        for kind, ids in (
            ("department", [d.id for d in self.departments]),
            ("role", [r.id for r in self.roles]),
            ("post", [p.id for p in self.posts]),
        ):
            twice = {i for i in ids if ids.count(i) > 1}
            if twice:
                raise ValueError(f"{kind} ids appear twice: {sorted(twice)}")
        return self
