"""New, removed and changed dependencies, from what the manifests of a story want before and after it.

A package that only moves from one manifest to another is nothing, and neither is a new or deleted manifest by itself: a part of
the repository came or went with everything it wants.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from indexer.changes.flags.manifests import Scope, Wanted, ecosystem_of, line_of, read_manifest
from indexer.changes.flags.pairs import Pair, Texts
from indexer.changes.flags.surface import is_go_library
from indexer.changes.types import Flag, FlagKind, Place, Step

_MAX_PLACES = 3
_MAX_LOOKED_FOR = 100  # flags
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_FLOOR = re.compile(r"(?:>=|===?|~=|~>|\^|~|=|(?<![<!>])>)\s*v?(\d+(?:\.\d+)*)")
_CEILING = re.compile(r"<=?\s*\d[\w.]*")
_DECLARES = re.compile(r"^dependencies\s*=\s*\[|^\[tool\.poetry\.dependencies\]|\binstall_requires\s*=", re.MULTILINE)
_PSEUDO = re.compile(r"-(?:0\.)?\d{14}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A package in one manifest."""

    wanted: Wanted
    pair: Pair
    after: bool

    def place(self, *, look: bool) -> Place:
        """Where it is wanted: the manifest, and the line if that is to be looked for, which takes a reading of the whole text."""
        text = (self.pair.after if self.after else self.pair.before) or ""
        line = line_of(text, self.wanted) if look else 0
        return self.pair.place_after(line) if self.after else self.pair.place_before(line)


_Packages = dict[tuple[str, bool], list[_Seen]]  # (what identifies it, whether it is for development) -> where it is wanted


@dataclass(slots=True)
class _Group:
    """The manifests of one kind in one folder: what they want before and after."""

    before: _Packages = field(default_factory=lambda: defaultdict(list))
    after: _Packages = field(default_factory=lambda: defaultdict(list))
    stood: bool = False
    stands: bool = False


@dataclass(frozen=True, slots=True)
class _Turn:
    """What becomes of one package: a version as wanted, None where it is not wanted."""

    name: str
    ecosystem: str
    scope: Scope
    before: str | None
    after: str | None
    seen: tuple[_Seen, ...]


def dependency_flags(texts: Texts) -> list[Flag]:
    """Flags of all kinds of dependencies; those that matter most first, and the first with the lines that show them."""
    turns: dict[tuple[str, str, bool], _Turn] = {}
    for step in texts.steps:
        for key, turn in _turns(texts, step).items():
            of_go = turn.ecosystem == "go" and turn.scope is Scope.PLATFORM
            if of_go and not is_go_library(texts, step.after, turn.seen[-1].pair.after):
                continue  # which Go builds a program is nothing to those who run it
            known = turns.get(key)
            turns[key] = turn if known is None else replace(turn, before=known.before, seen=(*known.seen, *turn.seen))
    flags = sorted(((turn, flag) for turn in turns.values() if (flag := _flag(turn))), key=lambda pair: _weight(*pair))
    return [replace(flag, places=tuple(one.place(look=at < _MAX_LOOKED_FOR) for one in turn.seen[-_MAX_PLACES:]))
            for at, (turn, flag) in enumerate(flags)]


def _turns(texts: Texts, step: Step) -> dict[tuple[str, str, bool], _Turn]:
    """What one step does to packages: (ecosystem, package, for development) -> turn."""
    groups: dict[tuple[str, str], _Group] = defaultdict(_Group)
    for change in step.changes:
        ecosystem = ecosystem_of(change.path) or ecosystem_of(change.old_path or change.path)
        if ecosystem:
            pair = texts.pair(step, change)
            folder = PurePosixPath(change.path).parent
            _add(groups[ecosystem, str(folder)], pair, pinned=_declared_beside(texts, step, folder, change.path))
    found: dict[tuple[str, str, bool], list[_Turn]] = defaultdict(list)
    for (ecosystem, _folder), group in groups.items():
        if group.stood and group.stands:
            for (identity, dev), turn in _compared(ecosystem, _standing(group)):
                found[ecosystem, identity, dev].append(turn)
    together = ((key, _together(several)) for key, several in found.items())
    turns = {key: turn for key, turn in together if turn is not None}
    wanted = {(ecosystem, identity) for (ecosystem, _folder), group in groups.items() for identity, _dev in group.after}
    return {key: turn for key, turn in turns.items() if not _said_better(key, turn, turns.keys(), wanted)}


def _said_better(key: tuple[str, str, bool], turn: _Turn, keys: Collection[tuple[str, str, bool]],
                 wanted: set[tuple[str, str]]) -> bool:
    """Whether another manifest of the step says what this turn says: .NET's central versions do not tell what for, its project
    files do; elsewhere tests repeat what the product wants. A tool that is wanted anywhere is not removed."""
    ecosystem, identity, dev = key
    if dev and turn.after is None and (ecosystem, identity) in wanted:
        return True
    return (ecosystem, identity, not dev) in keys and dev is (ecosystem != "nuget")


def _declared_beside(texts: Texts, step: Step, folder: PurePosixPath, path: str) -> bool:
    """Whether a requirements file only pins what to work with, because the project beside it says itself what it needs."""
    if not path.endswith((".txt", ".in")):
        return False
    beside = ((name, texts.at(step.after, str(folder / name)) or "") for name in ("pyproject.toml", "setup.py", "setup.cfg"))
    return any(_DECLARES.search(text) for _name, text in beside)


def _add(group: _Group, pair: Pair, *, pinned: bool) -> None:
    """Put a manifest's packages into its group; one that is there and cannot be parsed says nothing, before or after."""
    before = read_manifest(pair.old_path, pair.before) if pair.before is not None else []
    after = read_manifest(pair.path, pair.after) if pair.after is not None else []
    if before is None or after is None or (pair.before is None and pair.after is None):
        return
    group.stood = group.stood or pair.before is not None
    group.stands = group.stands or pair.after is not None
    for packages, wanted, is_after in ((group.before, before, False), (group.after, after, True)):
        for one in wanted:
            known = replace(one, scope=Scope.DEV) if pinned else one
            packages[known.identity, known.scope is Scope.DEV].append(_Seen(known, pair, is_after))


def _standing(group: _Group) -> _Group:
    """A group without what only a new or a deleted manifest in it wants, unless one takes the other's place; what moves stays."""
    seen = [one for packages in (group.before, group.after) for several in packages.values() for one in several]
    if any(one.pair.before is None for one in seen) and any(one.pair.after is None for one in seen):
        return group
    before, after = ({identity for identity, _dev in packages} for packages in (group.before, group.after))
    return _Group(_kept(group.before, after), _kept(group.after, before), group.stood, group.stands)


def _kept(packages: _Packages, elsewhere: set[str]) -> _Packages:
    kept = {key: [one for one in several if key[0] in elsewhere or (one.pair.before is not None and one.pair.after is not None)]
            for key, several in packages.items()}
    return {key: several for key, several in kept.items() if several}


def _compared(ecosystem: str, group: _Group) -> Iterator[tuple[tuple[str, bool], _Turn]]:
    for key in dict.fromkeys([*group.before, *group.after]):
        before, after = group.before.get(key, []), group.after.get(key, [])
        identity, dev = key
        if not before and dev and (identity, False) in group.before:
            continue  # it is now for development only: told as no longer needed
        if not after and dev and (identity, False) in group.after:
            continue  # it is now needed beyond development: told as new
        if before and after:
            old, new = ({one.wanted.version for one in side} for side in (before, after))
            gone, came = (next(iter(sorted((one for one in side if one.wanted.version not in other), key=_says_nothing)), None)
                          for side, other in ((before, new), (after, old)))
            if gone is None or came is None or not came.wanted.version:
                continue  # the same, wanted once more or once less, or any version will do now
            turn = _Turn(came.wanted.name, ecosystem, came.wanted.scope, gone.wanted.version, came.wanted.version, (came,))
        else:
            one = (before or after)[0]
            version = next((each.wanted.version for each in before or after if each.wanted.version), "")
            turn = _Turn(one.wanted.name, ecosystem, one.wanted.scope, version if before else None, version if after else None,
                         (one,))
        yield key, turn


def _says_nothing(one: _Seen) -> bool:
    return not one.wanted.version


def _together(several: Iterable[_Turn]) -> _Turn | None:
    """What several folders of a step do to one package as one: new in one and gone from another is a move."""
    turns = list(several)
    if any(turn.before is None for turn in turns) and any(turn.after is None for turn in turns):
        return None
    first = next((turn for turn in turns if turn.before is not None and turn.after is not None), turns[0])
    alike = [turn for turn in turns if (turn.before, turn.after) == (first.before, first.after)]
    return replace(first, seen=tuple(one for turn in alike for one in turn.seen))


def _flag(turn: _Turn) -> Flag | None:
    before, after = turn.before, turn.after
    if before == after:
        return None
    if turn.scope is Scope.PLATFORM and not (before and after):
        return None  # a manifest begins or ceases to say it
    if before is None or after is None:
        kind = FlagKind.DEPENDENCY_NEW if before is None else FlagKind.DEPENDENCY_REMOVED
        return Flag(kind, turn.name, before or "", after or "", turn.scope.value)
    told = _change_told(turn, before, after)
    if told is None:
        return None
    return Flag(FlagKind.DEPENDENCY_CHANGED, turn.name, before, after, told)


def _change_told(turn: _Turn, before: str, after: str) -> str | None:
    """What to say of a changed version; None where it is not worth a look: what is for development, and small steps up."""
    old, new = _numbers(before), _numbers(after)
    if turn.scope is Scope.PLATFORM:
        return turn.scope.value if old[:2] != new[:2] else None
    if turn.scope is Scope.DEV or (_PSEUDO.search(before) and _PSEUDO.search(after)):
        return None
    if old and new and new[0] > old[0]:
        return "major version"
    if old and new and new < old:
        return "older version"
    if old[:2] == new[:2]:
        return turn.scope.value if _CEILING.findall(after) != _CEILING.findall(before) else None
    return turn.scope.value if ">=" in after else None


def _numbers(version: str) -> tuple[int, ...]:
    """The lowest version of a range, or the version itself, as numbers; () where there is none."""
    match = _FLOOR.search(version)
    digits = match[1] if match else ""
    if not digits and (plain := _NUMBER.match(version.lstrip("v"))):
        digits = plain[0]
    return tuple(int(part[:9]) for part in re.sub(r"(?:\.0+)+$", "", digits).split("."))[:4] if digits else ()


_ORDER: Mapping[str, int] = {Scope.PLATFORM.value: 0, "major version": 1, "older version": 2, "": 3}


def _weight(turn: _Turn, flag: Flag) -> tuple[bool, int, str]:
    return turn.scope is Scope.DEV, _ORDER.get(flag.detail, 4), flag.subject.lower()
