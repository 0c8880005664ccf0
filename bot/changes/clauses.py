"""What to look at twice, in words: one clause for each flag and for what stands against the history, with what shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.changes.why import largest_of
from bot.render.screen import counted, listed
from bot.told import Line, Shows
from indexer.changes.types import Against, Flag, FlagKind, Fragile, Missing, Newcomer, Rated

LARGE = 3.0  # times what is usual, from which size is a surprise
_FAR = 20  # times, beyond which the number itself says little
_TESTED = 0.5  # of the earlier stories, from which a missing test is one
_LEAST_SOURCE = 5  # lines; fewer need no test
_LONGEST = 60  # characters of a value or signature
_PLACES = 3  # cited for one clause

_SUBJECTS, _SIGNATURES, _NAMES = 3, 2, 4
_FIRST = 2  # flags before what is missing, which few look for themselves
_MORE = re.compile(r"\band (\d+) more\b")
_TOGETHER = frozenset({FlagKind.API_REMOVED, FlagKind.DEPENDENCY_NEW, FlagKind.DEPENDENCY_REMOVED, FlagKind.DELETION})
_READ = frozenset({FlagKind.API_REMOVED, FlagKind.API_CHANGED, FlagKind.SCHEMA, FlagKind.DEFAULT})  # by their syntax

LOOK, MISSING, RISK, SIZE, TOUCHES = "Look twice", "Missing", "Risk", "Size", "Touches"


def flag_lines(repo: str, flags: Sequence[Flag], *, brief: bool = False) -> tuple[Line, ...]:
    """One line for each flag, in their order; those of one kind that differ by their subject alone are one.

    `brief` leaves out how something is called before and after, which is for those who look closer.
    """
    groups = _grouped(flags, brief=brief)
    return tuple(Line(LOOK, _clause(group, brief=brief), _shown(repo, group)) for group in groups)


def missing_lines(repo: str, rated: Rated, against: Against) -> tuple[Line, ...]:
    """What usually goes with such a change and did not."""
    lines = [Line(MISSING, _missing(one), tuple(Shows(repo, sha) for sha in one.latest[:_PLACES])) for one in against.missing]
    if untested := _untested(rated, against):
        lines.append(Line(MISSING, untested, commits(repo, rated)))
    return tuple(lines)


def risk_lines(repo: str, rated: Rated, against: Against) -> tuple[Line, ...]:
    """Fragile files, and people for whom a place is new."""
    fragile = [Line(RISK, _fragile(one), tuple(Shows(repo, sha) for sha in one.latest_fixes[:_PLACES])) for one in against.fragile]
    new = [Line(RISK, text, commits(repo, rated)) for text in _newcomers(against)]
    return (*fragile, *new)


def size_line(repo: str, rated: Rated, against: Against, *, compared: bool = True) -> Line:
    """How large it is, and, unless it is not to be `compared`, against what is usual for its main area."""
    size, usual = rated.size, against.usual
    if size.source:
        told = f"{counted(size.source, 'line')} of source in {counted(size.files, 'file')}"
    else:
        told = f"{counted(size.added + size.deleted, 'line')} in {counted(size.all_files, 'file')}, none of them source"
    if usual is not None:
        told += f"; {_times(usual.times)} what is usual for {name(usual.area)}"
        told += f" ({counted(usual.usual, 'line')}, by {usual.stories:,} earlier changes)"
    elif size.source and compared:
        told += "; too little history to say what is usual here"
    return Line(SIZE, told, commits(repo, rated))


def touches_line(repo: str, rated: Rated, against: Against) -> Line | None:
    """Which systems it touches; None where that is a matter of course."""
    if not against.areas:
        return None
    told = listed([name(area) for area in against.areas], 5)
    if against.areas_usually is not None and len(against.areas) > max(1, against.areas_usually):
        told += f"; usually {'one' if against.areas_usually <= 1 else against.areas_usually}"
    return Line(TOUCHES, told, commits(repo, rated))


def surprises(rated: Rated, flags: Sequence[Flag], against: Against) -> tuple[str, ...]:
    """The same as short clauses, what weighs most first: two flags, what is missing, the other flags, size, spread, risk."""
    return tuple(_surprises(rated, flags, against))


def _surprises(rated: Rated, flags: Sequence[Flag], against: Against) -> Iterator[str]:
    clauses = [_clause(group, brief=True) for group in _grouped(flags, brief=True)]
    yield from clauses[:_FIRST]
    yield from (_missing(one) for one in against.missing)
    yield from clauses[_FIRST:]
    if against.usual is not None and against.usual.times >= LARGE:
        yield f"{_times(against.usual.times)} what is usual for {name(against.usual.area)}"
    if against.areas_usually is not None and len(against.areas) >= max(3, 2 * against.areas_usually):
        usually = "one" if against.areas_usually <= 1 else str(against.areas_usually)
        yield f"touches {listed([name(area) for area in against.areas], 4)}; usually {usually}"
    if untested := _untested(rated, against):
        yield untested
    yield from (_fragile(one) for one in against.fragile)
    yield from _newcomers(against)


def commits(repo: str, rated: Rated) -> tuple[Shows, ...]:
    """The first commits of a story, and the one that does most, as what shows a line."""
    story = rated.story
    first, largest = story.commits[:_PLACES], largest_of(story)
    if largest is not None and largest not in first:
        first = (*first[:-1], largest)
    return tuple(Shows(repo, commit.sha) for commit in first)


def name(area: str) -> str:
    """An area as code; "" is the top folder."""
    return code(area) if area else "the top folder"


def code(text: str) -> str:
    """Anybody's text as code, which cannot leave its backticks."""
    return f"`{_short(text)}`"


def _grouped(flags: Sequence[Flag], *, brief: bool = False) -> list[list[Flag]]:
    """Two signatures that changed are each told as they were and are, unless in brief; more of them are not."""
    many = brief or sum(flag.kind is FlagKind.API_CHANGED for flag in flags) > _SIGNATURES
    together = _TOGETHER | {FlagKind.API_CHANGED} if many else _TOGETHER
    groups: dict[object, list[Flag]] = {}
    for flag in flags:
        groups.setdefault(flag.kind if flag.kind in together else flag, []).append(flag)
    return list(groups.values())


def _clause(flags: Sequence[Flag], *, brief: bool = False) -> str:
    """One clause for flags of one kind."""
    first = flags[0]
    if len(flags) == 1:
        return _flag(first, brief=brief)
    versioned = first.kind is FlagKind.DEPENDENCY_NEW
    subjects = [code(flag.subject) + (f" {_short(flag.after)}" if versioned and flag.after else "") for flag in flags]
    more = len(subjects[_SUBJECTS:]) + sum(int(found[1]) for flag in flags if (found := _MORE.search(flag.detail)))
    shown = listed([*subjects[:_SUBJECTS], *([f"{more} more"] if more else [])], _SUBJECTS + 1)
    match first.kind:
        case FlagKind.API_REMOVED:
            return f"takes {shown} away from what others may call"
        case FlagKind.API_CHANGED:
            was, now = _differing(first.before, first.after)
            example = f", {code(first.subject)} from `{was}` to `{now}`" if was and now and not brief else ""
            return f"changes how {shown} are called{example}"
        case FlagKind.DEPENDENCY_NEW:
            return f"new dependencies {shown}"
        case FlagKind.DEPENDENCY_REMOVED:
            return f"no longer needs {shown}"
        case _:
            return f"deletes {shown}"


def _flag(flag: Flag, *, brief: bool = False) -> str:
    """One clause."""
    subject, before, after = code(flag.subject), _short(flag.before), _short(flag.after)
    aside = f" ({flag.detail})" if flag.detail else ""
    match flag.kind:
        case FlagKind.BREAKING:
            return "marked as breaking by its author"
        case FlagKind.REVERT:
            return f"takes back an earlier change: “{_short(flag.subject, 90)}”" if flag.subject else "takes back an earlier change"
        case FlagKind.SCHEMA:
            return f"changes the database: {flag.detail or 'migration'} {subject}"
        case FlagKind.API_REMOVED:
            return f"takes {subject} away from what others may call{aside}"
        case FlagKind.API_CHANGED:
            was, now = _differing(flag.before, flag.after)
            return f"changes how {subject} is called{aside}" + (f": `{was}` is now `{now}`" if was and now and not brief else "")
        case FlagKind.DEPENDENCY_NEW:
            return f"new dependency {subject}" + (f" {after}" if after else "") + aside
        case FlagKind.DEPENDENCY_REMOVED:
            return f"no longer needs {subject}" + (f" {before}" if before else "") + aside
        case FlagKind.DEPENDENCY_CHANGED:
            return f"dependency {subject} from {before} to {after}{aside}" if before and after else f"dependency {subject} changed{aside}"
        case FlagKind.DEFAULT:
            change = f" from `{before}` to `{after}`" if before and after else ""
            return f"changes the default of {subject}{change}{aside}"
        case FlagKind.SECURITY:
            return f"touches security: {subject}{aside}"
        case FlagKind.MONEY:
            return f"touches money: {subject}{aside}"
        case FlagKind.DELETION:
            return f"deletes {subject}{aside}"


def _differing(before: str, after: str) -> tuple[str, str]:
    """What of two long signatures is not the same, "…" for the rest."""
    if max(len(before), len(after)) <= _LONGEST:
        return _short(before), _short(after)
    was, now = (re.split(r",\s*", " ".join(text.split())) for text in (before, after))
    front = next((at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), min(len(was), len(now)))
    back = 0
    while back < min(len(was), len(now)) - front and was[-1 - back] == now[-1 - back]:
        back += 1
    return tuple(_short(_middle(parts, front, back)) for parts in (was, now))  # type: ignore[return-value]


def _middle(parts: Sequence[str], front: int, back: int) -> str:
    middle = ", ".join(parts[front : len(parts) - back])
    return ", ".join(part for part in ("…" if front else "", middle, "…" if back else "") if part)


def _missing(one: Missing) -> str:
    return f"{code(one.usual)} usually changes with {code(one.with_)} ({one.together} of {one.of} times), and did not"


def _untested(rated: Rated, against: Against) -> str:
    if rated.size.tests or rated.size.source < _LEAST_SOURCE or against.tests_usually is None:
        return ""
    tested, of = against.tests_usually
    if not of or tested / of < _TESTED:
        return ""
    return f"no test changed; {tested} of {of} earlier changes here came with one"


def _fragile(one: Fragile) -> str:
    by = f" by {counted(one.authors, 'person', 'people')}" if one.authors > 1 else ""
    mended = f"{counted(one.fixes, 'fix', 'fixes')} among {counted(one.changes, 'change')} in a year{by}"
    return f"{code(one.path)} needs mending often: {mended}"


def _newcomers(against: Against) -> list[str]:
    """A clause for each area: one person with what they did elsewhere, several by name."""
    by_area: dict[str, list[Newcomer]] = {}
    for one in against.newcomers:
        by_area.setdefault(one.area, []).append(one)
    weak = ", where mending is frequent" if against.fragile else ""
    told = []
    for area, new in by_area.items():
        who = listed([one.person.name for one in new], _NAMES)
        earlier = f"they made {counted(new[0].earlier, 'change')} elsewhere before" if new[0].earlier else "their first change of all"
        told.append(f"first change of {name(area)} by {who}{weak}" + (f" ({earlier})" if len(new) == 1 else ""))
    return told


def _times(times: float) -> str:
    if times > _FAR:
        return f"more than {_FAR} times"
    if times >= 1.75:
        return f"{times:,.0f} times"
    return "less than half of" if times < 0.5 else "about"


def _shown(repo: str, flags: Sequence[Flag]) -> tuple[Shows, ...]:
    """All places of one flag, a place for each of several; with what was read there, which its line may name in part only."""
    places = [(flag, place) for flag in flags for place in (flag.places if len(flags) == 1 else flag.places[:1])]
    return tuple(
        Shows(repo, place.commit, place.path, place.line, flag.subject if flag.kind in _READ else "")
        for flag, place in places[:_PLACES]
    )


def _short(text: str, longest: int = _LONGEST) -> str:
    text = " ".join(text.replace("`", "'").split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
