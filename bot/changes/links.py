"""The pages of the places that show something."""

from __future__ import annotations

from bot.told import Shows
from indexer.index import Index


def page_of_place(index: Index, place: Shows) -> str | None:
    """The page of a commit, or of a file or line as it stood at a commit; None where the host is not known."""
    if place.path:
        return index.file_url(place.repository, place.commit or index.head(place.repository), place.path, place.line, place.line)
    return index.commit_url(place.repository, place.commit)
