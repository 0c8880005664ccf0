"""CODEOWNERS as Gitea and Forgejo read it: Go regular expressions for whole paths; every line that matches counts.

Format: https://docs.gitea.com/usage/repository/code-owners
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.declared.holders import holder_of
from indexer.declared.regex import PathRegex
from indexer.declared.regex_syntax import BadRegex
from indexer.declared.text import MAX_PATTERN, lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, Problem

_MAX_RULES = 10_000  # each has to be tried for each path it may mean, some microseconds a time


@dataclass(frozen=True, slots=True)
class _Rule:
    regex: PathRegex
    negative: bool
    declaration: Declaration


class GiteaFile:
    """One file; a path has an entry for each line that matches it."""

    dialect = Dialect.GITEA

    def __init__(self, file: str, rules: Iterable[_Rule], problems: Iterable[Problem]) -> None:
        self.files: tuple[str, ...] = (file,)
        self.problems = tuple(problems)
        self._rules = tuple(rules)
        self._by_folder: dict[str | None, list[int]] = {}
        for number, rule in enumerate(self._rules):
            folder = None if rule.negative else rule.regex.first_folder
            self._by_folder.setdefault(folder, []).append(number)

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """Every line that applies, in the order of the file: their owners are asked together."""
        folder = path.partition("/")[0]
        numbers = sorted([*self._by_folder.get(None, ()), *self._by_folder.get(folder, ())])
        rules = (self._rules[number] for number in numbers)
        return tuple(rule.declaration for rule in rules if rule.regex.found_in(path) is not rule.negative)

    deciding = owners_of

    def declarations(self) -> Iterable[Declaration]:
        """Every line that holds."""
        return [rule.declaration for rule in self._rules]


def read_gitea(file: str, data: bytes) -> GiteaFile:
    """A CODEOWNERS file of Gitea or Forgejo; bad lines are problems of it."""
    if problem := too_large(file, data):
        return GiteaFile(file, (), (problem,))
    rules: list[_Rule] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines_of(data), start=1):
        words = _words(line)
        if words and len(rules) == _MAX_RULES:
            problems.append(Problem(file, number, f"and what follows is not read: {_MAX_RULES} lines are the most."))
            break
        if words:
            rule = _rule(file, number, words, problems)
            if rule is not None:
                rules.append(rule)
    return GiteaFile(file, rules, problems)


def _words(line: str) -> list[str]:
    """The words up to a comment; a backslash keeps the character after it, and only that."""
    if "\\" not in line:
        return line.partition("#")[0].split()
    words = [""]
    characters = iter(line.strip().replace("\t", " "))
    for char in characters:
        if char == "\\":
            words[-1] += next(characters, "")
        elif char == "#":
            break
        elif char == " ":
            words.append("")
        else:
            words[-1] += char
    return [word for word in words if word]


def _rule(file: str, number: int, words: list[str], problems: list[Problem]) -> _Rule | None:
    pattern = words[0]
    negative = pattern.startswith("!")
    if len(pattern) > MAX_PATTERN:
        problems.append(Problem(file, number, "has a pattern longer than any path."))
        return None
    try:
        # Exactly what the host puts together, so that “a|b” means “begins with a, or ends with b” here as well.
        regex = PathRegex(f"^{pattern.removeprefix('!').removeprefix('/')}$")
    except BadRegex as exc:
        problems.append(Problem(file, number, f"has no usable regular expression: “{pattern[:60]}” {exc}."))
        return None
    holders: dict[Holder, None] = {}
    for word in words[1:]:
        holder = holder_of(word if word.startswith("@") else f"@{word}")
        if holder is None or word.count("/") > 1:
            problems.append(Problem(file, number, f"“{word[:60]}” is no owner: write @user or @org/team."))
        else:
            holders.setdefault(holder)
    if not holders:
        if len(words) == 1:
            problems.append(Problem(file, number, f"names no owner, so it does not count: add one behind “{pattern[:60]}”."))
        return None
    return _Rule(regex, negative, Declaration(file, number, pattern, tuple(holders)))
