"""Finds the person that a text names: by handle, address, full name, or one word that only one person goes by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol
from unicodedata import normalize

from indexer.types import Person


class Named(Protocol):
    """A person with everything they go by; addresses in small letters, names as `plain` writes them."""

    @property
    def one(self) -> Person: ...
    @property
    def handles(self) -> tuple[str, ...]: ...
    @property
    def addresses(self) -> set[str]: ...
    @property
    def names(self) -> set[str]: ...


class Finder:
    """Look-ups over people given best first. Safe for many threads."""

    def __init__(self, people: Iterable[Named]) -> None:
        self._handles: dict[str, list[Person]] = defaultdict(list)
        self._addresses: dict[str, list[Person]] = defaultdict(list)
        self._names: dict[str, list[Person]] = defaultdict(list)
        self._words: dict[str, list[Person]] = defaultdict(list)
        self._joined: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            handles = {handle.lower() for handle in person.handles}
            words = {word for name in person.names for word in (name.split()[0], name.split()[-1])}
            words |= {address.partition("@")[0] for address in person.addresses} | handles
            joined = {_joined(name) for name in person.names if len(name.split()) >= 2}
            for table, keys in (
                (self._handles, handles), (self._addresses, person.addresses), (self._names, person.names), (self._words, words),
                (self._joined, joined),
            ):  # fmt: skip
                for key in keys:
                    table[key].append(person.one)

    def find(self, text: str) -> tuple[Person, ...]:
        """Whom it means, best first; see `Identities.find`."""
        asked = text.strip()
        if asked.startswith("@"):
            alike = self._joined.get(_joined(asked[1:]), ())
            return tuple(self._handles.get(asked[1:].lower(), ())) or tuple(alike if len(alike) == 1 else ())
        if "@" in asked:
            return tuple(self._addresses.get(asked.strip("<>").lower(), ()))
        people = self._words.get(asked.lower()) or self._words.get(plain(asked)) or []
        if people:
            return tuple(people) if len(people) == 1 else ()
        return tuple(self._names.get(plain(asked), ()))


def _joined(name: str) -> str:
    """A full name's letters and digits alone, as accounts are often called: "Jane O'Doe" is "janeodoe"."""
    return re.sub(r"[\W_]", "", plain(name))


def plain(name: str) -> str:
    """A name without accents, case, dots and extra blanks, so that "José  García" is "jose garcia"."""
    letters = "".join(char for char in normalize("NFKD", name) if not 0x300 <= ord(char) < 0x370)
    return " ".join(letters.casefold().replace(".", " ").split())
