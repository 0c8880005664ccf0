"""MAINTAINERS as Linux, Xen, DPDK, U-Boot, coreboot and QEMU write it: sections with people, a status and path patterns.

Format: the head of https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/MAINTAINERS. A section begins with its
title and goes on up to the next line that is neither blank nor marked by a letter, as get_maintainer.pl has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from indexer.declared.holders import named_holder
from indexer.declared.patterns import expanded, maintainers_glob
from indexer.declared.people_list import listed_people
from indexer.declared.regex import PathRegex
from indexer.declared.regex_syntax import BadRegex
from indexer.declared.rules import Rule, Rules
from indexer.declared.text import MAX_PATTERN, lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, HolderKind, Problem

_TAG = re.compile(r"([A-Z]):\s*(.*)")
_RULER = re.compile(r"[-=~_*#\s]*")
_SECTIONS = re.compile(rb"^[MRS]:[ \t]*\S", re.MULTILINE)
_PATTERNS = re.compile(rb"^[FN]:[ \t]*\S", re.MULTILINE)
_LEGEND = "descriptions of section entries"
_THE_REST = "the rest"
_ROLES = {"M": "maintainer", "R": "reviewer"}


@dataclass(slots=True)
class _Section:
    file: str
    title: str
    people: dict[Holder, None] = field(default_factory=dict)
    lists: list[Holder] = field(default_factory=list)
    status: str = ""
    patterns: list[tuple[int, str]] = field(default_factory=list)
    regexes: list[tuple[int, str, PathRegex]] = field(default_factory=list)
    excluded: list[Callable[[str], object]] = field(default_factory=list)
    name: str = ""  # of an obsolete P: line, which names who the next M: line only gives the address of

    def declaration(self, line: int, pattern: str) -> Declaration:
        """An entry of the section. A mailing list stands in where nobody is named."""
        holders = tuple(self.people) or tuple(self.lists)
        return Declaration(self.file, line, pattern, holders, section=self.title, status=self.status)

    @property
    def says_something(self) -> bool:
        """Whether it declares anybody, or a status such as “Orphan”; some sections only gather the paths of others."""
        return bool(self.people or self.lists or self.status)

    @property
    def is_rest(self) -> bool:
        return self.title.casefold() == _THE_REST


@dataclass(frozen=True, slots=True)
class _Match:
    section: _Section
    declaration: Declaration
    depth: tuple[int, int]


class MaintainersFiles:
    """All MAINTAINERS files of a repository: a path has an entry for each section it belongs to, the most specific first."""

    dialect = Dialect.MAINTAINERS

    def __init__(self, files: Iterable[str], sections: Iterable[_Section], problems: Iterable[Problem]) -> None:
        self.files = tuple(files)
        self.problems = tuple(problems)
        self._sections = tuple(sections)
        self._by_place: dict[tuple[str, int], _Match] = {}
        rules: list[Rule] = []
        for section in self._sections:
            for line, pattern in section.patterns:
                match = _Match(section, section.declaration(line, pattern), _depth(pattern))
                self._by_place[section.file, line] = match
                rules += [Rule(maintainers_glob(one), match.declaration) for one in expanded(pattern)]
        self._rules = Rules(rules)
        self._regexes = [
            (regex, _Match(section, section.declaration(line, pattern), (0, 0)))
            for section in self._sections
            for line, pattern, regex in section.regexes
        ]

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """One entry a section, by the pattern that says most of the path; “THE REST” comes last."""
        best: dict[int, _Match] = {}
        for match in self._matches(path):
            known = best.get(id(match.section))
            if known is None or match.depth > known.depth:
                best[id(match.section)] = match
        found = [one for one in best.values() if not any(matches(path) for matches in one.section.excluded)]
        found.sort(key=lambda one: (one.section.is_rest, -one.depth[0], -one.depth[1]))
        return tuple(one.declaration for one in found)

    def deciding(self, path: str) -> tuple[Declaration, ...]:
        """The most specific section."""
        return self.owners_of(path)[:1]

    def declarations(self) -> Iterator[Declaration]:
        """Every pattern of every section."""
        for section in self._sections:
            entries = [*section.patterns, *((line, pattern) for line, pattern, _ in section.regexes)]
            for line, pattern in entries:
                yield section.declaration(line, pattern)

    def _matches(self, path: str) -> Iterator[_Match]:
        for rule in self._rules.matching(path):
            yield self._by_place[rule.declaration.file, rule.declaration.line]
        for regex, match in self._regexes:
            if regex.found_in(path):
                yield match


def read_maintainers(read: Callable[[str], bytes | None], files: list[str]) -> MaintainersFiles | None:
    """All MAINTAINERS files of a repository, the root's first; None where none is of a kind that can be read.

    A file at the root that is a plain list of people declares them for everything.
    """
    sections: list[_Section] = []
    problems: list[Problem] = []
    used: list[str] = []
    for file in files:
        data = read(file)
        if data is None:
            continue
        if problem := too_large(file, data):
            problems.append(problem)
            used.append(file)
        elif _SECTIONS.search(data) and _PATTERNS.search(data):
            sections += _sections(file, lines_of(data), problems)
            used.append(file)
        elif "/" not in file and (people := listed_people(lines_of(data))):
            everything = _Section(file, "", people=dict.fromkeys(holder for _, holder in people))
            everything.patterns.append((people[0][0], "*/"))
            everything.patterns.append((people[0][0], "*"))
            sections.append(everything)
            used.append(file)
    return MaintainersFiles(used, sections, problems) if used else None


def _depth(pattern: str) -> tuple[int, int]:
    """How much a pattern says: its folders, then the part of it before any wildcard."""
    return pattern.rstrip("/").count("/") + (not pattern.endswith("/")), len(re.split(r"[*?\[{]", pattern)[0])


def _sections(file: str, lines: list[str], problems: list[Problem]) -> list[_Section]:
    sections: list[_Section] = []
    title = ""
    open_section: _Section | None = None
    for number, line in enumerate(lines, start=1):
        found = _TAG.match(line)
        if found is not None:
            if open_section is None:
                open_section = _Section(file, title)
                sections.append(open_section)
            _add(open_section, number, found[1], found[2].strip(), problems)
        elif line.strip() and not line[0].isspace() and not line.startswith("#") and not _RULER.fullmatch(line):
            title = line.strip()
            open_section = None
    return [section for section in sections if section.says_something and _LEGEND not in section.title.casefold()]


def _add(section: _Section, number: int, tag: str, value: str, problems: list[Problem]) -> None:
    """One marked line; letters that say nothing of people, paths or status are passed over."""
    if not value:
        return
    if tag in _ROLES:
        holder = named_holder(f"{section.name} <{value}>" if section.name and "<" not in value else value, _ROLES[tag])
        section.name = ""
        if holder is None:
            problems.append(Problem(section.file, number, f"“{value[:60]}” is nobody: write Full Name <name@example.com>."))
        else:
            section.people.setdefault(holder)
    elif tag == "P" and re.fullmatch(r"[^:/<>@]{2,80}", value):
        section.name = value
    elif tag == "S":
        section.status = section.status or value
    elif tag == "L":
        address = value.split()[0]
        section.lists.append(Holder(address, HolderKind.TEAM, email=address if "@" in address else None, role="list"))
    elif tag in "FXN" and len(value) > MAX_PATTERN:
        problems.append(Problem(section.file, number, "has a pattern longer than any path."))
    elif tag == "F":
        section.patterns.append((number, value))
    elif tag == "X":
        section.excluded += [maintainers_glob(one).matcher() for one in expanded(value)]
    elif tag == "N":
        try:
            section.regexes.append((number, value, PathRegex(value)))
        except BadRegex as exc:
            problems.append(Problem(section.file, number, f"has no usable regular expression: “{value[:60]}” {exc}."))
