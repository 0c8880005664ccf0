"""CODEOWNERS as Bitbucket reads it: GitHub's patterns, with owners that also say how many of a group are asked.

Format: https://support.atlassian.com/bitbucket-cloud/docs/set-up-and-use-code-owners/ and, for custom groups (“@@@name”), checks
and names in quotes, the Code Owners app that Data Center uses: https://docs.mibexsoftware.com/codeowners/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from indexer.declared.github import LastMatchFile, line_rule, one_holder
from indexer.declared.patterns import expanded, github_glob
from indexer.declared.rules import Rule
from indexer.declared.text import lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, HolderKind, Problem
from indexer.declared.yaml_nodes import BadYaml, entries_of, mapping_of, scalars_of

_WORD = re.compile(r"(?:@+\"[^\"]*\"|\\.|[^\s\\]|\\$)+")
_CHOICE = re.compile(r"(?P<who>@.+):(?:all|random|least_busy)(?:\(\d+\))?")
_QUOTED = re.compile(r"(@+)\"([^\"]+)\"")
_NOT_ABOUT_OWNERS = re.compile(r"CODEOWNERS\.|(?:Overall|Sub)?Check\(|MergeCheck\(")

Groups = Mapping[str, tuple[Holder, ...]]


def read_bitbucket(file: str, data: bytes, teams: tuple[str, bytes] | None = None) -> LastMatchFile:
    """A CODEOWNERS file of Bitbucket; `teams` is the path and content of the teams.yaml beside it."""
    if problem := too_large(file, data):
        return LastMatchFile(Dialect.BITBUCKET, (file,), (), (problem,))
    problems: list[Problem] = []
    lines = [(number, words) for number, line in enumerate(lines_of(data), start=1) if (words := _words(line))]
    groups: dict[str, tuple[Holder, ...]] = dict(_teams(*teams, problems)) if teams else {}
    for _, words in lines:
        if words[0].startswith("@@@"):
            groups[_group_name(words[0])] = tuple(member for word in words[1:] for member in _owners(word, {}))
    rules: list[Rule] = []
    for number, words in lines:
        if not words[0].startswith("@@@") and not _NOT_ABOUT_OWNERS.match(words[0]):
            rules += _rules(file, number, words, groups, problems)
    return LastMatchFile(Dialect.BITBUCKET, (file, teams[0]) if teams else (file,), rules, problems)


def _words(line: str) -> list[str]:
    words = _WORD.findall(line)
    comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]


def _rules(file: str, number: int, words: list[str], groups: Groups, problems: list[Problem]) -> list[Rule]:
    pattern = words[0]
    if pattern.startswith("!") and len(words) == 1 and pattern.strip("!/"):  # the app's way of leaving files to nobody
        declaration = Declaration(file, number, pattern, ())
        return [Rule(github_glob(one), declaration) for one in expanded(pattern[1:])]
    rule = line_rule(file, number, words, lambda word: _owners(word, groups), problems)
    if rule is None:
        return []
    return [replace(rule, glob=github_glob(one)) for one in expanded(pattern)]


def _owners(word: str, groups: Groups) -> tuple[Holder, ...]:
    """The owner of a word; a group of the file, or of teams.yaml, is followed by its members."""
    chosen = _CHOICE.fullmatch(word)
    who = chosen["who"] if chosen else word
    if who.startswith("@@"):
        name = _group_name(who)
        return _with_members(Holder(who, HolderKind.TEAM, name=name), name, groups) if name else ()
    if quoted := _QUOTED.fullmatch(who):
        return (Holder(who, HolderKind.PERSON, name=quoted[2]),)
    found = one_holder(who)
    if found and who.startswith("@teams/"):
        return _with_members(found[0], who.removeprefix("@teams/"), groups)
    return found


def _with_members(team: Holder, name: str, groups: Groups) -> tuple[Holder, ...]:
    return (team, *(replace(member, via=name) for member in groups.get(name, ())))


def _group_name(word: str) -> str:
    return word.lstrip("@").strip('"')


def _teams(file: str, data: bytes, problems: list[Problem]) -> Groups:
    """Name to members from teams.yaml, whose lists stand under the team or one level deeper."""
    try:
        found = mapping_of(data)
    except BadYaml as exc:
        problems.append(Problem(file, exc.line, exc.reason))
        return {}
    groups: dict[str, tuple[Holder, ...]] = {}
    for name, node in entries_of(found).items():
        lists = [node, *entries_of(node).values()]
        groups[name] = tuple(member for one in lists for text, _ in scalars_of(one) for member in _owners(text, {}))
    return groups
