"""How Japanese texts are read and written otherwise, by Sudachi.

The dictionary takes about 40 MB while it is open. It is opened to build an index and let go:
queries are compared by their characters and need no dictionary.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sudachipy import Dictionary

from suigo.engines.search.rules.folding import words_of

_SILENT = {"補助記号", "空白", "記号"}


class Analyse(Protocol):
    """Gives the other forms of a text: how it is read, and how its words are usually written."""

    def __call__(self, text: str) -> tuple[str, ...]: ...


def as_written(text: str) -> tuple[str, ...]:
    """No other forms: for indexes without Japanese, and for tests."""
    return ()


@contextmanager
def analyser() -> Iterator[Analyse]:
    """An open dictionary for the length of a block."""
    dictionary = Dictionary(dict="small")
    tokenizer = dictionary.tokenizer()

    def analyse(text: str) -> tuple[str, ...]:
        if text.isascii():
            return ()
        forms = []
        reading, usual = "", ""
        for morpheme in tokenizer.tokenize(text):
            silent = morpheme.part_of_speech()[0] in _SILENT
            reading += " " if silent else morpheme.reading_form()
            usual += " " if silent else morpheme.normalized_form()
        written = words_of(text)
        for form in (reading, usual):
            if words_of(form) != written:
                forms.append(form)
        return tuple(forms)

    try:
        yield analyse
    finally:
        dictionary.close()
