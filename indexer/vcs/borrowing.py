"""Reads a local repository that lacks objects, such as a partial clone, by borrowing the objects that it has.

git copies a whole repository or nothing, so such a source cannot be fetched. Our mirror then names the source's objects folder in
`objects/info/alternates` (gitrepository-layout(5)) and sets its own refs; the source is only ever read. Once nothing is missing
any more, the mirror gets a copy of its own and fetches as usual.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from indexer.vcs.git_process import GitProcess
from indexer.vcs.source import common_dir

_MARKER = "docent.borrowed"  # holds the name of one missing object, which tells cheaply whether the source was mended
_LONG = 1_200.0  # seconds for the packing of a large repository, which says nothing meanwhile


def borrows(folder: Path) -> bool:
    """Whether a mirror borrows its objects, so that some may be missing."""
    return (folder / _MARKER).exists()


class Borrowing:
    """The borrowing side of one mirror. The caller holds the mirror's lock; methods raise as GitProcess does, or OSError."""

    def __init__(self, folder: Path, process: GitProcess) -> None:
        self._folder = folder
        self._git = process
        self._marker = folder / _MARKER
        self._alternates = folder / "objects" / "info" / "alternates"

    def borrow(self, source: Path, refs: Mapping[str, str], head: str) -> str:
        """Make the objects of the local repository `source` readable; returns one that `refs` (name -> SHA) need and it lacks.

        When even commits or the tree of the commit `head` are missing, the refs stay as they are, and an error is raised.
        """
        new = not self._marker.exists()
        try:
            self._lend(source)
            missing = self._still_missing() or self._first_missing(refs)
            self._git.run("ls-tree", "-r", "-z", "--name-only", head)
        except BaseException:
            if new:
                self._return()
            raise
        return missing

    def settle(self, refs: Mapping[str, str], tags: Mapping[str, str], missing: str) -> None:
        """Set our refs to `refs` and to those of `tags` that are there. When nothing is `missing`, copy what they need and stop
        borrowing; tags that lack something are left out then, for git copies nothing of them."""
        there = self._there(tags)
        self._set({**refs, **(there if missing else self._whole(there))})
        self._marker.write_text(missing)
        if not missing:
            self._git.watch("repack", "-a", "-d", "-q", stalled_after=_LONG)
            self._return()

    def forget(self) -> None:
        """Stop borrowing and drop the refs that depend on it, so that the next fetch copies everything."""
        self._return()
        (self._folder / "packed-refs").unlink(missing_ok=True)
        (self._folder / "shallow").unlink(missing_ok=True)
        shutil.rmtree(self._folder / "refs")
        (self._folder / "refs").mkdir()

    def _lend(self, source: Path) -> None:
        owner = common_dir(source)
        self._marker.touch()  # before anything else, so that a crash never leaves a mirror that seems whole
        self._alternates.parent.mkdir(parents=True, exist_ok=True)
        self._alternates.write_text(f"{(owner / 'objects').resolve()}\n")
        cut, ours = owner / "shallow", self._folder / "shallow"
        if cut.exists():
            ours.write_bytes(cut.read_bytes())
        else:
            ours.unlink(missing_ok=True)

    def _return(self) -> None:
        self._alternates.unlink(missing_ok=True)
        self._marker.unlink(missing_ok=True)

    def _still_missing(self) -> str:
        """The object that was missing last time, if it still is; else ""."""
        name = self._marker.read_text().strip()
        return name if name and not self._git.succeeds("cat-file", "-e", name) else ""

    def _first_missing(self, refs: Mapping[str, str]) -> str:
        """An object reachable from `refs` that is missing; "" when all are there. Reads every tree of the history."""
        tips = "".join(f"{sha}\n" for sha in set(refs.values())).encode()
        rest = b"\n"
        for block in self._git.stream("rev-list", "--objects", "--missing=print", "--stdin", input=tips):
            text = rest + block
            found = text.find(b"\n?")  # missing ones are told as ?SHA, the others as SHA PATH
            if found >= 0 and b"\n" in text[found + 1 :]:
                return text[found + 2 :].split(b"\n", 1)[0].decode()
            rest = text[text.rfind(b"\n") :]
        return ""

    def _there(self, tags: Mapping[str, str]) -> dict[str, str]:
        asked = "".join(f"{sha}\n" for sha in tags.values()).encode()
        told = self._git.run("cat-file", "--batch-check=%(objectname)", "--buffer", input=asked)[1].decode()
        lost = {line.split()[0] for line in told.splitlines() if line.endswith(" missing")}
        return {ref: sha for ref, sha in tags.items() if sha not in lost}

    def _whole(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Those of `tags` that lack nothing."""
        if not tags or not self._first_missing(tags):
            return dict(tags)
        return {ref: sha for ref, sha in tags.items() if not self._first_missing({ref: sha})}

    def _set(self, refs: Mapping[str, str]) -> None:
        """Make our branches and tags exactly `refs`. Deleting goes first: a branch may have become a folder of branches."""
        listed = self._git.text("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/docent")
        gone = [ref for ref in listed.splitlines() if ref not in refs]
        for commands in (
            [f"delete {ref}\0\0" for ref in gone],
            [f"update {ref}\0{sha}\0\0" for ref, sha in refs.items()],
        ):
            self._git.run("update-ref", "--no-deref", "--stdin", "-z", input="".join(commands).encode())
