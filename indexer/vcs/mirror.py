"""The bare mirror of one repository: made, brought up to date, and mended after a crash. The source is only ever read."""

from __future__ import annotations

import difflib
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import ConfigError, DocentError, EmptyRepo, MissingObject, RepoUnreachable, StoreError
from indexer.vcs.borrowing import Borrowing, borrows
from indexer.vcs.credentials import login
from indexer.vcs.git_errors import incomplete
from indexer.vcs.git_process import GitProcess
from indexer.vcs.source import Source

HEAD_REF = "refs/docent/head"
_USUAL_BRANCHES = ("main", "master", "trunk", "develop")
_STALLED = 300.0  # seconds without a word from a fetch; servers report at least every few seconds while they work
_ANSWER = 90.0  # seconds for the list of branches
_OTHER_FETCH = 600.0  # seconds to wait for another fetch into the same mirror

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remote:
    """What the source offers: branch name -> SHA, its HEAD's SHA ("" if none), HEAD's branch ("" when detached), and its
    tags by their full names."""

    branches: dict[str, str] = field(default_factory=dict)
    head: str = ""
    head_branch: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    def refs(self, wanted: str) -> dict[str, str]:
        """Our refs when we are up to date and follow `wanted`, but for the tags: every branch, and HEAD_REF."""
        tip = self.head if wanted == "HEAD" else self.branches[wanted.removeprefix("refs/heads/")]
        return {f"refs/heads/{name}": sha for name, sha in self.branches.items()} | {HEAD_REF: tip}


class Mirror:
    """One bare repository in the data folder. `update` is the only writer; readers may go on meanwhile."""

    def __init__(self, repo: str, folder: Path, source: Source) -> None:
        self._repo = repo
        self._folder = folder
        self._source = source
        self._git = GitProcess(repo, folder, shown_url=source.shown)

    def update(self, branch: str | None, progress: Callable[[str], None] | None = None) -> None:
        """Bring the mirror up to the source; raises RepoUnreachable, EmptyRepo, ConfigError (no such branch) or StoreError."""
        with _disk_errors(self._repo):
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir(exist_ok=True)
        with _alone(self._repo, self._folder) as lock:
            self._mend()
            environment = login(self._source)
            remote = self._offered(environment)
            wanted, label = self._choose(remote, branch)
            self._init(sha256=len(remote.head or next(iter(remote.branches.values()))) == 64)
            self._bring(remote.refs(wanted), remote.tags, wanted, environment, progress, lock)
            self._git.run("symbolic-ref", "HEAD", f"refs/heads/{label}" if label else HEAD_REF)

    def _mend(self) -> None:
        """Take away what a killed git left behind; we hold the mirror's lock, so nobody is using it."""
        with _disk_errors(self._repo):
            for pattern in ("*.lock", "refs/**/*.lock", "objects/**/*.lock"):
                for stale in self._folder.glob(pattern):
                    log.info("removing %s, left by a git that was killed", stale)
                    stale.unlink(missing_ok=True)
            for partial in self._folder.glob("objects/pack/tmp_*"):
                partial.unlink(missing_ok=True)

    def _init(self, *, sha256: bool) -> None:
        parts = ("HEAD", "config", "objects", "refs")
        if all((self._folder / name).exists() for name in parts):
            return
        if (self._folder / "refs").exists() and not (self._folder / "objects").exists():
            with _disk_errors(self._repo):  # refs without their objects would pass for complete
                for name in ("refs", "packed-refs"):
                    part = self._folder / name
                    shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
        kind = ["--object-format=sha256"] if sha256 else []
        self._git.run("init", "--bare", "--quiet", "--template=", *kind, str(self._folder))

    def _offered(self, environment: dict[str, str]) -> Remote:
        # With GIT_DIR pointing at a mirror not yet made, ls-remote works as outside of any repository.
        _, out = self._git.run(
            *("ls-remote", "--symref", "--", self._source.url, "HEAD", "refs/heads/*", "refs/tags/*"), env=environment, timeout=_ANSWER
        )
        return _parse_offer(out.decode(errors="replace"))

    def _choose(self, remote: Remote, branch: str | None) -> tuple[str, str]:
        """The ref to follow, and the branch name to show ("" when detached)."""
        if not remote.branches and not remote.head:
            raise EmptyRepo(self._repo, f"{self._source.shown} has no commit yet.", "Push a first commit, then index it again.")
        if branch:
            if branch in remote.branches:
                return f"refs/heads/{branch}", branch
            raise ConfigError(f"Repository {self._repo!r} has no branch {branch!r}.", _near(branch, remote.branches))
        if remote.head:
            return "HEAD", remote.head_branch
        usual = next((name for name in _USUAL_BRANCHES if name in remote.branches), None)
        only = next(iter(remote.branches)) if len(remote.branches) == 1 else None
        if followed := usual or only:
            return f"refs/heads/{followed}", followed
        raise ConfigError(f"Repository {self._repo!r} has no default branch.", _near("main", remote.branches))

    def _bring(
        self,
        refs: dict[str, str],
        tags: dict[str, str],
        wanted: str,
        environment: dict[str, str],
        progress: Callable[[str], None] | None,
        lock: int,
    ) -> None:
        if borrows(self._folder):
            if self._source.path is not None:
                return self._borrow(self._source.path, refs, tags)
            with _disk_errors(self._repo):
                Borrowing(self._folder, self._git).forget()
        if self._has(refs | tags):
            return
        try:
            self._fetch(wanted, environment, progress, lock)
        except MissingObject:
            if self._source.path is None:
                raise
            if self._has(refs):  # what it lacks is of new tags alone
                return
            log.info("%s lacks objects, so what it has is read where it lies", self._source.shown)
            self._borrow(self._source.path, refs, tags)

    def _borrow(self, source: Path, refs: dict[str, str], tags: dict[str, str]) -> None:
        borrowing = Borrowing(self._folder, self._git)
        with _disk_errors(self._repo):
            try:
                missing = borrowing.borrow(source, refs, refs[HEAD_REF])
            except DocentError as exc:  # not even the commits and the newest trees are there
                raise incomplete(self._repo, self._source.shown) from exc
            borrowing.settle(refs, tags, missing)

    def _has(self, refs: dict[str, str]) -> bool:
        """Whether all of `refs` are here already, and no other branch is. Refs are written after their objects, so this is whole."""
        if (self._folder / "shallow").exists():
            return False
        listed = self._git.text("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags", HEAD_REF)
        here = {ref: sha for sha, _, ref in (line.partition(" ") for line in listed.splitlines())}
        return all(ref in refs or ref.startswith("refs/tags/") for ref in here) and refs.items() <= here.items()

    def _fetch(self, wanted: str, environment: dict[str, str], progress: Callable[[str], None] | None, lock: int) -> None:
        shallow = ["--unshallow"] if (self._folder / "shallow").exists() else []
        self._git.watch(
            *("fetch", "--progress", "--force", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-gc"),
            *("--no-recurse-submodules", "--update-shallow", *shallow, "--", self._source.url),
            *("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", f"+{wanted}:{HEAD_REF}"),
            env=environment,
            stalled_after=_STALLED,
            progress=progress,
            pass_fds=[lock],  # a git that outlives a killed docent keeps the mirror's lock until it ends
        )
        self._git.watch("gc", "--auto", "--quiet", stalled_after=_STALLED * 4, pass_fds=[lock])
        # Which paths a commit changed: 4 s for 50,000 commits, and blame takes a half to a fifth of the time.
        graph = ("commit-graph", "write", "--reachable", "--changed-paths", "--split", "--no-progress")
        self._git.watch(*graph, stalled_after=_STALLED * 4, pass_fds=[lock])


def _parse_offer(listed: str) -> Remote:
    """Reads `git ls-remote --symref`: lines of "ref: TARGET<TAB>HEAD" and "SHA<TAB>REF"."""
    branches: dict[str, str] = {}
    tags: dict[str, str] = {}
    head = head_branch = ""
    for line in listed.splitlines():
        value, _, ref = line.partition("\t")
        if ref == "HEAD" and value.startswith("ref: "):
            head_branch = value.removeprefix("ref: ").removeprefix("refs/heads/")
        elif ref == "HEAD":
            head = value
        elif ref.startswith("refs/heads/"):
            branches[ref.removeprefix("refs/heads/")] = value
        elif ref.startswith("refs/tags/") and not ref.endswith("^{}"):  # what an annotated tag points to is listed besides
            tags[ref] = value
    return Remote(branches, head, head_branch, tags)


def _near(branch: str, branches: dict[str, str]) -> str:
    close = difflib.get_close_matches(branch, list(branches), n=3, cutoff=0.5) or sorted(branches)[:5]
    return f"Set its `branch` to one that exists, such as {', '.join(close)}."


@contextmanager
def _alone(repo: str, folder: Path) -> Iterator[int]:
    """Hold the mirror's lock (flock, which the kernel lets go of when its holders die); yields its file descriptor."""
    with _disk_errors(repo):
        lock = os.open(folder / "docent.flock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + _OTHER_FETCH
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise RepoUnreachable(repo, f"Another process is still fetching {repo}.", "Wait for it, or end it.")
            time.sleep(0.1)
        yield lock
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _disk_errors(repo: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        hint = "Check the data folder's space and permissions."
        raise StoreError(f"docent's copy of {repo} cannot be written: {reason}.", hint) from exc
