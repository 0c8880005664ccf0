"""One repository's history of changes, straight from git and held in memory: for evaluation, which needs no index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from indexer.config import PersonSettings
from indexer.progress import Progress, Silent
from indexer.types import Commit, CommitFacts, Person, Touch
from indexer.vcs.gaps import history_gaps
from indexer.vcs.handles import handles_told
from indexer.vcs.identity import Identities
from indexer.vcs.ignored import IGNORED_REVISIONS, counted, ignored_revisions
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import commit_facts
from indexer.vcs.renames import names_today
from indexer.vcs.repository import Repository

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


class History:
    """Who changed which file of the head, by the same rules as the index. Takes about 5 KB of memory a commit to read."""

    def __init__(
        self, head: str, paths: Sequence[str], commits: Sequence[Commit], facts: Mapping[str, CommitFacts],
        *, ignored: Collection[str] = (), people: Sequence[PersonSettings] = (), gaps: Sequence[str] = (),
    ) -> None:
        """`commits`, newest first, are looked at and not kept; `ignored` are SHAs; `gaps` say in words what is missing."""
        self.head = head
        self.paths = tuple(paths)
        self.commits = len(commits)
        self.newest = max((commit.committed_at for commit in commits), default=_BEGIN)
        self.identities = Identities(_seen(facts.values()), people)
        self.handles = handles_told(commits, self.identities.of)
        self.gaps = tuple(gaps)
        self._ignored = ignored
        self._touches = _touches(commits, facts)

    @classmethod
    def read(
        cls, repository: Repository, head: str, *, people: Sequence[PersonSettings] = (), max_commits: int = 0,
        progress: Progress | None = None,
    ) -> History:
        """Read the newest `max_commits` (0: all) of a fetched repository at `head`. RepoUnreachable, StoreError."""
        commits = _read(repository, head, max_commits, progress or Silent())
        mailmap, ignored = (_text(repository, head, path) for path in (".mailmap", IGNORED_REVISIONS))
        facts = commit_facts(commits, Mailmap(mailmap))
        paths = [entry.path for entry in repository.tree(head)]
        limited = not repository.is_shallow() and any(parent not in facts for commit in commits for parent in commit.parents)
        gaps = history_gaps(
            shallow=repository.is_shallow(), lacks_objects=repository.lacks_objects(), newest_only=len(commits) if limited else 0
        )
        return cls(head, paths, commits, facts, ignored=ignored_revisions(ignored), people=people, gaps=gaps)

    def touches(self, paths: Collection[str] | None = None) -> list[Touch]:
        """Every change of these files (None: of all files of the head), one file after the other, newest first."""
        found = [touch for path in (self.paths if paths is None else paths) for touch in self._touches.get(path, ())]
        return counted(found, self._ignored)


def _read(repository: Repository, head: str, max_commits: int, progress: Progress) -> list[Commit]:
    progress.stage(repository.name, "reading history", None)
    commits = []
    for commit in repository.log(head, max_count=max_commits):
        commits.append(commit)
        progress.advance(1)
    return commits


def _text(repository: Repository, head: str, path: str) -> str:
    return (repository.read_at(head, path) or b"").decode(errors="replace")


def _touches(commits: Sequence[Commit], facts: Mapping[str, CommitFacts]) -> dict[str, list[Touch]]:
    """By the names that files have at the head, or had last."""
    today = names_today(commits)
    found: dict[str, list[Touch]] = defaultdict(list)
    for commit in commits:
        names = today.get(commit.sha, {})
        for change in commit.changes:
            path = names.get(change.path, change.path)
            found[path].append(Touch(path, facts[commit.sha], change.added, change.deleted, change.status == "A"))
    return dict(found)


def _seen(facts: Iterable[CommitFacts]) -> list[tuple[Person, int, datetime]]:
    """Everybody who takes part in history: how often, and when last."""
    times: dict[Person, int] = defaultdict(int)
    last: dict[Person, datetime] = {}
    for commit in facts:
        for person in (commit.author, *commit.co_authors, *commit.reviewers, *commit.integrators):
            times[person] += 1
            last[person] = max(commit.committed_at, last.get(person, commit.committed_at))
    return [(person, count, last[person]) for person, count in times.items()]
