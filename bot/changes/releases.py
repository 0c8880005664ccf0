"""Releases by their tags: which tag is meant, which one came before it, and which is the newest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.changes.types import Period
from indexer.errors import QueryError
from indexer.index import Index

# "v1.2.3", "release-1.2", "api/v1.2.0", "client@2.0.1-rc.1": what stands before the numbers, the numbers, what stands behind.
_TAG = re.compile(r"^(?P<series>.*?)(?P<numbers>\d+(?:[._]\d+)*)(?P<rest>.*)$")
_BEFORE_RELEASE = re.compile(
    r"^[-._+]?(?:rc|alpha|beta|[abcm]|pre|preview|dev|snapshot|nightly|canary|next|test)(?![a-z])", re.IGNORECASE
)


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


def revision_of(index: Index, name: str, text: str) -> str | None:
    """The full SHA of the commit that a revision means, also of a release's number that its tag writes in another way.

    None for none; QueryError for the first digits of several commits.
    """
    found = index.revision(name, text)
    if found is not None:
        return found
    tag = tag_of(text, index.tags(name))
    return index.revision(name, f"tags/{tag}") if tag else None


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


def settled(index: Index, name: str, period: Period) -> Period:
    """A period with the tags looked up that it leaves open, as they are in one repository. QueryError where it has none."""
    if not period.release:
        return period
    tags = index.tags(name)
    tip = (tag_of(period.tip, tags) or period.tip) if period.tip else newest_release(tags)
    if not tip:
        raise QueryError(f"{name} has no releases: no tag holds a version.", "Name a time such as 7d, or two revisions.")
    if period.release == "since":
        return replace(period, base=tip, tip="", release="")
    return replace(period, base=release_before(tip, tags), tip=tip, release="")


def _behind(tag: str) -> str:
    match = _TAG.match(tag)
    return match["rest"].casefold().strip("-._") if match else ""


def _trimmed(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """1.2.0 is 1.2."""
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers
