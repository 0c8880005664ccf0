"""Who is asked about: one person, or the known people of a team, and which entries of a file name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers.types import Owner
from bot.owners.declared import People, shown
from bot.owners.people import owner_of, with_commits
from bot.owners.types import Subject
from indexer.analysis.ownership import ago, ownership
from indexer.config import PersonSettings
from indexer.declared.types import Declaration, Holder, HolderKind
from indexer.index import Index
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities

_ACTIVE_WITHIN = timedelta(days=180)
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
        settings, seen = self.identities.settings_of(person), self.identities.last_seen(person)
        left = bool(settings and settings.left)
        mails = dict.fromkeys(one.email for one in self.identities.all_of(person) if one.email and one.email != person.email)
        told = [f"last seen {ago(seen, self.now)}" if seen else "no commit of theirs is known"]
        told += ["has left, as the settings say"] if left else []
        told += [f"member of {', '.join(settings.teams)}"] if settings and settings.teams else []
        return Owner(
            name=person.name,
            email=person.email,
            share=0.0,
            reasons=tuple(told),
            last_active=seen,
            active=not left and seen is not None and self.now - seen <= _ACTIVE_WITHIN,
            handle=self.identities.handle_of(person) or holder.handle,
            sources=("history",) if seen else ("settings",),
            aliases=tuple(mails),
            slack=(settings.slack or None) if settings else None,
        )

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
        seen = self.identities.last_seen(person)
        settings = self.identities.settings_of(person)
        reasons = (f"last seen {ago(seen, self.now)}",) if seen else ()
        active = not (settings and settings.left) and seen is not None and self.now - seen <= _ACTIVE_WITHIN
        slack = (settings.slack or None) if settings else None
        handle = self.identities.handle_of(person)
        return Owner(person.name, person.email, 0.0, reasons, seen, active, handle=handle, sources=(), slack=slack)

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
