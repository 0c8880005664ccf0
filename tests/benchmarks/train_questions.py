"""Teaches the built-in model questions in everyday words, and measures what that is worth on repositories it has not seen.

python -m tests.benchmarks.train_questions --mirrors DIR --cache DIR [--folds N | --save FILE] [--without NAME ...]

Only the side of the questions learns. Passages keep the vectors of the built-in model, so that an index does not change, and whole
repositories serve as wrong answers at no cost: for each question a softmax over all files of its repository, each by its best chunk
(temperature .05), tests and documentation among them a little further away, as the ranking has them stand back; for a question about
history a softmax over commits by their messages. Mixed in are the technical terms of each question, docstrings, and phrases of the
thesaurus with their technical words, so that neither technical wording is lost nor only these questions are learned. The result is
averaged with the built-in model (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022), and what is saved is the difference
to it, in 8 bits. At rank 32 or 64 that would be half as large, and .02 NDCG@10 worse on questions in everyday words.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import pickle
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from indexer.chunking import parse_file
from indexer.chunking.commits import commit_chunk
from indexer.config import EmbeddingSettings, RepositorySettings
from indexer.embedding import open_embedder
from indexer.embedding_models import builtin_folder
from indexer.errors import MissingObject
from indexer.sources import load_source, skip_entry
from indexer.types import Chunk, Kind, Role, Skipped
from indexer.vcs.repository import Repository

_CASES = Path(__file__).parent / "lay_questions"
_COMMIT_CASES = Path(__file__).parent / "lay_commits.jsonl"
_THESAURUS = Path(__file__).parent / "thesaurus.tsv"
_FILES = 450  # source files of a repository: all that a question names, others by chance
_OTHERS = 90  # files of other kinds, by chance
_ASIDE = 0.06  # how much further away than they are files of other kinds count
_COMMITS = 2_000  # of a repository: all that a question names, others by chance
_TEMPERATURE = 0.05
_BATCH = 32
_EPOCHS = 1  # of twenty thousand questions; of three thousand two taught as much as five
_RATE = 1.5e-4
_SHARES = {"terms": 0.25, "docs": 0.25, "phrases": 0.5, "commits": 0.5}  # of a batch, beside its questions
_COMMIT_WEIGHT = 0.5
_PHRASE_WEIGHT = 5.0
_SHARE = 0.85  # of the trained weights in the average
_LARGEST = 1_000_000  # bytes of a file


@dataclass(frozen=True, slots=True)
class Files:
    """Chunks with their vectors (n, d); `file` numbers each chunk's file among `paths`."""

    vectors: torch.Tensor
    file: torch.Tensor
    paths: list[str]


@dataclass(frozen=True, slots=True)
class Repo:
    """The source files of a repository and what other questions name, other files, and the messages of commits (n, d) by their SHAs;
    `docs` are the docstrings, each with the number of its source file."""

    sources: Files
    others: Files
    docs: list[tuple[str, int]]
    messages: torch.Tensor
    shas: list[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and the numbers of the source files, or of the commits, that answer it."""

    repo: str
    text: str
    gold: tuple[int, ...]
    terms: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirrors", type=Path, required=True, help="folder with the clones, one owner+name/repo each")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the vectors of the repositories")
    parser.add_argument("--folds", type=int, default=4, help="folds of the cross-validation over repositories (default 4)")
    parser.add_argument("--save", type=Path, help="train on everything and write the adapter here instead")
    parser.add_argument("--without", nargs="*", default=(), help="repositories to leave out, so that they can be measured on")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    repos, samples, history = {}, [], []
    asked = [json.loads(line) for line in _COMMIT_CASES.read_text("utf-8").splitlines()]
    for cases in sorted(file for file in _CASES.glob("*.jsonl") if file.stem not in options.without):
        rows = [json.loads(line) for line in cases.read_text("utf-8").splitlines()]
        about_commits = [row for row in asked if row["repo"] == rows[0]["repo"]]
        repos[cases.stem] = repo = read_repo(rows, about_commits, options.mirrors, options.cache)
        samples.extend(_samples(cases.stem, rows, "gold_files", repo.sources.paths))
        history.extend(_samples(cases.stem, about_commits, "gold_commits", repo.shas))
    count = sum(len(repo.sources.vectors) + len(repo.others.vectors) for repo in repos.values())
    print(f"{len(samples)} questions, {len(history)} about history, {len(repos)} repositories, {count} chunks", flush=True)
    if options.save:
        trained = Trainer(repos).train(samples, history)
        save_adapter(trained, options.save)
    else:
        cross_validate(repos, samples, history, options.folds)


def _samples(name: str, rows: Sequence[dict[str, Any]], gold: str, places: Sequence[str]) -> Iterator[Sample]:
    numbers = {place: number for number, place in enumerate(places)}
    for row in rows:
        found = tuple(numbers[place] for place in row[gold] if place in numbers)
        if found:
            yield Sample(name, row["question"], found, " ".join(row.get("terms", ())))


def read_repo(rows: Sequence[dict[str, Any]], about_commits: Sequence[dict[str, Any]], mirrors: Path, cache: Path) -> Repo:
    """The files of a repository at the commit of its questions, and its commits; the vectors are kept in the cache."""
    kept = cache / f"{rows[0]['repo']}.pickle"
    if not kept.exists():
        url = mirrors.resolve() / rows[0]["github"].replace("/", "+") / "repo"
        repository = Repository(RepositorySettings(name=rows[0]["repo"], url=str(url)), cache.resolve() / "mirrors")
        repository.fetch()
        commit = rows[0]["commit"]
        sources, others = read_chunks(repository, commit, {path for row in rows for path in row["gold_files"]})
        commits = read_commits(repository, commit, {sha for row in about_commits for sha in row["gold_commits"]})
        embedder = open_embedder(EmbeddingSettings())
        parts = (sources, others, commits)
        vectors = [embedder.embed([chunk.embed_text for chunk in part]).astype(np.float16) for part in parts]
        kept.write_bytes(pickle.dumps(list(zip(parts, vectors, strict=True))))
    (sources, of_sources), (others, of_others), (commits, messages) = pickle.loads(kept.read_bytes())
    found = _files(sources, of_sources)
    numbers = {path: number for number, path in enumerate(found.paths)}
    docs = [
        (re.split(r"(?<=[.!?])\s", " ".join(chunk.doc.split()))[0][:200], numbers[chunk.path]) for chunk in sources if len(chunk.doc) > 25
    ]
    shas = [chunk.commit for chunk in commits]
    return Repo(found, _files(others, of_others), docs, torch.tensor(messages.astype(np.float32)), shas)


def _files(chunks: Sequence[Chunk], vectors: np.ndarray) -> Files:
    paths = sorted({chunk.path or "" for chunk in chunks})
    numbers = {path: number for number, path in enumerate(paths)}
    return Files(torch.tensor(vectors.astype(np.float32)), torch.tensor([numbers[chunk.path or ""] for chunk in chunks]), paths)


def read_chunks(repository: Repository, commit: str, gold: set[str]) -> tuple[list[Chunk], list[Chunk]]:
    """The chunks of the files in `gold` and of other source files until there are _FILES; and of _OTHERS files of other kinds."""
    named, sources, others = [], [], []
    for entry in repository.tree(commit):
        if skip_entry(repository.name, entry, exclude=(), max_bytes=_LARGEST):
            continue
        try:
            source = load_source(repository.name, entry, repository.read(entry.blob))
        except MissingObject:
            continue  # a partial clone
        if not isinstance(source, Skipped):
            is_code = source.role is Role.SOURCE and source.kind is Kind.CODE
            (named if entry.path in gold else sources if is_code else others).append(source)
    for part in (sources, others):
        random.Random(1).shuffle(part)
    chosen = [*named, *sources[: max(0, _FILES - len(named))]], others[:_OTHERS]
    first, second = ([chunk for source in part for chunk in parse_file(source).chunks] for part in chosen)
    return first, second


def read_commits(repository: Repository, head: str, gold: set[str]) -> list[Chunk]:
    """The messages of the commits in `gold`, and of others until there are _COMMITS."""
    named, others = [], []
    for commit in repository.log(head):
        (named if commit.sha in gold else others).append(commit)
    random.Random(1).shuffle(others)
    return [commit_chunk(repository.name, commit) for commit in (*named, *others[: max(0, _COMMITS - len(named))])]


class Trainer:
    """Trains the encoder of questions on samples of some repositories."""

    def __init__(self, repos: dict[str, Repo]) -> None:
        self._repos = repos
        model = SentenceTransformer(str(builtin_folder()), device="cpu")
        self.base = model[0].auto_model.eval()
        self._tokenizer = model.tokenizer
        lines = (line.split("\t") for line in _THESAURUS.read_text("utf-8").splitlines() if line and not line.startswith("#"))
        self._phrases = [(phrase, f"{phrase} {words}") for phrase, words in lines]

    def encode(self, bert: Any, texts: Sequence[str], *, learning: bool = False) -> torch.Tensor:
        """(n, d) of unit length: the mean of the tokens."""
        tokens = self._tokenizer(list(texts), padding=True, truncation=True, max_length=96, return_tensors="pt")
        with torch.set_grad_enabled(learning):
            states = bert(**tokens).last_hidden_state
            mask = tokens["attention_mask"].unsqueeze(-1).float()
            return functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)

    def by_file(self, name: str, questions: torch.Tensor) -> torch.Tensor:
        """(n, files): the cosine of each question and the best chunk of each file, source files first."""
        repo = self._repos[name]
        return torch.cat([_by_file(repo.sources, questions), _by_file(repo.others, questions) - _ASIDE], 1)

    def train(self, samples: Sequence[Sample], history: Sequence[Sample]) -> Any:
        """A trained copy of the encoder; the table of words stays as it is."""
        chance = random.Random(0)
        torch.manual_seed(0)
        bert = copy.deepcopy(self.base)
        bert.embeddings.requires_grad_(False)
        for module in bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.1
        bert.train()
        learned = [parameter for parameter in bert.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(learned, lr=_RATE, weight_decay=0.01)
        steps = _EPOCHS * (len(samples) // _BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps))
        names = sorted({sample.repo for sample in samples})
        docs = [Sample(name, text, (file,)) for name in names for text, file in self._repos[name].docs]
        for _ in range(_EPOCHS):
            order = chance.sample(list(samples), len(samples))
            for start in range(0, len(order) - _BATCH + 1, _BATCH):
                terms = [Sample(one.repo, one.terms, one.gold) for one in chance.sample(order, int(_SHARES["terms"] * _BATCH))]
                batch = [*order[start : start + _BATCH], *terms, *chance.sample(docs, min(len(docs), int(_SHARES["docs"] * _BATCH)))]
                phrases = chance.sample(self._phrases, int(_SHARES["phrases"] * _BATCH))
                commits = chance.sample(list(history), min(len(history), int(_SHARES["commits"] * _BATCH)))
                loss = self._ranking_loss(bert, batch, self.by_file) + _PHRASE_WEIGHT * self._phrase_loss(bert, phrases)
                if commits:
                    loss = loss + _COMMIT_WEIGHT * self._ranking_loss(bert, commits, self.by_commit)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learned, 1.0)
                optimizer.step()
                schedule.step()
        return bert.eval()

    def by_commit(self, name: str, questions: torch.Tensor) -> torch.Tensor:
        """(n, commits): the cosine of each question and each message."""
        return questions @ self._repos[name].messages.T

    def _ranking_loss(
        self, bert: Any, batch: Sequence[Sample], scored: Callable[[str, torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        vectors = self.encode(bert, [sample.text for sample in batch], learning=True)
        losses = []
        for name in {sample.repo for sample in batch}:
            rows = [number for number, sample in enumerate(batch) if sample.repo == name]
            likely = functional.log_softmax(scored(name, vectors[rows]) / _TEMPERATURE, -1)
            losses.extend(-torch.logsumexp(likely[place, list(batch[number].gold)], 0) for place, number in enumerate(rows))
        return torch.stack(losses).mean()

    def _phrase_loss(self, bert: Any, phrases: Sequence[tuple[str, str]]) -> torch.Tensor:
        """How far a phrase is from where the built-in model puts the phrase together with its technical words."""
        said = self.encode(bert, [phrase for phrase, _ in phrases], learning=True)
        meant = self.encode(self.base, [both for _, both in phrases])
        return (1 - (said * meant).sum(1)).mean()


def _by_file(files: Files, questions: torch.Tensor) -> torch.Tensor:
    scores = questions @ files.vectors.T
    empty = torch.full((len(scores), len(files.paths)), -9.0)
    return empty.scatter_reduce(1, files.file.expand(len(scores), -1), scores, "amax")


def cross_validate(repos: dict[str, Repo], samples: Sequence[Sample], history: Sequence[Sample], folds: int) -> None:
    names = sorted(repos)
    random.Random(7).shuffle(names)
    trainer = Trainer(repos)
    for number in range(folds):
        held = set(names[number::folds])
        of_others = ([sample for sample in part if sample.repo not in held] for part in (samples, history))
        trained = trainer.train(*of_others)
        for name in sorted(held):
            mine = [sample for sample in samples if sample.repo == name]
            before, after = (float(np.mean(ndcg(trainer, bert, mine))) for bert in (trainer.base, trained))
            print(f"fold {number} {name:16} {len(mine):4} questions, NDCG@10 {before:.3f} -> {after:.3f}", flush=True)


def ndcg(trainer: Trainer, bert: Any, samples: Sequence[Sample]) -> list[float]:
    scores = trainer.by_file(samples[0].repo, trainer.encode(bert, [sample.text for sample in samples]))
    found = []
    for sample, row in zip(samples, scores, strict=True):
        best = row.topk(min(10, len(row))).indices.tolist()
        gain = sum(1 / math.log2(place + 2) for place, file in enumerate(best) if file in sample.gold)
        found.append(gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(sample.gold)))))
    return found


def save_adapter(trained: Any, target: Path) -> None:
    """What was learned, times _SHARE: matrices as int8 with a float32 scale for each row, vectors as float16."""
    base = SentenceTransformer(str(builtin_folder()), device="cpu")[0].auto_model.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    for name, learned in trained.state_dict().items():
        if not name.startswith("encoder."):
            continue
        change = _SHARE * (learned - base[name]).float()
        if change.ndim == 1:
            tensors[name] = change.half()
            continue
        scale = change.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        tensors[f"{name}.steps"] = (change / scale).round().to(torch.int8)
        tensors[f"{name}.scale"] = scale
    save_file(tensors, str(target))


if __name__ == "__main__":
    main()
