"""Path patterns of all dialects but regular expressions, as one thing: a list of segments, and what below them is meant.

Patterns come from repositories nobody vouches for, so matching takes time in proportion to the path times the pattern at most:
each `*` is tried leftmost first inside an atomic group, which loses nothing because what follows a star is found just as well
from the leftmost place on, and the same holds for `**` and the segments after it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

DEEP = "**"  # any number of folders, none too
MAX_CHOICES = 64
_WILD = re.compile(r"[*?\[]")
_STARS = re.compile(r"[*?]")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")


class Tail(Enum):
    """What a pattern covers of that which its segments name."""

    EXACT = "the path itself"
    BELOW = "the path, and everything below it where it is a folder"
    INSIDE = "everything below it"


@dataclass(frozen=True, slots=True)
class Glob:
    """A path pattern. Segments are glob text (`*`, `?`, `[…]`, `\\x`) or DEEP; `sets`: whether `[…]` is a set of characters."""

    segments: tuple[str, ...]
    tail: Tail
    sets: bool = False

    def matches(self, path: str) -> bool:
        """Whether a path of the tree is covered. To ask often, take `matcher`."""
        return bool(self.matcher()(path))

    def matcher(self) -> Callable[[str], object]:
        """What says of a path whether it is covered. Making it costs most, so it is made where it is first needed, and kept."""
        if any(map(_is_wild, self.segments)):
            return _Wild(self).matches
        path = "/".join(map(_plain, self.segments))
        match self.tail:
            case Tail.EXACT:
                return lambda other: other == path
            case Tail.INSIDE:
                return lambda other: other.startswith(path + "/") and len(other) > len(path) + 1
            case Tail.BELOW:
                return lambda other: other.startswith(path) and (len(other) == len(path) or other[len(path)] == "/")

    @property
    def prefix(self) -> str:
        """The folders, or the whole path, that every path covered begins with; "" for none."""
        whole = "/".join(self.segments)
        if "\\" not in whole and not _is_wild(whole):
            return whole
        known = itertools.takewhile(lambda segment: not _is_wild(segment), self.segments)
        return "/".join(map(_plain, known))

    @property
    def required(self) -> str | None:
        """The longest name that stands in every path covered as one of its segments."""
        return max((_plain(segment) for segment in self.segments if not _is_wild(segment)), key=len, default=None)

    @property
    def extension(self) -> str | None:
        """What comes after the last dot of a segment of every path covered; None where the pattern does not tell."""
        last = self.segments[-1] if self.segments else ""
        tail = last.rpartition("*")[2]
        if last == DEEP or not last or any(char in tail for char in "?[]\\") or "." not in tail:
            return None
        return tail.rpartition(".")[2]


class _Wild:
    """A pattern with wildcards. Its expression is made for the first path that has the pattern's longest plain piece: of a
    hundred thousand patterns, most never need one."""

    __slots__ = ("_found", "_glob", "_piece")

    def __init__(self, glob: Glob) -> None:
        plain = (segment.partition("\\")[0].partition("[")[0] for segment in glob.segments)
        self._glob = glob
        self._piece = max((piece for segment in plain for piece in _STARS.split(segment)), key=len, default="")
        self._found: Callable[[str], object] | None = None

    def matches(self, path: str) -> bool:
        if self._piece not in path:
            return False
        if self._found is None:
            self._found = re.compile(glob_regex(self._glob), re.DOTALL).match
        return self._found(path) is not None


def _is_wild(segment: str) -> bool:
    return _WILD.search(segment) is not None


def _plain(segment: str) -> str:
    return re.sub(r"\\(.)", r"\1", segment, flags=re.DOTALL) if "\\" in segment else segment


# ── to a regular expression ──────────────────────────────────────────────────────────────────────────────────────────────────


def glob_regex(glob: Glob) -> str:
    """A regular expression that matches, from its start, exactly the paths covered."""
    tail = {Tail.EXACT: r"\Z", Tail.BELOW: r"(?:/.*)?\Z", Tail.INSIDE: r"/.+\Z"}[glob.tail]
    runs: list[list[str]] = [[]]
    for segment in glob.segments:
        if segment == DEEP:
            runs.append([])
        else:
            runs[-1].append(_segment_regex(segment, glob.sets))
    parts = ["/".join(runs[0])]
    for run in runs[1:-1]:
        parts.append(f"(?>(?:[^/]+/)*?{'/'.join(run)}/)" if run else "")
    if len(runs) == 1:
        return parts[0] + tail
    if parts[0]:
        parts[0] += "/"
    last = "/".join(runs[-1])
    return "".join(parts) + (f"(?:[^/]+/)*?{last}{tail}" if last else r".+\Z")


def _segment_regex(segment: str, sets: bool) -> str:
    """One segment; the pieces between stars are each found at their leftmost place, the last one at the segment's end."""
    pieces = _pieces(segment, sets)
    if len(pieces) == 1:
        return pieces[0]
    if not any(pieces):
        return "[^/]+"
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1] if piece)
    last = f"(?>[^/]*{pieces[-1]}(?=/|\\Z))" if pieces[-1] else "[^/]*+"
    return pieces[0] + middle + last


def _pieces(segment: str, sets: bool) -> list[str]:
    """What stands between the stars of a segment, as regular expressions of a fixed length."""
    pieces = [""]
    at = 0
    while at < len(segment):
        char = segment[at]
        at += 1
        if char == "*":
            pieces.append("")
        elif char == "?":
            pieces[-1] += "[^/]"
        elif char == "\\" and at < len(segment):
            pieces[-1] += re.escape(segment[at])
            at += 1
        elif char == "[" and sets:
            made, at = _set_regex(segment, at)
            pieces[-1] += made
        else:
            pieces[-1] += re.escape(char)
    return pieces


def _set_regex(segment: str, at: int) -> tuple[str, int]:
    """A set as fnmatch(3) reads it, from behind its "[" on; one that never ends matches nothing, as in Ruby."""
    negated = segment[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[str] = []
    first = True
    while at < len(segment) and (first or segment[at] != "]"):
        first = False
        low, at = _set_char(segment, at)
        if segment[at : at + 1] == "-" and segment[at + 1 : at + 2] not in ("", "]"):
            high, at = _set_char(segment, at + 1)
            if low <= high:
                ranges.append(f"{re.escape(low)}-{re.escape(high)}")
        else:
            ranges.append(re.escape(low))
    if at >= len(segment):
        return "(?!)", len(segment)
    inside = "".join(ranges)
    if negated:
        return (f"(?!/)[^{inside}]" if inside else "[^/]"), at + 1
    return (f"(?!/)[{inside}]" if inside else "(?!)"), at + 1


def _set_char(segment: str, at: int) -> tuple[str, int]:
    if segment[at] == "\\" and at + 1 < len(segment):
        return segment[at + 1], at + 2
    return segment[at], at + 1


# ── from each dialect ────────────────────────────────────────────────────────────────────────────────────────────────────────


def github_glob(pattern: str) -> Glob:
    """A CODEOWNERS pattern as GitHub and Bitbucket read it: .gitignore's rules, but `docs/*` stays out of subfolders.

    A slash at the start or in the middle binds to the root. The pattern is taken as valid: see `github_fault`.
    """
    inside = pattern.endswith("/")
    segments = [segment for segment in pattern.split("/") if segment]
    if "/" not in pattern.rstrip("/"):
        segments.insert(0, DEEP)
    tail = Tail.INSIDE if inside else Tail.BELOW
    if segments[-1] == DEEP:
        if inside:
            segments.append("*")
        else:
            segments.pop()
            tail = Tail.INSIDE
    elif segments[-1] == "*" and not inside:
        tail = Tail.EXACT
    return Glob(_no_repeats(segments) or (DEEP,), tail if segments else Tail.EXACT)


def gitlab_glob(pattern: str) -> Glob:
    """A CODEOWNERS pattern as GitLab reads it: Ruby's File.fnmatch with FNM_PATHNAME and FNM_DOTMATCH.

    Without a slash at its start it holds in every folder, with one at its end for all that lies below. `**` means folders only
    as a segment of its own.
    """
    if pattern == "*":
        return Glob((DEEP, "*"), Tail.EXACT)
    segments = [segment for segment in pattern.split("/") if segment]
    if not pattern.startswith("/"):
        segments.insert(0, DEEP)
    if pattern.endswith("/"):
        return Glob(_no_repeats([*segments, DEEP, "*"]), Tail.EXACT, sets=True)
    if segments and segments[-1] == DEEP:
        segments[-1] = "*"
    return Glob(_no_repeats(segments) or ("*",), Tail.EXACT, sets=True)


def maintainers_glob(pattern: str) -> Glob:
    """An F: or X: pattern: a slash at its end takes in all below, `*` stays inside its folder, a plain name may be a folder."""
    segments = [segment for segment in pattern.split("/") if segment and segment != "."]
    if not segments:
        return Glob((DEEP, "*"), Tail.EXACT)
    if segments[-1] == DEEP:
        return Glob(_no_repeats([*segments, "*"]), Tail.EXACT, sets=True)
    if pattern.endswith("/"):
        return Glob(_no_repeats(segments), Tail.INSIDE, sets=True)
    return Glob(_no_repeats(segments), Tail.EXACT if _is_wild(segments[-1]) else Tail.BELOW, sets=True)


def below_glob(folder: str, pattern: str) -> Glob:
    """A pattern of an OWNERS file: a name anywhere below its folder; with a slash inside, a path from the folder on."""
    segments = [re.sub(r"([*?\[\]\\])", r"\\\1", name) for name in folder.split("/") if name]
    segments += [DEEP] if "/" not in pattern else []
    return Glob(_no_repeats([*segments, *(part for part in pattern.split("/") if part)]) or (DEEP, "*"), Tail.EXACT, sets=True)


def expanded(pattern: str) -> list[str]:
    """The patterns that `{a,b}` in one stands for; beyond MAX_CHOICES of them, the pattern as it is."""
    waiting, done = [pattern], []
    while waiting:
        current = waiting.pop()
        found = _BRACES.search(current)
        if found is None:
            done.append(current)
        else:
            waiting += [current[: found.start()] + option + current[found.end() :] for option in found[1].split(",")]
        if len(waiting) + len(done) > MAX_CHOICES:
            return [pattern]
    return list(dict.fromkeys(done))


def _no_repeats(segments: list[str]) -> tuple[str, ...]:
    if segments.count(DEEP) < 2:
        return tuple(segments)
    return tuple(segment for at, segment in enumerate(segments) if segment != DEEP or at == 0 or segments[at - 1] != DEEP)
