"""The index: which documents a query means, best first.

Documents are few (hundreds) and short, so the index lies in memory, is built once per process,
and a query looks at the documents that share a piece with it. What is compared are pieces of
words (``folding``), weighed by how rare they are, so misspellings, endings and particles cost
little and need no dictionary when somebody searches.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from suigo.engines.search.rules import romaji
from suigo.engines.search.rules.analysing import Analyse
from suigo.engines.search.rules.folding import LONGEST_QUERY, pieces, words_of

FOUND = 0.45  # share of the query's weight that a document must hold to be found
NEAR = 0.15  # … to be suggested when nothing is found
SYNONYM = 0.85  # how much a synonym counts beside the word itself
OTHER_FORM = 0.9  # how much a reading counts beside what is written
UNKNOWN_PIECE = 0.8  # weight of a piece that no document has, against the rarest one known

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")  # one says nothing


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a document and how much it says about it (a title 3, a summary 1)."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found."""

    id: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found. ``share`` of the query it holds, 0 to 1; ``score`` orders."""

    id: str
    share: float
    score: float


@dataclass(frozen=True, slots=True)
class Hits:
    """``found``, best first; when nothing is, ``near`` are the closest."""

    found: tuple[Hit, ...]
    near: tuple[Hit, ...]


class Index:
    """Built once from all documents; never changed, shared by all threads."""

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        analyse: Analyse,
        synonyms: Sequence[Sequence[str]] = (),
    ) -> None:
        self._postings: dict[str, dict[str, float]] = defaultdict(dict)
        self._whole: dict[str, dict[str, float]] = defaultdict(dict)
        self._order: dict[str, int] = {}
        for document in documents:
            self._order[document.id] = len(self._order)
            for part in document.parts:
                self._add(document.id, part.text, part.weight)
                for form in analyse(part.text):
                    self._add(document.id, form, part.weight * OTHER_FORM)
        self._postings = dict(self._postings)
        self._whole = dict(self._whole)
        count = max(1, len(self._order))
        self._rarity = {
            piece: log(1 + count / len(holders)) for piece, holders in self._postings.items()
        }
        self._unknown = UNKNOWN_PIECE * log(1 + count)
        self._synonyms = _by_word(synonyms, analyse)

    def _add(self, document: str, text: str, weight: float) -> None:
        words = words_of(text)
        for whole in {*words, "".join(words)}:
            _raise(self._whole[whole], document, weight)
        for word in words:
            for piece, _counts in pieces(word):
                _raise(self._postings[piece], document, weight)

    def search(self, query: str) -> Hits:
        """What the query finds. Never raises; an empty query finds nothing."""
        words = words_of(query[:LONGEST_QUERY])
        if not words:
            return Hits((), ())
        best: dict[str, tuple[float, float]] = {}
        for alternative, counts in self._alternatives(words):
            for document, (share, score) in self._compared(alternative).items():
                now = (share * counts, score * counts)
                if document not in best or now > best[document]:
                    best[document] = now
        hits = sorted(
            (Hit(document, share, score) for document, (share, score) in best.items()),
            key=lambda hit: (-hit.score, self._order[hit.id]),
        )
        found = tuple(hit for hit in hits if hit.share >= FOUND)
        return Hits(found, () if found else tuple(h for h in hits if h.share >= NEAR))

    def _alternatives(self, words: list[str]) -> list[tuple[list[str], float]]:
        """The query as it is, and with each word that has synonyms put in their place."""
        found = [(words, 1.0)]
        kana = [romaji.hiragana(word) or word for word in words]
        if kana != words:
            found.append(([w for k in kana for w in words_of(k)], OTHER_FORM))
        for base, counts in tuple(found):
            for at, word in enumerate(base):
                for known, others in self._synonyms.items():
                    if known == word or (len(known) > 1 and known in word):
                        found += [
                            ([*base[:at], *words_of(word.replace(known, o)), *base[at + 1 :]], s)
                            for o in others
                            if (s := counts * SYNONYM)
                        ]
        return found[:60]

    def _compared(self, words: list[str]) -> dict[str, tuple[float, float]]:
        """For each document the share of the query it holds, and its score."""
        total = 0.0
        held: dict[str, float] = defaultdict(float)
        scores: dict[str, float] = defaultdict(float)
        for word in words:
            for piece, counts in pieces(word):
                holders = self._postings.get(piece)
                weight = counts * self._rarity.get(piece, self._unknown)
                total += weight
                for document, strength in (holders or {}).items():
                    held[document] += weight
                    scores[document] += weight * strength
        found = {d: (held[d] / total, scores[d] / total) for d in held}
        for whole in {*words, "".join(words)} - _LETTERS:
            for document, strength in self._whole.get(whole, {}).items():
                share, score = found.get(document, (0.0, 0.0))
                bonus = strength if len(whole) > 1 else strength / 2
                found[document] = (max(share, FOUND), score + bonus)
        return found


def _raise(holders: dict[str, float], document: str, weight: float) -> None:
    if holders.get(document, 0.0) < weight:
        holders[document] = weight


def _by_word(groups: Sequence[Sequence[str]], analyse: Analyse) -> dict[str, tuple[str, ...]]:
    """For each folded word, also as it is read, the others of its groups; longer words first."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for group in groups:
        keys = ["".join(words_of(word)) for word in group]
        for word, key in zip(group, keys, strict=True):
            forms = {key, *("".join(words_of(form)) for form in analyse(word))}
            for form in sorted(forms):
                found[form] |= dict.fromkeys(other for other in keys if other not in forms)
    return {word: tuple(found[word]) for word in sorted(found, key=len, reverse=True)}
