"""Freezing definitions, and finding them again by their hash."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from suigo.kernel.content.models import FrozenDefinition


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a definition, in hex."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(
    *,
    kind: str,
    name: str,
    document: Mapping[str, Any],
    now: datetime,
    digest: str | None = None,
) -> str:
    """Keep a copy of ``document`` (once) and return its hash.

    A caller that already knows the document's ``content_hash`` passes it as ``digest``.
    """
    digest = digest or content_hash(document)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM content_frozen_definition WHERE hash = %s", [digest])
        kept = cursor.fetchone() is not None
    if not kept:
        FrozenDefinition.objects.get_or_create(
            hash=digest,
            defaults={"kind": kind, "name": name, "document": document, "first_used_at": now},
        )
    return digest


def frozen_document(digest: str) -> dict[str, Any]:
    """The copy kept under ``digest``. Raises ``FrozenDefinition.DoesNotExist``."""
    document: dict[str, Any] = FrozenDefinition.objects.values_list("document", flat=True).get(
        hash=digest
    )
    return document


def frozen_beginning(digest: str, *, kind: str) -> tuple[str, str] | None:
    """Hash and name of the one definition of ``kind`` whose hash begins with ``digest``."""
    found = FrozenDefinition.objects.filter(kind=kind, hash__startswith=digest)
    rows = list(found.values_list("hash", "name").order_by("hash")[:2])
    return rows[0] if len(rows) == 1 else None


def frozen_hashes() -> frozenset[str]:
    """Every definition that was kept."""
    return frozenset(FrozenDefinition.objects.values_list("hash", flat=True))
