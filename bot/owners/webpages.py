"""Web addresses of files and folders, as copied from a browser, read back into paths. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

# What stands between a repository's page and a path on the hosts of `indexer.links`: "/blob/SHA/", "/-/blob/SHA/",
# "/src/commit/SHA/", "/src/SHA/", "/browse/", "/tree/SHA/item/".
_VIEW = re.compile(r"/(?:-/)?(?:blob|tree|blame|raw|edit|src|browse|commits|find)(?=/|$)(?:/(?:commit|branch|tag)(?=/))?")
_LINES = re.compile(r"(?:L|lines-|line-|l)?(\d{1,7})(?:C\d+)?(?:[-:,]L?(\d{1,7})(?:C\d+)?)?$")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a repository: `path` "" for its front page; lines 0 where none are told. `ours`: the repository's own address."""

    path: str
    start: int
    end: int
    ours: bool


def is_address(text: str) -> bool:
    return bool(re.match(r"https?://\S+$", text))


def read_address(text: str, page_of_repository: str, exists: Callable[[str], bool]) -> Page | None:
    """The place in a repository that an address shows; None where it shows none.

    An address of another host or owner, such as a fork's, is tried as well. `exists` tells the repository's paths.
    """
    try:
        parts = urlsplit(text)
        base = urlsplit(page_of_repository)
    except ValueError:
        return None
    folder = unquote(parts.path).rstrip("/")
    prefix = unquote(base.path).rstrip("/")
    ours = bool(base.netloc) and parts.netloc.lower() == base.netloc.lower() and _below(folder.lower(), prefix.lower())
    start, end = _lines(parts.fragment, parse_qs(parts.query))
    if ours:
        folder = folder[len(prefix) :]
    if ours and not folder:
        path = parse_qs(parts.query).get("path", [""])[0].strip("/")  # Azure DevOps
        return Page(path, start, end, ours) if not path or exists(path) else None
    view = _VIEW.search(folder)
    if view is None:
        return None
    after = folder[view.end() :].removeprefix("/")
    if not after:
        return Page("", 0, 0, ours) if ours else None
    shown = _path_after_revision(after, exists)
    if shown is None:
        at_the_top = ours and "/" not in after  # "/tree/main"
        return Page("", 0, 0, ours) if at_the_top else None
    return Page(shown, start, end, ours)


def _path_after_revision(after: str, exists: Callable[[str], bool]) -> str | None:
    """The path in "REVISION/path" (a branch's name may hold slashes), "path", or sourcehut's "REVISION/item/path"."""
    steps = after.split("/")
    tails = ("/".join(steps[first:]) for first in (*range(1, len(steps)), 0))
    return next((tail for tail in tails if exists(tail)), None)


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _lines(fragment: str, query: dict[str, list[str]]) -> tuple[int, int]:
    if match := _LINES.match(fragment):
        return int(match[1]), int(match[2] or match[1])
    first, last = query.get("line", ["0"])[0], query.get("lineEnd", query.get("line", ["0"]))[0]
    if re.fullmatch(r"[1-9][0-9]{0,6}", first) and re.fullmatch(r"[0-9]{1,7}", last):
        whole = query.get("lineEndColumn", [""])[0] == "1" and int(last) > int(first)  # ends before the first column of `last`
        return int(first), int(last) - whole
    return 0, 0
