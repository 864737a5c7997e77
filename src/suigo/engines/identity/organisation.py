"""The city's organisation as ``org.yaml`` has it: departments, posts and what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from suigo.engines.identity.spec import Department, OrgSpec, Post, Role
from suigo.kernel.access import capabilities
from suigo.kernel.content import load
from suigo.kernel.content.reload import Reloadable


@dataclass(frozen=True)
class Organisation:
    """Look-ups over one ``org.yaml``, in the order in which it lists things."""

    spec: OrgSpec

    @cached_property
    def departments(self) -> Mapping[str, Department]:
        return {d.id: d for d in self.spec.departments}

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        return {p.id: p for p in self.spec.posts}

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        return {r.id: r for r in self.spec.roles}

    @cached_property
    def _capabilities(self) -> Mapping[str, frozenset[str]]:
        return {
            post.id: frozenset(c for role in post.roles for c in self.roles[role].capabilities)
            for post in self.spec.posts
        }

    def capabilities_of(self, post: str) -> frozenset[str]:
        """What the holder of ``post`` may do; nothing once the post left ``org.yaml``."""
        return self._capabilities.get(post, frozenset())

    def department_of(self, post: str) -> Department | None:
        """The department ``post`` belongs to."""
        found = self.posts.get(post)
        return self.departments[found.department] if found else None

    def posts_of(self, department: str) -> tuple[Post, ...]:
        """The posts of a department, highest rank first."""
        inside = (p for p in self.spec.posts if p.department == department)
        return tuple(sorted(inside, key=lambda p: (p.rank, p.id)))

    def title_of(self, post: str) -> str:
        """Department and post in the city's words; the id once the post left ``org.yaml``."""
        found = self.posts.get(post)
        if found is None:
            return post
        return f"{self.departments[found.department].name} {found.title}"


def load_organisation(root: Path) -> Organisation:
    """Read the organisation of the city in ``root``. Raises ``ContentErrors``."""
    return Organisation(load(root / "org.yaml", OrgSpec))


_organisation = Reloadable(load_organisation)


def organisation() -> Organisation:
    """The organisation of this deployment's city. Raises ``ContentErrors``."""
    return _organisation.get()


def unknown_capabilities() -> list[str]:
    """A sentence for every capability in ``org.yaml`` that no installed package declares."""
    declared = capabilities.known()
    return [
        f"org.yaml: role {role.id}: no package declares the capability {capability!r}"
        for role in organisation().spec.roles
        for capability in role.capabilities
        if capability not in declared
    ]
