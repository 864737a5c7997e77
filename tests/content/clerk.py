"""A clerk who does what a text says: opens links by their words, fills in by label, presses.

What is read is what a browser would show, so a text that names a label or a button that is not on
the screen fails.
"""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


@dataclass
class Form:
    """A form of a page. ``labels`` lead from what is written beside an input to its name."""

    action: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Links, folds and forms of a page, in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.folds: dict[str, int] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._form: Form | None = None
        self._legend = ""
        self._names: dict[str, str] = {}
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form, self._legend = Form(action=has.get("action", "")), ""
            self.forms.append(self._form)
        if tag in {"a", "button", "label", "legend", "summary", "option", "textarea", "fieldset"}:
            self._open.append((tag, has, []))
        name = has.get("name", "")
        if self._form is None:
            return
        if tag in {"input", "select", "textarea"} and name:
            self._names[has.get("id", "")] = name
            for words, target in list(self._form.labels.items()):
                if target == f"#{has.get('id', '')}":
                    self._form.labels[words] = name
        if tag == "select":
            self._select = name
            self._form.options[name] = {}
        if tag == "input" and name:
            if has.get("type") in {"checkbox", "radio"}:
                self._form.checks[name] = has.get("value", "on")
                if "checked" in has:
                    self._form.values.setdefault(name, []).append(has.get("value", "on"))
            else:
                self._form.values.setdefault(name, []).append(has.get("value", ""))

    def handle_data(self, data: str) -> None:
        for _tag, _has, said in self._open:
            said.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if not self._open or self._open[-1][0] != tag:
            return
        _tag, has, said = self._open.pop()
        words = " ".join("".join(said).split())
        form = self._form
        if tag == "a":
            self.links.setdefault(words, has.get("href", ""))
        elif tag == "summary":
            self.folds.setdefault(words, len(self.forms))
        elif tag == "legend":
            self._legend = words.removesuffix("必須").strip()
        elif tag == "fieldset":
            self._legend = ""
        elif form is None:
            return
        elif tag == "button":
            form.buttons.setdefault(words, (has.get("name", ""), has.get("value", "")))
        elif tag == "label" and "for" in has:
            label = re.sub(r"(必須|任意)$", "", words).strip()
            if self._legend:
                label = self._legend if label == "日本語で" else f"{self._legend}（{label}）"
            form.labels.setdefault(label, self._names.get(has["for"], f"#{has['for']}"))
        elif tag == "textarea":
            form.values[has["name"]] = ["".join(said).strip()]
        elif tag == "option" and self._select:
            form.options[self._select][words] = has.get("value", words)
            if "selected" in has or self._select not in form.values:
                form.values[self._select] = [has.get("value", words)]


class Clerk:
    """Somebody at a screen."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.address = ""
        self.page = Page("")
        self.form: Form | None = None

    def go(self, address: str) -> None:
        """Open an address."""
        self._arrive(self.browser.get(address, follow=True), address)

    def _arrive(self, response: HttpResponse | Any, address: str) -> None:
        assert response.status_code == 200, (response.status_code, address)
        chain = getattr(response, "redirect_chain", [])
        self.address = (chain[-1][0] if chain else address).partition("#")[0]
        self.page = Page(html.unescape(response.content.decode()))
        self.form = None

    def does(self, step: str) -> None:
        """One line of the text: ``押す: 保存する``, ``書く: 手続の名前 = 犬の登録`` …"""
        verb, _colon, what = step.partition(": ")
        label, _sign, value = what.partition(" = ")
        match verb:
            case "開く":
                self._open(what)
            case "書く":
                form, name = self._field(label)
                form.values[name] = [value.replace("\\n", "\n")]
            case "選ぶ":
                form, name = self._field(label)
                form.values[name] = [form.options[name][value]]
            case "印をつける":
                form, name = self._field(label)
                form.values[name] = [form.checks[name]]
            case "押す":
                self._press(what)
            case _:
                raise AssertionError(f"nobody can do this: {step}")

    def _open(self, words: str) -> None:
        if words in self.page.folds:
            self.form = self.page.forms[self.page.folds[words]]
            return
        target = self.page.links[words].partition("#")[0]
        base = self.address.partition("?")[0]
        self.go(target if target.startswith("/") else base + target)

    def _field(self, label: str) -> tuple[Form, str]:
        for form in [self.form] if self.form else self.page.forms:
            if label in form.labels:
                self.form = form
                return form, form.labels[label]
        raise AssertionError(f"no field is called {label!r} at {self.address}")

    def _press(self, words: str) -> None:
        for form in [self.form] if self.form else self.page.forms:
            if words in form.buttons:
                name, value = form.buttons[words]
                sent = {key: list(values) for key, values in form.values.items()}
                if name:
                    sent[name] = [value]
                action = form.action.partition("#")[0] or self.address
                self._arrive(self.browser.post(action, sent, follow=True), action)
                return
        raise AssertionError(f"no button says {words!r} at {self.address}")
