"""Reads a .mailmap (gitmailmap(5)) for the people whom git does not map itself: those named in messages."""

from __future__ import annotations

import re

from indexer.types import Person

_ENTRY = re.compile(r"^(?P<name>[^<>]*)<(?P<mail>[^<>]*)>(?:(?P<old_name>[^<>]*)<(?P<old_mail>[^<>]*)>)?[^<>]*$")


class Mailmap:
    """Proper names and addresses, by the address, or the name and the address, in use. Both are compared without case."""

    def __init__(self, text: str = "") -> None:
        self._entries: dict[tuple[str, str], tuple[str, str]] = {}
        for line in text.removeprefix("\ufeff").splitlines():
            if not line.startswith("#") and (entry := _ENTRY.match(line)):
                self._add(**{key: part and part.strip() for key, part in entry.groupdict().items()})

    def __bool__(self) -> bool:
        return bool(self._entries)

    def of(self, person: Person) -> Person:
        """The person under their proper name and address; the same where the file does not speak of them."""
        if not self._entries:
            return person
        mail = person.email.lower()
        found = self._entries.get((person.name.lower(), mail)) or self._entries.get(("", mail))
        return Person(found[0] or person.name, found[1] or person.email) if found else person

    def _add(self, name: str, mail: str, old_name: str | None, old_mail: str | None) -> None:
        """One line. With one address it gives a name alone; with two, the second is the one in use. Later lines win."""
        key = ((old_name or "").lower(), (mail if old_mail is None else old_mail).lower())
        before = self._entries.get(key, ("", ""))
        self._entries[key] = (name or before[0], before[1] if old_mail is None else mail or before[1])
