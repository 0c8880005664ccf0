"""One repository's history of changes, straight from git and held in memory: for evaluation, which needs no index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from indexer.config import PersonSettings
from indexer.progress import Progress, Silent
from indexer.types import Commit, CommitFacts, Person, Touch
from indexer.vcs.handles import handles_told
from indexer.vcs.identity import Identities
from indexer.vcs.ignored import IGNORED_REVISIONS, ignored_revisions
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import commit_facts
from indexer.vcs.renames import names_today
from indexer.vcs.repository import Repository

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


class History:
    """Who changed which file of the head, by the same rules as the index. Takes about 5 KB of memory a commit to read."""

    def __init__(
        self, head: str, paths: Sequence[str], commits: Sequence[Commit], facts: Mapping[str, CommitFacts],
        touches: Mapping[str, Sequence[Touch]], *, people: Sequence[PersonSettings] = (), gaps: Sequence[str] = (),
    ) -> None:
        """`touches` are those of each path, newest first; `gaps` say what is missing; `commits` are looked at and not kept."""
        self.head = head
        self.paths = tuple(paths)
        self.commits = len(commits)
        self.newest = max((commit.committed_at for commit in commits), default=_BEGIN)
        self.identities = Identities(_seen(facts.values()), people)
        self.handles = handles_told(commits, self.identities.of)
        self.gaps = tuple(gaps)
        self._touches = touches

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
        touches = _touches(commits, facts, ignored_revisions(ignored), frozenset(paths))
        limited = 0 < max_commits <= len(commits)
        gaps = _gaps(repository, len(commits) if limited else 0)
        return cls(head, paths, commits, facts, touches, people=people, gaps=gaps)

    def touches(self, paths: Collection[str] | None = None) -> list[Touch]:
        """Every change of these files (None: of all files of the head), one file after the other, newest first."""
        return [touch for path in (self.paths if paths is None else paths) for touch in self._touches.get(path, ())]


def _read(repository: Repository, head: str, max_commits: int, progress: Progress) -> list[Commit]:
    progress.stage(repository.name, "reading history", None)
    commits = []
    for commit in repository.log(head, max_count=max_commits):
        commits.append(commit)
        progress.advance(1)
    return commits


def _text(repository: Repository, head: str, path: str) -> str:
    return (repository.read_at(head, path) or b"").decode(errors="replace")


def _touches(
    commits: Sequence[Commit], facts: Mapping[str, CommitFacts], ignored: Collection[str], paths: Collection[str]
) -> dict[str, list[Touch]]:
    today = names_today(commits)
    found: dict[str, list[Touch]] = defaultdict(list)
    for commit in commits:
        if commit.sha in ignored:
            continue
        names = today.get(commit.sha, {})
        for change in commit.changes:
            path = names.get(change.path, change.path)
            if path in paths:
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


def _gaps(repository: Repository, limited_to: int) -> list[str]:
    gaps = []
    if repository.is_shallow():
        gaps.append("The clone is shallow, so older history is missing.")
    if repository.lacks_objects():
        gaps.append("The clone lacks objects, so the lines of some changes are not known.")
    if limited_to:
        gaps.append(f"The settings limit history to the newest {limited_to:,} commits.")
    return gaps
