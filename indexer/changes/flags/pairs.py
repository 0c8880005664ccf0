"""The files of a story with their texts before and after, which every kind of flag is read from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from indexer.changes.types import Place, Read, Step, Story
from indexer.languages import detect_language, role_of
from indexer.sources import skip_entry
from indexer.types import FileChange, Kind, Role, TreeEntry

MAX_TEXT = 500_000  # characters; what is larger was not written by hand


@dataclass(frozen=True, slots=True)
class Pair:
    """A file before and after one step; a text is None where there is none, or none that can be read."""

    step: Step
    change: FileChange
    before: str | None
    after: str | None

    @property
    def path(self) -> str:
        return self.change.path

    @property
    def old_path(self) -> str:
        return self.change.old_path or self.change.path

    def place_before(self, line: int = 0) -> Place:
        return Place(self.step.before, self.old_path, line)

    def place_after(self, line: int = 0) -> Place:
        return Place(self.step.after, self.path, line)


class Texts:
    """Reads the texts of a story, each at most once. Steps are oldest first, whatever order they come in."""

    def __init__(self, story: Story, steps: Sequence[Step], read: Read) -> None:
        age = {commit.sha: place for place, commit in enumerate(story.commits)}  # newest first
        self.steps = tuple(sorted(steps, key=lambda step: -age.get(step.after, -1)))
        self._read = read
        self._known: dict[tuple[str, str], str | None] = {}

    def at(self, commit: str, path: str) -> str | None:
        """The text of a file at a commit ("" for the empty tree); None for none."""
        if not commit:
            return None
        key = (commit, path)
        if key not in self._known:
            text = self._read(commit, path)
            self._known[key] = text if text is None or len(text) <= MAX_TEXT else None
        return self._known[key]

    def pairs(self, wanted: Callable[[str], bool]) -> Iterator[Pair]:
        """The changed files of which the old or the new path is wanted."""
        for step in self.steps:
            for change in step.changes:
                if wanted(change.path) or (change.old_path is not None and wanted(change.old_path)):
                    yield self.pair(step, change)

    def pair(self, step: Step, change: FileChange) -> Pair:
        before = None if change.status == "A" else self.at(step.before, change.old_path or change.path)
        after = None if change.status == "D" else self.at(step.after, change.path)
        return Pair(step, change, before, after)


@lru_cache(maxsize=4096)
def role_at(path: str) -> Role:
    """What part a file plays by its path alone; generated and vendored ones are known by name."""
    if skip_entry("", TreeEntry(path, "100644", "", 1), exclude=(), max_bytes=1):
        return Role.GENERATED
    return role_of(path, detect_language(path).kind)


def ships(path: str) -> bool:
    """Whether a file, whatever it holds, belongs to what ships: to no tests, examples, documents or copies."""
    generated = skip_entry("", TreeEntry(path, "100644", "", 1), exclude=(), max_bytes=1) is not None
    return not generated and role_of(path, Kind.CODE) in (Role.SOURCE, Role.SCRIPT)


def is_source(path: str) -> bool:
    """Whether a file is code that ships, as far as its path tells: no test, example, document, script, copy or settings."""
    return role_at(path) is Role.SOURCE and detect_language(path).kind is Kind.CODE and not PurePosixPath(path).name.startswith(".")


def added_lines(before: str | None, after: str | None) -> list[tuple[int, str]]:
    """The lines that are in `after` more often than in `before`, with their numbers; a line that only moved is not among them."""
    left = Counter(line.strip() for line in (before or "").split("\n"))
    added = []
    for number, line in enumerate((after or "").split("\n"), start=1):
        key = line.strip()
        if left[key] > 0:
            left[key] -= 1
        elif key:
            added.append((number, line))
    return added


def line_at(text: str, offset: int) -> int:
    """The number of the line that an offset of a text is on."""
    return text.count("\n", 0, offset) + 1


def shortened(text: str, most: int = 120) -> str:
    """A text on one line, cut where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
