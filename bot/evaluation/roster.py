"""Whom a case means by an owner, among the people of a history. Nobody is guessed: a case is right or wrong by this."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from indexer.types import Person
from indexer.vcs.identity import Identities, handle_of, plain

_NAMED_MAIL = re.compile(r"^(?P<name>.*?)\s*<(?P<mail>[^<>]*)>$")


class Roster:
    """The people of a history by every name of theirs. An owner is "@handle", an address, "Full Name" or "Full Name <address>".

    A handle is one that a host's noreply address, the settings or `handles` (in small letters -> whose it is) tell. Else it is a
    name, or what stands before the "@" of an address, whatever blanks, dots and dashes are in them: "@janedoe" is Jane Doe.
    "@acme/payments" means those whom the settings place in that team.
    """

    def __init__(self, identities: Identities, handles: Mapping[str, Person] = MappingProxyType({})) -> None:
        self._people: dict[str, set[Person]] = defaultdict(set)
        for handle, person in handles.items():
            self._people[f"handle:{handle}"].add(person)
        for person in identities.people():
            for key in _keys_of(person, identities):
                self._people[key].add(person)

    def people(self, owner: str) -> frozenset[Person]:
        """Who is meant, as `Identities.of` names them; nobody where history does not know the owner."""
        readings = (frozenset(person for key in keys for person in self._people.get(key, ())) for keys in _readings(owner.strip()))
        return next((people for people in readings if people), frozenset())


def _keys_of(person: Person, identities: Identities) -> Iterator[str]:
    for one in (person, *identities.all_of(person)):
        yield from _mail_keys(one.email)
        yield from _name_keys(one.name)
        yield from _squeezed_keys(one.name)
        if not handle_of(one):
            yield from _squeezed_keys(one.email.partition("@")[0])
    if entry := identities.settings_of(person):
        for mail in entry.emails:
            yield from _mail_keys(mail)
        for handle in (*entry.handles, *entry.teams):
            yield f"handle:{handle.removeprefix('@').lower()}"


def _readings(owner: str) -> list[list[str]]:
    """The keys of what an owner can mean, the surest reading first."""
    if named := _NAMED_MAIL.match(owner):
        return [[*_mail_keys(named["mail"]), *_name_keys(named["name"])]]
    if owner.startswith("@"):
        return [[f"handle:{owner[1:].lower()}"], _squeezed_keys(owner[1:])]
    return [_mail_keys(owner) if "@" in owner else _name_keys(owner)]


def _name_keys(name: str) -> list[str]:
    return [f"name:{plain(name)}"] if name.strip() else []


def _squeezed_keys(name: str) -> list[str]:
    """By letters and digits alone."""
    letters = re.sub(r"[\W_]", "", plain(name))
    return [f"squeezed:{letters}"] if letters else []


def _mail_keys(mail: str) -> list[str]:
    mail = mail.strip().lower()
    handle = handle_of(Person("", mail))
    return [*([f"mail:{mail}"] if mail else []), *([f"handle:{handle.lower()}"] if handle else [])]
