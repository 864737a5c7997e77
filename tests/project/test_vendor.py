"""The committed assets are exactly what the manifest says, and the recipes do what they promise."""

import copy
from pathlib import Path

import pytest

from suigo.project.vendor import (
    ROOT,
    Package,
    VendorError,
    compose,
    differences,
    font_faces,
    load_manifest,
    sprite,
)


def named(name: str) -> Package:
    return next(package for package in load_manifest() if package["name"] == name)


@pytest.mark.parametrize("package", load_manifest(), ids=lambda package: package["name"])
def test_every_committed_file_has_the_checksum_of_the_manifest(package: Package) -> None:
    assert differences(package) == []


@pytest.mark.parametrize("package", load_manifest(), ids=lambda package: package["name"])
def test_every_package_brings_its_licence_and_stands_in_the_notice(package: Package) -> None:
    licences = [name for name in package["sha256"] if name.startswith(("LICENSE", "OFL"))]
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")

    assert licences != []
    assert f"{package['name']} {package['version']} ({package['licence']})" in notice


def test_a_changed_missing_or_added_file_is_reported(tmp_path: Path) -> None:
    package = copy.deepcopy(named("@digital-go-jp/design-tokens"))
    folder = tmp_path / package["into"]
    folder.mkdir(parents=True)
    (folder / "LICENSE").write_text("changed")
    (folder / "extra.css").write_text("added")

    assert differences(package, root=tmp_path) == [
        f"{package['into']}/LICENSE: content differs from the manifest",
        f"{package['into']}/extra.css: not listed",
        f"{package['into']}/tokens.css: missing",
    ]


def test_fonts_for_letters_share_a_folder_without_claiming_each_others_files() -> None:
    gothic = named("@expo-google-fonts/biz-udpgothic")
    mincho = named("@expo-google-fonts/biz-udmincho")

    assert gothic["into"] == mincho["into"]
    assert gothic["sha256"].keys().isdisjoint(mincho["sha256"])


def sheet(weight: int) -> str:
    return f"""
    /* whole */
    @font-face {{ font-weight: {weight}; src: url(./files/whole-{weight}.woff2) format('woff2'); }}
    @font-face {{
      font-weight: {weight};
      src: url(./files/a-{weight}.woff2) format('woff2'), url(./files/a-{weight}.woff) format('x');
      unicode-range: U+3042, U+3044;
    }}
    """


def test_font_faces_keep_slices_only_and_put_weights_side_by_side() -> None:
    assert font_faces([sheet(400), sheet(700)]) == (
        "@font-face{font-family:'BIZ UDPGothic';font-display:swap;font-weight:400;"
        "src:local('BIZUDPGothic-Regular'),url(files/a-400.woff2) format('woff2');"
        "unicode-range:U+3042,U+3044}\n"
        "@font-face{font-family:'BIZ UDPGothic';font-display:swap;font-weight:700;"
        "src:local('BIZUDPGothic-Bold'),url(files/a-700.woff2) format('woff2');"
        "unicode-range:U+3042,U+3044}\n"
    )


def test_font_faces_refuse_a_sheet_they_do_not_understand() -> None:
    with pytest.raises(VendorError, match="without weight or woff2"):
        font_faces(["@font-face { src: url(x.ttf) }"])


def test_every_slice_of_the_style_sheet_is_committed() -> None:
    package = named("@fontsource/biz-udpgothic")
    css = (ROOT / package["into"] / "fonts.css").read_text(encoding="utf-8")
    linked = {part.split(")")[0] for part in css.split("url(")[1:]}

    assert linked == {name for name in package["sha256"] if name.startswith("files/")}


def test_sprite_has_one_symbol_per_icon_in_a_stable_order() -> None:
    icon = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1" /></svg>'

    assert sprite({"b": icon, "a": icon}) == (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        '<symbol id="a" viewBox="0 0 24 24"><path d="M1 1" /></symbol>\n'
        '<symbol id="b" viewBox="0 0 24 24"><path d="M1 1" /></symbol>\n'
        "</svg>\n"
    )


def test_a_pattern_that_matches_nothing_is_an_error() -> None:
    package = copy.deepcopy(named("@digital-go-jp/design-tokens"))

    with pytest.raises(VendorError, match=r"matches LICENSE"):
        compose(package, {"dist/tokens.css": b""})
