"""Releases as the ends of a period: the commits that their tags name in one repository."""

from __future__ import annotations

from dataclasses import replace

from bot.changes.types import Period
from indexer.errors import QueryError
from indexer.index import Index
from indexer.times.releases import newest_release, release_before, tag_of


def revision_of(index: Index, name: str, text: str) -> str | None:
    """The full SHA of the commit that a revision means, also of a release's number that its tag writes in another way.

    None for none; QueryError for the first digits of several commits.
    """
    found = index.revision(name, text)
    if found is not None:
        return found
    tag = tag_of(text, index.tags(name))
    return index.revision(name, f"tags/{tag}") if tag else None


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
