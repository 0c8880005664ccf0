"""Reads history in one streaming `git log` pass (about 2,500 commits/s, flat memory).

Fields are separated by NUL, which no name, path or message can hold, so nothing needs quoting and odd names come out as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from indexer.types import Commit, FileChange, Person

LINES = ("--raw", "--numstat", "-M")
"""What to tell of a commit's changes: the status, the lines, and renames; reads the files' contents."""
NAMES = ("--raw", "-M100%")
"""The same without lines and with renames of unchanged files alone, which needs no contents."""

_FIELDS = ("%x01%H", "%P", "%aN", "%aE", "%at", "%cN", "%cE", "%ct", "%B")
START = "\x01"  # begins a commit; raw entries begin with ":", numstat entries with a digit or "-"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY = 32_768  # names in a large history, each of which comes many times


def log_arguments(head: str, known: str | None, max_count: int, changes: Sequence[str] = LINES) -> list[str]:
    """The command whose output `parse_log` reads; `changes` is LINES, NAMES, or empty for none."""
    return [*_command(head, changes), *walk_arguments(head, known, max_count)]


def walk_arguments(head: str, known: str | None, max_count: int) -> list[str]:
    """The commits reachable from `head` and not from `known`."""
    limit = [f"--max-count={max_count}"] if max_count else []
    return [*limit, "--end-of-options", head, *([f"^{known}"] if known else []), "--"]


def picked_log_arguments(head: str, changes: Sequence[str]) -> list[str]:
    """The same for the commits named on stdin, in that order."""
    return [*_command(head, changes), "--no-walk=unsorted", "--stdin", "--"]


def _command(head: str, changes: Sequence[str]) -> list[str]:
    return [
        *("-c", f"mailmap.blob={head}:.mailmap", "log", "-z", *(changes or ["--no-patch"]), "--root"),
        *("--no-textconv", "--no-ext-diff", "--no-color", "--no-show-signature", "--no-notes", "--encoding=UTF-8"),
        f"--format={'%x00'.join(_FIELDS)}",
    ]


def parse_log(blocks: Iterable[bytes], *, now: datetime, boundary: Collection[str] = ()) -> Iterator[Commit]:
    """Commits from the output of `log_arguments` or `picked_log_arguments`, in its order.

    Dates are clamped to 1970..`now`; what lies in the future gets the date of the commit before it, which is newer. `boundary` are
    the commits where a shallow clone's history is cut off: they would seem to add every file there is, so they carry no changes.
    """
    tokens = split_tokens(blocks)
    token, newest = next(tokens, None), now
    while token is not None:
        fields = [token.lstrip(START), *(next(tokens) for _ in _FIELDS[1:])]
        changes, token = _changes(tokens)
        commit = _commit(fields, () if fields[0] in boundary else changes, now, newest)
        newest = commit.committed_at
        yield commit


def parse_changes(tokens: Iterator[str]) -> tuple[FileChange, ...]:
    """Changes alone, as `git diff-tree -z` tells them with LINES or NAMES."""
    return _changes(tokens)[0]


def split_tokens(blocks: Iterable[bytes]) -> Iterator[str]:
    """The parts of a `-z` output."""
    rest = b""
    for block in blocks:
        whole, end, rest = (rest + block).rpartition(b"\0")
        if end:  # letters of several bytes hold no NUL, so that a text may be decoded before it is split
            yield from whole.decode(errors="replace").split("\0")
    if rest.strip():
        yield rest.decode(errors="replace")


def _commit(fields: Sequence[str], changes: tuple[FileChange, ...], now: datetime, newest: datetime) -> Commit:
    sha, parents, author, author_mail, authored, committer, committer_mail, committed, message = fields
    subject, _, body = message.strip().partition("\n")
    authored_at = _date(authored, now, newest)
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=_person(author, author_mail),
        committer=_person(committer, committer_mail),
        authored_at=authored_at,
        committed_at=authored_at if committed == authored else _date(committed, now, newest),
        subject=subject.strip(),
        body=body.strip(),
        changes=changes,
    )


@lru_cache(maxsize=_MANY)
def _person(name: str, mail: str) -> Person:
    return Person(name, mail)


def _date(seconds: str, now: datetime, newest: datetime) -> datetime:
    """A git timestamp as an aware date. Dates lie: some say 1970 or 2038, and some are no number a date can hold."""
    try:
        date = max(datetime.fromtimestamp(int(seconds), UTC), _EPOCH)
    except (ValueError, OverflowError, OSError):
        return _EPOCH
    return date if date <= now else newest


def _changes(tokens: Iterator[str]) -> tuple[tuple[FileChange, ...], str | None]:
    """The changes of one commit, and the token that begins the next commit (None at the end).

    A raw part (":mode mode sha sha STATUS", path[, new path]) is joined with a numstat part ("added<TAB>deleted<TAB>path").
    Without the latter the lines are unknown, but for a file that was renamed unchanged ("R100").
    """
    statuses: dict[str, tuple[str, str | None]] = {}
    untold: dict[str, int | None] = {}
    changes: list[FileChange] = []
    while (token := next(tokens, None)) is not None and not token.startswith(START):
        entry = token.removeprefix("\n")
        if entry.startswith(":"):
            score = entry.rsplit(" ", 1)[1]
            status = score[0]
            old = next(tokens) if status in "RC" else None
            path = next(tokens)
            statuses[path] = (status, old)
            untold[path] = 0 if score == "R100" else None
        elif entry:
            added, deleted, path = entry.split("\t", 2)
            if not path:  # a rename: the two names follow
                next(tokens)
                path = next(tokens)
            untold.pop(path, None)
            changes.append(_change(path, *statuses.get(path, ("M", None)), _count(added), _count(deleted)))
    changes += [_change(path, *statuses[path], lines, lines) for path, lines in untold.items()]
    return tuple(changes), token


def _change(path: str, status: str, old: str | None, added: int | None, deleted: int | None) -> FileChange:
    return FileChange(path, status if status in "AMDR" else "M", old, added, deleted)


def _count(lines: str) -> int | None:
    return None if lines == "-" else int(lines)
