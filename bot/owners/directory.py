"""Who can be asked about: people and teams known from history, from the settings, and from the files that declare owners."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from unicodedata import normalize

from bot.owners.types import Subject
from indexer.config import PersonSettings
from indexer.declared.types import Holder, HolderKind
from indexer.index import Index
from indexer.types import Person
from indexer.vcs.identity import Identities

_SLACK = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(?:\|[^>]*)?>")
_NAME_AND_MAIL = re.compile(r"(?P<name>[^<>]*)<(?:mailto:)?(?P<mail>[^<>@|\s]+@[^<>@|\s]+)(?:\|[^>]*)?>")
_MAIL = re.compile(r"[^\s<>@\"']+@[^\s<>@\"'/]+")
_TEAM_WORD = re.compile(r"^(?:(?:the|our) )?(?:team|group|squad|guild)\s+|\s+(?:team|group|squad|guild|people|folks)$", re.IGNORECASE)
_NEAR = 0.7


def is_somebody(text: str) -> bool:
    """Whether a text is written as a person or a team is: "@handle", a Slack mention, an e-mail, "Name <mail>"."""
    return text.startswith("@") or bool(_SLACK.fullmatch(text) or _NAME_AND_MAIL.fullmatch(text) or _MAIL.fullmatch(text))


class Directory:
    """Everybody known in some repositories. Made for one question; what it needs is read when it is first asked for."""

    def __init__(self, index: Index, repos: Sequence[str], people: Sequence[PersonSettings]) -> None:
        self._index, self._repos, self._settings = index, repos, people

    def find(self, text: str, *, loosely: bool = True) -> list[Subject]:
        """Who is meant, best first. Not `loosely`: only by a full name or an address, never by a first name alone."""
        text = text.strip()
        if match := _SLACK.fullmatch(text):
            return [found for one in self._settings if one.slack == match["id"] for found in self._of_settings(one)]
        if match := _NAME_AND_MAIL.fullmatch(text):
            return self._by_mail(match["mail"]) or self._by_name(match["name"], loosely=False)
        if text.startswith("@"):
            return self._by_handle(text)
        if _MAIL.fullmatch(text):
            return self._by_mail(text)
        return self._by_name(text, loosely=loosely)

    def nearest(self, text: str, most: int = 3) -> list[Subject]:
        """Who may be meant by a mistyped name, best first."""
        plain = _plain(text.lstrip("@"))
        known = dict(self._everybody())
        return [known[name] for name in difflib.get_close_matches(plain, known, n=most, cutoff=_NEAR)]

    def _by_handle(self, text: str) -> list[Subject]:
        handle = text.lstrip("@").lower()
        if text.startswith("@@"):
            return [Subject(one) for one in self._declared if one.text.lower() == text.lower()][:1]
        if people := self._identities.find(f"@{handle}"):
            return [self._of_person(person) for person in people]
        exact = [one for one in self._holders if (one.handle or "").lower() == handle]
        short = [one for one in self._teams if _short(one) == handle]
        return [self._of_holder(one) for one in exact[:1] or short]

    def _by_mail(self, mail: str) -> list[Subject]:
        if people := self._identities.find(mail):
            return [self._of_person(person) for person in people]
        return [self._of_holder(one) for one in self._declared if (one.email or "").lower() == mail.lower()][:1]

    def _by_name(self, name: str, *, loosely: bool) -> list[Subject]:
        plain = _plain(name)
        if not plain:
            return []
        if (loosely or " " in plain) and (people := self._identities.find(name.strip())):
            return [self._of_person(person) for person in people]
        if teams := [one for one in self._teams if plain in (_plain(one.handle or ""), _short(one))]:
            return [Subject(one) for one in teams]
        if " " in plain:
            named = [self._of_holder(one) for one in self._declared if _plain(one.name or "") == plain][:1]
            return named or self._by_team_word(plain)
        handles = (one for one in self._holders if loosely and one.handle and one.handle.lower() == plain)
        return [self._of_holder(one) for one in handles][:1]

    def _by_team_word(self, plain: str) -> list[Subject]:
        """"the payments team" is @acme/payments, or @acme/team-payments."""
        word = _TEAM_WORD.sub("", plain).replace(" ", "-")
        if not word or word == plain:
            return []
        called = (word, f"{word}-team", f"team-{word}", f"{word}s", f"{word}-squad")
        return [Subject(one) for one in self._teams if _short(one) in called]

    def _of_person(self, person: Person) -> Subject:
        handle = self._identities.handle_of(person)
        return Subject(Holder(person.name, HolderKind.PERSON, handle, person.email or None, person.name), person)

    def _of_settings(self, one: PersonSettings) -> list[Subject]:
        for text in (*one.emails, *(f"@{handle.removeprefix('@')}" for handle in one.handles), one.name):
            if people := self._identities.find(text):
                return [self._of_person(people[0])]
        return []

    def _of_holder(self, one: Holder) -> Subject:
        """A declared holder, with the person that history knows by the same address or full name."""
        if one.kind is not HolderKind.PERSON:
            return Subject(one)
        addresses = [one.email or "", f"@{one.handle}" if one.handle else "", one.name if one.name and " " in one.name else ""]
        people = (self._identities.find(address) for address in addresses if address)
        return Subject(one, next((found[0] for found in people if found), None))

    def _everybody(self) -> Iterator[tuple[str, Subject]]:
        """Names to look for near misses in: handles, short names of teams, full names."""
        for person in self._identities.people():
            for name in (person.name, self._identities.handle_of(person) or ""):
                if name:
                    yield _plain(name), self._of_person(person)
        for holder in self._holders:
            for name in (holder.handle or "", _short(holder), holder.name or ""):
                if name:
                    yield _plain(name), Subject(holder)

    @cached_property
    def _identities(self) -> Identities:
        return self._index.identities(tuple(self._repos))

    @cached_property
    def _declared(self) -> tuple[Holder, ...]:
        """Every holder that a file declares, once, in the order of the files."""
        files = [self._index.owners_file(name) for name in self._repos]
        entries = (entry for file in files if file is not None for entry in file.declarations())
        return tuple(dict.fromkeys(holder for entry in entries for holder in entry.holders))

    @cached_property
    def _holders(self) -> tuple[Holder, ...]:
        """Declared holders, each handle once, and the teams that the settings tell of."""
        known = {(holder.handle or holder.text).lower(): holder for holder in reversed(self._declared)}
        for one in self._settings:
            for team in one.teams:
                handle = team.lstrip("@")
                known.setdefault(handle.lower(), Holder(f"@{handle}", HolderKind.TEAM, handle))
        return tuple(known.values())

    @cached_property
    def _teams(self) -> tuple[Holder, ...]:
        return tuple(one for one in self._holders if one.kind is HolderKind.TEAM)


def _short(holder: Holder) -> str:
    return (holder.handle or "").rpartition("/")[2].lower()


def _plain(name: str) -> str:
    """Without accents, case, dots and extra blanks."""
    letters = "".join(char for char in normalize("NFKD", name) if not 0x300 <= ord(char) < 0x370)
    return " ".join(letters.casefold().replace(".", " ").split())
