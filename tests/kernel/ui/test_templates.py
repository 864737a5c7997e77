"""Rules that every template of the product keeps, and the markup that others rely on."""

import json
import re
from pathlib import Path

import pytest
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

from suigo.project.vendor import MANIFEST, ROOT

TEMPLATES = sorted((ROOT / "src").rglob("templates/**/*.html"))
SCRIPTS = sorted(
    file for file in (ROOT / "src").rglob("static/**/*.js") if "vendor" not in file.parts
)
STYLES = sorted(
    file for file in (ROOT / "src").rglob("static/**/*.css") if "vendor" not in file.parts
)
COMPONENTS = ROOT / "src/suigo/kernel/ui/templates/cotton"


def render(source: str, context: dict[str, object] | None = None) -> str:
    """Render a piece of template as the loader would: the loader compiles <c-…> tags first."""
    return str(engines["django"].from_string(CottonCompiler().process(source)).render(context))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_inline_script_or_style(template: Path) -> None:
    """The Content-Security-Policy would refuse them silently."""
    source = template.read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", source) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", source) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_styles_use_nothing_that_an_old_phone_ignores_whole(style: Path) -> None:
    """@layer and nesting (browsers before 2022, 2023) would drop all rules, not just one."""
    source = re.sub(r"/\*.*?\*/", "", style.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert "@layer" not in source
    assert re.findall(r"^\s+&", source, flags=re.MULTILINE) == []
    assert source.count("{") == source.count("}")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stand_alone_and_speak_no_language(script: Path) -> None:
    """Hashed file names break imports between modules; words come from the template, translated."""
    source = script.read_text(encoding="utf-8")
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)

    assert re.findall(r"^\s*import\s", code, flags=re.MULTILINE) == []
    assert re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]", code) == []


def test_every_icon_in_use_is_in_the_sprite() -> None:
    packages = json.loads(MANIFEST.read_text(encoding="utf-8"))["packages"]
    lucide = next(package for package in packages if package["name"] == "lucide-static")
    sprite = (ROOT / lucide["into"] / "sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set()
    for template in TEMPLATES:
        source = template.read_text(encoding="utf-8")
        used |= set(re.findall(r'<c-icon name="([\w-]+)"|(?<=#)([\w-]+)"/></svg>', source))
        used |= {(name, "") for name in re.findall(r'<c-[\w-]+[^>]*\sicon="([\w-]+)"', source)}

    assert {name or other for name, other in used} - drawn == set()
    assert {"search", "info", "circle-alert"} <= drawn


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_only_components_that_exist_and_attributes_they_know(template: Path) -> None:
    """A mistyped component or attribute would vanish without a word."""
    source = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    mistakes = []
    for name, attributes in re.findall(r"<c-([\w.-]+)((?:\s[^<>]*?)?)/?>", source):
        if name in {"slot", "vars"}:
            continue
        component = COMPONENTS / f"{name.replace('-', '_')}.html"
        if not component.is_file():
            mistakes.append(name)
            continue
        html = component.read_text(encoding="utf-8")
        declared = re.search(r"<c-vars (.*?)/>", html)
        known = set(re.findall(r":?([\w-]+)=", declared[1])) if declared else set()
        given = set(re.findall(r":?([\w-]+)(?:=\"[^\"]*\")?", re.sub(r'"[^"]*"', '""', attributes)))
        if "{{ attrs }}" not in html:
            mistakes += [f"{name} {attribute}" for attribute in sorted(given - known)]

    assert mistakes == []


def test_a_button_is_a_link_or_a_button() -> None:
    assert render('<c-button type="primary" name="go" value="1">送る</c-button>') == (
        '<button class="button" type="submit" data-type="primary" name="go" value="1">送る</button>'
    )
    assert render('<c-button href="/x/" size="small">見る</c-button>') == (
        '<a class="button" href="/x/" data-type="secondary" data-size="small" >見る</a>'
    )


def test_components_do_not_pick_up_names_of_the_page() -> None:
    assert render("<c-notice><p>本文</p></c-notice>", {"title": "ページの題"}) == render(
        "<c-notice><p>本文</p></c-notice>"
    )


def test_a_field_joins_label_hint_and_error_to_its_input() -> None:
    html = render(
        '<c-field label="氏名" for="name" required="required" hint="戸籍のとおり" :error="error">'
        '<input id="name"></c-field>',
        {"error": "<入力してください>"},
    )

    assert html == (
        '<div class="field field--error"><label class="field__label" for="name">氏名'
        '<span class="field__required">必須</span></label>'
        '<p class="field__hint" id="name-hint">戸籍のとおり</p>'
        '<p class="field__error" id="name-error">&lt;入力してください&gt;</p>'
        '<input id="name"></div>'
    )


def test_the_error_summary_counts_and_links() -> None:
    html = render(
        '<c-error-summary :errors="errors" />', {"errors": [("a", "Aを入力"), ("b", "<B>を入力")]}
    )

    assert "入力を確認してください（2か所）" in html
    assert html.endswith(
        '<ul class="error-summary__list"><li><a href="#a">Aを入力</a></li>'
        '<li><a href="#b">&lt;B&gt;を入力</a></li></ul></div>'
    )


def test_a_summary_row_names_what_would_be_changed() -> None:
    rows = [{"key": "氏名", "value": "見本 <太郎>", "change_url": "/change/"}]

    assert render('<c-summary-list :rows="rows" />', {"rows": rows}) == (
        '<dl class="summary"><div class="summary__row"><dt class="summary__key">氏名</dt>'
        '<dd class="summary__value">見本 &lt;太郎&gt;</dd>'
        '<dd class="summary__change"><a href="/change/">変更'
        '<span class="visually-hidden">: 氏名</span></a></dd></div></dl>'
    )


def test_pagination_shows_only_directions_that_exist() -> None:
    html = render('<c-pagination next="?after=9" note="50件" />')

    assert re.findall(r'rel="(\w+)"', html) == ["next"]
