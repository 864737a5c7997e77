"""Jobs over all packages."""

from suigo.kernel.jobs import job
from suigo.project import rotation


@job(rotation.ROTATE)
def rotate(store: str, after: int) -> None:
    """One batch of the change to a new encryption key."""
    rotation.step(store, after)
