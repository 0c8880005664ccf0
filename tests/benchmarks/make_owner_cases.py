"""Makes labelled cases of ownership from what a repository declares: `python -m tests.benchmarks.make_owner_cases REPO_PATH`.

Prints JSON lines for `docent eval --owners`: one for each entry of CODEOWNERS or OWNERS, and for each section of MAINTAINERS, that
names a person whom the history knows, and whose files at least some commits changed. Entries for most of the repository, such as
"*", are left out: they tell nothing of a place. The file that declares is read here only; `docent eval` does not look at it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from bot.evaluation.roster import Roster
from indexer.analysis.history import History
from indexer.config import RepositorySettings
from indexer.declared.find import find_owners
from indexer.declared.types import Declaration, Holder, HolderKind
from indexer.pathmatch import files_matching
from indexer.vcs.repository import Repository

Case = dict[str, str | list[str]]

_TOO_WIDE = 0.5  # share of the repository's files
_HELPERS = frozenset({"reviewer", "list"})  # roles of people who are told of changes, where others are declared to maintain


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.make_owner_cases", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is never changed")
    parser.add_argument("--name", help="what the cases call it (default: the folder's name)")
    parser.add_argument("--least", type=int, default=5, help="how many commits must have changed an entry's files (default 5)")
    parser.add_argument("--most", type=int, default=250, help="how many cases to make, spread over the file (default 250)")
    arguments = parser.parse_args()
    name = arguments.name or arguments.repository.absolute().name
    with tempfile.TemporaryDirectory(prefix="docent-cases-") as scratch:
        settings = RepositorySettings(name=name, url=str(arguments.repository.absolute()))
        cases = make_cases(Repository(settings, Path(scratch)), arguments.least)
    for case in spread(cases, arguments.most):
        print(json.dumps(case, ensure_ascii=False))
    return 0


def make_cases(repository: Repository, least: int) -> list[Case]:
    """Every usable entry, in the order of the files that declare. Says on stderr how many there were."""
    head = repository.fetch().sha
    history = History.read(repository, head)
    declared = find_owners(lambda path: repository.read_at(head, path), history.paths)
    if declared is None:
        raise SystemExit(f"{repository.name} declares no owners.")
    roster = Roster(history.identities, history.handles)
    entries = list(_entries(declared.declarations()))
    cases: list[Case] = []
    for patterns, holders in entries:
        owners = [holder for holder in _responsible(holders) if roster.people(_text(holder))]
        if owners and _is_a_place(patterns, history, least):
            path = patterns[0] if len(patterns) == 1 else list(patterns)
            cases.append({"repo": repository.name, "path": path, "owners": [_text(holder) for holder in owners]})
    print(f"{repository.name} at {head}: {len(cases)} cases of {len(entries)} entries", file=sys.stderr)
    return cases


def _entries(declarations: Iterable[Declaration]) -> Iterator[tuple[tuple[str, ...], tuple[Holder, ...]]]:
    """Patterns with their holders; the patterns of a MAINTAINERS section belong together."""
    sections: dict[object, tuple[list[str], tuple[Holder, ...]]] = {}
    for one in declarations:
        if PurePosixPath(one.file).name.startswith("MAINTAINERS"):
            key: object = (one.file, one.section, one.holders)
        else:
            key = (one.file, one.line, one.pattern)
        sections.setdefault(key, ([], one.holders))[0].append(one.pattern)
    for patterns, holders in sections.values():
        yield tuple(patterns), holders


def _responsible(holders: Sequence[Holder]) -> list[Holder]:
    people = [holder for holder in holders if holder.kind is HolderKind.PERSON]
    return [holder for holder in people if holder.role not in _HELPERS] or people


def _text(holder: Holder) -> str:
    """An owner as the cases write it."""
    if holder.email:
        return f"{holder.name} <{holder.email}>" if holder.name else holder.email
    return f"@{holder.handle}" if holder.handle else holder.name or holder.text


def _is_a_place(patterns: Sequence[str], history: History, least: int) -> bool:
    files = dict.fromkeys(path for pattern in patterns for path in files_matching(pattern, history.paths))
    commits = {touch.commit.sha for touch in history.touches(files)}
    return len(files) <= _TOO_WIDE * len(history.paths) and len(commits) >= least


def spread(cases: Sequence[Case], most: int) -> list[Case]:
    """At most so many, as evenly spread as can be."""
    step = max(1.0, len(cases) / max(1, most))
    return [cases[int(number * step)] for number in range(min(most, len(cases)))]


if __name__ == "__main__":
    raise SystemExit(main())
