"""Finds when something happened by the words of a question about history: a time, or releases of the project. Pure functions.

Unlike what `docent changes` is asked, such a question speaks of many other things, of numbers and versions of other things among
them; so what counts is what a word such as "in", "since" or "before" introduces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from indexer.errors import QueryError
from indexer.times.stretches import COUNT, MONTH, SURE, WEEKDAY, YEAR, Clock, Stretch, range_label, read_stretch

How = Literal["in", "since", "after", "before", "between"]

_LONG = 2_000  # characters; nobody names a time behind them, and a pasted log is full of dates


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A time that a question names, and how: in it, since it began, after or before it, or from it to the end of another one, which
    `stretch` then spans. `label` says it in plain words ("since July 2023"), `words` are the question's own."""

    how: How
    stretch: Stretch
    label: str
    words: str

    @property
    def has_year(self) -> bool:
        """Whether the words hold a year, which hardly anything but the past is asked about with."""
        return bool(_HAS_YEAR.search(self.words))


@dataclass(frozen=True, slots=True)
class AskedRelease:
    """A release that a question names by its number ("3.2"; "" for the latest one), and `last` where it is between two.

    `sure` says that its words leave no doubt that a release is meant ("since the 3.2 release").
    """

    how: How
    first: str
    last: str
    words: str
    sure: bool


def asked_when(text: str, clock: Clock, names: Collection[str] = ()) -> AskedTime | AskedRelease | None:
    """When what a question asks about happened, by its words; None where it does not say. Times go before releases.

    `names` are what the project is called. What is no possible date, or still to come, is taken for no time at all.
    """
    plain = " ".join(_KEPT.sub(" ¤ ", text[:_LONG]).split())
    for pattern, how in _TIMES:
        for match in pattern.finditer(plain):
            found = _time(match, how, clock)
            if found is not None:
                return found
    called = "|".join(re.escape(name) for name in names)
    numbered = re.sub(rf"\b(?:{called}) (?=v?\d)", "version ", plain, flags=re.IGNORECASE) if called else plain
    return next(_releases(numbered), None)


def _time(match: re.Match[str], how: How, clock: Clock) -> AskedTime | None:
    parts = match.groupdict()
    begun = parts["a"]
    if how == "between" and (year := _ENDS_ON_YEAR.search(parts["b"])) and not _HAS_YEAR.search(begun):
        begun = f"{begun} {year.group()}"
    try:
        first = read_stretch(begun, clock)
        last = read_stretch(parts["b"], clock) if how == "between" else None
    except QueryError:
        return None
    if first is None or first.start >= clock.now or first.label in _NOW or (how == "between" and last is None):
        return None
    words = match.group()
    if last is not None:
        return _range(first, last, words, clock)
    if parts.get("ago"):
        first = _around(first, clock)
    if parts.get("about"):
        first = replace(first, loose=True)
    label = first.label if how == "in" else f"{how} {first.name if first.point else _bare(first)}"
    return AskedTime(how, first, label, words)


def _range(first: Stretch, last: Stretch, words: str, clock: Clock) -> AskedTime | None:
    end = last.end if last.end and last.end < clock.now else None
    if end is not None and first.start >= end:
        return None
    label = range_label(first.start, end, clock) if end else f"since {first.name}"
    return AskedTime("between", replace(first, end=end, label=label, point=False), label, words)


def _around(point: Stretch, clock: Clock) -> Stretch:
    """ "Two years ago" is some time around then: a quarter of the distance to either side, and a day at least."""
    reach = max((clock.now - point.start) / 4, timedelta(days=1))
    start, end = (clock.midnight(clock.day(moment)) for moment in (point.start - reach, point.start + reach + timedelta(days=1)))
    return replace(point, start=start, end=min(end, clock.now), label=range_label(start, end, clock), point=False, loose=True)


def _bare(stretch: Stretch) -> str:
    """A stretch's label without its preposition, to follow another one."""
    return re.sub(r"^(?:in|on|over|at) ", "", stretch.label)


def _releases(plain: str) -> Iterator[AskedRelease]:
    for pattern, how in _RELEASES:
        for match in pattern.finditer(plain):
            parts = match.groupdict()
            if _OF_OTHERS.match(plain, match.end()) or _RUNS_ON.search(plain[: match.start()]):
                continue
            first, last = (parts.get(group) or parts.get(f"{group}_") or "" for group in "ab")
            yield AskedRelease(how, first, last, match.group(), bool(_RELEASE.search(match.group())))


# The words

_HAS_YEAR, _ENDS_ON_YEAR = re.compile(rf"\b{YEAR}\b"), re.compile(rf"\b{YEAR}$")
_NOW = ("today", "this morning")  # "how is it done today" asks about no day
_KEPT = re.compile(r'`[^`]*`|"[^"]*"|“[^”]*”|\w+://\S+')
_SINCE = r"(?:since|starting (?:in|with|from)|beginning (?:in|with)|as of|as from)"
_BEFORE = r"(?:before|prior to|until|till|up to|up until|earlier than)"
_AFTER = r"(?:after|later than|following)"
_TO = r"(?:to|until|till|through|up to|–|-)"
_ABOUT = r"(?:(?P<about>around|about|roughly|approximately|circa|some time in|sometime in) (?:the )?)?"
# "in 2000 requests" and "after 1970 ms" count something
_YEAR = (
    rf"{YEAR}(?![.,]?\d|%)(?! (?!this\b|was\b|is\b|as\b|has\b|does\b|its\b|always\b)[a-z]+s\b)"
    r"(?! (?:ms|px|km|[kmg]i?b|or more|more|different)\b)"
)
_DATED = rf"(?:{SURE}|Q[1-4](?: {YEAR})?|{_YEAR}|{MONTH}(?! \w+ (?:be|not)\b)|{WEEKDAY})"
_LENGTH = rf"{COUNT} (?:day|week|month|year|fortnight)s?"

_VERSION = (
    r"(?:the |our )?(?:(?:release|version) v?(?P<{0}_>\d{{1,4}}(?:\.\d{{1,6}}){{0,3}})(?:\.x\b)?"
    r"|v?(?P<{0}>\d{{1,4}}(?:\.\d{{1,6}}){{1,3}}(?:[-.]?(?:rc|alpha|beta|[ab])[-.]?\d+)?|(?<=v)\d{{1,4}}|\d{{1,3}}(?=\.x\b))(?:\.x\b)?"
    r"(?: (?:release|version|series|line)\b)?)"
)
_A, _B = _VERSION.format("a"), _VERSION.format("b")
_LATEST = r"(?:the |our )(?:last|latest|newest|most recent) (?:release|version)\b"
_RELEASE = re.compile(r"\b(?:release|version)\b", re.IGNORECASE)
# "version 3.7 of the language", "support for 3.7", "runs on 3.7" are of something else
_OF_OTHERS = re.compile(
    r" (?:of|for) (?!(?:(?:the|this|our) )?(?:tool|project|library|app|application|program|package|product|software|code)\b|it\b|us\b)"
    r"|[\w%]| ?(?:ms|seconds?|minutes?|hours?|days?|percent|times|[kmg]i?b|mm|px|of)\b",
    re.IGNORECASE,
)
_RUNS_ON = re.compile(
    r"\b(?:support(?:s|ed|ing)?|work(?:s|ed|ing)?|compatib\w+|run(?:s|ning)?|requir\w+|needs?|supports) (?:\w+ )?$", re.IGNORECASE
)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.@#/-])(?:{pattern})(?:['’]s)?(?![\w/@#]|[.:-]\w)", re.IGNORECASE)


_TIMES: tuple[tuple[re.Pattern[str], How], ...] = tuple(
    (_whole(pattern), how)  # type: ignore[misc]
    for pattern, how in (
        (rf"between (?P<a>{_DATED}) and (?P<b>{_DATED})", "between"),
        (rf"from (?P<a>{_DATED}) {_TO} (?P<b>{_DATED})", "between"),
        (rf"{_SINCE} {_ABOUT}(?P<a>{_DATED}|{_LENGTH}(?: ago)?)", "since"),
        (rf"{_BEFORE} {_ABOUT}(?P<a>{_DATED})", "before"),
        (rf"{_AFTER} {_ABOUT}(?P<a>{_DATED})", "after"),
        (rf"{_ABOUT}(?P<a>{_LENGTH} (?P<ago>ago|back))", "in"),
        (rf"(?:in|during|over|within|throughout|of|from|on|at|back in|by) {_ABOUT}(?P<a>{_DATED})", "in"),
        (rf"{_ABOUT}(?P<a>{SURE})", "in"),
    )
)
_RELEASES: tuple[tuple[re.Pattern[str], How], ...] = tuple(
    (re.compile(rf"(?<![\w.@#/-])(?:{pattern})(?![\w-])(?!\.\d)", re.IGNORECASE), how)  # type: ignore[misc]
    for pattern, how in (
        (rf"between {_A} and {_B}", "between"),
        (rf"from {_A} {_TO} {_B}", "between"),
        (rf"(?:since|after) {_LATEST}", "after"),
        (rf"(?:in|with|by|of) {_LATEST}", "in"),
        (rf"{_SINCE} {_A}", "since"),
        (rf"from {_A} on(?:wards?)?\b", "since"),
        (rf"{_BEFORE} {_A}", "before"),
        (rf"{_AFTER} {_A}", "after"),
        (rf"in {_A}", "in"),
        (rf"(?:with|of|by) (?=(?:the |our )?(?:(?:release|version) |v?[\d.]+ release\b)){_A}", "in"),
    )
)
