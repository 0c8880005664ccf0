"""CODEOWNERS as GitHub reads it: one list, the last pattern that matches decides, whole lines replace each other.

Format: "About code owners" at https://docs.github.com/en/repositories (managing a repository's settings and features).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from indexer.declared.holders import holder_of
from indexer.declared.patterns import github_glob
from indexer.declared.rules import Rule, Rules
from indexer.declared.text import MAX_PATTERN, lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, Problem

_WORD = re.compile(r"(?:\\.|[^\s\\]|\\$)+")
_UNESCAPED_BRACKET = re.compile(r"(?:[^\\\[\]]|\\.)*[\[\]]")


class LastMatchFile:
    """One file whose last matching line decides."""

    def __init__(self, dialect: Dialect, files: tuple[str, ...], rules: Iterable[Rule], problems: Iterable[Problem]) -> None:
        self.dialect = dialect
        self.files = files
        self.problems = tuple(problems)
        self._rules = Rules(tuple(rules))

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """The line that decides, alone; () where none matches."""
        found = self._rules.deciding(path)
        return () if found is None else (found,)

    deciding = owners_of

    def declarations(self) -> Iterable[Declaration]:
        """Every line that holds."""
        return [rule.declaration for rule in self._rules.rules]


def read_github(file: str, data: bytes) -> LastMatchFile:
    """A CODEOWNERS file of GitHub; bad lines are problems of it."""
    if problem := too_large(file, data):
        return LastMatchFile(Dialect.GITHUB, (file,), (), (problem,))
    rules: list[Rule] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines_of(data), start=1):
        words = words_of(line)
        if words:
            rule = line_rule(file, number, words, one_holder, problems)
            if rule is not None:
                rules.append(rule)
    return LastMatchFile(Dialect.GITHUB, (file,), rules, problems)


def words_of(line: str) -> list[str]:
    """The words of a line up to a comment; a backslash keeps the space after it inside its word."""
    words = line.split() if "\\" not in line else _WORD.findall(line)
    if "#" not in line:
        return words
    for at, word in enumerate(words):
        if word.startswith("#"):
            return words[:at]
    return words


def one_holder(word: str) -> tuple[Holder, ...]:
    """The owner that a word names; () for anything else."""
    holder = holder_of(word)
    return () if holder is None else (holder,)


def line_rule(
    file: str, number: int, words: list[str], owners: Callable[[str], tuple[Holder, ...]], problems: list[Problem]
) -> Rule | None:
    """A line as a rule; what is wrong with it is added to `problems`. None where the whole line has to be left out.

    An owner that cannot be read is left out alone; a line of which no owner can be read does not count, because it was not meant
    to leave its files without an owner.
    """
    pattern = words[0]
    if fault := pattern_fault(pattern):
        problems.append(Problem(file, number, fault))
        return None
    holders: dict[Holder, None] = {}
    for word in words[1:]:
        found = owners(word)
        if not found:
            problems.append(Problem(file, number, f"“{_short(word)}” is no owner: write @user, @org/team or an e-mail address."))
        holders.update(dict.fromkeys(found))
    if len(words) > 1 and not holders:
        return None
    return Rule(github_glob(pattern), Declaration(file, number, pattern, tuple(holders)))


def pattern_fault(pattern: str) -> str:
    """Why GitHub (and Bitbucket) cannot use a pattern, and what to write instead; "" for a good one."""
    shown = f"“{_short(pattern)}”"
    if len(pattern) > MAX_PATTERN:
        return "has a pattern longer than any path."
    if pattern.startswith("!"):
        return f"{shown} begins with “!”, which does not work in this file: write the pattern without “!” and without an owner."
    if pattern.startswith("\\#"):
        return f"{shown} escapes “#”, which does not work in this file: use a wildcard such as “?” for the “#”."
    if ("[" in pattern or "]" in pattern) and _UNESCAPED_BRACKET.match(pattern):
        return f"{shown} uses “[ ]”, which does not work in this file: use “?” or one line for each character."
    if "***" in pattern:
        return f"{shown} has three stars in a row: write “**” for folders or “*” for a part of a name."
    if not pattern.strip("/") or "//" in pattern:
        return f"{shown} never matches anything: write “*” for all files, and single slashes."
    return ""


def _short(word: str) -> str:
    return word if len(word) <= 60 else word[:57] + "..."
