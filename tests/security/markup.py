"""Markup that a stranger typed, and whether a page took it for its own.

``PAYLOAD`` closes the attribute or element it is written into and opens an element that no page of
the product has. A page is judged by what a parser makes of it, as a browser does, not by searching
for escaped text.
"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

ELEMENT = "x-q"
PAYLOAD = f"'\"></p><{ELEMENT} z-q=1>"
FORMULA = "=cmd|'/C calc'!A0"
SCRIPT_ADDRESS = "javascript:alert(7)"
SAFE_SCHEMES = {"", "http", "https", "mailto", "tel", "data"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset"}
HANDLER = "on"


class Found(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.shown: list[str] = []
        self._hidden = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == ELEMENT:
            self.faults.append(f"{self.getpos()}: what was typed became an element")
        for name, value in attrs:
            if name.startswith(HANDLER) or name in {"z-q", "style", "srcdoc"}:
                self.faults.append(f"{self.getpos()}: <{tag} {name}={value!r}>")
            if name in ADDRESSES and urlsplit((value or "").strip()).scheme not in SAFE_SCHEMES:
                self.faults.append(f"{self.getpos()}: <{tag} {name}={value!r}>")
            if name in ADDRESSES and (value or "").startswith("data:") and tag != "img":
                self.faults.append(f"{self.getpos()}: <{tag} {name}={value!r}>")
            self.shown.append(value or "")
        has = dict(attrs)
        if tag == "script" and not has.get("src") and has.get("type") != "application/json":
            self.faults.append(f"{self.getpos()}: a script in the page")
        if tag == "style":
            self.faults.append(f"{self.getpos()}: a style in the page")

    def handle_data(self, data: str) -> None:
        self.shown.append(data)

    def handle_comment(self, data: str) -> None:
        if ELEMENT in data:
            self.faults.append(f"{self.getpos()}: what was typed is in a comment")

    @property
    def shows_it(self) -> bool:
        """Is the payload on the page, as text?"""
        return any(ELEMENT in text for text in self.shown)
