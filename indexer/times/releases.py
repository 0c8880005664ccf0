"""Releases by their tags: which tag is meant, which one came before it, and which is the newest. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# "v1.2.3", "release-1.2", "api/v1.2.0", "client@2.0.1-rc.1": what stands before the numbers, the numbers, what stands behind.
_TAG = re.compile(r"^(?P<series>.*?)(?P<numbers>\d+(?:[._]\d+)*)(?P<rest>.*)$")
_BEFORE_RELEASE = re.compile(
    r"^[-._+]?(?:rc|alpha|beta|[abcm]|pre|preview|dev|snapshot|nightly|canary|next|test)(?![a-z])", re.IGNORECASE
)

_WHOLE = 3  # numbers, of which a release usually has no more
_PRE = r"(?:[-._+]?(?:rc|alpha|beta|pre|preview|dev|post|final|ga|snapshot|[abm])[-._]?\d*)?"
VERSION = rf"(?:[a-z]\w*(?:[-/][a-z]\w*)*[-_/@])?(?:v?\d+(?:\.\d+){{1,4}}|v\d+){_PRE}"
"""A version where it stands in a text."""


@dataclass(frozen=True, slots=True)
class Release:
    """A tag read as a release. `series` is what its numbers count, a package of several perhaps, and `style` how they are
    written there ("v", "release-"); `early`: not the final one."""

    tag: str
    style: str
    series: str
    numbers: tuple[int, ...]
    early: bool


def read_release(tag: str) -> Release | None:
    """None where the tag holds no number."""
    match = _TAG.match(tag)
    if match is None or len(match["numbers"]) > 60:
        return None
    numbers = tuple(int(part) for part in re.split(r"[._]", match["numbers"]))
    style = match["series"].casefold()
    series = re.sub(r"(?:^|(?<=[-_/@]))(?:v|version|release|rel)?[-_.]?$", "", style)
    return Release(tag, style, series, _trimmed(numbers), bool(_BEFORE_RELEASE.match(match["rest"])))


def release_before(tag: str, tags: Sequence[str]) -> str:
    """The release before a tag: the final one of its series with the next lower number, in its style if possible; "" for none."""
    own = read_release(tag)
    if own is None:
        return ""
    final = [one for one in map(read_release, tags) if one and one.series == own.series and not one.early]
    lower = [one for one in final if one.numbers < own.numbers]
    return _highest([one for one in lower if one.style == own.style] or lower)


def newest_release(tags: Sequence[str]) -> str:
    """The highest final release in the style of the one tagged last; `tags` are newest first. "" for none."""
    found = [one for one in map(read_release, tags) if one and not one.early]
    return _highest([one for one in found if one.style == found[0].style])


def _highest(releases: Sequence[Release]) -> str:
    return max(releases, key=lambda one: one.numbers).tag if releases else ""


def tag_of(text: str, tags: Sequence[str]) -> str:
    """The one tag that a release as typed means ("2.0" for "v2.0"); "" for none, or several."""
    if text in tags:
        return text
    own = read_release(text) if re.fullmatch(r"v?\d+(?:\.\d+)+\S*|[\w-]+[-/@]v?\d+(?:\.\d+)*\S*", text) else None
    if own is None:
        return ""
    behind = _behind(text)
    found = [one.tag for one in map(read_release, tags) if one and one.numbers == own.numbers and _behind(one.tag) == behind]
    same = [tag for tag in found if (read := read_release(tag)) and read.series == own.series] or found
    return same[0] if len(same) == 1 else ""


def _behind(tag: str) -> str:
    match = _TAG.match(tag)
    return match["rest"].casefold().strip("-._") if match else ""


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """1.2.0 is 1.2."""
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


def releases_of(number: str, tags: Sequence[str]) -> tuple[str, ...]:
    """The final releases that a number means, lowest first: "3.2" those of 3.2.0, 3.2.1 and so on, "3.2.0" that one alone.

    Where packages are released apart, those of the series with the newest tag; where none is final, those that are not.
    """
    match = re.fullmatch(r"v?(\d+(?:\.\d+)*)\S*", number, re.IGNORECASE)
    own = read_release(number)
    if match is None or own is None:
        return ()
    written = tuple(map(int, match[1].split(".")))
    known = [one for one in map(read_release, tags) if one]
    exact = [one for one in known if one.numbers == own.numbers and one.early == own.early]
    if not own.early and len(written) < _WHOLE:
        exact = [one for one in known if (*one.numbers, 0, 0, 0)[: len(written)] == written]
    final = [one for one in exact if one.early == own.early] or exact
    found = [one for one in final if one.series == final[0].series]
    return tuple(one.tag for one in sorted(found, key=lambda one: one.numbers))
