"""A repository as it was at one commit: a bare one whose only branch ends there, so that nothing later can be read from it.

It borrows the objects of its source (`objects/info/alternates`, gitrepository-layout(5)), which is only ever read; whoever fetches from
it gets what its branch reaches and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import StoreError
from indexer.vcs.git_process import GitProcess
from indexer.vcs.revisions import find_revision
from indexer.vcs.source import common_dir

BRANCH = "pinned"


def find_commit(repo: str, source: Path, revision: str) -> str | None:
    """The full SHA of the commit that a revision means in the local repository `source`, "HEAD" its own; None for none.

    QueryError for the first digits of several commits; RepoUnreachable.
    """
    git = GitProcess(repo, common_dir(source))
    status, head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", allowed=(0, 1, 128))
    return find_revision(git, repo, revision, head.decode().strip() if status == 0 else "")


def pin(repo: str, source: Path, commit: str, folder: Path) -> None:
    """Make `folder` the local repository `source` as it was at `commit` (a full SHA). RepoUnreachable, StoreError."""
    owner = common_dir(source)
    git = GitProcess(repo, folder)
    with _disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    kind = ["--object-format=sha256"] if len(commit) == 64 else []
    git.run("init", "--bare", "--quiet", "--template=", f"--initial-branch={BRANCH}", *kind, str(folder))
    with _disk_errors(folder):
        (folder / "objects" / "info").mkdir(exist_ok=True)
        (folder / "objects" / "info" / "alternates").write_text(f"{(owner / 'objects').resolve()}\n")
        cut, ours = owner / "shallow", folder / "shallow"
        if cut.exists():
            ours.write_bytes(cut.read_bytes())
        else:
            ours.unlink(missing_ok=True)
    git.run("update-ref", f"refs/heads/{BRANCH}", commit)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreError(f"{folder} cannot be written: {exc.strerror or type(exc).__name__}.", "Check its space and permissions.") from exc
