"""Whom a case means by an owner, among the people of a history. Nobody is guessed: a case is right or wrong by this."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from indexer.types import Person
from indexer.vcs.identity import Identities, handle_of, plain

_NAMED_MAIL = re.compile(r"^(?P<name>.*?)\s*<(?P<mail>[^<>]*)>$")


class Roster:
    """The people of a history by every name of theirs. An owner is "@handle", an address, "Full Name" or "Full Name <address>".

    A handle is one that a host's noreply address or the settings tell, what stands before the "@" of an address, or a name of one
    word. "@acme/payments" means those whom the settings place in that team.
    """

    def __init__(self, identities: Identities) -> None:
        self._people: dict[str, set[Person]] = defaultdict(set)
        for person in identities.people():
            for key in _keys_of(person, identities):
                self._people[key].add(person)

    def people(self, owner: str) -> frozenset[Person]:
        """Who is meant, as `Identities.of` names them; nobody where history does not know the owner."""
        return frozenset(person for key in _meant(owner.strip()) for person in self._people.get(key, ()))


def _keys_of(person: Person, identities: Identities) -> Iterator[str]:
    for one in (person, *identities.all_of(person)):
        yield from _mail_keys(one.email)
        yield f"name:{plain(one.name)}"
        if one.name and not re.search(r"\s", one.name.strip()):
            yield f"handle:{one.name.strip().lower()}"
        if not handle_of(one):
            yield f"handle:{one.email.strip().lower().partition('@')[0]}"
    if entry := identities.settings_of(person):
        for mail in entry.emails:
            yield from _mail_keys(mail)
        for handle in (*entry.handles, *entry.teams):
            yield f"handle:{handle.removeprefix('@').lower()}"


def _meant(owner: str) -> Iterator[str]:
    if named := _NAMED_MAIL.match(owner):
        yield from _mail_keys(named["mail"])
        if named["name"]:
            yield f"name:{plain(named['name'])}"
    elif owner.startswith("@"):
        yield f"handle:{owner[1:].lower()}"
    elif "@" in owner:
        yield from _mail_keys(owner)
    else:
        yield f"name:{plain(owner)}"


def _mail_keys(mail: str) -> Iterator[str]:
    mail = mail.strip().lower()
    if mail:
        yield f"mail:{mail}"
    if handle := handle_of(Person("", mail)):
        yield f"handle:{handle}"
