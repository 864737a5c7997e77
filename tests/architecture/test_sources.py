"""Rules about files themselves: where words may stand, how long a file is, what is promised."""

import json
import re
import subprocess
import tokenize
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
LONGEST_FILE = 500  # lines; aim under 300

# Exceptions to the rules of the linter and of the type checker. These numbers may only fall: when
# one does, lower it here in the same commit.
NOQA = {
    "B018": 1,
    "N802": 1,
    "PLC0415": 48,
    "S102": 1,
    "S105": 2,
    "S308": 1,
    "S311": 3,
    "S314": 1,
    "S603": 1,
    "S608": 2,
    "SIM115": 2,
}
TYPE_IGNORES = 13
IGNORED_IMPORTS = 0

# The one place that may name a city: which folder ``./suigo run`` opens when nobody names one.
DEFAULT_CITY = "src/suigo/project/settings.py"

TEXT_FILES = {".py", ".html", ".typ", ".css", ".js", ".json", ".svg", ".txt", ".md", ".po", ".sql"}
DATA_FILES = {".yaml", ".csv", ".json", ".md", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".txt"}


def tracked(*folders: str) -> list[Path]:
    """Files that git knows below the folders, those just added included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    return [path for path in tracked(*folders) if path.suffix == ".py"]


def comments_in(path: Path) -> Iterator[str]:
    for token in tokenize.tokenize(BytesIO(path.read_bytes()).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def test_no_city_is_named_in_the_product() -> None:
    """A city is a folder of data. What the product needs of it, it asks ``content.city()``."""
    real = [file for file in (ROOT / "cities").glob("*/city.yaml") if file.parent.name != "example"]
    names = {file.parent.name for file in real}
    for file in real:
        found = re.search(r"^name:.*?ja:\s*\"?([^\",}\s]+)市", file.read_text("utf-8"), re.M | re.S)
        assert found, file
        names.add(found[1])
    assert names >= {"itako", "潮来"}
    pattern = re.compile("|".join(map(re.escape, sorted(names))), re.IGNORECASE)
    named = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked("src")
        if path.suffix in TEXT_FILES and "vendor" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert [place.split(":")[0] for place in named] == [DEFAULT_CITY], named


def test_cities_hold_data_only() -> None:
    code = [
        str(path.relative_to(ROOT)) for path in tracked("cities") if path.suffix not in DATA_FILES
    ]
    assert code == []


def test_requirements_hold_no_addresses() -> None:
    found = {
        path.name: re.findall(r"\w+://\S*|file:\S*|--(?:extra-)?index-url\S*", path.read_text())
        for path in sorted(ROOT.glob("requirements*.txt"))
    }
    assert found == {
        "requirements-bootstrap.txt": [],
        "requirements-dev.txt": [],
        "requirements.txt": [],
    }


def test_requirements_are_hashed() -> None:
    for path in sorted(ROOT.glob("requirements*.txt")):
        pins = re.split(r"\n(?=\S)", path.read_text())
        bare = [p.split()[0] for p in pins if re.match(r"^[\w.-]+(\[\S+\])?==", p)
                and "--hash=sha256:" not in p]  # fmt: skip
        assert bare == [], path.name


def test_notice_names_every_vendored_asset() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    manifest = SRC / "suigo/kernel/ui/static/ui/vendor/manifest.json"
    packages = json.loads(manifest.read_text(encoding="utf-8"))["packages"]
    missing = [
        package["name"]
        for package in packages
        if f"{package['name']} {package['version']} ({package['licence']})" not in notice
        or f"{package['into']}/" not in notice
    ]
    assert missing == []


def test_every_vendored_file_belongs_to_a_named_package() -> None:
    """Nothing of others lies about outside the folders that NOTICE and the manifest name."""
    manifest = SRC / "suigo/kernel/ui/static/ui/vendor/manifest.json"
    folders = {ROOT / p["into"] for p in json.loads(manifest.read_text("utf-8"))["packages"]}
    of_others = [
        path
        for path in tracked("src", "tests")
        if path != manifest
        and ("vendor" in path.parts or path.suffix in {".ttf", ".otf", ".woff", ".woff2"})
    ]
    assert of_others
    strays = [p for p in of_others if not any(folder in p.parents for folder in folders)]
    assert strays == []


def test_files_are_read_at_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*python_files("src", "tests", "benchmarks"), ROOT / "suigo"]
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_drawers_for_anything() -> None:
    """Names that say nothing collect everything."""
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}
    found = [
        str(path.relative_to(ROOT))
        for path in python_files("src", "tests", "benchmarks")
        if drawers & {path.stem, *path.relative_to(ROOT).parts[:-1]}
    ]
    assert found == []


def exceptions() -> tuple[Counter[str], int]:
    """How often each rule of the linter is waived in ``src``, and how often the type checker."""
    noqa: Counter[str] = Counter()
    ignored = 0
    for path in [*python_files("src"), ROOT / "suigo"]:
        if "migrations" in path.parts:
            continue
        for comment in comments_in(path):
            for codes in re.findall(r"noqa(?::\s*([A-Z]+\d+(?:,\s*[A-Z]+\d+)*))?", comment):
                noqa.update(re.split(r",\s*", codes) if codes else ["everything"])
            ignored += len(re.findall(r"type:\s*ignore", comment))
    return noqa, ignored


def test_exceptions_only_become_fewer() -> None:
    """More: find another way, or argue for it in review. Fewer: lower the number above."""
    noqa, ignored = exceptions()
    assert dict(sorted(noqa.items())) == NOQA
    assert ignored == TYPE_IGNORES


def test_every_type_exception_says_which_one() -> None:
    bare = [
        f"{path.relative_to(ROOT)}: {comment}"
        for path in python_files("src", "tests", "benchmarks")
        for comment in comments_in(path)
        if re.search(r"type:\s*ignore(?!\[)", comment)
    ]
    assert bare == []


def test_ignored_imports_have_an_adr() -> None:
    """An exception to a contract needs the number of a record (docs/adr) beside it."""
    lines = (ROOT / ".importlinter").read_text(encoding="utf-8").splitlines()
    ignored: list[int] = []
    inside = False
    for number, line in enumerate(lines):
        inside = line.startswith("ignore_imports") or (inside and line.startswith("    "))
        if inside and "->" in line:
            ignored.append(number)
    assert len(ignored) == IGNORED_IMPORTS
    for number in ignored:
        named = re.search(r"ADR (\d{4})", " ".join(lines[max(0, number - 3) : number + 1]))
        assert named, lines[number]
        assert list((ROOT / "docs/adr").glob(f"{named[1]}-*.md")), lines[number]


def test_no_machine_is_named() -> None:
    """Paths of somebody's machine and addresses of registries don't belong in the repository."""
    pattern = re.compile(r"/home/\w+/|/Users/\w+/|/work/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".")
        if path.suffix in TEXT_FILES | {".toml", ".yaml", ".service", ".timer", ".conf"}
        and "vendor" not in path.parts
        and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
