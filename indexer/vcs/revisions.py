"""Which commit a revision means, as gitrevisions(7) has it, of what people type: names, SHAs, and steps back from them.

What is typed never reaches git as it is: only names of refs that exist, hexadecimal digits, and steps do. Ranges, paths, and
searches through messages or reflogs are no commit here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.errors import QueryError
from indexer.vcs.git_process import GitProcess

_LONGEST = 250  # characters; names of refs are files, so no longer one can exist
_REVISION = re.compile(r"^(?P<name>[^~^]+)(?P<steps>(?:[~^]\d{0,6}){0,20})$")
_NO_NAME = re.compile(r"[\s~^:?*\[\\]|\.\.|@\{|//|^/|/$|\.$|\.lock(/|$)|(^|/)\.")  # git-check-ref-format(1)
_SHA = re.compile(r"^[0-9a-f]{4,64}$", re.IGNORECASE)
_DESCRIBED = re.compile(r"-\d+-g(?P<sha>[0-9a-f]{4,64})$")  # what git-describe(1) says: v1.2-14-g2414721
_HEAD = ("HEAD", "@", "origin/HEAD")
_WEIGHT = 20  # see `stood_before`
_SURE = 1_000


def find_revision(git: GitProcess, repo: str, text: str, head: str) -> str | None:
    """The full SHA of the commit that `text` means, None for none; "HEAD" is `head`. QueryError for digits that begin several."""
    text = text.strip()
    match = _REVISION.match(text) if len(text) <= _LONGEST and text.isprintable() else None
    if match is None or _NO_NAME.search(match["name"]):
        return None
    start = _start(git, repo, match["name"], head)
    return _commit(git, f"{start}{match['steps']}") if start else None


def _start(git: GitProcess, repo: str, name: str, head: str) -> str | None:
    """What the name stands for: a SHA, or the full name of a ref that exists."""
    if name in _HEAD:
        return head or None
    refs = _refs(name)
    listed = set(git.text("for-each-ref", "--format=%(refname)", *refs).splitlines())
    if len(name) in (40, 64) and _SHA.match(name):  # git too takes a full SHA for nothing else
        return name.lower()
    if found := next((ref for ref in refs if ref in listed), None):
        return found
    if _SHA.match(name):
        return _whole(git, repo, name.lower())
    described = _DESCRIBED.search(name)
    return _whole(git, repo, described["sha"]) if described else None


def _refs(name: str) -> list[str]:
    """The refs that a name may mean, in git's order: tags, then branches. A mirror has what is `origin/main` elsewhere as `main`."""
    for long, short in (("refs/remotes/", "remotes/"), ("refs/tags/", "tags/"), ("refs/heads/", "heads/")):
        name = name.removeprefix("refs/") if name.startswith(long) else name
        if name.startswith(short):
            kind = "refs/tags/" if short == "tags/" else "refs/heads/"
            rest = name.removeprefix(short)
            branch = rest.partition("/")[2] if short == "remotes/" else rest
            return [f"{kind}{branch}", f"refs/tags/{name}", f"refs/heads/{name}"]
    remote = [f"refs/heads/{name.partition('/')[2]}"] if name.startswith(("origin/", "upstream/")) else []
    return [f"refs/tags/{name}", f"refs/heads/{name}", *remote]


def _whole(git: GitProcess, repo: str, digits: str) -> str | None:
    """The one commit whose SHA begins with these digits."""
    objects = git.text("rev-parse", f"--disambiguate={digits}").split()
    if not objects:
        return None
    asked = "".join(f"{sha}\n" for sha in objects).encode()
    kinds = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", input=asked)[1].decode()
    commits = [sha for sha, kind in (line.split() for line in kinds.splitlines()) if kind in ("commit", "tag")]
    if len(commits) > 1:
        more = ", ".join(sha[: len(digits) + 4] for sha in commits[:3])
        raise QueryError(f"Several commits of {repo} begin with {digits}: {more}.", "Write more of the commit's number.")
    return commits[0] if commits else None


def _commit(git: GitProcess, revision: str) -> str | None:
    status, told = git.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", allowed=(0, 1, 128))
    return told.decode().strip() if status == 0 else None


def list_tags(git: GitProcess) -> list[str]:
    """The tags that name commits, newest first."""
    form = "--format=%(objecttype) %(*objecttype) %(refname)"
    listed = (line.split(" ", 2) for line in git.text("for-each-ref", "--sort=-creatordate", form, "refs/tags").splitlines())
    return [ref.removeprefix("refs/tags/") for kind, tagged, ref in listed if "commit" in (kind, tagged)]


def merge_bringing(git: GitProcess, sha: str, head: str) -> str:
    """The merge on the first-parent line of `head` that brought a commit (full SHAs) to it; "" for none."""
    later = ("--end-of-options", head, f"^{sha}", "--")
    holding = set(git.text("rev-list", "--ancestry-path", *later).split())
    line = git.text("rev-list", "--first-parent", "--parents", *later).splitlines()
    oldest = next((parts for entry in reversed(line) if (parts := entry.split())[0] in holding), [])
    return oldest[0] if len(oldest) > 2 and oldest[1] != sha else ""


def mainline(git: GitProcess, head: str) -> Iterator[tuple[str, int]]:
    """The first-parent line of `head`, newest first: SHA and committer date in seconds since 1970."""
    rest = b""
    for block in git.stream("log", "--first-parent", "--no-show-signature", "--format=%H %ct", "--end-of-options", head, "--"):
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            sha, _, seconds = line.decode().partition(" ")
            yield sha, int(seconds) if seconds.lstrip("-").isdigit() else 0


def stood_before(line: Iterable[tuple[str, int]], moment: float) -> str:
    """Where the line (newest first) stood just before a moment; "" where all of it is of later.

    Dates lie: work of months ago is pushed today under its old date, a commit or a dozen in a row, and now and then a clock is
    ahead. A commit cannot be older than its parent, so what stands above a commit of the period is of the period too, whatever
    its date says. One date against very many is the one that is wrong, though: a commit of the period outweighs twenty older
    ones above it. The cut is where the balance is best, and as far back as that holds.
    """
    best = balance = 0
    found, cut = "", True  # whether the next commit stands right below the best cut
    for sha, date in line:
        if cut:
            found, cut = sha, False
        balance += _WEIGHT if date >= moment else -1
        if balance >= best and date >= moment:
            best, found, cut = balance, "", True
        elif balance < best - _SURE:
            break
    return found
