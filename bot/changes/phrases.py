"""Finds the words of a question that name a period, and takes them out of it. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.changes.between import Side, last_days, period_between, period_of
from bot.changes.spelling import spelled
from bot.changes.types import Period
from indexer.times.releases import VERSION
from indexer.times.stretches import ASKED, DAY, MONTH, SHORT_WEEKDAY, SURE, TIME, WEEKDAY, YEAR, Clock, Stretch, read_stretch

_LONG = 2_000  # characters; nobody names a period behind them, and a pasted log is full of dates

_SHA = r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}"
_NOUN = r"(?:the )?(?:tag|release|version|commit|revision)"
_REVISION = rf"(?:(?:{_NOUN} )?(?:`[^`\s]{{1,100}}`|{VERSION}|{_SHA}|(?-i:HEAD)(?:[~^]\d*)*)|{_NOUN} (?=[^\s`]*\d)[\w./+~^-]*\w)"
_SIDE = rf"(?:{TIME}|{_REVISION})"
_TO = r"(?:to|until|till|through|up to|up until|-|–)"
_LATEST = r"(?:the |our )?(?:last|latest|newest|most recent|previous) (?:release|version|tag)"
_IN = r"(?:in|on|over|during|within|for|from|of|throughout|across|at)"


def find_period(text: str, clock: Clock) -> tuple[Period, str] | None:
    """The period named in a text, and the text without its words; None where there is none. QueryError for impossible dates."""
    asked = text[:_LONG]
    plain, places = spelled(asked)
    kept = [match.span() for match in _KEPT.finditer(plain)]
    for pattern, read in _PHRASES:
        for match in pattern.finditer(plain):
            if _is_quoted(match, kept):
                continue
            period = read(match, clock)
            if period is not None:
                return period, _joined(text[: places[match.start()]], text[places[match.end()] :])
    return None


def _is_quoted(match: re.Match[str], kept: list[tuple[int, int]]) -> bool:
    """Whether a match stands in quotation marks or in an address; it may hold a whole name in backticks itself."""
    first, last = match.span()
    return any(start < last and first < end and not (first <= start and end <= last) for start, end in kept)


def _joined(before: str, after: str) -> str:
    """What is left of a sentence."""
    rest = re.sub(r"\s+(?=[?!.,;:])", "", " ".join(f"{before} {after}".split()))
    return re.sub(r"^(?:[,;:.-]+\s*|and\s+)+", "", rest).strip()


# Readers of one form each; None where the words turn out to be no period


def _days(match: re.Match[str], clock: Clock) -> Period | None:
    """ "between 1 and 15 November": the first day has the month of the second."""
    rest = f"{match['month']} {match['year'] or ''}"
    return _between(f"{_number(match['a'])} {rest}", f"{_number(match['b'])} {rest}", clock)


def _range(match: re.Match[str], clock: Clock) -> Period | None:
    first, last = match["a"], match["b"]
    year = re.search(rf"\b{YEAR}$", last)
    if year and re.fullmatch(rf"{MONTH}|{DAY}(?: of)? {MONTH}|{MONTH} {DAY}", first, re.IGNORECASE):
        first = f"{first} {year.group()}"
    weekdays = all(re.fullmatch(rf"(?:last )?(?:{WEEKDAY}|{SHORT_WEEKDAY})", side, re.IGNORECASE) for side in (first, last))
    return _between(first, last, clock, weekdays=weekdays)


def _since(match: re.Match[str], clock: Clock) -> Period | None:
    base = _side(match["a"], clock)
    tip: Side | None = _side(match["b"], clock) if match["b"] else ""
    if base is None or tip is None:
        return None
    if match["how"].casefold() == "after" and not isinstance(base, str) and base.end:
        after = read_stretch(clock.day(base.end).isoformat(), clock)
        base = base if after is None or after.start >= clock.now else after
    return period_between(base, tip, clock)


def _during(match: re.Match[str], clock: Clock) -> Period | None:
    stretch = read_stretch(match["a"] or match["b"], clock)
    return None if stretch is None else period_of(stretch, clock)


def _release(match: re.Match[str], clock: Clock) -> Period | None:
    tip = _side(match["a"], clock)
    if not isinstance(tip, str):
        return None
    return Period(f"in release {tip}", tip=tip, release="in")


def _since_release(match: re.Match[str], clock: Clock) -> Period:
    return Period("since the last release", release="since")


def _latest_release(match: re.Match[str], clock: Clock) -> Period:
    return Period("in the latest release", release="in")


def _lately(match: re.Match[str], clock: Clock) -> Period:
    return last_days(7, clock)


def _between(first: str, last: str, clock: Clock, *, weekdays: bool = False) -> Period | None:
    base, tip = _side(first, clock), _side(last, clock)
    if base is None or tip is None:
        return None
    if weekdays and isinstance(base, Stretch) and isinstance(tip, Stretch) and base.start > tip.start:
        base = read_stretch((clock.day(base.start) - timedelta(days=7)).isoformat(), clock)  # "Monday to Friday", on a Tuesday
        assert base is not None
    return period_between(base, tip, clock)


def _side(text: str, clock: Clock) -> Side | None:
    stretch = read_stretch(text, clock)
    if stretch is not None:
        return stretch
    if not re.fullmatch(_REVISION, text, re.IGNORECASE):
        return None
    return re.sub(rf"^{_NOUN} ", "", text, flags=re.IGNORECASE).strip("`")


def _number(day: str) -> str:
    return re.sub(r"\D", "", day)


def _phrases() -> Iterator[tuple[str, Callable[[re.Match[str], Clock], Period | None]]]:
    days = rf"(?P<a>{DAY}) ?(?:and|{_TO}) ?(?P<b>{DAY})"
    yield rf"(?P<a>{_REVISION})\.\.\.?(?P<b>{_REVISION})", _range
    yield rf"(?:(?:between|from|{_IN}) )?{days}(?: of)? (?P<month>{MONTH}),?(?: (?P<year>{YEAR}))?", _days
    yield rf"(?:(?:between|from|{_IN}) )?(?P<month>{MONTH}) {days}(?:,? (?P<year>{YEAR}))?", _days
    yield rf"between (?P<a>{_SIDE}) and (?P<b>{_SIDE})", _range
    yield rf"from (?P<a>{_SIDE}) {_TO} (?P<b>{_SIDE})", _range
    upcoming = r"(?:in|for|with|by) (?:the |our )?(?:next|upcoming|coming) (?:release|version)"
    yield rf"(?:since|after) {_LATEST}|{upcoming}", _since_release
    yield rf"(?:(?:in|with|by|of|for) )?{_LATEST}", _latest_release
    yield rf"(?P<how>since|after|starting) (?P<a>{_SIDE})(?: (?:{_TO}|and (?:before|until)) (?P<b>{_SIDE}))?", _since
    yield rf"(?:{_IN} )?(?P<a>{SURE})|{_IN} (?P<b>{ASKED})", _during
    yield rf"(?:in|with|by|of|for|from) (?P<a>{_REVISION})(?! (?:of|api|endpoints?)\b)", _release
    yield r"recently|lately|of late|these days|nowadays", _lately


_KEPT = re.compile(r'`[^`]*`|"[^"]*"|“[^”]*”|\w+://\S+')
_PHRASES = tuple(
    (re.compile(rf"(?<![\w/.@#:-])(?:{pattern})(?:['’]s)?(?![\w/@#]|[.:-]\w)", re.IGNORECASE), read)
    for pattern, read in _phrases()
)
