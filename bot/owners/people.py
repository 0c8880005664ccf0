"""The people of some files: their part in them, from history, as owners that an answer can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.types import Owner
from indexer.analysis.ownership import Contributor, Ownership, ownership
from indexer.index import Index
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """The history of some files: `touches` with their repositories, the people in it, and what it says of ownership."""

    touches: tuple[tuple[str, Touch], ...]
    identities: Identities
    found: Ownership

    def latest_by(self, contributor: Contributor) -> tuple[str, str] | None:
        """The repository and SHA of the newest commit that shows somebody's part as author or co-author, else as reviewer."""
        theirs, reviewed = [], []
        for repo, touch in self.touches:
            commit = touch.commit
            if self._is(contributor, (commit.author, *commit.co_authors)):
                theirs.append((commit.committed_at, repo, commit.sha))
            elif self._is(contributor, (*commit.reviewers, *commit.integrators)):
                reviewed.append((commit.committed_at, repo, commit.sha))
        newest = max(theirs or reviewed, default=None)
        return newest[1:] if newest else None

    def _is(self, contributor: Contributor, people: Iterable[Person]) -> bool:
        return any(self.identities.of(person) == contributor.person for person in people)


def history_of(index: Index, files: Mapping[str, Sequence[str]], now: datetime) -> KnownHistory:
    """What history says of these files, by repository."""
    return known_history([(repo, touch) for repo, paths in files.items() for touch in index.touches(repo, paths)], index, files, now)


def known_history(touches: Iterable[tuple[str, Touch]], index: Index, repos: Iterable[str], now: datetime) -> KnownHistory:
    """The same from touches at hand."""
    identities = index.identities(tuple(repos))
    kept = tuple(touches)
    return KnownHistory(kept, identities, ownership([touch for _, touch in kept], identities, now))


def owners_among(index: Index, history: KnownHistory, contributors: Iterable[Contributor]) -> tuple[Owner, ...]:
    """Some of a history's people, each with the newest commit that shows their part."""
    found = []
    for contributor in contributors:
        repo, sha = history.latest_by(contributor) or ("", "")
        url = index.commit_url(repo, sha) if sha else None
        found.append(replace(owner_of(contributor, history.identities), latest=sha, latest_in=repo, latest_url=url))
    return tuple(found)


def owner_of(contributor: Contributor, identities: Identities) -> Owner:
    """Somebody that history knows, as answers name them."""
    settings = identities.settings_of(contributor.person)
    mails = dict.fromkeys(one.email for one in identities.all_of(contributor.person))
    return Owner(
        name=contributor.person.name,
        email=contributor.person.email,
        share=round(contributor.share, 3),
        reasons=contributor.reasons,
        last_active=contributor.last_active,
        active=contributor.active,
        handle=contributor.handle,
        aliases=tuple(mail for mail in mails if mail and mail != contributor.person.email),
        slack=(settings.slack or None) if settings else None,
    )
