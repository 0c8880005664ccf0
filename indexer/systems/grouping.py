"""From what files declare to systems: declarations of the same thing put together."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from indexer.systems.names import squeezed
from indexer.systems.types import Found, SystemKind


@dataclass
class Group:
    """Declarations of one system, being collected."""

    name: str
    repo: str
    found: list[Found] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Every name that means it, squeezed."""
        return {squeezed(one) for item in self.found for one in (item.name, *item.aliases)} | {squeezed(self.name)} - {""}

    @property
    def product(self) -> str:
        return next((item.product for item in self.found if item.product), "")

    @property
    def kind(self) -> SystemKind:
        kinds = {item.kind for item in self.found}
        if self.product:
            return next(item.kind for item in self.found if item.product)
        if SystemKind.SERVICE in kinds:
            return SystemKind.SERVICE if self.folders else SystemKind.EXTERNAL
        return SystemKind.APP if SystemKind.APP in kinds else SystemKind.PACKAGE

    def add(self, item: Found) -> None:
        self.found.append(item)
        if item.folder is not None and item.folder not in self.folders:
            self.folders.append(item.folder)


def grouped(found: Iterable[Found], repo: str, folders: Sequence[str]) -> list[Group]:
    """The systems of one repository. `folders` are those with source files, shallowest first."""
    found = list(found)
    services = [item for item in found if item.kind is SystemKind.SERVICE or item.product]
    groups: dict[str, Group] = {}
    for item in services:
        groups.setdefault(squeezed(item.name), Group(item.name, repo)).add(item)
    _join_aliases(groups)
    packages: list[Group] = []
    for item in sorted((one for one in found if one not in services), key=lambda one: (one.folder or "").count("/")):
        home = _home(item, groups.values()) or _home_of_package(item, packages)
        if home is None:
            packages.append(home := Group(item.name, repo))
        home.add(item)
    found_groups = [*groups.values(), *packages]
    for group in groups.values():
        if not group.folders and not group.product:
            group.folders += [folder for folder in folders if squeezed(posixpath.basename(folder)) in group.names][:1]
    several = sum(1 for group in found_groups if group.folders and group.folders != [""]) > 0
    return [group for group in found_groups if not (several and group in packages and group.folders == [""])]


def _join_aliases(groups: dict[str, Group]) -> None:
    """A declaration under a name that another one has as an alias is of the same system: a Service and its Deployment."""
    for key in list(groups):
        group = groups.get(key)
        if group is None or any(item.folder is not None or "depends" in item.place.says for item in group.found):
            continue
        others = [name for name in group.names if name != key and name in groups]
        bare = all(item.place.says.startswith("Service ") for item in group.found)
        if bare and others:
            for item in group.found:
                groups[others[0]].add(item)
            del groups[key]


def _home(item: Found, groups: Iterable[Group]) -> Group | None:
    """The service that a package is the code of: its folder, or its name."""
    folder = item.folder or ""
    names = {squeezed(one) for one in (item.name, *item.aliases, posixpath.basename(folder))} - {""}
    best = None
    for group in groups:
        if group.product:
            continue
        if any(folder == own or _nested(folder, own) for own in group.folders):
            return group
        if best is None and names & group.names and not (group.folders and not _near(folder, group.folders)):
            best = group
    return best


def _nested(one: str, other: str) -> bool:
    return bool(one and other) and (one.startswith(f"{other}/") or other.startswith(f"{one}/"))


def _near(folder: str, others: Sequence[str]) -> bool:
    return any(folder.split("/")[:-1] == other.split("/")[:-1] for other in others)


def _home_of_package(item: Found, packages: Iterable[Group]) -> Group | None:
    """A package declared twice in one folder, by two manifests or a Dockerfile."""
    return next((group for group in packages if item.folder in group.folders), None)


def short_name(name: str) -> str:
    """A package's name as it is said: without the scope, the folder or the version that it is published under."""
    parts = [part for part in re.split(r"[/:]", name) if part and not re.fullmatch(r"v\d+", part)]
    return parts[-1] if parts else name
