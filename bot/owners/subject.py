"""What a person or a team owns: what is declared theirs, what they built, and what would be lost without them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from bot.answers.types import RepoVersion
from bot.owners.about import About
from bot.owners.asking import read_question
from bot.owners.contradictions import GONE, leader_since
from bot.owners.declared import Entry, entry
from bot.owners.people import BEGINNING, newest_by, owner_of
from bot.owners.shelf import Shelf, open_shelves
from bot.owners.tree import role
from bot.owners.types import Holding, Resolved, SubjectReport
from indexer.analysis.holdings import Held, Holdings, decided_by
from indexer.analysis.ownership import Contributor, ago, ownership
from indexer.config import PersonSettings
from indexer.declared.types import Declaration
from indexer.index import Index
from indexer.types import Role, Touch

_NAMED = 12  # holdings of a report
_OTHERS = 3  # people to ask besides
_CHECKED = 20  # entries looked at for contradictions, those of most files first
_CONTRADICTIONS = 3
Rank = tuple[bool, float]
_NAMEABLE = (Role.SOURCE, Role.SCRIPT)


def subject_report(
    index: Index, resolved: Resolved, repos: Sequence[str], people: Sequence[PersonSettings], now: datetime
) -> SubjectReport:
    """What the subject of `resolved` owns in `repos`, within the filters of the query. IndexMissing, UnknownRepo, StoreError."""
    assert resolved.subject is not None
    query = read_question(resolved.query, repos).query
    shelves = open_shelves(index, query.repos or tuple(repos) or index.names, query)
    names = tuple(shelf.name for shelf in shelves)
    about = About(index, resolved.subject, index.identities(names), people, now)
    parts = [_part(about, shelf) for shelf in shelves]
    built = sorted((held for part in parts for held in part.built), key=lambda pair: pair[0])
    lost = sorted((held for part in parts for held in part.lost), key=lambda pair: pair[0])
    entries = sorted((one for part in parts for one in part.entries), key=lambda one: -one.declared.files)
    told = [shelf.name for shelf, part in zip(shelves, parts, strict=True) if part.entries or part.built or part.touches] or names
    gaps = tuple(f"{name}: {gap}" for name in told for gap in index.history_gaps(name))
    return SubjectReport(
        query=resolved.query,
        resolved=resolved,
        who=about.who(),
        declared=tuple(one.declared for one in entries),
        built=tuple(holding for _, holding in built[:_NAMED]),
        lost=tuple(holding for _, holding in lost[:_NAMED]),
        members=about.members([touch for part in parts for touch in part.touches]),
        contradictions=tuple(sentence for part in parts for sentence in part.contradictions)[:_CONTRADICTIONS],
        notices=(*gaps, *_left_out(max(0, len(built) - _NAMED) + sum(part.more for part in parts))),
        repositories=tuple(RepoVersion(name, *index.version(name)[:2]) for name in told),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one repository tells of the subject; holdings with their rank, `touches` of the files declared theirs."""

    entries: tuple[Entry, ...] = ()
    built: tuple[tuple[Rank, Holding], ...] = ()
    lost: tuple[tuple[Rank, Holding], ...] = ()
    contradictions: tuple[str, ...] = ()
    touches: tuple[tuple[str, Touch], ...] = ()
    more: int = 0  # holdings that are left out


def _part(about: About, shelf: Shelf) -> _Part:
    """One repository's part. Nothing is said of who built where its history is cut off."""
    index, paths = about.index, shelf.tree.paths
    declared = _declared(about, shelf)
    entries = tuple(
        entry(index, shelf.name, shelf.head, declaration, files, about.declared_people) for declaration, files in declared.items()
    )
    cut_off = index.version(shelf.name)[2]
    if cut_off or not (entries or _seen_in(about, shelf)):
        return _Part(entries)
    theirs = {path for files in declared.values() for path in files}
    wanted = None if about.people else theirs
    by_path: dict[str, list[Touch]] = defaultdict(list)
    inside = frozenset(paths)
    for touch in index.touches(shelf.name, wanted):
        if touch.path in inside:
            by_path[touch.path].append(touch)
    known = Holdings((touch for found in by_path.values() for touch in found), about.identities, about.now, _nameable(about, shelf))
    lost = known.lost_without(about.people)
    alone = frozenset(path for held in lost for path in held.files)
    built = _ranked(known.built_by(about.people) or known.parts_of(about.people))
    return _Part(
        entries,
        tuple(_holding(about, shelf, held, by_path, alone) for held in built[:_NAMED]),
        tuple(_holding(about, shelf, held, by_path, alone) for held in _ranked(lost)[:_NAMED]),
        tuple(_contradictions(about, declared, by_path)),
        tuple((shelf.name, touch) for path in sorted(theirs) for touch in by_path[path]),
        max(0, len(built) - _NAMED),
    )


def _declared(about: About, shelf: Shelf) -> dict[Declaration, list[str]]:
    """The entries that name the subject, each with the files it decides, most files first."""
    owners_file = about.index.owners_file(shelf.name)
    if owners_file is None or not any(about.holds(declaration) for declaration in owners_file.declarations()):
        return {}
    found = decided_by(owners_file, shelf.tree.paths, about.holds)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _seen_in(about: About, shelf: Shelf) -> bool:
    """Whether any of the people took part in this repository, so that its whole history is worth reading."""
    identities = about.index.identities((shelf.name,))
    return any(identities.last_seen(one) for person in about.people for one in about.identities.all_of(person))


def _nameable(about: About, shelf: Shelf) -> list[str]:
    """The files worth naming: sources and scripts, none of them hidden; all where there is no such file."""
    owners_file = about.index.owners_file(shelf.name)
    declaring = owners_file.files if owners_file else ()
    known = [(path, role) for path, _, role, *_ in shelf.index.files(shelf.name) if path in shelf.tree.files]
    work = [path for path, role in known if role in _NAMEABLE and not PurePosixPath(path).name.startswith(".")]
    return [path for path in work if path not in declaring] or [path for path, _ in known]


def _holding(
    about: About, shelf: Shelf, held: Held, by_path: Mapping[str, Sequence[Touch]], alone: frozenset[str]
) -> tuple[Rank, Holding]:
    place = shelf.at(held.path)
    touches = [touch for path in place.files for touch in by_path.get(path, ())]
    found = ownership(touches, about.identities, about.now)
    newest = newest_by(about.people, ((shelf.name, touch) for touch in touches), about.identities)
    theirs = [one for one in found.contributors if one.person in about.people]
    others = [one for one in found.contributors if one.person not in about.people]
    others.sort(key=lambda one: not one.around)  # those who are there first; stable, so the better ones stay in front
    holding = Holding(
        repository=shelf.name,
        path=place.label,
        files=len(held.files),
        of_files=len(held.of_files),
        share=round(sum(one.share for one in theirs), 3),
        sole=alone.issuperset(held.of_files),
        reason=_reason(theirs),
        others=tuple(owner_of(one, about.identities) for one in others[:_OTHERS]),
        url=place.url,
        latest=next((newest[person][1] for person in about.people if person in newest), ""),
    )
    return _rank(held), holding


def _ranked(found: Iterable[Held]) -> list[Held]:
    return sorted(found, key=_rank)


def _rank(held: Held) -> Rank:
    """Product code before what serves to build it, then the largest."""
    return role(f"{held.path}/" if len(held.of_files) > 1 else held.path) is not Role.SOURCE, -held.size


def _reason(theirs: Sequence[Contributor]) -> str:
    """One person's part in words, or a team's with who in it did most."""
    if len(theirs) == 1:
        return ", ".join(theirs[0].reasons)
    return "; ".join(f"{one.person.name} {', '.join(one.reasons)}" for one in theirs[:2])


def _contradictions(
    about: About, declared: Mapping[Declaration, Sequence[str]], by_path: Mapping[str, Sequence[Touch]]
) -> Iterator[str]:
    """Entries that give a person what they have not changed for long, while somebody else did most of the work."""
    person = about.subject.person
    if person is None:
        return  # the settings may not know all of a team
    for declaration, files in list(declared.items())[:_CHECKED]:
        touches = [touch for path in files for touch in by_path[path]]
        found = ownership(touches, about.identities, about.now)
        seen = max((one.last_active for one in found.contributors if one.person in about.people), default=None)
        if seen is not None and about.now - seen <= GONE:
            continue
        leader = leader_since(touches, about.identities, seen or BEGINNING, about.people)
        if leader:
            gives = f"{PurePosixPath(declaration.file).name} gives {declaration.pattern} to {person.name}"
            told = f"who last changed it {ago(seen, about.now)}" if seen else "who never changed it"
            yield f"{gives}, {told}; {leader}{' since' if seen else ''}."


def _left_out(places: int) -> tuple[str, ...]:
    return (f"{places} smaller {'place is' if places == 1 else 'places are'} left out.",) if places else ()
