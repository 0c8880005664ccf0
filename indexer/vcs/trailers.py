"""Reads the trailers that end a commit message (git-interpret-trailers(1)): who reviewed, who helped."""

from __future__ import annotations

import re

from indexer.types import Commit, Person
from indexer.vcs.identity import is_person

_TRAILER = re.compile(r"^(?P<key>[A-Za-z][A-Za-z-]*-by):[ \t]*(?P<name>[^<\n]*?)[ \t]*<(?P<mail>[^<>\s]*)>[ \t]*$", re.MULTILINE)
_REVIEW = frozenset({"reviewed-by", "acked-by"})


def reviewers(commit: Commit) -> tuple[Person, ...]:
    """People named by Reviewed-by and Acked-by, without bots, assistants and the author."""
    return tuple(person for person in _named(commit, _REVIEW) if person != commit.author)


def co_authors(commit: Commit) -> tuple[Person, ...]:
    """People named by Co-authored-by, without bots, assistants and the author."""
    return tuple(person for person in _named(commit, frozenset({"co-authored-by"})) if person != commit.author)


def _named(commit: Commit, keys: frozenset[str]) -> list[Person]:
    found = (Person(item["name"], item["mail"]) for item in _TRAILER.finditer(commit.body) if item["key"].lower() in keys)
    return [person for person in dict.fromkeys(found) if is_person(person)]
