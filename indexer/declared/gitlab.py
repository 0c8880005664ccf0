"""CODEOWNERS as GitLab reads it: sections that each have an owner of their own, inside which the last matching line decides.

Format: https://docs.gitlab.com/user/project/codeowners/reference/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from indexer.declared.holders import holder_of
from indexer.declared.patterns import gitlab_glob
from indexer.declared.rules import Rule, Rules
from indexer.declared.text import MAX_PATTERN, lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, HolderKind, Problem

_HEADING = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]*)\](?:\[(?P<approvals>[^\]]*)\])?(?:\s+(?P<owners>.*))?")
_LIKE_HEADING = re.compile(r"\^?\[[^\]]*\]?(?:\s|\{|\[|$)")
_PATTERN = re.compile(r"((?:\\.|[^\s\\]|\\$)+)(?:\s+(.*))?")
_ROLE = re.compile(r"@@(developer|maintainer|owner)s?")
_APART = re.compile(r"[\s,;]+")

_NO_HEADING = "looks like a section's heading but is read as a path: write [Name], ^[Name] or [Name][2]."
_OWNERS_IN_COMMENT = "names owners in a comment at its end, and GitLab counts them: put the comment on a line of its own."
_WRITE = "write @user, @group/subgroup, @@role or an e-mail address."


@dataclass(slots=True)
class _Section:
    name: str
    rules: list[Rule] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Heading:
    name: str
    optional: bool = False
    approvals: int | None = None
    owners: tuple[Holder, ...] = ()


class GitLabFile:
    """A file of sections: a path has up to one entry from each."""

    dialect = Dialect.GITLAB

    def __init__(self, file: str, rules: Iterable[Rule], problems: Iterable[Problem]) -> None:
        self.files: tuple[str, ...] = (file,)
        self.problems = tuple(problems)
        self._rules = Rules(tuple(rules))
        self._places = {rule.declaration.section: place for place, rule in enumerate(self._rules.rules)}

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """One entry a section: those that must approve first, optional ones then, sections that leave the path out last."""
        deciding: dict[str, Rule] = {}
        for rule in self._rules.matching(path, latest_first=True):
            known = deciding.get(rule.declaration.section)
            if known is None or (rule.excludes and not known.excludes):
                deciding[rule.declaration.section] = rule
        found = [rule.declaration for rule in deciding.values()]
        found.sort(key=lambda entry: (not entry.holders, entry.optional, self._places[entry.section]))
        return tuple(found)

    deciding = owners_of

    def declarations(self) -> Iterable[Declaration]:
        """Every entry, section by section."""
        return [rule.declaration for rule in self._rules.rules]


def read_gitlab(file: str, data: bytes) -> GitLabFile:
    """A CODEOWNERS file of GitLab; bad lines are problems of it."""
    if problem := too_large(file, data):
        return GitLabFile(file, (), (problem,))
    problems: list[Problem] = []
    heading = _Heading("")
    sections = {"": _Section("")}
    for number, line in enumerate(lines_of(data), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _heading(file, number, line, problems)
        if found is None:
            sections[heading.name.casefold()].rules += _entry(file, number, line, heading, problems)
        else:
            section = sections.setdefault(found.name.casefold(), _Section(found.name))
            heading = replace(found, name=section.name)
    return GitLabFile(file, [rule for section in sections.values() for rule in _settled(section.rules)], problems)


def has_sections(data: bytes) -> bool:
    """Whether a file uses what only GitLab reads: a section's heading, or a role."""
    found = (line.strip() for line in lines_of(data))
    return any((line[:1] in "[^" and _HEADING.fullmatch(line)) or _ROLE.search(line.partition("#")[0]) for line in found if line)


def _settled(rules: list[Rule]) -> list[Rule]:
    """A section is optional only where every heading of it says so."""
    if all(rule.declaration.optional for rule in rules):
        return rules
    return [replace(rule, declaration=replace(rule.declaration, optional=False)) for rule in rules]


def _heading(file: str, number: int, line: str, problems: list[Problem]) -> _Heading | None:
    if line[0] not in "[^":
        return None
    found = _HEADING.fullmatch(line)
    if found is None:
        if _LIKE_HEADING.match(line):
            problems.append(Problem(file, number, _NO_HEADING))
        return None
    name = found["name"].strip()
    if not name:
        problems.append(Problem(file, number, "is a section's heading without a name: its lines join those before any section."))
    approvals = found["approvals"]
    count = int(approvals) if approvals is not None and re.fullmatch(r"\d{1,6}", approvals) else None
    if approvals is not None and not count:
        problems.append(Problem(file, number, f"asks for “{approvals[:20]}” approvals, which counts as 1: write 1 or more."))
        count = 1
    owners = _owners(file, number, found["owners"] or "", problems)
    return _Heading(name, bool(found["optional"]), count, owners)


def _entry(file: str, number: int, line: str, heading: _Heading, problems: list[Problem]) -> Iterator[Rule]:
    found = _PATTERN.fullmatch(line)
    pattern, text = (found[1], found[2] or "") if found else (line, "")
    excludes = pattern.startswith("!")
    path = pattern[1:] if excludes else pattern
    if not path or len(path) > MAX_PATTERN:
        problems.append(Problem(file, number, "has no path that could match anything."))
        return
    owners: tuple[Holder, ...] = ()
    if not excludes:
        owners = _owners(file, number, text, problems) if text else heading.owners
        if not owners:
            problems.append(Problem(file, number, f"names no owner, so nobody must approve “{path[:60]}”: add one."))
    declaration = Declaration(
        file, number, pattern, owners, section=heading.name, optional=heading.optional, approvals=heading.approvals
    )
    yield Rule(gitlab_glob(path), declaration, excludes)


def _owners(file: str, number: int, text: str, problems: list[Problem]) -> tuple[Holder, ...]:
    """Every owner named in a text. GitLab knows no comment behind an entry: whoever is named there is an owner as well."""
    _, mark, comment = text.partition("#")
    owners: dict[Holder, None] = {}
    for word in filter(None, _APART.split(text)):
        holder = _role(word) or holder_of(word)
        if holder is not None:
            owners.setdefault(holder)
        elif not mark:
            problems.append(Problem(file, number, f"“{word[:60]}” is no owner: {_WRITE}"))
    if mark and any(_role(word) or holder_of(word) for word in _APART.split(comment)):
        problems.append(Problem(file, number, _OWNERS_IN_COMMENT))
    return tuple(owners)


def _role(word: str) -> Holder | None:
    found = _ROLE.fullmatch(word)
    return Holder(word, HolderKind.ROLE, name=found[1]) if found else None
