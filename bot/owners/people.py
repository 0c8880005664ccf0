"""The people of some files: their part in them, from history, as owners that an answer can name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.answers.types import Owner
from indexer.analysis.ownership import ACTIVE_WITHIN, Contributor, Ownership, ownership
from indexer.index import Index
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities

BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """The history of some files: `touches` with their repositories, the people in it, and what it says of ownership."""

    touches: tuple[tuple[str, Touch], ...]
    identities: Identities
    found: Ownership


def newest_by(
    people: Collection[Person], touches: Iterable[tuple[str, Touch]], identities: Identities
) -> dict[Person, tuple[str, str]]:
    """For each of these people the repository and SHA of the newest commit that shows their part: their own, else a reviewed one."""
    best: dict[Person, tuple[bool, datetime, str, str]] = {}
    commits = {touch.commit.sha: (repo, touch.commit) for repo, touch in touches}
    for repo, commit in commits.values():
        for own, others in ((True, (commit.author, *commit.co_authors)), (False, (*commit.reviewers, *commit.integrators))):
            for person in map(identities.of, others):
                shown = (own, commit.committed_at, repo, commit.sha)
                if person in people and shown > best.get(person, (False, BEGINNING, "", "")):
                    best[person] = shown
    return {person: (repo, sha) for person, (_, _, repo, sha) in best.items()}


def history_of(index: Index, files: Mapping[str, Sequence[str]], now: datetime) -> KnownHistory:
    """What history says of these files, by repository."""
    return known_history([(repo, touch) for repo, paths in files.items() for touch in index.touches(repo, paths)], index, files, now)


def known_history(touches: Iterable[tuple[str, Touch]], index: Index, repos: Iterable[str], now: datetime) -> KnownHistory:
    """The same from touches at hand."""
    identities = index.identities(tuple(repos))
    kept = tuple(touches)
    return KnownHistory(kept, identities, ownership([touch for _, touch in kept], identities, now))


def owners_among(index: Index, history: KnownHistory, contributors: Sequence[Contributor]) -> tuple[Owner, ...]:
    """Some of a history's people, each with the newest commit that shows their part."""
    owners = {one.person: owner_of(one, history.identities) for one in contributors}
    return with_commits(index, owners, history.touches, history.identities)


def with_commits(
    index: Index, owners: Mapping[Person, Owner], touches: Iterable[tuple[str, Touch]], identities: Identities
) -> tuple[Owner, ...]:
    """The owners, each with the newest of the commits that shows their part; those without any as they are."""
    newest = newest_by(owners.keys(), touches, identities)
    found = []
    for person, owner in owners.items():
        repo, sha = newest.get(person, ("", ""))
        url = index.commit_url(repo, sha) if sha else None
        found.append(replace(owner, latest=sha, latest_in=repo, latest_url=url))
    return tuple(found)


def owner_of(contributor: Contributor, identities: Identities) -> Owner:
    """Somebody that history knows, as answers name them."""
    return replace(
        _unplaced(contributor.person, identities),
        share=round(contributor.share, 3),
        reasons=contributor.reasons,
        last_active=contributor.last_active,
        active=contributor.around,
        handle=contributor.handle,
    )


def person_known(person: Person, identities: Identities, now: datetime) -> Owner:
    """Somebody as far as history and the settings know them, whatever they did; why they are named is the caller's to say."""
    settings, seen = identities.settings_of(person), identities.last_seen(person)
    left = bool(settings and settings.left)
    active = not left and seen is not None and now - seen <= ACTIVE_WITHIN
    return replace(_unplaced(person, identities), last_active=seen, active=active)


def _unplaced(person: Person, identities: Identities) -> Owner:
    """Who somebody is: by name, addresses and accounts."""
    settings = identities.settings_of(person)
    mails = dict.fromkeys(one.email for one in identities.all_of(person))
    return Owner(
        name=person.name,
        email=person.email,
        share=0.0,
        reasons=(),
        last_active=None,
        active=False,
        handle=identities.handle_of(person),
        aliases=tuple(mail for mail in mails if mail and mail != person.email),
        slack=(settings.slack or None) if settings else None,
    )
