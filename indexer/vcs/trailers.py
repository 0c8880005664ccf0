"""Reads trailers of commit messages (git-interpret-trailers(1)): who helped, who reviewed, who passed the change on.

They are found wherever they stand: squashed messages have them in the middle, and one line may name several people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.types import Commit, Person
from indexer.vcs.bots import is_person

_TRAILER = re.compile(r"^[ \t]*(?P<key>[A-Za-z][A-Za-z-]*-[Bb][Yy])[ \t]*:(?P<who>.*@.*)$", re.MULTILINE)
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<mail>[^<>\s]+@[^<>\s]+)>")
_BARE_MAIL = re.compile(r"^\s*(?P<mail>[^<>\s,;()]+@[^<>\s,;()]+)\s*$")
_BETWEEN = re.compile(r"^(?:\s*\([^()]*\)|\s*\[[^\[\]]*\]|[\s,;&]|and\s)+")  # what separates two people of one line
_PREFIX = re.compile(r"^(?:[A-Za-z][A-Za-z-]*-[Bb][Yy]\s*:\s*)+")  # a trailer pasted into another one

_HELPED = ("co-authored-by", "co-developed-by")
_REVIEWED = ("reviewed-by", "acked-by")
_SIGNED = ("signed-off-by",)
_SEVERAL = 65_536  # the same few lines come again and again in a long history


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a message names, as written and in order, each once: by Co-authored-by and Co-developed-by, by Reviewed-by and
    Acked-by, by Signed-off-by. Programs and the author may be among them."""

    helpers: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()
    signers: tuple[Person, ...] = ()


_NOBODY = Named()


def named_in(commit: Commit) -> Named:
    """The people named in a commit's trailers."""
    if "@" not in commit.body:
        return _NOBODY
    found: dict[str, dict[Person, None]] = {}
    for item in _TRAILER.finditer(commit.body):
        found.setdefault(item["key"].lower(), {}).update(dict.fromkeys(people_in(item["who"])))
    if not found:
        return _NOBODY
    return Named(*(tuple({who: None for key in keys for who in found.get(key, ())}) for keys in (_HELPED, _REVIEWED, _SIGNED)))


def co_authors(commit: Commit) -> tuple[Person, ...]:
    """Whoever helped to write it, without bots, assistants and the author."""
    return tuple(person for person in named_in(commit).helpers if person != commit.author and is_person(person))


@lru_cache(maxsize=_SEVERAL)
def people_in(text: str) -> tuple[Person, ...]:
    """The people of "Ada Lovelace <ada@example.com>, Bob <bob@example.com>"; a bare address is its own name."""
    if bare := _BARE_MAIL.match(text):
        return (Person(bare["mail"].partition("@")[0], bare["mail"]),)
    found = ((_PREFIX.sub("", _BETWEEN.sub("", item["name"])).strip(" \t\"'"), item["mail"]) for item in _NAMED.finditer(text))
    return tuple(Person(name or mail.partition("@")[0], mail) for name, mail in found)
