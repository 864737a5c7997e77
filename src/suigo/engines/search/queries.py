"""Searchers: an index over what somebody provides, built once and again after an edit."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from threading import Lock

from suigo.engines.search.rules.analysing import analyser
from suigo.engines.search.rules.index import Document, Hits, Index
from suigo.engines.search.spec import SynonymsSpec
from suigo.kernel.content import load
from suigo.kernel.content.reload import Reloadable

SYNONYMS = "search/synonyms.yaml"


def load_synonyms(root: Path) -> SynonymsSpec:
    """The city's synonyms; none when it wrote none. Raises ``ContentErrors``."""
    file = root / SYNONYMS
    return load(file, SynonymsSpec) if file.exists() else SynonymsSpec()


_synonyms = Reloadable(load_synonyms)


class Searcher:
    """Searches what ``documents`` gives. ``version`` changes whenever that would change."""

    def __init__(
        self, *, documents: Callable[[], Sequence[Document]], version: Callable[[], Hashable]
    ) -> None:
        self._documents = documents
        self._version = version
        self._lock = Lock()
        self._built: tuple[Hashable, Index] | None = None

    def search(self, query: str) -> Hits:
        """What the query finds, best first."""
        return self.index().search(query)

    def index(self) -> Index:
        """The index, built at first use and once per version."""
        synonyms = _synonyms.get()
        version = (self._version(), synonyms)
        built = self._built
        if built is None or built[0] != version:
            with self._lock:
                built = self._built
                if built is None or built[0] != version:
                    with analyser() as analyse:
                        index = Index(
                            self._documents(), analyse=analyse, synonyms=synonyms.synonyms
                        )
                    built = self._built = (version, index)
        return built[1]
