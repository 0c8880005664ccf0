"""Where what is declared and what history shows do not fit together, in sentences with names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import PurePosixPath

from bot.owners.declared import Entry
from bot.owners.people import BEGINNING, KnownHistory
from indexer.analysis.ownership import ago, work_since
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities

GONE = timedelta(days=270)  # longer than a parental leave
_MOST = 3  # sentences
_LOOKED_AT = 5  # entries
_MUCH = 0.5  # of the work, from which somebody undeclared is worth naming


def contradictions(entries: Sequence[Entry], history: KnownHistory, now: datetime) -> tuple[str, ...]:
    """What the entries that decide most of some files say against what happened in these files since."""
    looked_at = entries[:_LOOKED_AT]
    found = dict.fromkeys(sentence for entry in looked_at for sentence in _of_entry(entry, history, now))
    return tuple(dict.fromkeys((*found, *_between(looked_at))))[:_MOST]


def _of_entry(entry: Entry, history: KnownHistory, now: datetime) -> Iterator[str]:
    known = [one for one in entry.named if one.person is not None]
    if not known or len(known) < len(entry.named):
        return  # a team, or somebody history does not know, may well be at work there
    touches = [touch for repo, touch in history.touches if repo == entry.declared.repository and touch.path in entry.files]
    if not touches:
        return
    names = f"{PurePosixPath(entry.declared.file).name} names {_all_of([one.owner.name for one in known])}"
    people = {one.person for one in known}
    seen = max((when for one in people if one and (when := history.identities.last_seen(one))), default=None)
    seen_here = _last_by(people, touches, history.identities)
    leader = leader_since(touches, history.identities, seen_here or BEGINNING, people)
    if seen is None:
        yield f"{names}, of whom no commit is known" + (f"; {leader}." if leader else ".")
    elif now - seen > GONE:
        yield f"{names}, who was last active {ago(seen, now)}" + (f"; {leader} since." if leader else ".")
    elif leader and seen_here is None:
        yield f"{names}, who never changed it; {leader}."
    elif leader and seen_here and now - seen_here > GONE:
        yield f"{names}, who last changed it {ago(seen_here, now)}; {leader} since."


def _last_by(people: Collection[Person | None], touches: Iterable[Touch], identities: Identities) -> datetime | None:
    """When any of them last worked on the files, or reviewed or merged what others did."""
    commits = {touch.commit.sha: touch.commit for touch in touches}.values()
    theirs = (
        commit.committed_at
        for commit in commits
        if any(identities.of(one) in people for one in (commit.author, *commit.co_authors, *commit.reviewers, *commit.integrators))
    )
    return max(theirs, default=None)


def _between(entries: Sequence[Entry]) -> Iterator[str]:
    """Two kinds of files that name different people for the same files."""
    for first, second in pairwise(entries):
        files = [PurePosixPath(one.declared.file).name for one in (first, second)]
        people = [{named.person for named in one.named} for one in (first, second)]
        told = all(people) and None not in people[0] | people[1] and first.declared.files == second.declared.files
        if files[0] != files[1] and told and not people[0] & people[1]:
            yield " but ".join(
                f"{file} names {_all_of([named.owner.name for named in one.named])}"
                for file, one in zip(files, (first, second), strict=True)
            ) + "."


def leader_since(touches: Iterable[Touch], identities: Identities, since: datetime, named: Collection[Person | None]) -> str:
    """"Bob made 61 % of the changes", if somebody who is not named did so much of the work since then."""
    done = work_since(touches, identities, since)
    if not done or done[0][0] in named or done[0][1] < _MUCH:
        return ""
    person, share, _ = done[0]
    return f"{person.name} made {share:.0%} of the changes".replace("%", " %")


def _all_of(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
