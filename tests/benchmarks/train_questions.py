"""Teaches the built-in model which passages answer a question, and measures what that is worth on repositories it has not seen.

python -m tests.benchmarks.train_questions --mirrors DIR --cache DIR [--without NAME ...] [--save FOLDER] [--device cuda]

Two copies of the model learn side by side, one for questions and one for passages; the table of words stays as it is. A batch holds a few
repositories, and for each text that leads somewhere (see taught_texts) its best passage and some of the wrong files and commits that look
best, found anew each epoch (Xiong et al., "Approximate nearest neighbor negative contrastive learning", 2020). The loss is a softmax
over the passages of the same repository in the batch (temperature .05), and for the questions' copy over all files of the repository,
too, each by its best passage, tests and documentation a little further away, as the ranking has them stand back. Passages are held near
the model as published, and phrases of the thesaurus near their technical words. What is saved is the mean of several trainings
(Wortsman et al., "Model soups", 2022) as differences to the model as published, in 8 bits.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

from indexer.embedding_models import BUILTIN_TOKENS, builtin_folder
from tests.benchmarks.taught_texts import CASES, By, Of, Sought, Texts, read

_THESAURUS = Path(__file__).parent / "thesaurus.tsv"
_ASIDE = 0.06  # how much further away than they are files of other kinds count
_TEMPERATURE = 0.05
_HARD = 40  # wrong files that are kept for a text
_TOGETHER = 6  # repositories in a batch
_SHARE = {By.QUESTION: 16, By.TERMS: 6, By.DOCSTRING: 6, By.CHANGE: 8, By.HISTORY: 5}  # texts of each of them
_WRONG = {By.QUESTION: 3}  # wrong passages beside a text's own, 1 where not told
_WEIGHTS = {By.HISTORY: 0.5}  # of a text in the loss, 1 where not told
_SECOND, _NAMED = 0.25, 0.3  # how often the second best passage of a file, or the one that was asked about, stands for the best
_ALL_FILES = 0.5
_PHRASES, _PHRASE_WEIGHT = 64, 2.5
_TOKENS_ASKED = 96
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Training:
    """One training: `anchor` is the weight of passages' distance to where the model as published has them."""

    epochs: int
    rate: float
    dropout: float
    anchor: float


RUNS = (Training(2, 1e-4, 0.05, 0.5), Training(3, 2e-4, 0.1, 0.1), Training(4, 2.5e-4, 0.1, 0.1))


@dataclass(frozen=True, slots=True)
class Repo:
    """Passages by number: `files` are those of files, `of_file` (files,) the number of each one's file, `aside` (file numbers,) what each
    file stands back by; `commits` those of commits, whose place is their number among these."""

    texts: Texts
    files: list[int]
    of_file: torch.Tensor
    aside: torch.Tensor
    commits: list[int]
    by: dict[By, list[int]]


@dataclass(frozen=True, slots=True)
class Choice:
    """For a text: its best passages, best first, and the best ones of wrong files or commits."""

    right: list[int]
    wrong: list[int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirrors", type=Path, required=True, help="folder with the clones, one owner+name/repo each")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the texts of the repositories")
    parser.add_argument("--without", nargs="*", default=(), help="repositories to leave out, and to measure on")
    parser.add_argument("--only", nargs="*", default=(), help="repositories to teach, instead of all")
    parser.add_argument("--save", type=Path, help="write questions.safetensors and passages.safetensors into this folder")
    parser.add_argument("--device", default="cpu", help='where to compute: "cpu" takes days, "cuda" minutes')
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    known = {file.stem: arranged(read(file, options.mirrors, options.cache)) for file in sorted(CASES.glob("*.jsonl"))
             if not options.only or file.stem in (*options.only, *options.without)}  # fmt: skip
    taught = [repo for name, repo in known.items() if name not in options.without]
    print(f"{len(taught)} repositories, {sum(len(repo.by[By.QUESTION]) for repo in taught)} questions", flush=True)
    teacher = Teacher(options.device)
    pairs = [teacher.taught(taught, run, seed) for seed, run in enumerate(RUNS)]
    questions, passages = (mean([pair[side] for pair in pairs]) for side in (0, 1))
    for name in options.without:
        before, after = (float(np.mean(teacher.ndcg(known[name], *sides))) for sides in ((teacher.base,) * 2, (questions, passages)))
        print(f"{name:16} NDCG@10 {before:.3f} -> {after:.3f}", flush=True)
    if options.save:
        for side, bert in (("questions", questions), ("passages", passages)):
            save_adapter(teacher.base, bert, options.save / f"{side}.safetensors")


def arranged(texts: Texts) -> Repo:
    files = [number for number, passage in enumerate(texts.passages) if passage.of in (Of.SOURCE, Of.OTHER)]
    of_file = torch.tensor([texts.passages[number].place for number in files])
    aside = torch.zeros(int(of_file.max()) + 1)
    aside[[passage.place for passage in texts.passages if passage.of is Of.OTHER]] = _ASIDE
    commits = [number for number, passage in enumerate(texts.passages) if passage.of is Of.COMMIT]
    by = {kind: [number for number, sought in enumerate(texts.sought) if sought.by is kind] for kind in By}
    return Repo(texts, files, of_file, aside, commits, by)


class Teacher:
    """Two copies of the built-in model learn on one device."""

    def __init__(self, device: str) -> None:
        model = SentenceTransformer(str(builtin_folder()), device=device, model_kwargs={"dtype": torch.float32})
        self.base = model[0].auto_model.eval().requires_grad_(False)
        self._tokenizer = model.tokenizer
        self._device = torch.device(device)
        lines = (line.split("\t") for line in _THESAURUS.read_text("utf-8").splitlines() if line and not line.startswith("#"))
        self._phrases = [(phrase, f"{phrase} {words}") for phrase, words in lines]

    def encode(self, bert: Any, texts: Sequence[str], tokens: int) -> torch.Tensor:
        """(n, d) of unit length: the mean of the tokens."""
        read = self._tokenizer(list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt").to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16):
            states = bert(**read).last_hidden_state
        mask = read["attention_mask"].unsqueeze(-1).float()
        return functional.normalize((states.float() * mask).sum(1) / mask.sum(1), dim=-1)

    def encode_all(self, bert: Any, texts: Sequence[str], tokens: int) -> torch.Tensor:
        learning = bert.training
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        vectors = torch.empty(len(texts), bert.config.hidden_size, device=self._device)
        bert.eval()
        with torch.no_grad():
            for start in range(0, len(order), _AT_ONCE):
                part = order[start : start + _AT_ONCE]
                vectors[part] = self.encode(bert, [texts[number] for number in part], tokens)
        bert.train(learning)
        return vectors

    def taught(self, repos: Sequence[Repo], run: Training, seed: int) -> tuple[Any, Any]:
        """The copies for questions and for passages after one training."""
        chance = random.Random(seed)
        torch.manual_seed(seed)
        questions, passages = self._copy(run.dropout), self._copy(run.dropout)
        learned = [weight for side in (questions, passages) for weight in side.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(learned, lr=run.rate, weight_decay=0.01)
        published = [self.encode_all(self.base, [passage.text for passage in repo.texts.passages], BUILTIN_TOKENS) for repo in repos]
        steps = run.epochs * len(list(_batches(repos, chance)))
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, 10 * (step + 1) / steps) * max(0.03, 1 - step / steps))
        for _ in range(run.epochs):
            vectors = [self.encode_all(passages, [passage.text for passage in repo.texts.passages], BUILTIN_TOKENS) for repo in repos]
            choices = [self._chosen(questions, repo, known) for repo, known in zip(repos, vectors, strict=True)]
            for batch in _batches(repos, chance):
                losses = [
                    self._loss(questions, passages, repos[at], asked, choices[at], vectors[at], published[at], run.anchor, chance)
                    for at, asked in batch
                ]
                loss = torch.stack(losses).mean() + _PHRASE_WEIGHT * self._phrase_loss(questions, chance)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learned, 1.0)
                optimizer.step()
                schedule.step()
        return questions.eval(), passages.eval()

    def _copy(self, dropout: float) -> Any:
        bert = copy.deepcopy(self.base).train()
        bert.encoder.requires_grad_(True)
        for module in bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = dropout
        return bert

    def _chosen(self, questions: Any, repo: Repo, vectors: torch.Tensor) -> list[Choice]:
        """For each text of a repository the passages that look best now."""
        asked = self.encode_all(questions, [sought.text for sought in repo.texts.sought], _TOKENS_ASKED)
        found = []
        for sought, vector in zip(repo.texts.sought, asked, strict=True):
            among = repo.commits if sought.by is By.HISTORY else repo.files
            scores = (vectors[among] @ vector).cpu()
            if sought.by is not By.HISTORY:
                scores -= repo.aside[repo.of_file]
            ranked = [among[place] for place in torch.argsort(-scores).tolist()]
            right = [number for number in ranked if repo.texts.passages[number].place in sought.places]
            best: dict[int, int] = {}
            for number in ranked:
                best.setdefault(repo.texts.passages[number].place, number)
            wrong = [number for place, number in best.items() if place not in sought.places]
            found.append(Choice(right[:3], wrong[:_HARD]))
        return found

    def _loss(
        self, questions: Any, passages: Any, repo: Repo, asked: Sequence[int], choices: Sequence[Choice], vectors: torch.Tensor,
        published: torch.Tensor, anchor: float, chance: random.Random,
    ) -> torch.Tensor:  # fmt: skip
        asked = [number for number in asked if choices[number].right]
        sought = [repo.texts.sought[number] for number in asked]
        taken = list(dict.fromkeys(part for number in asked for part in _taken(repo, repo.texts.sought[number], choices[number], chance)))
        said = self.encode(questions, [one.text for one in sought], _TOKENS_ASKED)
        shown = self.encode(passages, [repo.texts.passages[number].text for number in taken], BUILTIN_TOKENS)
        aside = torch.tensor([_ASIDE * (repo.texts.passages[number].of is Of.OTHER) for number in taken], device=self._device)
        weights = torch.tensor([_WEIGHTS.get(one.by, 1.0) for one in sought], device=self._device)
        fits = [[(one.by is By.HISTORY) == (repo.texts.passages[number].of is Of.COMMIT) for number in taken] for one in sought]
        answers = [[repo.texts.passages[number].place in one.places for number in taken] for one in sought]
        apart = torch.tensor(fits, device=self._device)
        scores = ((said @ shown.T - aside) / _TEMPERATURE).masked_fill(~apart, -1e4)
        likely = _likelihood(scores, torch.tensor(answers, device=self._device) & apart)
        loss = -(likely * weights).mean() + anchor * (1 - (shown * published[taken]).sum(1)).mean()
        of_files = [place for place, one in enumerate(sought) if one.by is not By.HISTORY]
        by_file = self._by_file(repo, said[of_files], vectors)
        gold = torch.tensor([[place in sought[at].places for place in range(by_file.shape[1])] for at in of_files], device=self._device)
        return loss - _ALL_FILES * _likelihood(by_file / _TEMPERATURE, gold).mean()

    def _by_file(self, repo: Repo, asked: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
        """(n, files): the cosine of each text and the best passage of each file, some standing back."""
        scores = asked @ vectors[repo.files].T
        empty = torch.full((len(scores), len(repo.aside)), -9.0, device=self._device)
        best = empty.scatter_reduce(1, repo.of_file.to(self._device).expand(len(scores), -1), scores, "amax")
        return best - repo.aside.to(self._device)

    def _phrase_loss(self, questions: Any, chance: random.Random) -> torch.Tensor:
        """How far a phrase is from where the model as published puts the phrase together with its technical words."""
        phrases = chance.sample(self._phrases, _PHRASES)
        with torch.no_grad():
            meant = self.encode(self.base, [both for _, both in phrases], _TOKENS_ASKED)
        return (1 - (self.encode(questions, [phrase for phrase, _ in phrases], _TOKENS_ASKED) * meant).sum(1)).mean()

    def ndcg(self, repo: Repo, questions: Any, passages: Any) -> list[float]:
        """NDCG@10 of the questions of a repository, by vectors alone."""
        vectors = self.encode_all(passages, [passage.text for passage in repo.texts.passages], BUILTIN_TOKENS)
        asked = [repo.texts.sought[number] for number in repo.by[By.QUESTION]]
        scores = self._by_file(repo, self.encode_all(questions, [one.text for one in asked], _TOKENS_ASKED), vectors)
        found = []
        for one, row in zip(asked, scores, strict=True):
            best = row.topk(min(10, len(row))).indices.tolist()
            gain = sum(1 / math.log2(place + 2) for place, file in enumerate(best) if file in one.places)
            found.append(gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(one.places)))))
        return found


def _batches(repos: Sequence[Repo], chance: random.Random) -> Iterator[list[tuple[int, list[int]]]]:
    """Each question once in an epoch: groups of those of one repository, a few such groups in a batch, other texts beside them."""
    groups = []
    for at, repo in enumerate(repos):
        order = chance.sample(repo.by[By.QUESTION], len(repo.by[By.QUESTION]))
        parts = max(1, round(len(order) / _SHARE[By.QUESTION]))
        for part in range(parts):
            others = ((repo.by[by], _SHARE[by]) for by in By if by is not By.QUESTION)
            beside = [number for known, count in others for number in chance.sample(known, min(count, len(known)))]
            groups.append((at, [*order[part::parts], *beside]))
    chance.shuffle(groups)
    yield from (groups[start : start + _TOGETHER] for start in range(0, len(groups), _TOGETHER))


def _taken(repo: Repo, sought: Sought, choice: Choice, chance: random.Random) -> Iterator[int]:
    """A passage that answers and some that do not."""
    if sought.by is By.DOCSTRING or (sought.passage >= 0 and chance.random() < _NAMED):
        yield sought.passage
    else:
        yield choice.right[1 if len(choice.right) > 1 and chance.random() < _SECOND else 0]
    yield from chance.sample(choice.wrong, min(_WRONG.get(sought.by, 1), len(choice.wrong)))


def _likelihood(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """(n,): the logarithm of what a softmax over each row gives all that is right together."""
    return torch.logsumexp(scores.masked_fill(~right, -1e4), 1) - torch.logsumexp(scores, 1)


def mean(models: Sequence[Any]) -> Any:
    """A model with the mean of the models' weights."""
    states = [model.state_dict() for model in models]
    merged = copy.deepcopy(models[0])
    merged.load_state_dict({name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]})
    return merged


def save_adapter(base: Any, trained: Any, target: Path) -> None:
    """What was learned: matrices as int8 with a float32 scale for each row, vectors as float16; see indexer.embedding_adapter."""
    published = base.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    for name, learned in trained.state_dict().items():
        if not name.startswith("encoder."):
            continue
        change = (learned - published[name]).float().cpu()
        if change.ndim == 1:
            tensors[name] = change.half()
            continue
        scale = change.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        tensors[f"{name}.steps"] = (change / scale).round().to(torch.int8)
        tensors[f"{name}.scale"] = scale
    save_file(tensors, str(target))


if __name__ == "__main__":
    main()
