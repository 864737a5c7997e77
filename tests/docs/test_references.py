"""Links lead somewhere; commands and settings that exist are told, and told ones exist."""

import ast
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("src/**/*.md"),
        *ROOT.glob("deploy/**/*.md"),
    )
    if "vendor" not in path.parts
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"\./suigo ([a-z]+)")
VARIABLE = re.compile(r"SUIGO_[A-Z_]+")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    """The anchors that a forge makes of the headings."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors_of(aim)):
            broken.append(target)
    assert broken == []


def test_pictures_are_there_described_and_small() -> None:
    shown = set()
    for page in PAGES:
        for tag in re.findall(r"<img [^>]*>", text_of(page)):
            assert re.search(r'alt="[^"]{10,}"', tag), tag
            shown.add((page.parent / re.findall(r'src="([^"]+)"', tag)[0]).resolve())
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text_of(page)):
            assert len(alt) >= 10, target
            shown.add((page.parent / target).resolve())
    assert shown == set((ROOT / "docs/images").iterdir())
    assert [path.name for path in shown if path.stat().st_size > 200 * 1024] == []


def commands() -> set[str]:
    return set(runpy.run_path(str(ROOT / "suigo"), run_name="docs")["COMMANDS"])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_exist(page: Path) -> None:
    assert set(COMMAND.findall(text_of(page))) - commands() == set()


def test_contributors_are_told_every_command() -> None:
    assert commands() - set(COMMAND.findall(text_of(ROOT / "CONTRIBUTING.md"))) == set()


def variables_read() -> set[str]:
    """Environment variables that the program asks for, by the calls that read them."""
    found = set()
    for path in [*(ROOT / "src").rglob("*.py"), ROOT / "suigo"]:
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                if not re.search(r"environ\.get$|^secret$|^_is_set$|getenv$", called):
                    continue
                name = node.args[0]
                if isinstance(name, ast.Constant) and str(name.value).startswith("SUIGO_"):
                    found.add(str(name.value).removesuffix("_FILE"))
    return found


def test_every_setting_is_told_and_every_told_one_exists() -> None:
    told = {v.removesuffix("_FILE") for v in VARIABLE.findall(text_of(ROOT / "docs/settings.md"))}
    assert told == variables_read() | {"SUIGO_LIFELINE"}


def test_example_of_production_uses_known_settings() -> None:
    example = text_of(ROOT / "deploy/suigo.env.example")
    named = {v.removesuffix("_FILE") for v in re.findall(r"^(SUIGO_\w+)=", example, re.MULTILINE)}
    assert named - variables_read() == set()
