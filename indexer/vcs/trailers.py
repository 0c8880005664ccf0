"""Reads trailers of commit messages (git-interpret-trailers(1)): who helped, who reviewed, who passed the change on.

They are found wherever they stand: squashed messages have them in the middle, and one line may name several people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from indexer.types import Commit, Person
from indexer.vcs.bots import is_person

_TRAILER = re.compile(r"^[ \t]*(?P<key>[a-z][a-z-]*-by)[ \t]*:(?P<who>.*@.*)$", re.MULTILINE | re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<mail>[^<>\s]+@[^<>\s]+)>")
_BARE_MAIL = re.compile(r"^\s*(?P<mail>[^<>\s,;()]+@[^<>\s,;()]+)\s*$")
_BETWEEN = re.compile(r"^(?:\s*\([^()]*\)|\s*\[[^\[\]]*\]|[\s,;&]|and\s)+")  # what separates two people of one line

_HELPED = ("co-authored-by", "co-developed-by")
_REVIEWED = ("reviewed-by", "acked-by")
_SIGNED = ("signed-off-by",)

Trailers = Mapping[str, tuple[Person, ...]]


def trailers(commit: Commit) -> Trailers:
    """Every "…-by" trailer: its key in small letters -> the people it names, as written and in order, each once."""
    if "-by" not in commit.body.lower():
        return {}
    found: dict[str, dict[Person, None]] = defaultdict(dict)
    for item in _TRAILER.finditer(commit.body):
        found[item["key"].lower()] |= dict.fromkeys(people_in(item["who"]))
    return {key: tuple(people) for key, people in found.items()}


def people_in(text: str) -> list[Person]:
    """The people of "Ada Lovelace <ada@example.com>, Bob <bob@example.com>"; a bare address is its own name."""
    if bare := _BARE_MAIL.match(text):
        return [Person(bare["mail"].partition("@")[0], bare["mail"])]
    found = ((_BETWEEN.sub("", item["name"]).strip(" \t\"'"), item["mail"]) for item in _NAMED.finditer(text))
    return [Person(name or mail.partition("@")[0], mail) for name, mail in found]


def co_authors(commit: Commit) -> tuple[Person, ...]:
    """People named by Co-authored-by and Co-developed-by, without bots, assistants and the author."""
    return _others(commit, _HELPED)


def reviewers(commit: Commit) -> tuple[Person, ...]:
    """People named by Reviewed-by and Acked-by, without bots, assistants and the author."""
    return _others(commit, _REVIEWED)


def signers(commit: Commit) -> tuple[Person, ...]:
    """People named by Signed-off-by, without bots, assistants and the author: who passed the change on."""
    return _others(commit, _SIGNED)


def _others(commit: Commit, keys: tuple[str, ...]) -> tuple[Person, ...]:
    named = trailers(commit)
    people = dict.fromkeys(person for key in keys for person in named.get(key, ()))
    return tuple(person for person in people if person != commit.author and is_person(person))
