"""Contrast as WCAG 2.2 counts it, and readable variants of a city's accent colour."""

TEXT = 4.5  # success criterion 1.4.3 (AA), body text
SHAPE = 3.0  # success criterion 1.4.11 (AA), lines, bars and icons
CALM_TEXT = 7.0  # success criterion 1.4.6 (AAA): what we ask of accent-coloured words

PAPER = "#ffffff"
DARK_PAPER = "#17181c"  # --paper of the staff's dark scheme in staff.css
INK = "#1a1a1a"


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours written as #rrggbb: 1.0 (same) to 21.0 (black, white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def darkened(colour: str, *, on: str, ratio: float) -> str:
    """``colour``, moved towards black until it reads on ``on`` with at least ``ratio``."""
    return _moved(colour, on=on, ratio=ratio, towards=0)


def lightened(colour: str, *, on: str, ratio: float) -> str:
    """``colour``, moved towards white until it reads on ``on`` with at least ``ratio``."""
    return _moved(colour, on=on, ratio=ratio, towards=255)


def accent_problems(*, main: str, on_main: str, soft: str) -> list[str]:
    """Why an accent can't be used, as sentences; empty when it can.

    ``main`` draws lines, bars and icons on white and on ``soft``; ``on_main`` is text on ``main``;
    ``soft`` is a background under ordinary text.
    """
    needed = (
        ("accent.main on white", main, PAPER, SHAPE),
        ("accent.main on accent.soft", main, soft, SHAPE),
        ("accent.on_main on accent.main", on_main, main, TEXT),
        ("text on accent.soft", INK, soft, CALM_TEXT),
    )
    return [
        f"{what} has a contrast of {contrast(first, second):.2f}, needed is {least}"
        for what, first, second, least in needed
        if contrast(first, second) < least
    ]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2 (sRGB)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _moved(colour: str, *, on: str, ratio: float, towards: int) -> str:
    start = _channels(colour)
    candidate = colour
    for step in range(101):
        channels = [round(c + (towards - c) * step / 100) for c in start]
        candidate = "#{:02x}{:02x}{:02x}".format(*channels)
        if contrast(candidate, on) >= ratio:
            break
    return candidate
