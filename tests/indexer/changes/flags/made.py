"""Stories made of texts before and after, for the tests of flags."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.changes.flags import flags_of
from indexer.changes.types import Flag, FlagKind, Read, Step, Story
from indexer.types import Commit, FileChange, Person
from tests.git_repo import START

ADA = Person("Ada Lovelace", "ada@example.com")
Files = Mapping[str, str]


def story_of(*shas: str, title: str = "Change things", body: str = "") -> Story:
    """A story of commits without their changes, the newest first."""
    return Story(title, body, tuple(Commit(sha, ("0",), ADA, ADA, START, START, title, body) for sha in shas))


def step_of(number: int, before: Files, after: Files, *renamed: tuple[str, str]) -> Step:
    moved = dict(renamed)
    changes = [FileChange(new, "R", old, _lines(after[new]), _lines(before[old])) for old, new in renamed]
    for path in sorted({*before, *after} - {*moved, *moved.values()}):
        old, new = before.get(path), after.get(path)
        if old != new:
            status = "A" if old is None else "D" if new is None else "M"
            changes.append(FileChange(path, status, None, _lines(new), _lines(old)))
    return Step(f"before{number}", f"after{number}", tuple(changes))


def _lines(text: str | None) -> int:
    return 0 if text is None else text.count("\n") + 1


def reader(*states: tuple[str, Files]) -> Read:
    known = dict(states)
    return lambda commit, path: known[commit].get(path)


def flags(before: Files, after: Files, *kinds: FlagKind, title: str = "Change things", body: str = "",
          renamed: tuple[tuple[str, str], ...] = ()) -> list[Flag]:
    """The flags of one step between two trees, of some kinds or (given none) of all."""
    step = step_of(1, before, after, *renamed)
    found = flags_of(story_of("after1", title=title, body=body), (step,), reader(("before1", before), ("after1", after)))
    return [flag for flag in found if not kinds or flag.kind in kinds]


def told(found: list[Flag]) -> list[tuple[str, str, str, str]]:
    return [(flag.subject, flag.before, flag.after, flag.detail) for flag in found]


def lines_shown(found: list[Flag]) -> list[tuple[str, str, int]]:
    return [(place.commit, place.path, place.line) for flag in found for place in flag.places]
