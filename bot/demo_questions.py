"""Chooses questions that a repository can be shown with, from its own areas, its most used definitions and its history."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.changes.titles import bare_title
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.changes.types import Fold, Rated
from indexer.index import Index
from indexer.types import Role, Symbol

_FILES = 400  # the largest source files are looked at; a central file is rarely a tiny one
_COMMITS = 300
_METHODS = 2  # a type with fewer has little to explain
_LINES = 5  # and so has a shorter function
_TRIES = 3  # questions of each kind, the best first
_TYPES = frozenset({"class", "interface", "struct", "trait", "type", "enum"})
_IMPERATIVE = re.compile(
    r"^(add|allow|avoid|bring|build|change|check|cut|deprecate|do|drop|enable|extract|fix|handle|improve|introduce|keep|let|make|move"
    r"|prevent|read|refactor|remove|rename|replace|require|return|rework|rewrite|send|simplify|split|stop|support|switch|turn|update"
    r"|upgrade|use|validate|write) (?P<rest>\S.*)$",
    re.IGNORECASE,
)


def area_questions(index: Index, repo: str) -> Iterator[str]:
    """"What does FOLDER do?" for the largest folders of source; where one folder is everything, what everything does."""
    areas = main_areas(index, repo)
    if len(areas) < 2:
        yield "What does this project do?"
    for area in areas[:_TRIES]:
        yield f"What does {area} do?"


def definition_questions(index: Index, repo: str) -> Iterator[str]:
    """"How does NAME work?" for the main definitions of the files that most others import."""
    for symbol in central_definitions(index, repo)[:_TRIES]:
        yield f"How does {symbol.name} work?"


def history_questions(index: Index, repo: str) -> Iterator[str]:
    """"Why did NAME do this?" for the most notable of the latest changes."""
    stories = group_stories(index.recent_commits(repo, limit=_COMMITS))
    told = [one for one in rate(stories, index.identities([repo])) if one.fold in (None, Fold.SMALL)]
    for one in told[:_TRIES]:
        yield change_question(one)


def change_question(change: Rated) -> str:
    """A title in the imperative continues a sentence; any other is quoted."""
    title = bare_title(change.story.title)
    found = _IMPERATIVE.match(title)
    who = change.authors[0].name if change.authors else "somebody"
    if found and "'" not in who:
        return f"Why did {who} {title[0].lower()}{title[1:]}?"
    return f"Why was this changed: {title}?"


def main_areas(index: Index, repo: str) -> list[str]:
    """The folders that hold most of the source, by lines; one inside another counts once."""
    lines: dict[str, int] = defaultdict(int)
    files: dict[str, int] = defaultdict(int)
    for path, _, role, _, size in index.files(repo):
        folders = PurePosixPath(path).parts[:-1]
        if role == Role.SOURCE.value and folders:
            area = "/".join(folders[:2])
            lines[area] += size
            files[area] += 1
    ranked = sorted(lines, key=lambda area: (files[area] < 2, -lines[area]))
    return [area for area in ranked if not any(area != other and area.startswith(f"{other}/") for other in ranked[:1])]


def central_definitions(index: Index, repo: str) -> list[Symbol]:
    """The main definition of each file, most imported file first; types, which are easier to ask about, before functions."""
    files = sorted((row for row in index.files(repo) if row[2] == Role.SOURCE.value), key=lambda row: -row[4])[:_FILES]
    users = {path: len({item.path for item in index.importers_of(repo, path)}) for path, *_ in files}
    central = sorted(users, key=lambda path: -users[path])[: _TRIES * 4]
    found = [main for path in central if (main := _main_definition(index.symbols_of(repo, path)))]
    return sorted(found, key=lambda one: one.kind not in _TYPES)


def _main_definition(symbols: list[Symbol]) -> Symbol | None:
    """The documented type with most methods, else the longest documented function. Types without methods only hold data."""
    methods = Counter(one.qualified.rpartition(".")[0] for one in symbols)
    telling = [one for one in symbols if _is_telling(one, methods[one.name])]
    return max(telling, key=lambda one: (one.kind in _TYPES, methods[one.name], one.end_line - one.start_line), default=None)


def _is_telling(one: Symbol, methods: int) -> bool:
    if not one.doc or one.name != one.qualified or one.name.startswith("_") or len(one.name) <= 3:
        return False
    if one.kind in _TYPES:
        return methods >= _METHODS and not one.name.endswith(("Error", "Exception"))
    return one.kind == "function" and one.end_line - one.start_line >= _LINES
