"""A text that residents read, in the languages the city has it in. Japanese is required."""

import re
from typing import Any

from django.utils.translation import get_language
from pydantic import ConfigDict, RootModel, model_validator

LANGUAGE = re.compile(r"^(ja|easy|[a-z]{2,3}(-[A-Za-z]{2,8})?)$")


class Text(RootModel[dict[str, str]]):
    """``"文字列"`` or ``{ja: …, easy: やさしい日本語, en: …}``.

    ``str(text)`` is the text in the language of the current request.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _accept_plain_text(cls, value: Any) -> Any:
        return {"ja": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _require_japanese(self) -> "Text":
        if not self.root.get("ja", "").strip():
            raise ValueError("the Japanese text (ja) is required")
        for language, text in self.root.items():
            if not LANGUAGE.match(language):
                raise ValueError(f"unknown language {language!r}")
            if not text.strip():
                raise ValueError(f"the text in {language!r} is empty")
        return self

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.root.items())))

    def __str__(self) -> str:
        return self.in_language(get_language() or "ja")

    def in_language(self, language: str) -> str:
        """The text in ``language`` (``ja``, ``ja-easy``, ``en``…), else in Japanese."""
        key = "easy" if language == "ja-easy" else language
        return self.root.get(key) or self.root.get(key.split("-")[0]) or self.root["ja"]

    @property
    def ja(self) -> str:
        return self.root["ja"]

    def has(self, language: str) -> bool:
        """Whether the city wrote this text in ``language`` itself."""
        return ("easy" if language == "ja-easy" else language) in self.root
