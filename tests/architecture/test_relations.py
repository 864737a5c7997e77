"""Foreign keys point downwards only: a string such as "cases.Case" escapes the import contracts."""

from django.apps import apps
from django.db.models import Field, Model

TIERS = {
    "suigo.kernel": 0,
    "suigo.engines.identity": 1,
    "suigo.engines.forms": 2,
    "suigo.engines.documents": 2,
    "suigo.engines.notices": 2,
    "suigo.engines.geodata": 2,
    "suigo.engines.sync": 2,
    "suigo.engines.search": 2,
    "suigo.engines.approvals": 3,
    "suigo.engines.signing": 3,
    "suigo.engines.payments": 3,
    "suigo.engines.facts": 3,
    "suigo.engines.delegation": 3,
    "suigo.engines.cases": 4,
    "suigo.engines.bookings": 4,
    "suigo.engines.learning": 4,
    "suigo.engines.automation": 4,
    "suigo.engines.insight": 5,
    "suigo.services": 6,
    "suigo.project": 7,
}


def package_of(model: type[Model]) -> str:
    return ".".join(model.__module__.split(".")[:3])


def tier_of(package: str) -> int:
    """The tier of a package of ours. Raises KeyError for an engine nobody gave a tier."""
    parts = package.split(".")
    key = package if parts[1] == "engines" else ".".join(parts[:2])
    return TIERS[key]


def own_models() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("suigo.")
    ]


def relations() -> list[tuple[type[Model], str, type[Model]]]:
    """Every foreign key, one-to-one and many-to-many of our models: model, field, target."""
    return [
        (model, field.name, field.related_model)
        for model in own_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if isinstance(field, Field) and isinstance(field.related_model, type)
    ]


def test_there_are_relations_to_check() -> None:
    assert {package_of(model) for model, _, _ in relations()} >= {
        "suigo.engines.cases",
        "suigo.engines.identity",
    }


def test_relations_point_downwards() -> None:
    wrong = [
        f"{model.__module__}.{model.__name__}.{name} -> {target.__module__}.{target.__name__}"
        for model, name, target in relations()
        if target.__module__.startswith("suigo.")
        and package_of(model) != package_of(target)
        and tier_of(package_of(target)) >= tier_of(package_of(model))
    ]
    assert wrong == []


def test_relations_to_others_are_known() -> None:
    """Tables of Django or a library that ours depend on: few, and named here."""
    foreign = {
        f"{model.__name__}.{name} -> {target.__module__}.{target.__name__}"
        for model, name, target in relations()
        if not target.__module__.startswith("suigo.")
    }
    assert foreign == set()


def test_models_have_explicit_tables_and_no_hidden_order() -> None:
    """Tables are named for good; every list says its order itself."""
    unnamed = [
        model.__name__
        for model in own_models()
        if model._meta.db_table == f"{model._meta.app_label}_{model._meta.model_name}"
        and "db_table" not in model._meta.original_attrs
        and not model._meta.auto_created
    ]
    ordered = [model.__name__ for model in own_models() if model._meta.ordering]
    assert (unnamed, ordered) == ([], [])
