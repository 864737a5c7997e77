"""``search/synonyms.yaml``: words that residents use for the same thing."""

from typing import Annotated

from pydantic import Field, model_validator

from suigo.kernel.content import Spec

Word = Annotated[str, Field(min_length=1, max_length=40)]


class SynonymsSpec(Spec):
    """Groups of words that mean the same to whoever searches: 引っ越し, 転居, 転入."""

    synonyms: tuple[Annotated[tuple[Word, ...], Field(min_length=2)], ...] = ()

    @model_validator(mode="after")
    def _no_word_twice_in_a_group(self) -> "SynonymsSpec":
        for group in self.synonyms:
            if len(set(group)) != len(group):
                raise ValueError(f"a word appears twice in {group}")
        return self
