"""What every signal of the ranking is worth on the rental of bicycles, as lines to be read in review.

`python -m tests.golden.rank_stats` writes them to rank_stats.txt. The real model runs in float32 and search is exact, so that they are
the same on every machine; `test_rank_stats.py` proves that no figure hangs on the last digits of a vector.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from bot.evaluation.metrics import TOP, values
from bot.evaluation.pinned import PinnedCase
from bot.evaluation.retrieval import Judged, RetrievalResult, VariantScores, evaluate_retrieval
from bot.evaluation.retrieval_cases import RetrievalCase
from bot.evaluation.signals import variants
from indexer.config import EmbeddingSettings, IndexerSettings
from indexer.embedding import Embedder, open_embedder
from indexer.types import Hint
from indexer.workspace import Workspace
from tests.git_repo import GitRepo
from tests.golden import rental

FILE = Path(__file__).with_name("rank_stats.txt")
UPDATE = "python -m tests.golden.rank_stats"
_NAME = "rental"
_COMMIT = "commit"


class Remembered:
    """The real model's vectors, each made once; `shaken` adds noise of that size to each component."""

    def __init__(self, shaken: float = 0.0, known: dict[str, np.ndarray] | None = None) -> None:
        self._embedder: Embedder = open_embedder(EmbeddingSettings(precision="float32"))
        self.model_id = self._embedder.model_id
        self.dimensions = self._embedder.dimensions
        self.known: dict[str, np.ndarray] = {} if known is None else known
        self._shaken = shaken
        self._random = np.random.default_rng(7)

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        if missing:
            self.known |= dict(zip(missing, self._embedder.embed_sentences(missing), strict=True))
        if on_done:
            on_done(len(texts))
        return self._shake(np.array([self.known[text] for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions))

    def embed_query(self, text: str) -> np.ndarray:
        key = f"question\0{text}"
        if key not in self.known:
            self.known[key] = self._embedder.embed_query(text)
        return self._shake(self.known[key])

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        return self._embedder.hints(text, vector)

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        return self._embedder.likeness(text, sentences)

    def _shake(self, vectors: np.ndarray) -> np.ndarray:
        noisy = vectors + self._random.normal(0.0, self._shaken, vectors.shape) if self._shaken else vectors
        return (noisy / np.linalg.norm(noisy, axis=-1, keepdims=True)).astype(np.float32)


def measure(folder: Path, embedder: Embedder) -> RetrievalResult:
    """Build the rental in an empty folder, index it, and ask all of its questions in every way."""
    repo = GitRepo(folder / _NAME)
    shas = rental.build(repo)
    settings = IndexerSettings(data_dir=folder / "data", repositories=(repo.settings(_NAME),))
    with closing(Workspace.open_owner(settings, "test", embedder)) as owner:
        owner.refresh(_NAME)
    cases = [_case(number, *question, shas) for number, question in enumerate(rental.QUESTIONS)]
    with closing(Workspace.open_reader(settings, embedder)) as reader:
        return evaluate_retrieval([PinnedCase(case, _NAME, repo.head, _NAME) for case in cases], reader, variants())


def rank_stats(result: RetrievalResult) -> str:
    """NDCG@10 and MRR of every variant by kind, and the rank of the first right answer to every question."""
    kinds = list(dict.fromkeys(one.placed.case.kind for one in result.judged))
    files = [place for place, one in enumerate(result.judged) if not one.placed.case.of_commits]
    places = {"files": files} | {kind: [n for n, one in enumerate(result.judged) if one.placed.case.kind == kind] for kind in kinds}
    lines = [
        f"Written by `{UPDATE}`. NDCG@10/MRR of the questions in tests/golden/rental.py, by kind.", "",
        f"{'':38}" + "".join(f"{kind:13}" for kind in places).rstrip(),
        f"{'questions':38}" + "".join(f"{len(members):<13}" for members in places.values()).rstrip(),
        *(_row(variant, places.values()) for variant in result.variants),
        "", f"Rank of the first right answer by the whole (-: not among the first {TOP}).", "",
        *(f"{_rank(one):>2}  {one.placed.case.kind:13} {one.placed.case.question}" for one in result.judged),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _row(variant: VariantScores, groups: Sequence[Sequence[int]]) -> str:
    cells = []
    for members in groups:
        scores = [variant.scores[place] for place in members]
        cells.append(f"{values(scores, 'ndcg10').mean():.3f}/{values(scores, 'mrr').mean():.3f}")
    return f"{variant.name:38}" + "  ".join(cells)


def _rank(one: Judged) -> str:
    return str(one.best) if one.best is not None and one.best <= TOP else "-"


def _case(number: int, kind: str, question: str, gold: tuple[str, ...], shas: dict[str, str]) -> RetrievalCase:
    of_commits = kind == _COMMIT
    wanted = tuple(shas[name] for name in gold) if of_commits else gold
    return RetrievalCase(str(number), "tests/golden/rental.py", number, _NAME, "", "", kind, question, wanted, of_commits)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="docent-golden-") as folder:
        found = measure(Path(folder), Remembered())
    if found.left_out:
        raise SystemExit(f"Cannot be asked: {[(one.placed.case.question, one.reason) for one in found.left_out]}")
    FILE.write_text(rank_stats(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
