"""Ranks the stories of a period by how much they matter, each with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.changes.folds import fold_of, major_version
from indexer.changes.fragments import Noted, is_changelog, is_fragment, noted_in
from indexer.changes.natures import DOCUMENTED_LINES, nature_of
from indexer.changes.parts import part_of
from indexer.changes.scoring import changes_behaviour, score_of
from indexer.changes.sizes import counted_changes, size_of
from indexer.changes.titles import split_title
from indexer.changes.types import Nature, Rated, Size, Story
from indexer.types import FileChange, Person, Role
from indexer.vcs.bots import is_person
from indexer.vcs.identity import Identities
from indexer.vcs.trailers import co_authors

_THRESHOLD = 3.5  # a large change or fix without any word to users; on days with ten stories, two to five reach it
_SAYS = {
    Nature.BREAKING: "its author marks it as breaking",
    Nature.REMOVAL: "its title says that something is taken away",
    Nature.FEATURE: "its title says that something is new",
    Nature.DEPRECATION: "its title says that something is to go",
    Nature.SECURITY: "its title speaks of security",
    Nature.REVERT: "it takes back an earlier change",
}
_FILED = {
    Nature.BREAKING: "its changelog entry is filed as breaking",
    Nature.REMOVAL: "its changelog entry is filed as a removal",
    Nature.FEATURE: "its changelog entry is filed as a feature",
    Nature.DEPRECATION: "its changelog entry is filed as a deprecation",
    Nature.SECURITY: "its changelog entry is filed under security",
}


def rate(stories: Sequence[Story], identities: Identities, *, use_notes: bool = True) -> list[Rated]:
    """Every story, most important first, those only to be counted (`fold`) last.

    `use_notes=False` leaves out whatever files that tell users of changes (changelogs, news fragments) say, for judging against them.
    """
    rated = [_rated(story, identities, use_notes) for story in stories]
    return sorted(rated, key=lambda one: (one.fold is not None, -one.score))  # stable: newer first


def _rated(story: Story, identities: Identities, use_notes: bool) -> Rated:
    changes = counted_changes(story)
    shown = [one for one in changes if not (is_changelog(one.path) or is_fragment(one.path))]
    size, title = size_of(shown), split_title(story.title)
    noted, kind = noted_in(changes) if use_notes else (Noted.NONE, None)
    nature = kind or nature_of(story, size)
    score = score_of(title, nature, size, noted)
    fold = fold_of(story, size, nature, score, _THRESHOLD)
    says = _FILED.get(nature, "it has a changelog entry") if kind else _SAYS.get(nature, "")
    reasons = _reasons(story, size, says, changes)
    return Rated(story, score, nature, size, reasons, fold, authors_of(story, identities))


def _reasons(story: Story, size: Size, says: str, changes: Sequence[FileChange]) -> tuple[str, ...]:
    """Why a story stands where it does, the weightiest reason first."""
    removed = sum(change.status == "D" and part_of(change.path) is Role.SOURCE for change in changes)
    reasons = (
        says,
        "a major version of a dependency" if major_version(story) else "",
        f"{_counted(size.docs_added, 'line')} of documentation added" if size.docs_added >= DOCUMENTED_LINES else "",
        f"{_counted(size.source, 'line')} of code changed in {_counted(size.files, 'file')}" if size.source else "",
        f"{_counted(removed, 'file')} of code removed" if removed else "",
        "its title speaks of how things behave by default" if changes_behaviour(split_title(story.title)) else "",
        f"{_counted(size.tests, 'line')} of tests changed" if size.tests else "",
    )
    return tuple(reason for reason in reasons if reason)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def authors_of(story: Story, identities: Identities) -> tuple[Person, ...]:
    """Who made it, by commits; whoever only pressed the merge button is not among them."""
    made = [commit for commit in story.commits if len(commit.parents) < 2] or list(story.commits)
    people = Counter(identities.of(person) for commit in made for person in (commit.author, *co_authors(commit)))
    human = Counter({person: count for person, count in people.items() if is_person(person)})
    return tuple(person for person, _ in (human or people).most_common())
