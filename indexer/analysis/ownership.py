"""Who built some files and who works on them now, from history. Pure functions over touches.

    built = (1 · work + r · reviews + m · changes brought in) / (1 + r + m), each as shares of what all people did (work.py)
    r = min(1, 2 · the share of the work that was reviewed) · n / (n + 2), for n reviewed changes
    m = ⅓ of the same for changes that others brought in

so that where few changes name a reviewer, few of many or few at all, those decide nothing. Reviews weigh as much as work, for
maintainers review; who merges says less, for in many projects one person merges everything. Who built a thing and who works on
it now are different people, so they are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from indexer.analysis.bus_factor import bus_factor
from indexer.analysis.reasons import ago, reasons
from indexer.analysis.work import Work, Worked, add_up, work_since
from indexer.sources import vendored_by
from indexer.types import Person, Sureness, Touch
from indexer.vcs.identity import Identities

__all__ = ["ACTIVE_WITHIN", "Contributor", "Ownership", "ago", "built_shares", "bus_factor", "ownership", "whom_to_ask", "work_since"]

_REVIEWED, _BROUGHT = 1.0, 1 / 3  # weights beside 1 for the work itself
ACTIVE_WITHIN = timedelta(days=180)
_FADES = timedelta(days=3 * 365)
_SOME_SHARE, _SOME_CHANGES, _MANY_CHANGES = 0.05, 3, 50
_CLEAR_SHARE, _CLEAR_MARGIN, _UNSURE_SHARE = 0.6, 0.3, 0.25  # of recent work, from which one, or fewer than three, are named

# When an owner is LIKELY: right in 228 of 236 cases of eleven repositories, 9 in 10 or more in each that had over five.
_LIKELY_SHARE, _LIKELY_MARGIN, _LIKELY_ADDED = 0.45, 0.25, 0.4  # ahead, and not by reviews alone
_LIKELY_COMMITS, _LIKELY_OWN = 8, 3  # a short history may be one import by somebody who never came back
_LIKELY_WITHIN = timedelta(days=3 * 365)  # who wrote it all and went is still named first, but others have taken over by then
_MAYBE_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody's part in some files: `share` 0..1 of having built them, `active_share` 0..1 of the recent work.

    `added_share` 0..1 is of the lines ever added, as git counts them; `integrated` counts changes of others brought in. `active`
    says that they worked there within half a year, `around` that they did so on anything in these repositories; neither is said of
    somebody who `left`, as the settings know.
    """

    person: Person
    handle: str | None
    share: float
    active_share: float
    added_share: float
    commits: int
    reviews: int
    integrated: int
    last_active: datetime
    active: bool
    around: bool
    left: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Contributors, those who built most first and those who only merged last, and how sure it is that the first is an owner.

    `bus_factor` is how many must leave to leave half of the files without author.
    """

    contributors: tuple[Contributor, ...]
    bus_factor: int
    sureness: Sureness

    @property
    def quiet(self) -> bool:
        """Whether nobody worked on it within half a year."""
        return not any(one.active for one in self.contributors)

    @property
    def nobody_around(self) -> bool:
        """Whether nobody who ever worked on it is left to ask."""
        return not any(one.around for one in self.contributors)


def ownership(touches: Iterable[Touch], identities: Identities, now: datetime) -> Ownership:
    """Owners of the touched files as of `now`. Bots and assistants are left out, identities merged."""
    touches = list(touches)
    worked = add_up(touches, identities, now)
    contributors = _contributors(worked, identities, now)
    sureness = Sureness.UNCLEAR if _mostly_copies(touches) else _sureness(contributors, worked.commits, now)
    return Ownership(contributors, bus_factor(touches, identities), sureness)


def whom_to_ask(found: Ownership) -> tuple[Contributor, ...]:
    """The one to three people to name, those who are at work on it now and know it before those who built it and moved on.

    One where the lead is clear, three where nobody stands out. Nobody who left or only merged, and nobody who is not around any
    more as long as somebody who knows it is.
    """
    people = [one for one in found.contributors if not one.left and (one.commits or one.reviews)]
    people = [one for one in people if one.around and _knows_it(one)] or people
    newest = max((one.last_active for one in people), default=None)
    if newest is None:
        return ()
    ranked = sorted(people, key=lambda one: _worth_asking(one, newest))
    at_work = [one for one in ranked if one.active]
    shares = sorted((one.active_share if at_work else one.share for one in at_work or ranked), reverse=True)
    margin = shares[0] - (shares[1] if len(shares) > 1 else 0.0)
    if shares[0] >= _CLEAR_SHARE and margin >= _CLEAR_MARGIN:
        return tuple(ranked[:1])
    return tuple(ranked[: 3 if shares[0] < _UNSURE_SHARE else 2])


def _knows_it(one: Contributor) -> bool:
    return one.added_share >= _SOME_SHARE or one.commits >= _SOME_CHANGES or one.reviews >= _SOME_CHANGES


def _worth_asking(one: Contributor, newest: datetime) -> tuple[bool, float]:
    """Those who are around and know it before all others; knowledge of what one no longer works on fades by half in three years."""
    built = one.added_share + min(one.commits, _MANY_CHANGES) / (2 * _MANY_CHANGES)
    known = built * 0.5 ** ((newest - one.last_active) / _FADES)
    return not (one.around and _knows_it(one)), -(known + one.active_share / 2 * one.active)


def _contributors(worked: Worked, identities: Identities, now: datetime) -> tuple[Contributor, ...]:
    built = built_shares(worked)
    recent = _shares({person: done.recent for person, done in worked.people.items()})
    added = _shares({person: float(done.written) for person, done in worked.people.items()})
    people = [
        _contributor(person, done, (built[person], recent.get(person, 0.0), added.get(person, 0.0)), identities, now)
        for person, done in worked.people.items()
    ]
    return tuple(sorted(people, key=_rank))


def _rank(one: Contributor) -> tuple[bool, float, int, float, str, str]:
    """By what they built; whoever only merged what others did stands behind all who worked on it."""
    only_merged = not (one.commits or one.reviews)
    return only_merged, -one.share, -one.commits, -one.active_share, one.person.name, one.person.email


def _contributor(
    person: Person, done: Work, shares: tuple[float, float, float], identities: Identities, now: datetime
) -> Contributor:
    """`shares` are of having built it, of the recent work, and of the lines."""
    assert done.last is not None
    settings = identities.settings_of(person)
    left = bool(settings and settings.left)
    here = done.last_work is not None and now - done.last_work <= ACTIVE_WITHIN
    seen = identities.last_seen(person)
    return Contributor(
        person=person,
        handle=identities.handle_of(person),
        share=shares[0],
        active_share=shares[1],
        added_share=shares[2],
        commits=done.commits,
        reviews=done.reviews,
        integrated=done.integrated,
        last_active=done.last,
        active=not left and here,
        around=not left and (here or (seen is not None and now - seen <= ACTIVE_WITHIN)),
        left=left,
        reasons=reasons(done, shares[2], now),
    )


def built_shares(worked: Worked) -> dict[Person, float]:
    """Each person's share of having built the files; equal ones where nobody's work has a size."""
    terms = (
        (1.0, {person: done.built for person, done in worked.people.items()}),
        (_REVIEWED * worked.reviewed, {person: done.reviewed for person, done in worked.people.items()}),
        (_BROUGHT * worked.brought, {person: done.brought for person, done in worked.people.items()}),
    )
    parts = [(weight, part) for weight, amounts in terms if weight > 0 and (part := _shares(amounts))]
    total = sum(weight for weight, _ in parts)
    if not total:
        return {person: 1 / len(worked.people) for person in worked.people}
    return {person: sum(weight * part[person] for weight, part in parts) / total for person in worked.people}


def _shares(amounts: Mapping[Person, float]) -> dict[Person, float]:
    """Amounts as parts of their sum; empty where there is nothing to share."""
    total = sum(amounts.values())
    return {person: amount / total for person, amount in amounts.items()} if total > 0 else {}


def _mostly_copies(touches: Iterable[Touch]) -> bool:
    """Whether most of the files are somebody else's code: history knows who updated them, and their owners are elsewhere."""
    paths = {touch.path for touch in touches}
    return sum(1 for path in paths if vendored_by(PurePosixPath(path))) * 2 > len(paths)


def _sureness(contributors: Sequence[Contributor], commits: int, now: datetime) -> Sureness:
    """How sure it is that the first is an owner: by their lead, and by having changed it themselves, often and not long ago."""
    if not contributors:
        return Sureness.UNCLEAR
    first, second = contributors[0], max((one.share for one in contributors[1:]), default=0.0)
    ahead = first.share >= _LIKELY_SHARE and first.share - second >= _LIKELY_MARGIN and first.added_share >= _LIKELY_ADDED
    known = commits >= _LIKELY_COMMITS and first.commits >= _LIKELY_OWN and now - first.last_active <= _LIKELY_WITHIN
    if ahead and known:
        return Sureness.LIKELY
    return Sureness.MAYBE if first.share >= _MAYBE_SHARE else Sureness.UNCLEAR
