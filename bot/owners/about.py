"""Who is asked about: one person, or the known people of a team, and which entries of a file name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers.types import Owner
from bot.owners.declared import People, shown
from bot.owners.people import owner_of, person_known, with_commits
from bot.owners.types import Subject
from indexer.analysis.ownership import ago, ownership
from indexer.config import PersonSettings
from indexer.declared.types import Declaration, Holder, HolderKind
from indexer.index import Index
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities

_MEMBERS = 5


class About:
    """Who the subject is: one person, or the known people of a team."""

    def __init__(
        self, index: Index, subject: Subject, identities: Identities, people: Sequence[PersonSettings], now: datetime
    ) -> None:
        self.index, self.subject, self.identities, self.now = index, subject, identities, now
        self.declared_people = People(identities, (), now)
        self._settings = people
        self.people = self._known_people()
        self._holds: dict[Holder, bool] = {}

    def holds(self, declaration: Declaration) -> bool:
        """Whether an entry names the subject."""
        return any(self._is_subject(holder) for holder in declaration.holders)

    def _is_subject(self, holder: Holder) -> bool:
        if holder not in self._holds:
            mine, person = self.subject.holder, self.subject.person
            named = (holder.handle or holder.text).lower() == (mine.handle or mine.text).lower() and holder.kind is mine.kind
            mail = (holder.email or "").lower() or None
            same = person is not None and self.declared_people.person_of(holder) == person
            self._holds[holder] = named or mail == (mine.email or "").lower() or same
        return self._holds[holder]

    def who(self) -> Owner:
        """The subject, as answers name them."""
        holder, person = self.subject.holder, self.subject.person
        if person is None:
            kind = {HolderKind.PERSON: "person", HolderKind.TEAM: "team"}.get(holder.kind, "role")
            return Owner(shown(holder), holder.email or "", 0.0, (), None, bool(self.people), kind, holder.handle, ())
        known, settings = person_known(person, self.identities, self.now), self.identities.settings_of(person)
        seen = known.last_active
        told = [f"last seen {ago(seen, self.now)}" if seen else "no commit of theirs is known"]
        told += ["has left, as the settings say"] if settings and settings.left else []
        told += [f"member of {', '.join(settings.teams)}"] if settings and settings.teams else []
        sources = ("history",) if seen else ("settings",)
        return replace(known, reasons=tuple(told), handle=known.handle or holder.handle, sources=sources)

    def members(self, touches: Sequence[tuple[str, Touch]]) -> tuple[Owner, ...]:
        """Who works on what a team owns: those whom the settings put in it, then others who were active there lately."""
        if self.subject.holder.kind is HolderKind.PERSON:
            return ()
        found = {one.person: one for one in ownership((touch for _, touch in touches), self.identities, self.now).contributors}
        owners: dict[Person, Owner] = {}
        for person in self.people:
            owner = owner_of(found[person], self.identities) if person in found else self._idle(person)
            reasons = ("in this team, as the settings say", *owner.reasons)
            owners[person] = replace(owner, reasons=reasons, sources=("settings", *owner.sources))
        others = [one for one in found.values() if one.person not in self.people and one.active]
        others.sort(key=lambda one: -one.active_share)
        owners |= {one.person: owner_of(one, self.identities) for one in others}
        kept = dict(list(owners.items())[:_MEMBERS])
        return with_commits(self.index, kept, touches, self.identities)

    def _idle(self, person: Person) -> Owner:
        known = person_known(person, self.identities, self.now)
        reasons = (f"last seen {ago(known.last_active, self.now)}",) if known.last_active else ()
        return replace(known, reasons=reasons, sources=())

    def _known_people(self) -> tuple[Person, ...]:
        if self.subject.person is not None:
            return (self.subject.person,)
        handle = (self.subject.holder.handle or "").lower()
        if self.subject.holder.kind is not HolderKind.TEAM or not handle:
            return ()
        mates = [one for one in self._settings if handle in (team.removeprefix("@").lower() for team in one.teams)]
        found = (self._person_of(one) for one in mates)
        return tuple(dict.fromkeys(person for person in found if person is not None))

    def _person_of(self, settings: PersonSettings) -> Person | None:
        texts = (*settings.emails, *(f"@{handle.removeprefix('@')}" for handle in settings.handles), settings.name)
        return next((found[0] for text in texts if (found := self.identities.find(text))), None)
