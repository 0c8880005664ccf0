"""What a change of some files would touch: the files around them, ranked by what ties them together. Pure.

Measured by `docent eval --impact` on nine repositories that are not among the reported ones (tests/benchmarks/impact): of the files
of a commit, told one, the others. A logistic regression over thirty signals finds the right ones in the first five no more often
than the eight below with rounded weights. What did not help: fading common changes with age, files two imports away, the sizes of
files, a like path, and changes shared with a third file.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from indexer.analysis.coupling import Coupling, Together
from indexer.structure import ChangeSet, Structure
from indexer.types import Import

_SHARE = 1.0  # of the square root of: in what part of the asked files' commits, large ones counting less, the other changed too
_COUNT = 0.2  # of the logarithm of: how often
_IMPORTS = 0.2  # one imports the other; for several files, of the logarithm of how many do
_FOLDER = 0.5  # the same folder, by the square root of how many files it holds
_NAME = 0.15  # the same name but for endings and what marks a test
_WORDS = 0.7  # of the words that both names hold, rare ones counting more
_RECENT = 0.95  # of the square root of: in what part of the latest commits it changed
_THROUGH = 0.05  # it imports what imports the asked one

_UNSEEN = 0.3  # commits' worth of what is so everywhere, added to what is counted here: little history is no certainty
_HALF_LIFE, _HALF_LIFE_USUAL = 90.0, 365.0  # days: of "latest", and of what is so everywhere
_COMMON_WORD = 60  # names with it: a word of more says nothing
_MOST_WORDS = 2.0
_NAMEABLE = 10  # asked files whose names are looked at: those of a whole folder say nothing
_FARTHEST = 2  # imports that a chain may have

_TEST_MARK = re.compile(r"(?:^|[._-])(?:tests?|specs?|unit|e2e)(?=$|[._-])|(?<=[a-z0-9])(?:Tests?|TestCase|Spec|IT)$")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_TEST_WORDS = frozenset({"test", "tests", "spec", "specs"})
_EMPTY_NAMES = frozenset({"", "index", "__init__", "mod", "main", "readme", "lib", "init"})  # every folder has one


@dataclass(frozen=True, slots=True)
class Tie:
    """A file that a change would touch, and why; `score` ranks it against others of the same question.

    `imports` is the chain by which it depends on an asked file, its own statement first; or the one by which an asked file imports
    it (`imported`). `together` are the common changes, `namesake` says it is called like an asked file, `words` that its name shares
    some of its words, `neighbour` that it stands in the same folder.
    """

    path: str
    score: float
    together: Together | None = None
    imports: tuple[Import, ...] = ()
    imported: tuple[Import, ...] = ()
    namesake: bool = False
    words: bool = False
    neighbour: bool = False


class Surrounding:
    """What is tied to what in one repository. Does not change; safe for many threads."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.coupling = Coupling(structure.changes)
        self._recent = _rates(self.coupling.changes, _HALF_LIFE)
        self._usual = _rates(self.coupling.changes, _HALF_LIFE_USUAL)
        self._folders: dict[str, list[str]] = defaultdict(list)
        self._named: dict[str, list[str]] = defaultdict(list)
        self._with_word: dict[str, list[str]] = defaultdict(list)
        for path in structure.files:
            self._folders[_folder(path)].append(path)
            self._named[bare_name(path)].append(path)
            for word in _words(path):
                self._with_word[word].append(path)

    def ties(self, paths: Collection[str]) -> tuple[Tie, ...]:
        """The files that a change of these would touch besides, most likely first; only those that something ties to them."""
        asked = frozenset(paths)
        together = {one.path: one for one in self.coupling.of(asked) if one.path in self.structure.files}
        shares = self._shares(asked)
        chains, imported = self._chains(asked), self._imported(asked)
        neighbours, namesakes, words = self._neighbours(asked), self._namesakes(asked), self._sharing_words(asked)
        importing = Counter(item.path for path in asked for item in self.structure.imported_by.get(path, ()))
        found = []
        for path in (together.keys() | chains.keys() | imported.keys() | neighbours.keys() | namesakes | words.keys()) - asked:
            usual = self._usual.get(path, 0.0)
            weight, of = shares.get(path, 0.0), shares.get("", 0.0)
            edges = importing[path] + len(imported.get(path, ()))
            score = (
                _SHARE * math.sqrt((weight + _UNSEEN * usual) / (of + _UNSEEN))
                + _COUNT * math.log1p(together[path].together if path in together else 0)
                + _IMPORTS * math.log2(1 + edges)
                + (_THROUGH if len(chains.get(path, ())) > 1 else 0.0)
                + _FOLDER * neighbours.get(path, 0.0)
                + _NAME * (path in namesakes)
                + _WORDS * min(words.get(path, 0.0), _MOST_WORDS)
                + _RECENT * math.sqrt(self._recent.get(path, 0.0))
            )
            found.append(
                Tie(path, score, together.get(path), chains.get(path, ()), imported.get(path, ()),
                    path in namesakes, path in words, path in neighbours)
            )  # fmt: skip
        return tuple(sorted(found, key=lambda tie: (-tie.score, tie.path)))

    def _shares(self, asked: frozenset[str]) -> Mapping[str, float]:
        """The weight of the commits that changed each file together with the asked ones, and ("") of all of theirs."""
        found: dict[str, float] = defaultdict(float)
        for change in self.coupling.changes_of(asked):
            weight = 1 / math.log2(1 + max(change.commit.files, 2))
            found[""] += weight
            for path in {touch.path for touch in change.touches} - asked:
                found[path] += weight
        return found

    def _chains(self, asked: frozenset[str]) -> dict[str, tuple[Import, ...]]:
        """Path to the shortest chain of imports by which it depends on an asked file, its own first."""
        found: dict[str, tuple[Import, ...]] = dict.fromkeys(asked, ())
        reached: Iterable[str] = sorted(asked)
        for _ in range(_FARTHEST):
            chains: dict[str, tuple[Import, ...]] = {}
            for path in reached:
                for item in self.structure.imported_by.get(path, ()):
                    if item.path not in found:
                        chains.setdefault(item.path, (item, *found[path]))
            found |= chains
            reached = sorted(chains)
        return {path: chain for path, chain in found.items() if chain}

    def _imported(self, asked: frozenset[str]) -> dict[str, tuple[Import, ...]]:
        """Path to the statements by which asked files import it."""
        found: dict[str, list[Import]] = defaultdict(list)
        for path in sorted(asked):
            for item in self.structure.imports_in.get(path, ()):
                if item.target and item.target not in asked and item.target in self.structure.files:
                    found[item.target].append(item)
        return {path: tuple(items) for path, items in found.items()}

    def _neighbours(self, asked: frozenset[str]) -> dict[str, float]:
        """The files of the same folders, by how telling that is, 0..1."""
        folders = {_folder(path) for path in asked}
        return {path: 1 / math.sqrt(len(self._folders[folder])) for folder in folders for path in self._folders.get(folder, ())}

    def _namesakes(self, asked: frozenset[str]) -> frozenset[str]:
        names = {bare_name(path) for path in asked} - _EMPTY_NAMES if len(asked) <= _NAMEABLE else set()
        return frozenset(path for name in names for path in self._named.get(name, ()))

    def _sharing_words(self, asked: frozenset[str]) -> dict[str, float]:
        if len(asked) > _NAMEABLE:
            return {}
        found: dict[str, float] = defaultdict(float)
        for word in {word for path in asked for word in _words(path)}:
            named = self._with_word.get(word, ())
            if len(named) <= _COMMON_WORD:
                for path in named:
                    found[path] += 1 / math.log2(1 + len(named))
        return found


def _rates(changes: Iterable[ChangeSet], half_life: float) -> Mapping[str, float]:
    """Path to the share of commits that changed it, 0..1, each counting half as much as one a half-life (days) newer."""
    found: dict[str, float] = defaultdict(float)
    total, newest = 0.0, None
    for change in changes:
        newest = newest or change.commit.committed_at
        weight = 0.5 ** (max((newest - change.commit.committed_at).total_seconds(), 0) / 86_400 / half_life)
        total += weight
        for path in {touch.path for touch in change.touches}:
            found[path] += weight
    return {path: weight / total for path, weight in found.items()}


@lru_cache(maxsize=65_536)
def bare_name(path: str) -> str:
    """A file's name without its endings and what marks a test, in lower case: "cart" of "tests/test_cart.py" and of "CartTest.java"."""
    base = _base(path)
    return (_TEST_MARK.sub("", base) or base).strip("._-").lower()


@lru_cache(maxsize=65_536)
def _words(path: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(_base(path))) - _TEST_WORDS


def _base(path: str) -> str:
    name = path.rpartition("/")[2]
    return name if name.startswith(".") else name.split(".", 1)[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
