"""Who is who: which addresses, names and handles belong to one person.

Hosts' noreply addresses and full names of two words or more join; one-word names never do, for too many people share them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.types import Person
from indexer.vcs.bots import is_person
from indexer.vcs.finding import Finder, plain
from indexer.vcs.handles import agreed

if TYPE_CHECKING:
    from indexer.config import PersonSettings

_NOREPLY = re.compile(r"^(?:\d+[+-])?(?P<handle>[^@+]+)@users\.noreply\.(?P<host>.+)$", re.IGNORECASE)
_NOBODY_MAILS = re.compile(r"^$|^(none|unknown|no-?reply|root|you|user|email)@|@(localhost|none)$|@\(none\)", re.IGNORECASE)
_NOBODY_NAMES = frozenset({
    *("your name", "your full name", "full name", "first last", "first name last name", "firstname lastname", "author name"),
    *("john doe", "jane doe", "unknown user", "unknown author", "no author", "no name", "not committed yet"),
})  # fmt: skip


def handle_of(person: Person) -> str | None:
    """The account name that a host's noreply address tells, without "@"; None where it tells none."""
    match = _NOREPLY.match(person.email.strip())
    return match["handle"] if match else None


@dataclass(frozen=True, slots=True)
class Known:
    """One person: `members` are their identities, most used first, none where only the settings know them."""

    one: Person
    members: tuple[Person, ...]
    handles: tuple[str, ...]
    settings: PersonSettings | None
    last_seen: datetime | None
    times: int = 0

    @property
    def addresses(self) -> set[str]:
        """Every address of theirs, in small letters."""
        told = self.settings.emails if self.settings else ()
        return {mail.lower() for mail in (*(member.email for member in self.members), *told) if mail}

    @property
    def names(self) -> set[str]:
        """Every name of theirs, as `plain` writes it."""
        return {plain(person.name) for person in (self.one, *self.members)} - {""}


class Identities:
    """The people behind the names and addresses of some repositories. Does not change; safe for many threads.

    A person has the name that the settings give, else the fullest of the names in use (the most used one among those), and the
    address used most recently.
    """

    def __init__(
        self,
        seen: Iterable[tuple[Person, int, datetime]],
        settings: Sequence[PersonSettings] = (),
        branches: Mapping[tuple[str, Person], int] = MappingProxyType({}),
    ) -> None:
        """`seen`: an identity, how often it was seen, and when last; the same one may come several times. `branches` is what
        merges tell of account names (handles.py)."""
        uses: dict[Person, tuple[int, datetime]] = {}
        for person, times, last in seen:
            before = uses.get(person)
            uses[person] = (times, last) if before is None else (before[0] + times, max(before[1], last))
        known = [_known(members, entries, uses) for members, entries in _grouped(uses, settings)]
        self._ranked = sorted(known, key=lambda known: (-known.times, known.one.name, known.one.email))
        self._known = {person: one for one in self._ranked for person in (one.one, *one.members)}
        if branches:
            self._learn(agreed(branches, self.of))

    def _learn(self, accounts: Mapping[str, Person]) -> None:
        """Add account names to those whose they are, after what the settings and addresses tell; nobody gets another's."""
        taken = {handle.lower() for known in self._ranked for handle in known.handles}
        theirs: dict[Person, tuple[str, ...]] = defaultdict(tuple)
        for handle, person in accounts.items():
            if handle not in taken:
                theirs[person] += (handle,)
        self._ranked = [
            replace(one, handles=one.handles + theirs[one.one]) if one.one in theirs else one for one in self._ranked
        ]
        self._known = {person: one for one in self._ranked for person in (one.one, *one.members)}

    def of(self, person: Person) -> Person:
        """The one they belong to; somebody unknown is themselves."""
        known = self._known.get(person)
        return known.one if known else person

    def all_of(self, person: Person) -> tuple[Person, ...]:
        """Every identity of theirs, most used first."""
        known = self._known.get(person)
        return (known.members if known else ()) or (person,)

    def handle_of(self, person: Person) -> str | None:
        """Their account name without "@": from the settings, else a noreply address, else merges; None where nothing tells."""
        known = self._known.get(person)
        return next(iter(known.handles), None) if known else handle_of(person)

    def settings_of(self, person: Person) -> PersonSettings | None:
        """What the settings say of them."""
        known = self._known.get(person)
        return known.settings if known else None

    def last_seen(self, person: Person) -> datetime | None:
        """When they last took part in anything, as author or reviewer; None for somebody whom only the settings know."""
        known = self._known.get(person)
        return known.last_seen if known else None

    def times_seen(self, person: Person) -> int:
        """How often they took part in anything; whoever reviews or merges everything is seen most. 0 for somebody unknown."""
        known = self._known.get(person)
        return known.times if known else 0

    def people(self) -> tuple[Person, ...]:
        """Everybody whom history knows, each once, most used first; no bots, no assistants."""
        return tuple(known.one for known in self._ranked if any(is_person(member) for member in known.members))

    def find(self, text: str) -> tuple[Person, ...]:
        """Whom a text means, best first; () where it means nobody.

        "@handle" (a known one, else a full name written as one word), an e-mail address, a full name (accents, case and dots do not
        matter), or one word that fits nobody else: a name of one word, a first or last name, a handle, what stands before the "@"
        of an address.
        """
        return self._finder.find(text)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(known for known in self._ranked if not known.members or any(is_person(one) for one in known.members))


def _known(members: list[Person], entries: list[PersonSettings], uses: dict[Person, tuple[int, datetime]]) -> Known:
    members.sort(key=lambda one: (*uses[one], one.name, one.email), reverse=True)
    human = [one for one in members if is_person(one)] or members
    if entries:
        name = entries[0].name
    else:
        name = max(human, key=lambda one: ("@" not in one.name, len(one.name.split()) > 1, *uses[one], one.name)).name
    told = [mail for entry in entries for mail in entry.emails]
    mail = max(human, key=lambda one: (uses[one][1], uses[one][0], one.email)).email if human else next(iter(told), "")
    handles = [handle.removeprefix("@") for entry in entries for handle in entry.handles]
    handles += [handle for member in human if (handle := handle_of(member))]
    last = max((uses[member][1] for member in members), default=None)
    times = sum(uses[member][0] for member in members)
    return Known(Person(name, mail), tuple(members), tuple(dict.fromkeys(handles)), entries[0] if entries else None, last, times)


def _grouped(
    people: Collection[Person], settings: Sequence[PersonSettings]
) -> list[tuple[list[Person], list[PersonSettings]]]:
    """Union-find over keys: whoever shares one is the same."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    hosts = {match["host"].lower() for person in people if (match := _NOREPLY.match(person.email.strip()))}
    told = frozenset(mail.strip().lower() for entry in settings for mail in entry.emails)
    keyed = [(person, _keys(person, told)) for person in people]
    keyed_settings = [(entry, _settings_keys(entry, hosts)) for entry in settings]
    for keys in (*(keys for _, keys in keyed), *(keys for _, keys in keyed_settings)):
        for key in keys[1:]:
            parent[root(key)] = root(keys[0])
    groups: dict[str, tuple[list[Person], list[PersonSettings]]] = {}
    for person, keys in keyed:
        groups.setdefault(root(keys[0]), ([], []))[0].append(person)
    for entry, keys in keyed_settings:
        groups.setdefault(root(keys[0]), ([], []))[1].append(entry)
    return list(groups.values())


def _keys(person: Person, told: Collection[str] = ()) -> list[str]:
    """What makes an identity the same as another one; addresses that the settings `told` count whatever they look like."""
    mail, name = person.email.strip().lower(), plain(person.name)
    keys = []
    if mail in told or not (_NOBODY_MAILS.search(mail) or _NOREPLY.match(mail)):
        keys.append(f"mail:{mail}")
    if match := _NOREPLY.match(mail):
        keys.append(f"handle:{match['host']}/{match['handle']}")
    if _is_full_name(name) and is_person(person):
        keys.append(f"name:{name}")
    return keys or [f"only:{name}/{mail}"]


def _settings_keys(entry: PersonSettings, hosts: Collection[str]) -> list[str]:
    keys = [f"mail:{mail.strip().lower()}" for mail in entry.emails]
    keys += [f"handle:{host}/{handle.removeprefix('@').lower()}" for handle in entry.handles for host in sorted(hosts)]
    if _is_full_name(plain(entry.name)):
        keys.append(f"name:{plain(entry.name)}")
    return keys or [f"settings:{entry.name}"]


def _is_full_name(name: str) -> bool:
    return len(name.split()) >= 2 and "@" not in name and name not in _NOBODY_NAMES
