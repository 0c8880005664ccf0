"""A change in a few words for people who do not read commits: what its author called it, without the marks for machines."""

from __future__ import annotations

import re

from bot.answers.sentences import shortened
from indexer.changes.types import Nature, Rated, Story

_LONGEST = 22  # words
_MARKS = re.compile(
    r"^(?:"
    r"\[[^\[\]]{1,40}\]:?"  # [SHOP-12], [8.0.x], [PATCH 2/4]
    r"|(?:gh|bpo|lp|rfc)?[-#]\d+\s*:"  # gh-123:
    r"|[A-Z][A-Z0-9]+-\d+\b\s*[:.-]?"  # SHOP-12:
    r"|(?:closes?|fix(?:es|ed)?|resolves?|refs?|issue|see)\s+(?:[\w./-]*[#!]\d+|[A-Z]+-\d+)\s*(?:--|[:,.-])"  # Fixes #12 --
    r"|:[a-z0-9_+-]+:"  # an emoji by its name
    r"|[^\w\s\"'“‘`([{<$@#.~/*-]+"  # or itself
    r"|(?:wip|draft|ported|backport)\s*:"
    r")\s*",
    re.IGNORECASE,
)
_CONVENTIONAL = re.compile(r"^(?P<type>[a-z]{2,12})(?:\((?P<scope>[^()]{1,40})\))?!?\s*:\s+", re.IGNORECASE)
_TYPES = re.compile(
    r"feat(?:ure)?|(?:bug|hot)?fix|bug|refactor|ref|perf|chore|docs?|style|tests?|build|ci|revert|deps|security|breaking|enh|misc"
    r"|removed?|add(?:ed)?|changed?|improvement|enhancement|deprecated?|release|internal",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"\s*(?:\((?:[^()]*[#!]\d+[^()]*|[A-Z]+-\d+)\)|,?\s*(?:closes?|fix(?:es)?|resolves?|refs?)\s+#\d+|\s#\d+|\[[^\[\]]*#\d+\])\s*\.?\s*$",
    re.IGNORECASE,
)
_REVERT = re.compile(r"^(?:revert|reverts|reverted)(?::|\s+of)?\s+[\"“'‘]?(?P<what>.+?)[\"”'’]?$", re.IGNORECASE)
_LEADING = {
    Nature.FEATURE: re.compile(r"^(?:add(?:s|ed|ing)?|introduc(?:e|es|ed|ing)|implement(?:s|ed|ing)?|new)(?::|\s+)\s*", re.IGNORECASE),
    Nature.REMOVAL: re.compile(r"^(?:remov(?:e|es|ed|ing)|drop(?:s|ped|ping)?|delet(?:e|es|ed|ing))(?::|\s+)\s*", re.IGNORECASE),
    Nature.DEPRECATION: re.compile(r"^deprecat(?:e|es|ed|ing)(?::|\s+)\s*", re.IGNORECASE),
    Nature.FIX: re.compile(r"^(?:(?:bug)?fix(?:es|ed|ing)?)(?::|\s+)\s*", re.IGNORECASE),
}
_SCOPE = re.compile(r"^(?P<scope>[a-zA-Z][\w./*,+ -]{0,40}?)(?<! to)(?<! of):\s+(?=\S)")
_VERB = re.compile(
    r"(?:add|allow|answer|avoid|bring|build|change|check|clean|cut|deprecate|display|do|drop|eliminate|enable|escalate|expose|extract|fix|give|handle|hide|hold|implement"
    r"|improve|introduce|keep|let|make|move|name|offer|prevent|promote|provide|put|read|rebase|refactor|remove|rename|replace|require|return|revert|rework|rewrite|say|send"
    r"|set|ship|show|simplify|split|stop|support|switch|take|tell|try|turn|update|upgrade|use|validate|write)(?:e?s|e?d|ing)?\s",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"^merge commit from fork\b", re.IGNORECASE)  # GitHub's merge of a security advisory's private fork
_PUT = {
    Nature.BREAKING: "Breaking",
    Nature.REMOVAL: "Removed",
    Nature.FEATURE: "New",
    Nature.DEPRECATION: "Deprecated",
    Nature.SECURITY: "Security",
    Nature.FIX: "Fixed",
    Nature.REVERT: "Taken back",
}


def title_of(rated: Rated) -> str:
    """The change in a few words, after what it does: "New: refunds in parts". Markdown; no full stop."""
    bare = bare_title(_telling(rated.story))
    said = _PUT.get(rated.nature)
    if said is None:
        return _capital(bare)
    if rated.nature is Nature.REVERT and (found := _REVERT.match(bare)):
        return f"{said}: {bare_title(found['what'])}"
    leading = _LEADING.get(rated.nature)
    if leading is None:
        return f"{said}: {bare}"
    scope, rest = _scope(bare)
    told = leading.sub("", rest, count=1)
    if told == rest and _VERB.match(rest):
        return _capital(bare)  # "Deprecated: Introduce a new way" says what is not so
    if len(told.split()) < 2:
        return _capital(bare)  # "New: 2FA" tells less than "Add 2FA"
    return f"{said}: {told} ({scope})" if scope and told != rest else f"{said}: {scope}: {told}" if scope else f"{said}: {told}"


def _telling(story: Story) -> str:
    """The title, or, where a host wrote one that says nothing, that of a commit it brought, else the files."""
    if not _SAYS_NOTHING.match(story.title):
        return story.title
    brought = next((commit.subject for commit in story.commits if not _SAYS_NOTHING.match(commit.subject)), "")
    files = list(dict.fromkeys(change.path.rpartition("/")[2] for change in story.changes))
    return brought or f"a fix from a private fork in {', '.join(f'`{name}`' for name in files[:2])}{' and more' if files[2:] else ''}"


def _scope(title: str) -> tuple[str, str]:
    """The part of the software that a title begins with, as in "web/api: add search", and the rest."""
    found = _SCOPE.match(title)
    return (found["scope"].strip(), title[found.end() :]) if found else ("", title)


def bare_title(title: str) -> str:
    """A title without issue numbers, types, emoji and other marks, shortened."""
    text, before = " ".join(title.replace("``", "`").split()), ""
    while text and text != before:
        before = text
        text = _TAILS.sub("", _MARKS.sub("", text, count=1))
        found = _CONVENTIONAL.match(text)
        if found and _TYPES.fullmatch(found["type"]):
            text = text[found.end() :]
    text = text.strip() or " ".join(title.split())
    return shortened(text, _LONGEST).rstrip(" .:") or "(no title)"


def _capital(text: str) -> str:
    """An opening word in lower case that is no name gets a capital letter."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text
