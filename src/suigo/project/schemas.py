"""``./suigo schemas``: JSON Schemas of every file a city writes, for completion in editors."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from suigo.engines.cases.rules.loading import ChecklistSpec
from suigo.engines.cases.spec import LetterSpec, ServiceSpec, WorkflowSpec
from suigo.engines.cases.spec.access import AccessSpec
from suigo.engines.forms.spec import FormSpec
from suigo.engines.guidance.spec import EntriesSpec, GuideSpec, ThingsSpec
from suigo.engines.identity.spec import OrgSpec
from suigo.engines.insight.spec import InformationPage, PlanSpec
from suigo.engines.notices.spec import FooterSpec, NoticeSpec
from suigo.engines.search.spec import SynonymsSpec
from suigo.kernel.content.city import CitySpec
from suigo.services.counter.spec import CountersSpec
from suigo.services.intake.spec import CsvMapping, PackageMapping

# Each file of a city, as a pattern below ``cities/<city>/``, and the model that reads it.
MODELS: Mapping[str, tuple[type[BaseModel], tuple[str, ...]]] = {
    "city": (CitySpec, ("city.yaml",)),
    "access": (AccessSpec, ("access.yaml",)),
    "org": (OrgSpec, ("org.yaml",)),
    "plan": (PlanSpec, ("plan.yaml",)),
    "page": (InformationPage, ("pages/*.yaml",)),
    "service": (ServiceSpec, ("services/*/service.yaml",)),
    "form": (FormSpec, ("services/*/form.yaml",)),
    "workflow": (WorkflowSpec, ("services/*/workflow.yaml", "workflows/*.yaml")),
    "checklist": (ChecklistSpec, ("services/*/checklist.yaml",)),
    "letter": (LetterSpec, ("services/*/letters/*.yaml", "letters/*/*.yaml")),
    "guide": (GuideSpec, ("guides/*.yaml",)),
    "guide-entries": (EntriesSpec, ("guides/shared/entries.yaml",)),
    "guide-things": (ThingsSpec, ("guides/shared/things.yaml",)),
    "search-synonyms": (SynonymsSpec, ("search/synonyms.yaml",)),
    "import-csv": (CsvMapping, ("imports/csv/*.yaml",)),
    "import-pittari": (PackageMapping, ("imports/pittari/*.yaml",)),
    "counters": (CountersSpec, ("counters.yaml",)),
    "notice": (NoticeSpec, ("notices/[!f]*.yaml",)),
    "notice-footer": (FooterSpec, ("notices/footer.yaml",)),
}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of what people write (2020-12)."""
    schema = model.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def write_schemas(folder: Path) -> list[Path]:
    """Write one schema per kind of file into ``folder``; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (model, _patterns) in MODELS.items():
        file = folder / f"{name}.schema.json"
        text = json.dumps(schema_of(model), ensure_ascii=False, indent=2)
        file.write_text(f"{text}\n", encoding="utf-8")
        written.append(file)
    return written


def editor_settings(folder: Path) -> dict[str, list[str]]:
    """Which schema belongs to which files, in the form that YAML editors read (yaml.schemas)."""
    return {
        str(folder / f"{name}.schema.json"): [f"cities/*/{pattern}" for pattern in patterns]
        for name, (_model, patterns) in MODELS.items()
    }


def main(words: Sequence[str]) -> int:
    """Write the schemas below the data directory and print the setting for an editor."""
    folder = Path(words[0]) if words else Path(settings.SUIGO_DATA) / "schemas"
    written = write_schemas(folder)
    sys.stdout.write(f"{len(written)} schemas: {folder}\n")
    json.dump({"yaml.schemas": editor_settings(folder)}, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    return 0
