"""A report on one part of the code, or on one person's work: which stories belong to it, and how much of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers.words import shared, stems
from bot.owners.resolve import resolve
from bot.owners.types import Place, PlaceKind
from bot.owners.words import place_name
from indexer.changes.types import Story
from indexer.config import PersonSettings
from indexer.errors import QueryError
from indexer.index import Index
from indexer.types import Commit, Person
from indexer.vcs.identity import Identities

_WHOLE = (PlaceKind.FOLDER, PlaceKind.REPOSITORY)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a topic was taken for: files and folders of each repository, or a person. `shown` names it in Markdown.

    Where it was `guessed` from plain words, stories that say all of these words in their title belong to it too.
    """

    shown: tuple[str, ...]
    files: Mapping[str, frozenset[str]]
    folders: Mapping[str, tuple[str, ...]]
    person: Person | None = None
    guessed: bool = False
    words: frozenset[str] = frozenset()

    def among(self, repos: Sequence[str]) -> tuple[str, ...]:
        """Those of `repos` that it has something in; a person may have worked in any."""
        return tuple(repo for repo in repos if self.person is not None or repo in self.files)

    def part(self, repo: str, story: Story, identities: Identities) -> Story | None:
        """The story with only what belongs to the topic; None where nothing does."""
        if self.person is not None:
            theirs = any(identities.of(commit.author) == self.person for commit in story.commits if len(commit.parents) < 2)
            return story if theirs else None
        if self.words and self.words <= shared(self.words, stems(story.title)):
            return story
        commits = tuple(self._part(repo, commit) for commit in story.commits)
        return replace(story, commits=commits) if any(commit.changes for commit in commits) else None

    def _part(self, repo: str, commit: Commit) -> Commit:
        kept = tuple(one for one in commit.changes if self._is_in(repo, one.path) or (one.old_path and self._is_in(repo, one.old_path)))
        return replace(commit, changes=kept)

    def _is_in(self, repo: str, path: str) -> bool:
        return path in self.files.get(repo, ()) or any(path.startswith(folder) for folder in self.folders.get(repo, ()))


def narrowing_of(index: Index, topic: str, repos: Sequence[str], people: Sequence[PersonSettings]) -> Narrowing:
    """What a path, symbol, person or plain words mean, by the same reading as `docent whoowns`. QueryError where nothing is called so."""
    resolved = resolve(index, topic, repos, people)
    if resolved.subject is not None and resolved.subject.person is not None:
        person = resolved.subject.person
        return Narrowing((person.name,), {}, {}, person)
    if not resolved.places:
        raise QueryError(f"Nothing here is called “{topic}”.", "Name a folder, a file, a person, or leave it out for everything.")
    files: dict[str, set[str]] = {}
    folders: dict[str, list[str]] = {}
    for place in resolved.places:
        files.setdefault(place.repository, set()).update(place.files)
        if place.kind in _WHOLE:
            folders.setdefault(place.repository, []).append(f"{place.path}/" if place.path else "")
    return Narrowing(
        shown=_shown(resolved.places),
        files={repo: frozenset(paths) for repo, paths in files.items()},
        folders={repo: tuple(paths) for repo, paths in folders.items()},
        guessed=resolved.guessed,
        words=frozenset(stems(topic)) if resolved.guessed else frozenset(),
    )


def _shown(places: Sequence[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place_name(place).replace("`part of ", "part of `") for place in places))
