"""Reads one expression of time ("yesterday", "2w", "November 2026") as the stretch of time it means. Pure functions.

A grammar of our own, for it has to be bounded: general date readers take "may" and "the sun" for dates, and know no stretches.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from indexer.errors import QueryError

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "a couple of": 2, "three": 3, "few": 3, "a few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_UNITS = {
    "h": "hour", "hr": "hour", "d": "day", "w": "week", "wk": "week", "mo": "month", "mth": "month", "y": "year", "yr": "year",
}  # fmt: skip
_WORDS_FOR_1 = {"hour": "hour", "day": "24 hours", "week": "7 days", "fortnight": "14 days"}

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
SHORT_WEEKDAY = r"mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
COUNT = rf"(?:\d{{1,4}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"
UNIT = r"(?:hours?|hrs?|days?|fortnights?|weeks?|wks?|months?|mths?|mos?|years?|yrs?|[hdwy])"
PART = r"(?:morning|afternoon|evening|night)"
_NTH = r"(?:st|nd|rd|th)?"
YEAR = r"(?:19[7-9]\d|20\d\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3\d)"  # up to 39, so that "32 May" is told to be none
DAY = rf"(?:the )?{_DAY}{_NTH}"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # the month each begins with, north of the equator
_SEASON = rf"(?:{'|'.join(_SEASONS)})"
_PARTS = {  # how it is said, which third of a month, and which months of a year: the first one, and how many
    "early": ("in early", 0, 1, 4), "beginning": ("at the beginning of", 0, 1, 3), "start": ("at the start of", 0, 1, 3),
    "mid": ("in mid", 1, 5, 4), "middle": ("in the middle of", 1, 5, 4),
    "late": ("in late", 2, 9, 4), "end": ("at the end of", 2, 10, 3),
}  # fmt: skip
_EDGE = rf"(?:the )?(?:very )?(?:{'|'.join(_PARTS)})(?: part)?"
_CLOCK = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:\s?(?:Z|[+-]\d{2}:?\d{2}))?"

DATE = (
    rf"(?:{YEAR}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?|{DAY}(?: of)? {MONTH}(?:,? {YEAR})?"
    rf"|{MONTH} {DAY}(?:,? {YEAR})?|{MONTH}(?: of)? {YEAR}|{YEAR}[-/]\d\d(?:/\d\d)?)"
)
LOOSE = (  # no exact times
    rf"(?:{_EDGE}[ -](?:of |in )?(?:{MONTH} )?{YEAR}|(?:the )?{_SEASON}(?: of|,)? {YEAR}(?:[/-]\d\d)?|(?:last|this) {_SEASON}"
    rf"|(?:the )?(?:first|second) half of {YEAR})"
)
SURE = (  # times, whatever stands before them
    rf"(?:(?:earlier )?today|yesterday(?: {PART})?|this {PART}|the (?:last|previous) quarter"
    rf"|(?:earlier )?(?:this|last|previous) (?:week|month|quarter|year)(?: so far)?|(?:the )?(?:last|past) {COUNT} {UNIT}"
    rf"|(?:the last|(?:the |this )?past) {UNIT}|last (?:{WEEKDAY})(?: {PART})?|(?:last|this|the past|this past) weekend"
    rf"|{LOOSE}|{DATE})"
)
ASKED = rf"(?:{MONTH}|Q[1-4](?: {YEAR})?|{YEAR}|the weekend|(?:{WEEKDAY}|{SHORT_WEEKDAY})(?: {PART})?|{COUNT} {UNIT}(?: ago)?)"
TIME = rf"(?:{SURE}|{ASKED})"
"""A stretch of time where it stands in a text: times, whatever stands before them, and what is one after a word such as "in"."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` to `end` (exclusive, None: it is not over), both in UTC. `label` says when something happened ("last week",
    "in July 2026"), `name` is what its start is called after "since". Of a `point` ("a day ago", a time of day) only the
    start was named. Where it is `loose` ("in early 2021", "in spring 2018") nobody would swear to its ends."""

    start: datetime
    end: datetime | None
    label: str
    name: str
    point: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Now, as people in a zone see it."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """When a day begins, in UTC, where moments can be compared also on the night when the clock is set back."""
        return self.at(datetime.combine(day, time()))

    def at(self, moment: datetime) -> datetime:
        """A moment without a zone is meant in this one."""
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


def read_stretch(text: str, clock: Clock) -> Stretch | None:
    """The stretch of time that a whole text means; None where it means none. QueryError for a date that cannot be."""
    words = " ".join(text.split()).casefold().removesuffix("'s").removesuffix("’s").removeprefix("on ")
    for pattern, read in _GRAMMAR:
        if match := pattern.fullmatch(words):
            try:
                return read(match, clock)
            except OverflowError:
                raise QueryError(f'"{text}" lies too far away to be a time.', "Write a date such as 2026-11-01.") from None
    return None


def day_name(moment: datetime, clock: Clock, *, weekday: bool = False) -> str:
    """ "1 Nov 2026", with the time of day where it is not midnight."""
    local = moment.astimezone(clock.zone)
    at = "" if clock.midnight(local.date()) == moment else f" {local:%H:%M}"
    return f"{_DAYS[local.weekday()] + ' ' if weekday else ''}{local.day} {_MONTHS[local.month - 1][:3]} {local.year}{at}"


def range_label(start: datetime, end: datetime, clock: Clock) -> str:
    """When something between two moments happened: "on 3 Nov 2026", "from 1 to 15 Nov 2026", "in November 2026"."""
    first, stop = start.astimezone(clock.zone).date(), end.astimezone(clock.zone).date()
    if clock.midnight(first) != start or clock.midnight(stop) != end:
        return f"from {day_name(start, clock)} to {day_name(end, clock)}"
    last = stop - timedelta(days=1)
    if first >= last:
        return f"on {day_name(start, clock)}"
    if first.day == 1 and stop == _month_on(first, 1):
        return f"in {_MONTHS[first.month - 1]} {first.year}"
    if (first.day, first.month) == (1, 1) and stop == date(first.year + 1, 1, 1):
        return f"in {first.year}"
    same_year, same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
    begun = f"{first.day}" + ("" if same_month else f" {_MONTHS[first.month - 1][:3]}") + ("" if same_year else f" {first.year}")
    return f"from {begun} to {last.day} {_MONTHS[last.month - 1][:3]} {last.year}"


# Readers of one form each


def _ago(match: re.Match[str], clock: Clock) -> Stretch:
    """The last so many days: hours are counted as they pass, all others by the calendar, to the same time of day."""
    count = _COUNTS.get(match["count"] or "one") or int(match["count"])
    written = match["unit"]
    unit = _UNITS.get(written.removesuffix("s"), written.removesuffix("s"))
    if unit == "hour":
        start = clock.now - timedelta(hours=count)
    else:
        local = clock.now.astimezone(clock.zone)
        days = {"day": 1, "week": 7, "fortnight": 14}.get(unit, 0) * count
        months = {"month": 1, "year": 12}.get(unit, 0) * count
        day = _month_on(local.date(), -months) if months else local.date() - timedelta(days=days)
        start = clock.at(datetime.combine(day, local.time()))
    if start.year < 1970:
        raise OverflowError
    if count == 1:
        said = f"in the last {_WORDS_FOR_1[unit]}" if unit in _WORDS_FOR_1 else f"in the past {unit}"
    else:
        said = f"in the last {count} {unit}s"
    return Stretch(start.astimezone(UTC), None, said, day_name(start, clock), point=True)


def _relative_day(match: re.Match[str], clock: Clock) -> Stretch:
    if match.group().startswith("yesterday"):
        return _one_day(clock.today - timedelta(days=1), clock, "yesterday", "yesterday")
    return Stretch(clock.midnight(clock.today), None, "today", "this morning")


def _weekday(match: re.Match[str], clock: Clock) -> Stretch:
    """The latest such day that is over: asked on a Friday, "Friday" is a week ago."""
    wanted = next(at for at, name in enumerate(_DAYS) if name.lower().startswith(match["day"][:3]))
    day = clock.today - timedelta(days=(clock.today.weekday() - wanted - 1) % 7 + 1)
    name = day_name(clock.midnight(day), clock, weekday=True)
    return _one_day(day, clock, f"on {name}", name)


def _weekend(match: re.Match[str], clock: Clock) -> Stretch:
    saturday = clock.today - timedelta(days=(clock.today.weekday() - 5) % 7)
    start, end = clock.midnight(saturday), clock.midnight(saturday + timedelta(days=2))
    name = day_name(start, clock)
    return Stretch(start, end if end <= clock.now else None, f"over the weekend of {name}", name)


def _calendar(match: re.Match[str], clock: Clock) -> Stretch:
    """This or the last calendar week (from Monday), month, quarter or year."""
    today, unit = clock.today, match["unit"]
    back = 0 if match["which"] == "this" else 1
    if unit == "week":
        first = today - timedelta(days=today.weekday() + 7 * back)
        stop = first + timedelta(days=7)
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[unit]
        first = _month_on(date(today.year, (today.month - 1) // months * months + 1, 1), -months * back)
        stop = _month_on(first, months)
    start = clock.midnight(first)
    label = f"{'last' if back else 'this'} {unit}"
    name = day_name(start, clock) if back else f"the start of {label}"
    return Stretch(start, clock.midnight(stop) if back else None, label, name)


def _quarter(match: re.Match[str], clock: Clock) -> Stretch:
    quarter = int(match["quarter"])
    year = _year(match, clock, lambda year: date(year, 3 * quarter - 2, 1))
    first = date(year, 3 * quarter - 2, 1)
    name = ("first", "second", "third", "fourth")[quarter - 1]
    return _whole(first, _month_on(first, 3), clock, f"in the {name} quarter of {year}")


def _whole_month(match: re.Match[str], clock: Clock) -> Stretch:
    month = int(match["month"]) if match["month"].isdigit() else _month_number(match["month"])
    if not 1 <= month <= 12:
        raise _no_month(month)
    first = date(_year(match, clock, lambda year: date(year, month, 1)), month, 1)
    return _whole(first, _month_on(first, 1), clock, f"in {_MONTHS[month - 1]} {first.year}")


def _part_of_year(match: re.Match[str], clock: Clock) -> Stretch:
    """About a third of a year, or a third of a month."""
    said, part, first, months = _PARTS[match["edge"]]
    year = int(match["year"])
    if not match["month"]:
        start = date(year, first, 1)
        return replace(_whole(start, _month_on(start, months), clock, f"{said} {year}"), loose=True)
    start = date(year, _month_number(match["month"]), 1)
    days = [start, start + timedelta(days=10), start + timedelta(days=20), _month_on(start, 1)]
    return replace(_whole(days[part], days[part + 1], clock, f"{said} {_MONTHS[start.month - 1]} {year}"), loose=True)


def _half(match: re.Match[str], clock: Clock) -> Stretch:
    start = date(int(match["year"]), 1 if match["half"] == "first" else 7, 1)
    return _whole(start, _month_on(start, 6), clock, f"in the {match['half']} half of {start.year}")


def _season(match: re.Match[str], clock: Clock) -> Stretch:
    """Three months of a year, or the latest such that has begun, or ("last") is over. A winter belongs to both of its years."""
    season, first = match["season"], _SEASONS[match["season"]]
    if match["year"] and season == "winter" and not match["next"]:
        year = int(match["year"])
        return replace(_whole(date(year - 1, 12, 1), date(year + 1, 3, 1), clock, f"in winter {year}"), loose=True)
    if match["year"]:
        start = date(int(match["year"]), first, 1)
    else:
        ended = _month_on(clock.today, -3) if match["which"] == "last" else clock.today
        start = date(ended.year if (ended.month, ended.day) >= (first, 1) else ended.year - 1, first, 1)
    shown = f"{start.year}/{(start.year + 1) % 100:02}" if season == "winter" else f"{start.year}"
    return replace(_whole(start, _month_on(start, 3), clock, f"in {season} {shown}"), loose=True)


def _whole_year(match: re.Match[str], clock: Clock) -> Stretch:
    first = date(int(match["year"]), 1, 1)
    return _whole(first, date(first.year + 1, 1, 1), clock, f"in {first.year}")


def _whole_day(match: re.Match[str], clock: Clock) -> Stretch:
    month = int(match["month"]) if match["month"].isdigit() else _month_number(match["month"])
    day = _day(match, month, clock)
    name = day_name(clock.midnight(day), clock)
    return _one_day(day, clock, f"on {name}", name)


def _moment(match: re.Match[str], clock: Clock) -> Stretch:
    try:
        moment = clock.at(datetime.fromisoformat(match.group().upper().replace(" ", "T", 1).replace(" ", "")))
    except ValueError:
        hint = "Write it like 2026-11-01T15:30, or with a zone like 2026-11-01T15:30+01:00."
        raise QueryError(f'There is no time "{match.group()}".', hint) from None
    return Stretch(moment, None, f"since {day_name(moment, clock)}", day_name(moment, clock), point=True)


def _unclear(match: re.Match[str], clock: Clock) -> Stretch:
    if match.group().endswith("m"):
        hint = f"Write {match.group()}o for months, or hours such as 12h."
        raise QueryError(f'"{match.group()}" may be minutes or months.', hint)
    hint = "Write it as year, month and day, such as 2026-11-01."
    raise QueryError(f'"{match.group()}" can be read as more than one day.', hint)


# Parts


def _day(match: re.Match[str], month: int, clock: Clock) -> date:
    year = 0
    try:
        year = _year(match, clock, lambda year: date(year, month, int(match["day"])))
        return date(year, month, int(match["day"]))
    except ValueError:
        if not 1 <= month <= 12:
            raise _no_month(month) from None
        shown = f"{int(match['day'])} {_MONTHS[month - 1]}" + (f" {year}" if year else "")
        raise QueryError(f"There is no {shown}.", "Write a date such as 2026-11-01.") from None


def _no_month(month: int) -> QueryError:
    return QueryError(f"There is no month {month}.", "Write a month such as 2026-11.")


def _year(match: re.Match[str], clock: Clock, day_in: Callable[[int], date]) -> int:
    """The year as written, else the latest in which the day has come. ValueError where there is no such day."""
    if match["year"]:
        return int(match["year"])
    for year in range(clock.today.year, clock.today.year - 8, -1):  # 29 February comes again within eight years
        try:
            if day_in(year) <= clock.today:
                return year
        except ValueError:
            continue
    return clock.today.year


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, 1) if month.lower().startswith(name[:3]))


def _month_on(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a month that is shorter."""
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError
    for last in range(day.day, 27, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, day.day)


def _one_day(day: date, clock: Clock, label: str, name: str) -> Stretch:
    end = clock.midnight(day + timedelta(days=1))
    return Stretch(clock.midnight(day), end if end <= clock.now else None, "today" if day == clock.today else label, name)


def _whole(first: date, stop: date, clock: Clock, label: str) -> Stretch:
    start, end = clock.midnight(first), clock.midnight(stop)
    return Stretch(start, end if end <= clock.now else None, label, day_name(start, clock))


_WHICH = r"(?P<which>this|last|previous|prior)"
_SO_FAR = r"(?:earlier |so far )?"
_GRAMMAR: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Clock], Stretch]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"(?:earlier )?(?:today|yesterday|(?:this|yesterday) {PART})", _relative_day),
        (rf"(?:(?:in |over )?the )?(?:last |past )?(?P<count>{COUNT})\s?(?P<unit>{UNIT})(?: ago)?", _ago),
        (rf"(?:(?:the |this )?past|the last) (?P<count>)(?P<unit>{UNIT})", _ago),
        (r"(?:\d{1,4}m|\d{1,2}[/.]\d{1,2}[/.]\d{4})", _unclear),
        (rf"(?:last |this )?(?P<day>{WEEKDAY}|{SHORT_WEEKDAY})(?: {PART})?", _weekday),
        (r"(?:the |this |last )?(?:past )?weekend", _weekend),
        (r"(?:the )?(?P<which>last|previous|prior) (?P<unit>quarter)", _calendar),
        (rf"{_SO_FAR}{_WHICH} (?P<unit>week|month|quarter|year)(?: so far)?", _calendar),
        (rf"q(?P<quarter>[1-4])(?: (?P<year>{YEAR}))?", _quarter),
        (rf"(?P<year>{YEAR})[-/](?P<month>\d\d?)", _whole_month),
        (rf"(?P<month>{MONTH}),?(?: (?:of )?(?P<year>{YEAR}))?", _whole_month),
        (rf"(?:the )?(?:very )?(?P<edge>{'|'.join(_PARTS)})(?: part)?[ -](?:of |in )?(?:(?P<month>{MONTH}) )?(?P<year>{YEAR})",
         _part_of_year),
        (rf"(?:the )?(?P<half>first|second) half of (?P<year>{YEAR})", _half),
        (rf"(?:the )?(?P<season>{_SEASON})(?: of|,)? (?P<year>{YEAR})(?:[/-](?P<next>\d\d))?(?P<which>)", _season),
        (rf"(?P<which>last|this) (?P<season>{_SEASON})(?P<year>)(?P<next>)", _season),
        (rf"(?P<year>{YEAR})", _whole_year),
        (rf"(?P<year>{YEAR})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)", _whole_day),
        (rf"(?:the )?(?P<day>{_DAY}){_NTH}(?: of)? (?P<month>{MONTH}),?(?: (?P<year>{YEAR}))?", _whole_day),
        (rf"(?P<month>{MONTH}) (?:the )?(?P<day>{_DAY}){_NTH}(?:,? (?P<year>{YEAR}))?", _whole_day),
        (rf"{YEAR}-\d\d-\d\d[t ]{_CLOCK}".replace("Z", "z"), _moment),
    )
)
