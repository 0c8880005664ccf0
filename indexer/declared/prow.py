"""OWNERS files as Kubernetes reads them: YAML with approvers and reviewers, each file for its folder and all below.

Format: https://www.kubernetes.dev/docs/guide/owners/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from indexer.declared.folders import FolderFiles, folder_pattern
from indexer.declared.holders import holder_of
from indexer.declared.regex import PathRegex
from indexer.declared.regex_syntax import BadRegex
from indexer.declared.types import Declaration, Dialect, Holder, HolderKind, Problem
from indexer.declared.yaml_nodes import BadYaml, entries_of, mapping_of, scalars_of

if TYPE_CHECKING:
    from yaml.nodes import Node

ALIASES = "OWNERS_ALIASES"
_ROLES = {"approvers": "approver", "maintainers": "maintainer", "reviewers": "reviewer", "required_reviewers": "reviewer"}
_KEY = re.compile(rb"^(?:approvers|(?:required_)?reviewers|maintainers|filters|options|labels|emeritus_\w{1,40})[ \t]*:", re.M)

Aliases = Mapping[str, tuple[str, tuple[str, ...]]]
"""An alias in lower case to its name as written and its members."""


@dataclass(slots=True)
class _Owners:
    folder: str
    entries: list[tuple[PathRegex | None, Declaration]] = field(default_factory=list)
    no_parent: bool = False

    def applying(self, path: str) -> tuple[list[Declaration], bool]:
        inside = path[len(self.folder) + 1 :] if self.folder else path
        found = [entry for regex, entry in self.entries if regex is None or regex.found_in(inside)]
        return found, not self.no_parent

    def declarations(self) -> list[Declaration]:
        return [entry for _, entry in self.entries]


def is_prow(data: bytes) -> bool:
    """Whether an OWNERS file is of this kind and not a list of addresses."""
    return _KEY.search(data) is not None


def read_prow(read: Callable[[str], bytes | None], files: list[str], has_aliases: bool) -> FolderFiles:
    """All OWNERS files of this kind in a repository, with OWNERS_ALIASES of its root."""
    problems: list[Problem] = []
    aliases = _aliases(read(ALIASES) or b"", problems) if has_aliases else {}
    folders: dict[str, _Owners] = {}
    for file in files:
        data = read(file)
        if data is not None:
            owners = _file(file, data, aliases, problems)
            folders[owners.folder] = owners
    read_files = [posixpath.join(folder, "OWNERS") for folder in folders] + ([ALIASES] if has_aliases else [])
    return FolderFiles(Dialect.PROW, folders, read_files, problems)


def _aliases(data: bytes, problems: list[Problem]) -> Aliases:
    try:
        found = entries_of(entries_of(mapping_of(data)).get("aliases"))
    except BadYaml as exc:
        problems.append(Problem(ALIASES, exc.line, exc.reason))
        return {}
    return {name.lower(): (name, tuple(text for text, _ in scalars_of(members))) for name, members in found.items()}


def _file(file: str, data: bytes, aliases: Aliases, problems: list[Problem]) -> _Owners:
    owners = _Owners(posixpath.dirname(file))
    try:
        top = entries_of(mapping_of(data))
    except BadYaml as exc:
        problems.append(Problem(file, exc.line, exc.reason))
        return owners
    options = entries_of(top.get("options"))
    owners.no_parent = any(text.lower() in ("true", "yes", "on") for text, _ in scalars_of(options.get("no_parent_owners")))
    if entry := _entry(file, folder_pattern(owners.folder), top, aliases, problems):
        owners.entries.append((None, entry))
    for pattern, node in entries_of(top.get("filters")).items():
        regex: PathRegex | None = None
        try:
            regex = None if pattern == ".*" else PathRegex(pattern)
        except BadRegex as exc:
            line = node.start_mark.line + 1
            problems.append(Problem(file, line, f"has no usable regular expression: “{pattern[:60]}” {exc}."))
            continue
        shown = folder_pattern(owners.folder) if regex is None else pattern
        if entry := _entry(file, shown, entries_of(node), aliases, problems):
            owners.entries.append((regex, entry))
    return owners


def _entry(
    file: str, pattern: str, lists: Mapping[str, Node], aliases: Aliases, problems: list[Problem]
) -> Declaration | None:
    """The people of one set of lists; None where it names nobody (a file may only set labels)."""
    holders: dict[str, Holder] = {}
    line = 0
    for key, role in _ROLES.items():
        for text, at in scalars_of(lists.get(key)):
            line = min(line or at, at)
            found = _holders(text, role, aliases)
            if not found:
                problems.append(Problem(file, at, f"“{text[:60]}” is no owner: write a user's handle or an alias."))
            for holder in found:
                holders.setdefault(holder.text.lower(), holder)
    return Declaration(file, line, pattern, tuple(holders.values())) if holders else None


def _holders(text: str, role: str, aliases: Aliases) -> tuple[Holder, ...]:
    """A person, or an alias followed by its members."""
    alias = aliases.get(text.lower())
    if alias is None:
        holder = holder_of(text if text.startswith("@") or "@" in text else f"@{text}")
        return () if holder is None else (replace(holder, text=text, role=role),)
    name, members = alias
    people = (holder_of(f"@{member.lstrip('@')}") for member in members)
    found = [replace(one, text=one.handle or one.text, role=role, via=name) for one in people if one is not None]
    return (Holder(name, HolderKind.TEAM, name=name, role=role), *found)
