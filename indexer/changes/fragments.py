"""Which files tell users what changed: changelogs, and the news fragments that projects collect for the next one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from pathlib import PurePosixPath

from indexer.changes.types import Nature
from indexer.changes.words import words
from indexer.types import FileChange

_LOG_STEMS = re.compile(
    r"^(change[-_ ]?logs?|changes|history|news|release[-_ ]?notes?|releases?|whats?[-_]?new|upgrad(e|ing)|unreleased)$", re.IGNORECASE
)
_LOG_SUFFIXES = frozenset(("", ".md", ".rst", ".txt", ".adoc", ".mdx", ".markdown"))
_LOG_FOLDERS = words("changelog changelogs release-notes release_notes releasenotes relnotes rel_notes rel-notes whatsnew")
_FRAGMENT_FOLDERS = words(
    "newsfragments news changes changelog changelog.d changelogs changes.d news.d .changes upcoming_changes unreleased _newsfragments"
    " .changeset releasenotes notes releasenotes"
)
_TYPES = {
    **dict.fromkeys(words("breaking major incompatible compatibility break"), Nature.BREAKING),
    **dict.fromkeys(words("removal removed remove removals"), Nature.REMOVAL),
    **dict.fromkeys(words("feature features feat added add new new_feature"), Nature.FEATURE),
    **dict.fromkeys(words("deprecation deprecated deprecations"), Nature.DEPRECATION),
    **dict.fromkeys(words("security"), Nature.SECURITY),
    **dict.fromkeys(words("bugfix bug fix fixed fixes bugfixes patch"), Nature.FIX),
    **dict.fromkeys(words("change changed changes other behavior improvement enhancement minor"), Nature.CHANGE),
    **dict.fromkeys(words("doc docs misc trivial internal vendor contrib packaging process chore tests test dev"), Nature.UPKEEP),
}
_FRAGMENT = re.compile(
    r"^[\w+@#-]+?\.(?P<type>[a-z_]+)(\.\d+)?(\.(md|rst|txt|asciidoc))?$|^(?P<first>[a-z_]+)[-_.]\S+\.(md|rst|txt)$", re.IGNORECASE
)


class Noted(Enum):
    """What a change adds to what users are told of a release, as far as the names of its files say."""

    NONE = auto()
    ENTRY = auto()
    MAJOR = auto()  # a fragment named as a feature, removal, deprecation, breaking change or as security


_MAJOR = (Nature.BREAKING, Nature.REMOVAL, Nature.FEATURE, Nature.DEPRECATION, Nature.SECURITY)
_MANY = 4  # fragments or changelogs that one change touches; more are a release or a tool's work


@lru_cache(maxsize=16_384)
def is_changelog(path: str) -> bool:
    """Whether a file collects what changed, release by release."""
    pure = PurePosixPath(path)
    if pure.suffix.lower() not in _LOG_SUFFIXES:
        return False
    stem = pure.stem if pure.suffix.lower() in _LOG_SUFFIXES and pure.suffix else pure.name
    folders = [part.lower() for part in pure.parts[:-1]]
    if _LOG_STEMS.match(stem):
        return len(folders) <= 4 and not {"test", "tests", "testdata", "fixtures"} & set(folders)
    return bool(folders) and folders[-1] in _LOG_FOLDERS and fragment_type(path) is None


@lru_cache(maxsize=16_384)
def is_fragment(path: str) -> bool:
    """Whether a file is one change's piece of the next changelog: towncrier's, changesets', reno's, or of another tool like these."""
    pure = PurePosixPath(path)
    folders = [part.lower() for part in pure.parts[:-1]]
    if not folders or pure.name.lower().startswith(("readme", "_template", "template", "config", ".git")):
        return False
    inside = {*folders[-3:]} & _FRAGMENT_FOLDERS
    if not inside:
        return False
    if folders[-1] in (".changeset", ".changes", "unreleased"):
        return pure.suffix in (".md", ".yaml", ".yml", ".rst", ".txt")
    if pure.suffix in (".yaml", ".yml"):
        return bool({"releasenotes", "notes", "changelogs", "changelog", "changelog.d"} & set(folders[-3:]))
    return _typed(pure.name) is not None or bool(re.match(r"^#?\d+(\.(md|rst|txt))?$", pure.name))


def fragment_type(path: str) -> Nature | None:
    """What kind of change a fragment's name says it is ("123.feature.rst"); None for no fragment, or one that does not say."""
    return _typed(PurePosixPath(path).name) if is_fragment(path) else None


def noted_in(changes: Sequence[FileChange]) -> tuple[Noted, Nature | None]:
    """What some changes add to changelogs and fragments, and what kind of change the fragments say it is (the weightiest)."""
    added = [one for one in changes if one.status != "D" and one.added and (is_fragment(one.path) or is_changelog(one.path))]
    if not added or len(added) > _MANY:
        return Noted.NONE, None
    kinds = {kind for one in added if one.status == "A" and (kind := fragment_type(one.path))}
    major = next((kind for kind in _MAJOR if kind in kinds), None)
    return (Noted.MAJOR, major) if major else (Noted.ENTRY, next(iter(kinds)) if len(kinds) == 1 else None)


def _typed(name: str) -> Nature | None:
    match = _FRAGMENT.match(name)
    return _TYPES.get((match["type"] or match["first"] or "").lower()) if match else None
