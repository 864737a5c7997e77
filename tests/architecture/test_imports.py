"""Who may import whom: the contracts in .importlinter, and two that it can't express."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"

# The floors of a package (CONTRIBUTING: Where things are), highest first. Names on one line
# never import each other.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"apps"}),
    frozenset({"manifest"}),
    frozenset({"urls"}),
    frozenset({"web", "rest", "tasks", "subscribers", "adapters", "management", "middleware"}),
    frozenset({"actions"}),
    frozenset({"queries"}),
    frozenset({"policy"}),
    frozenset({"migrations"}),
    frozenset({"models"}),
    frozenset({"rendering"}),
    frozenset({"rules"}),
    frozenset({"spec", "events", "providers"}),
)
ANATOMY = frozenset().union(*FLOORS)

# Modules with other names, each with the floor of the anatomy it stands on and why it is there.
# A new name must be argued for here, so that no helpers.py grows.
OTHER_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "suigo.engines.identity": {
        "oidc": ("rules", "an OpenID Connect relying party: keys, tokens, requests; no Django"),
        "organisation": ("rules", "org.yaml as loaded objects, kept and reloaded"),
        "passwords": ("rules", "the city's own words, which no password may hold"),
        "sessions": ("models", "Django's session store, with the columns that list sessions"),
    },
    "suigo.engines.documents": {
        "failures": ("rules", "the failures its actions and queries raise"),
        "fonts": ("rules", "where the fonts of letters are, and which characters they have"),
        "labels": ("rules", "the words that letter templates print themselves"),
        "isolated": ("rules", "programs that run alone, confined, on files of strangers"),
        "isolation": ("rules", "starting those programs"),
        "previews": ("queries", "page pictures of files, made when asked for"),
        "storage": ("models", "encrypted contents on disk"),
        "vault": ("models", "the keys of contents, wrapped"),
        "wording": ("rules", "sentences that several modules say"),
    },
    "suigo.engines.facts": {
        "proven": ("rules", "what cards and GビズID proved, in the words of forms"),
    },
    "suigo.engines.notices": {
        "library": ("queries", "the city's message texts, kept and reloaded"),
    },
    "suigo.engines.signing": {
        "heavy": ("queries", "what reads certificates, loaded when somebody first needs it"),
        "isolated": ("rules", "the program that reads signed files of strangers, confined"),
        "testing": ("rules", "certificates made here, for tests and the demonstration"),
        "trust": ("rendering", "which authorities this deployment believes"),
        "vault": ("policy", "the sealed parts of a signature"),
        "wording": ("rules", "sentences that several modules say"),
    },
    "suigo.services.builder": {
        "published": ("queries", "what was published, kept in each process and looked up again"),
    },
    "suigo.services.bridge": {
        "command": ("web", "the bridge from the command line"),
        "configuration": ("models", "which zone this node is, and its keys"),
        "folder": ("models", "the files between the nodes"),
    },
    "suigo.services.intake": {
        "library": ("rules", "the city's mappings, kept and reloaded"),
        "samples": ("rules", "artificial files, for tests and the demonstration"),
    },
    "suigo.services.ledger": {
        "folder": ("models", "the exported proofs on disk"),
        "stamping": ("rules", "time stamps, through a library that is loaded when needed"),
    },
}


def packages() -> list[str]:
    """Every package that has an anatomy: engines and services."""
    return sorted(
        f"suigo.{floor}.{path.parent.name}"
        for floor in ("engines", "services")
        for path in (SRC / "suigo" / floor).glob("*/__init__.py")
    )


def parts_of(package: str) -> set[str]:
    """The modules directly inside a package."""
    folder = SRC / Path(*package.split("."))
    found = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    return found - {"__init__"}


def test_import_contracts_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, env={"PYTHONPATH": str(SRC)}, capture_output=True
    )
    assert done.returncode == 0, done.stdout.decode()


def test_every_engine_has_a_place_in_the_tiers() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    tiers = contracts["importlinter:contract:engine-tiers"]["layers"]
    listed = {f"suigo.engines.{name}" for name in re.findall(r"[a-z_]+", tiers)}
    assert {p for p in packages() if p.startswith("suigo.engines.")} - listed == set()


def test_models_are_imported_only_from_inside_their_package(graph: grimp.ImportGraph) -> None:
    """Contract 6. Type-only imports count too: whoever names the table depends on it."""
    strangers = []
    for module in sorted(graph.modules):
        parts = module.split(".")
        if len(parts) < 4 or parts[3] != "models":
            continue
        owner = ".".join(parts[:3])
        strangers += [
            f"{importer} imports {module}"
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not importer.startswith(f"{owner}.")
        ]
    assert strangers == []


def test_packages_are_built_of_named_parts() -> None:
    """No utils, no helpers: a part is of the anatomy, or argued for in OTHER_NAMES."""
    unknown = {
        package: sorted(parts_of(package) - ANATOMY - set(OTHER_NAMES.get(package, {})))
        for package in packages()
    }
    assert {package: names for package, names in unknown.items() if names} == {}


def test_other_names_are_still_there() -> None:
    gone = {
        package: sorted(set(names) - parts_of(package)) for package, names in OTHER_NAMES.items()
    }
    assert {package: names for package, names in gone.items() if names} == {}


def test_parts_import_downwards_only(graph: grimp.ImportGraph) -> None:
    """The inside of every package, exhaustively: other names stand on the floor they declare."""
    height = {name: -index for index, floor in enumerate(FLOORS) for name in floor}
    upward = []
    for package in packages():
        stands = {part: part for part in ANATOMY} | {
            part: floor for part, (floor, _why) in OTHER_NAMES.get(package, {}).items()
        }
        for module in sorted(graph.find_descendants(package)):
            part = module.split(".")[3]
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                if not imported.startswith(f"{package}."):
                    continue
                other = imported.split(".")[3]
                if other != part and height[stands[other]] > height[stands[part]]:
                    upward.append(f"{module} imports {imported}")
    assert upward == []


def test_kernel_knows_no_city_content_kind(graph: grimp.ImportGraph) -> None:
    """The kernel has words, no domain: nothing of it imports an engine, service or the project."""
    upward = [
        f"{module} imports {imported}"
        for module in sorted(graph.find_descendants("suigo.kernel"))
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if not imported.startswith("suigo.kernel")
    ]
    assert upward == []
