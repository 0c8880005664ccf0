"""A report in words: one line each for what is declared, who built it and whom to ask now, then what to be careful about.

The lines are Markdown; terminal and Slack only lay them out. `person` says how somebody is written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from bot.answers.types import Owner
from bot.owners.types import Declared, Holding, OwnersReport, Place, PlaceKind, PlaceReport, Subject, SubjectReport
from bot.render.screen import counted, listed
from bot.told import Line, Shows
from indexer.types import Sureness

Written = Callable[[Owner], str]

_ENTRIES = 3  # of a file's entries, for places that several of them share
_NAMES = 4  # of one entry
_FILES = 3  # named of an area
_HOLDINGS = 5
_NOTHING_BUILT = "nothing of which they did a main part"
_NOBODY_KNOWN = "not known: no commit tells who that is. An entry under [[people]] in the settings can"
_SOME = 0.1  # the share from which a second person is worth naming beside a likely first


def by_name(owner: Owner) -> str:
    """How a terminal writes somebody."""
    return owner.name


def lines(report: OwnersReport, person: Written = by_name, *, ask_first: bool = False) -> tuple[Line, ...]:
    """The report, line by line, in the order to be read; with `ask_first`, whom to ask comes before who is declared and built it."""
    told = _place_lines(report, person, ask_first) if isinstance(report, PlaceReport) else _subject_lines(report, person)
    return (*told, *_alternatives(report), *(Line("Note", notice) for notice in report.notices))


def place_name(place: Place) -> str:
    """A place as people call it, as code."""
    return f"all of {place.repository}" if place.kind is PlaceKind.REPOSITORY else f"`{place.label}`"


# places


def _place_lines(report: PlaceReport, person: Written, ask_first: bool) -> Iterator[Line]:
    yield Line("", _headline(report))
    if not report.resolved.places:
        return
    declared = tuple(_declared_lines(report, person))
    asked, built = _commits(report.ask), _commits(builders(report))
    if ask_first:
        yield Line("Ask now", _ask(report, person, known=()), asked)
        yield from (*declared, Line("Built it", _built(report, person, known=report.ask), built))
    else:
        yield from (*declared, Line("Built it", _built(report, person, known=()), built))
        yield Line("Ask now", _ask(report, person, known=builders(report)), asked)
    against = (*_entries(report.declared[:2]), *asked[:1], *built[:1])
    yield from (Line("Careful", sentence, against) for sentence in report.contradictions)
    if risk := _risk(report):
        yield Line("Risk", risk, built)


def _headline(report: PlaceReport) -> str:
    places = report.resolved.places
    topic = report.resolved.topic or report.query
    if not places:
        return f"Nothing here is called “{topic}”."
    names = listed([place_name(place) for place in places], _FILES)
    of_repo = "" if places[0].kind is PlaceKind.REPOSITORY else f" in {listed(list(dict.fromkeys(p.repository for p in places)), 3)}"
    files = {(place.repository, path) for place in places for path in place.files}
    size = f", {len(files):,} files" if len(files) > 1 else ""
    if report.resolved.guessed:
        return f"I took “{topic}” for {names}{of_repo}{size}{_which_files(places)}."
    return f"{names}{of_repo}{size}"


def _which_files(places: Sequence[Place]) -> str:
    """The files of an area, which its label alone does not tell."""
    files = [path for place in places if place.kind is PlaceKind.AREA for path in place.files]
    shown = [PurePosixPath(path).name for path in files]
    labels = {place.label for place in places}
    if len(files) < 2 or labels == set(files):
        return ""
    return ": " + listed([f"`{name}`" for name in dict.fromkeys(shown)], _FILES)


def _declared_lines(report: PlaceReport, person: Written) -> Iterator[Line]:
    if not report.declared:
        where = listed([f"`{file}`" for file in report.declaring], 2)
        yield Line("Declared", f"nobody: {where} {'has' if len(report.declaring) == 1 else 'have'} no entry for it" if where else "nobody")
        return
    several = len(report.declared) > 1 or bool(report.undeclared)
    for entry in report.declared[:_ENTRIES]:
        yield Line("Declared", _entry(entry, person, several=several), _entries([entry]))
    rest = len(report.declared) - _ENTRIES
    if rest > 0:
        yield Line("Declared", f"and {rest} more {'entry' if rest == 1 else 'entries'}")
    if report.undeclared:
        yield Line("Declared", f"nobody for {counted(report.undeclared, 'file')}")


def _entry(entry: Declared, person: Written, *, several: bool) -> str:
    if entry.owners:
        who = listed([_named(owner, person) for owner in entry.owners], _NAMES)
    else:
        who = "deliberately nobody"
    section = f", section {entry.section}" if entry.section else ""
    status = f", status “{entry.status}”" if entry.status and entry.status.lower() not in ("maintained", "supported") else ""
    needed = f", {entry.approvals} approvals needed" if entry.approvals and entry.approvals > 1 else ""
    optional = ", optional" if entry.optional else ""
    where = _link(f"{entry.file} line {entry.line}", entry.url)
    covers = f" for {counted(entry.files, 'file')}" if several else ""
    return f"{who}{covers} ({where}, `{entry.pattern}`{section}{status}{needed}{optional})"


def _named(owner: Owner, person: Written) -> str:
    role = {"team": "team ", "role": "everybody with the role "}.get(owner.kind, "")
    return f"{role}{person(owner)}"


def builders(report: PlaceReport) -> tuple[Owner, ...]:
    """Whom the line on who built it names: the first alone where it is likely them, up to three where several share it."""
    if report.sureness is Sureness.UNCLEAR:
        return report.built[:3]
    others = [one for one in report.built[1:2] if report.sureness is Sureness.MAYBE or one.share >= _SOME]
    return (*report.built[:1], *others)


def _built(report: PlaceReport, person: Written, known: Sequence[Owner]) -> str:
    told = _told(builders(report), person, known)
    if not told:
        return "no commit of a person tells who"
    if report.sureness is Sureness.UNCLEAR:
        return f"not clear, several share it: {told}" if len(report.built) > 1 else f"little tells who: {told}"
    return f"{'likely' if report.sureness is Sureness.LIKELY else 'probably'} {told}"


def _ask(report: PlaceReport, person: Written, known: Sequence[Owner]) -> str:
    told = _told(report.ask, person, known)
    if not told:
        return "nobody: no commit of a person touches it"
    if report.nobody_active:
        quiet = "nobody at all" if report.quiet_since else "nobody who worked on it"
        return f"{told}; {quiet} was active in the last 6 months"
    return f"{told}; nobody changed it in the last 6 months, but they are still at work elsewhere" if report.quiet else told


def _told(owners: Sequence[Owner], person: Written, known: Sequence[Owner]) -> str:
    """People with their reasons; those told of before (`known`) by name only."""
    before = {(one.name, one.email) for one in known}
    return "; ".join(person(one) if (one.name, one.email) in before else _with_reasons(one, person) for one in owners)


def _with_reasons(owner: Owner, person: Written) -> str:
    shown = f" ({_link(f'commit {owner.latest[:7]}', owner.latest_url)})" if owner.latest else ""
    return f"{person(owner)}: {', '.join(owner.reasons)}{shown}" if owner.reasons else person(owner)


def _risk(report: PlaceReport) -> str:
    if not report.built:
        return ""
    first = report.built[0]
    if report.quiet_since:
        return f"all of it is at rest: the newest change is of {report.quiet_since:%B %Y}"
    if report.nobody_active:
        return "nobody who worked on it is active any more"
    if report.bus_factor == 1 and not first.active:
        return "bus factor 1, and the one is gone: most of it was written by somebody who is not active any more"
    if report.bus_factor == 1:
        return "bus factor 1: if one person left, half of it or more would have nobody who wrote it"
    return ""


# people and teams


def _subject_lines(report: SubjectReport, person: Written) -> Iterator[Line]:
    who = report.who
    commits = _commits(holding for holding in report.built[:1])
    yield Line("", person(who) + (f": {', '.join(who.reasons)}" if who.reasons else ""), commits or _entries(report.declared[:1]))
    entries = report.declared[:_HOLDINGS]
    for entry in entries:
        pattern = f"`{entry.pattern}`" + (f" in {entry.section}" if entry.section else "")
        where = _link(f"{entry.file} line {entry.line}", entry.url)
        yield Line("Declared", f"{pattern}, {counted(entry.files, 'file')} ({where})", _entries([entry]))
    if len(report.declared) > len(entries):
        rest = len(report.declared) - len(entries)
        yield Line("Declared", f"and {rest} more {'entry' if rest == 1 else 'entries'}")
    if not entries:
        yield Line("Declared", "no file declares them an owner of anything")
    yield from (Line("Built", _holding(holding), _commits([holding])) for holding in report.built[:_HOLDINGS])
    if who.kind == "person" and not report.built:
        yield Line("Built", _NOTHING_BUILT if report.resolved.subject and report.resolved.subject.person else _NOBODY_KNOWN)
    for holding in report.lost[:_HOLDINGS]:
        yield Line("Would be lost" if who.active else "Lost with them", _lost(holding, person), _commits([holding]))
    if report.members:
        at_work = report.members[:3]
        yield Line("Works on it", "; ".join(_with_reasons(one, person) for one in at_work), _commits(at_work))
    against = (*_entries(report.declared[:2]), *commits)
    yield from (Line("Careful", sentence, against) for sentence in report.contradictions)


def _holding(holding: Holding) -> str:
    of_files = f" ({holding.files} of {counted(holding.of_files, 'file')})" if holding.of_files > 1 else ""
    return f"{_link(f'`{holding.path}`', holding.url)}{of_files}: {holding.reason}"


def _lost(holding: Holding, person: Written) -> str:
    others = [person(one) for one in holding.others[:2]]
    closest = f"; the closest {'is' if len(others) == 1 else 'are'} {listed(others, 2)}" if others else "; nobody else worked on it"
    return f"{_link(f'`{holding.path}`', holding.url)}: nobody else who is active knows it{closest}"


# both


def _entries(entries: Iterable[Declared]) -> tuple[Shows, ...]:
    return tuple(Shows(one.repository, path=one.file, line=one.line) for one in entries)


def _commits(parts: Iterable[Owner | Holding]) -> tuple[Shows, ...]:
    """The newest commits that show somebody's part."""
    told = ((one.latest_in if isinstance(one, Owner) else one.repository, one.latest) for one in parts if one.latest)
    return tuple(Shows(repo, commit=sha) for repo, sha in dict.fromkeys(told))


def _alternatives(report: OwnersReport) -> Iterator[Line]:
    found = report.resolved.alternatives
    if not found:
        return
    shown = listed([_alternative(one) for one in found], 3)
    known = bool(report.resolved.places or report.resolved.subject)
    yield Line("Or did you mean" if known else "Nearest", shown)


def _alternative(one: Place | Subject) -> str:
    if isinstance(one, Place):
        return place_name(one)
    return one.person.name if one.person else one.holder.text


def _link(label: str, url: str | None) -> str:
    return f"[{label}]({url})" if url else label
