"""How people name a change: a commit, a range, the number of a pull request, or a link to one of these. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.changes.webpages import ChangePage, addresses, read_change_page

_LONGEST = 300  # characters of a whole text that is a name


class Kind(StrEnum):
    COMMIT = "commit"
    RANGE = "range"
    PULL_REQUEST = "pull request"
    RELEASE = "release"
    UNCLEAR = "unclear"  # digits: the number of a pull request, or the first ones of a commit


@dataclass(frozen=True, slots=True)
class Named:
    """A change by its name: a revision `tip`, a range from `base` to `tip` ("" for an open end), or a pull request's `number`.

    `written` is what names it. `repository` is the one named with it ("shop-api#12", "acme/shop-api#12"), `page` a link's.
    `sure`: the words around it leave no doubt that it is one, whether or not it can be found.
    """

    kind: Kind
    written: str
    tip: str = ""
    base: str = ""
    number: int = 0
    repository: str = ""
    page: str = ""
    sure: bool = True


_NOUN = r"(?:the )?(?:PRs?|MRs?|pull[ -]?requests?|merge[ -]?requests?|GH)"
_NUMBER = re.compile(
    rf"(?:{_NOUN}[ -]?(?:number |no\.? ?)?[#!]?|(?P<repo>[\w.-]+(?:/[\w.-]+)*)?[#!])(?P<number>\d{{1,9}})", re.IGNORECASE
)
_SIDE = r"[^\s.~^:?*\[\\`'\"(),;](?:[^\s~^:?*\[\\`'\"(),;]*?[^\s.~^:?*\[\\`'\"(),;])?(?:[~^]\d*)*"
_RANGE = re.compile(rf"(?P<base>{_SIDE})?\.\.\.?(?P<tip>{_SIDE})?")
_WORD = re.compile(r"(?:(?:the )?(?:commit|revision|sha|tag|branch|change) )?`?(?P<tip>[^\s`]+)`?", re.IGNORECASE)

# In running text
_TEXT_NUMBER = re.compile(
    rf"(?<![\w/#!.&-])(?:(?P<noun>{_NOUN}[ -]?(?:number |no\.? ?)?[#!]?)|(?P<repo>[A-Za-z][\w.-]*(?:/[\w.-]+)?)?[#!])"
    r"(?P<number>\d{1,9})(?![\w/])",
    re.IGNORECASE,
)
_NAME = r"(?:[A-Za-z0-9_](?:[\w/+-]|\.(?=[\w]))*(?:[~^]\d*)*)"
_TEXT_RANGE = re.compile(rf"(?<![\w./~^-])(?P<base>{_NAME})\.\.\.?(?P<tip>{_NAME})(?![\w/.(])")
_TEXT_SHA = re.compile(
    r"(?<![\w/.#=-])(?P<noun>(?:commits?|revision|sha) )?`?(?P<tip>[0-9a-f]{7,40})`?(?![\w/-]|\.\w)", re.IGNORECASE
)
_SINCE = re.compile(r"\b(?:since|after|before|until|till)\s+(?:the )?$", re.IGNORECASE)
_SIDE_OF_RANGE = re.compile(
    r"\b(?:since|after|before|between|until|till|from|and|to|than)\s+(?:the )?(?:commit|tag|revision)?\s*`?$", re.IGNORECASE
)


def read_name(text: str) -> Named | None:
    """What a whole text names; None where it is several words that name nothing, or a link to something else."""
    words = " ".join(text.split())
    whole = words.strip("<>").partition("|")[0]  # as Slack sends links
    if re.match(r"https?://", whole):
        found = read_change_page(whole)
        return _of_page(whole, found) if found and " " not in whole else None
    words = words.rstrip("?!,;").removesuffix(".") if not words.endswith("..") else words
    if not words or len(words) > _LONGEST or not words.isprintable():
        return None
    if match := _NUMBER.fullmatch(words):
        return Named(Kind.PULL_REQUEST, words, number=int(match["number"]), repository=match["repo"] or "")
    bare = words.strip("`")
    if (match := _RANGE.fullmatch(bare)) and (match["base"] or match["tip"]):
        return Named(Kind.RANGE, bare, match["tip"] or "", match["base"] or "")
    match = _WORD.fullmatch(words)
    if match is None or match["tip"].startswith("-") or not re.search(r"\w", match["tip"]):
        return None
    if re.fullmatch(r"\d{1,6}", match["tip"]):
        return Named(Kind.UNCLEAR, match["tip"], match["tip"], number=int(match["tip"]))
    return Named(Kind.COMMIT, match["tip"], match["tip"])


def names_in(text: str) -> Iterator[Named]:
    """What a question may name, the clearest first; a name that only says since when is left out."""
    for address in addresses(text):
        if found := read_change_page(address):
            yield _of_page(address, found)
    rest = re.sub(r"\w+://\S+", " ", text)
    for match in _TEXT_RANGE.finditer(rest):
        yield Named(Kind.RANGE, match.group(), match["tip"], match["base"], sure=False)
    for match in _TEXT_NUMBER.finditer(rest):
        if not _SINCE.search(rest[: match.start()]):
            number, repo = int(match["number"]), match["repo"] or ""
            yield Named(Kind.PULL_REQUEST, match.group(), number=number, repository=repo, sure=bool(match["noun"]))
    for match in _TEXT_SHA.finditer(rest):
        if not _SIDE_OF_RANGE.search(rest[: match.start()]):
            yield Named(Kind.COMMIT, match["tip"], match["tip"], sure=bool(match["noun"]))


def _of_page(address: str, page: ChangePage) -> Named:
    if page.commit:
        return Named(Kind.COMMIT, address, page.commit, page=page.repository)
    if page.number:
        return Named(Kind.PULL_REQUEST, address, number=page.number, page=page.repository)
    if page.tag:
        return Named(Kind.RELEASE, address, "" if page.tag == "latest" else page.tag, page=page.repository)
    return Named(Kind.RANGE, address, page.tip, page.base, page=page.repository)
