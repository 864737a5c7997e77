"""docs/map.md says what is installed now."""

from suigo.project import docs_map
from suigo.project.installed import manifests


def test_map_is_up_to_date() -> None:
    """Otherwise: python -m suigo.project.docs_map"""
    assert docs_map.main(["--check"]) == 0


def test_map_names_everything_declared() -> None:
    from_manifests = {
        word
        for manifest in manifests()
        for word in (
            manifest.id,
            *(capability.id for capability in manifest.capabilities),
            *(kind.id for kind in manifest.audit_types),
            *(subscription.job for subscription in manifest.subscriptions),
        )
    }
    text = docs_map.MAP.read_text(encoding="utf-8")
    assert {word for word in from_manifests if word not in text} == set()
