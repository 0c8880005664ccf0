"""One configured repository: fetched into a bare mirror of our own and read from its object database; no checkout."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from indexer import links
from indexer.config import RepositorySettings
from indexer.errors import DocentError, RepoUnreachable
from indexer.types import Commit, FileChange, TreeEntry
from indexer.vcs.blame import blame_arguments, parse_blame
from indexer.vcs.borrowing import borrows
from indexer.vcs.differences import read_difference
from indexer.vcs.git_errors import incomplete
from indexer.vcs.git_process import GitProcess
from indexer.vcs.incomplete_log import read_incomplete_log
from indexer.vcs.log import walk_arguments
from indexer.vcs.mirror import HEAD_REF, Mirror
from indexer.vcs.objects import Objects, sizes
from indexer.vcs.revisions import find_revision, list_tags, mainline, merge_bringing, stood_before
from indexer.vcs.source import Source, config_file, find_source
from indexer.vcs.whole_log import read_log


@dataclass(frozen=True, slots=True)
class Head:
    """The commit a repository is followed at; `branch` is "" when its HEAD is detached."""

    sha: str
    branch: str


class Repository:
    """One repository and its mirror, `git_dir`, in `mirrors`/NAME.git. Reads are thread-safe; `fetch` may run beside them.

    Methods raise RepoUnreachable when git fails and StoreError when the disk does, besides what each one names.
    """

    def __init__(self, settings: RepositorySettings, mirrors: Path) -> None:
        self.settings = settings
        self.name = settings.name
        self.git_dir = mirrors / f"{settings.name}.git"
        self._git = GitProcess(self.name, self.git_dir)
        self._objects = Objects(self.name, self._git)

    def fetch(self, progress: Callable[[str], None] | None = None) -> Head:
        """Make or update the mirror. Raises ConfigError (address or branch), UnknownRepo, EmptyRepo besides.

        A local source that lacks objects, such as a partial clone, is read as far as it goes; see `lacks_objects`.
        """
        Mirror(self.name, self.git_dir, self._source).update(self.settings.branch, progress)
        if self.lacks_objects():
            self._objects.close()  # a running reader would not look into the folder borrowed from
        head = self.head()
        if head is None:
            raise RepoUnreachable(self.name, f"git fetched no commit of {self.name}.", "Delete its mirror and try again.")
        return head

    def head(self) -> Head | None:
        """Where the last fetch left off; None before the first one."""
        if not (self.git_dir / "HEAD").exists():
            return None
        status, sha = self._git.run("rev-parse", "--verify", "--quiet", f"{HEAD_REF}^{{commit}}", allowed=(0, 1, 128))
        if status != 0:
            return None
        ref = self._git.text("symbolic-ref", "HEAD")
        return Head(sha.decode().strip(), ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "")

    def tree(self, commit: str) -> list[TreeEntry]:
        """Every file, link and submodule of a commit, by path. Names that are not UTF-8 hold replacement characters."""
        if self.lacks_objects():
            return self._tree_without_some(commit)
        _, listed = self._git.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
        return [_entry(item) for item in listed.decode(errors="replace").split("\0") if item]

    def _tree_without_some(self, commit: str) -> list[TreeEntry]:
        """`tree` where blobs are missing, of which `ls-tree -l` dies in newer versions of git."""
        _, listed = self._git.run("ls-tree", "-r", "-z", "--full-tree", commit)
        items = [item.partition("\t") for item in listed.decode(errors="replace").split("\0") if item]
        known = sizes(self._git, (meta.split()[2] for meta, _, _ in items))
        return [_entry(f"{meta} {known.get(meta.split()[2], -1)}\t{path}") for meta, _, path in items]

    def read(self, blob: str) -> bytes:
        """The content of a blob named by its SHA. Raises MissingObject where the source `lacks_objects`."""
        content = self._objects.blob(blob)
        if content is None and self.lacks_objects():
            raise incomplete(self.name, self._source.shown)
        if content is None:
            raise RepoUnreachable(self.name, f"{self.name} has no object {blob}.", "Refresh it, or delete its mirror.")
        return content

    def read_at(self, commit: str, path: str, most: int | None = None) -> bytes | None:
        """The content of a file at a commit; None where there is no such file, or one of more bytes than `most`. A link's content
        is its target."""
        if path.startswith(("./", "../")):  # no file has such a name; git would look for the folder it runs in, and die
            return None
        return self._objects.blob(f"{commit}:{path}", most)

    def revision(self, text: str, head: str) -> str | None:
        """The full SHA of the commit that a tag, branch, (short) SHA, "HEAD" (= `head`) or "v1.2~3" means; None for none.

        Any text is safe. QueryError for the first digits of several commits.
        """
        return find_revision(self._git, self.name, text, head)

    def tags(self) -> list[str]:
        """Every tag that names a commit, newest first: by the date of the tag, or of the commit where it has none of its own."""
        return list_tags(self._git)

    def brought_by(self, sha: str, head: str) -> str:
        """The merge that brought a commit to the first-parent line of `head`; "" where it was made there, or is not there."""
        return merge_bringing(self._git, sha, head)

    def mainline_before(self, moment: datetime, head: str) -> str:
        """The commit on the first-parent line of `head` at which it stood before `moment`; "" for none. See `revisions.stood_before`."""
        return stood_before(mainline(self._git, head), moment.timestamp())

    def mainline(self, head: str) -> Iterator[str]:
        """The SHAs of the first-parent line of `head`, newest first."""
        return (sha for sha, _ in mainline(self._git, head))

    def difference(self, before: str, after: str) -> tuple[FileChange, ...]:
        """The net changes from one commit to another (full SHAs; "" as `before`: from nothing), renames followed.

        Where the source `lacks_objects` that this needs, lines are not known (None).
        """
        return read_difference(self._git, before, after, lacks_objects=self.lacks_objects())

    def log(self, head: str, *, known: str | None = None, max_count: int = 0) -> Iterator[Commit]:
        """Commits reachable from `head` and not from `known`, newest first; `max_count` 0 means all.

        A `known` that a force push and git's clean-up took away is ignored, so everything is read again. Where `lacks_objects`,
        commits whose files are missing tell their changes without lines (None) and find only renames of unchanged files.
        """
        if known and not self.has(known):
            known = None
        now, boundary = datetime.now(UTC), self.boundary()
        if self.lacks_objects():
            yield from read_incomplete_log(self._git, head, known, max_count, now=now, boundary=boundary)
        else:
            yield from read_log(self._git, head, known, max_count, now=now, boundary=boundary)

    def blame(self, commit: str, path: str, start: int, end: int, ignored: Iterable[str] = ()) -> dict[str, int]:
        """Who wrote lines `start` to `end` of a file as they stand at a commit: SHA -> number of lines.

        {} where there are no such lines, or where objects are missing. Lines from before a shallow clone's cut are left out.
        """
        content = self.read_at(commit, path)
        last = min(end, content.count(b"\n") + (not content.endswith(b"\n"))) if content else 0
        if not 1 <= start <= last:
            return {}
        allowed = (0, 128) if self.lacks_objects() else (0,)
        _, told = self._git.run(*blame_arguments(commit, path, start, last, ignored), allowed=allowed)
        cut = self.boundary()
        return {sha: lines for sha, lines in parse_blame(told).items() if sha not in cut}

    def newest(self, head: str, count: int) -> list[str]:
        """The SHAs of the `count` newest commits reachable from `head`, in the order of `log`."""
        return self._git.text("rev-list", *walk_arguments(head, None, count)).split()

    def between(self, base: str, head: str) -> list[str]:
        """The SHAs of what is in `head` and not in `base`, both full SHAs; newest first."""
        return self._git.text("rev-list", "--end-of-options", head, f"^{base}", "--").split()

    def has(self, commit: str) -> bool:
        """Whether a commit, by its full SHA, is there."""
        return self._git.succeeds("cat-file", "-e", f"{commit}^{{commit}}")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` contains `old`; False as well when `old` is gone."""
        return self._git.succeeds("merge-base", "--is-ancestor", old, new)

    def is_shallow(self) -> bool:
        """Whether history is cut off because the source is a shallow clone; authorship is then not to be trusted."""
        return bool(self.boundary())

    def boundary(self) -> frozenset[str]:
        """The commits at which a shallow clone's history is cut off; what they changed is not known."""
        shallow = self.git_dir / "shallow"
        return frozenset(shallow.read_text().split()) if shallow.exists() else frozenset()

    def lacks_objects(self) -> bool:
        """Whether files may be missing, in the newest tree or in history, because the source is a partial or damaged clone."""
        return borrows(self.git_dir)

    def web_url(self) -> str:
        """The repository's page: the `web_url` setting, else inferred from the remote; "" where unknown."""
        return (self.settings.web_url or self._inferred_web_url).rstrip("/")

    def file_url(self, commit: str, path: str, start: int = 0, end: int = 0) -> str | None:
        """A link to lines of a file as they stand at `commit`; None where the host is unknown."""
        return links.file_url(self.web_url(), commit, path, start, end)

    def commit_url(self, commit: str) -> str | None:
        return links.commit_url(self.web_url(), commit)

    def pull_request_url(self, number: int) -> str | None:
        return links.pull_request_url(self.web_url(), number)

    def close(self) -> None:
        """End the reading process; a later read starts it again."""
        self._objects.close()

    @cached_property
    def _source(self) -> Source:
        return find_source(self.settings)

    @cached_property
    def _inferred_web_url(self) -> str:
        try:
            source = self._source
        except DocentError:  # a folder that is gone: links to it are the least of it, and `fetch` says so
            return ""
        return links.infer_web_url(source.url if source.path is None else _origin(source.path))


def _entry(item: str) -> TreeEntry:
    """One item of `ls-tree -l`: "MODE TYPE SHA SIZE<TAB>PATH", with "-" for a submodule's size."""
    meta, _, path = item.partition("\t")
    mode, kind, sha, size = meta.split()
    return TreeEntry(path, mode, sha, int(size) if kind == "blob" and mode != "120000" else 0)


def _origin(root: Path) -> str:
    """The address of a local repository's `origin` (or only) remote, read as a plain file; "" where there is none."""
    config = config_file(root)
    if config is None:
        return ""
    command = ["git", "config", "--file", str(config), "--no-includes", "--null", "--get-regexp", r"^remote\..*\.url$"]
    listed = subprocess.run(command, capture_output=True, check=False, timeout=10).stdout.decode(errors="replace")
    pairs = [item.partition("\n") for item in listed.split("\0") if item]
    urls = {key.removeprefix("remote.").removesuffix(".url"): url for key, _, url in reversed(pairs)}
    return urls.get("origin") or (next(iter(urls.values())) if len(urls) == 1 else "")
