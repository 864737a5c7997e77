"""A folder that other programs put files into: taken in once, then moved aside."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from suigo.kernel.access import SYSTEM
from suigo.kernel.errors import SuigoError
from suigo.services.intake.actions.deliveries import bring_in
from suigo.services.intake.library import library
from suigo.services.intake.models import Delivery
from suigo.services.intake.rules.package import LARGEST

QUIET_SECONDS = 10  # whoever still writes a file has touched it since


def take_from_folder(*, now: datetime) -> int:
    """Take what lies in ``SUIGO_INTAKE_FOLDER``; returns how many files.

    Packages lie in ``pittari/``, spreadsheets in ``csv/<mapping>/``. A file is kept first and
    moved to ``taken/`` after: killed in between, it is found again, known by its content, and only
    moved. What is refused goes to ``refused/``.
    """
    if not settings.SUIGO_INTAKE_FOLDER:
        return 0
    root = Path(settings.SUIGO_INTAKE_FOLDER)
    taken = 0
    for kind, mapping, file in _waiting(root):
        status = file.stat()
        if status.st_mtime > now.timestamp() - QUIET_SECONDS or not file.is_file():
            continue
        if status.st_size > LARGEST:
            _aside(root / "refused", file, now)
            continue
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        known = Delivery.objects.filter(sha256=digest, brought_by=None, name=file.name)
        if not known.exists():
            try:
                bring_in(
                    SYSTEM, kind=kind, mapping=mapping, name=file.name, content=content, now=now
                )
            except SuigoError:
                _aside(root / "refused", file, now)
                continue
            taken += 1
        _aside(root / "taken", file, now)
    return taken


def _waiting(root: Path) -> Iterator[tuple[str, str, Path]]:
    for file in sorted((root / "pittari").glob("*.zip")):
        yield "pittari", "", file
    for name in library().tables:
        for file in sorted((root / "csv" / name).glob("*.csv")):
            yield "csv", name, file


def _aside(folder: Path, file: Path, now: datetime) -> None:
    folder.mkdir(exist_ok=True)
    file.replace(folder / f"{now:%Y%m%dT%H%M%S}-{file.name}")
