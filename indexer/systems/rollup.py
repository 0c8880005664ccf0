"""Files rolled up to what they are part of: the parts of one system, and the imports between any of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from indexer.systems.types import LinkKind, Place, Tie
from indexer.types import Import

_FEWEST = 6  # parts; with less than that, the largest folder is opened
_LARGE = 0.25
_MOST = 40
_FILES = 12  # of a folder that has folders as well
# Languages named last, however much of them there is.
BESIDE = frozenset(("css", "scss", "less", "html", "sql", "shell", "text", "protobuf", "batch", "groovy", "lisp"))


class Owners:
    """Which of some things a path belongs to: the one with the longest of the folders (or files) that it lies in."""

    def __init__(self, folders: Iterable[tuple[str, str]]) -> None:
        """(folder, key) pairs; of two keys with the same folder the first one owns it."""
        self._of: dict[str, str] = {}
        for folder, key in folders:
            self._of.setdefault(folder, key)

    def of(self, path: str) -> str | None:
        while True:
            if path in self._of:
                return self._of[path]
            if not path:
                return None
            path = path.rpartition("/")[0]


def parts(lines: Mapping[str, int], base: str = "") -> list[str]:
    """The folders and files that a tree of source files (path -> lines) is best told by: those at its top, where one holds most of it
    its own ones in its place, until there are some."""
    found = _children(lines, base)
    done: set[str] = set()
    while found.keys() - done:
        whole = sum(found.values())
        largest = max(found.keys() - done, key=lambda one: (found[one], one))
        done.add(largest)
        opened = _children(lines, largest)
        alone = found[largest] >= 0.8 * whole and len(found) < _FEWEST
        if len(found) >= _FEWEST or (found[largest] < _LARGE * whole and not alone):
            break
        if not opened or len(opened) + len(found) > _MOST or not (alone or _are_folders(opened, lines)):
            continue
        rest = {one: count for one, count in found.items() if one != largest}
        found = {**rest, **opened}
    return sorted(found, key=lambda one: (-found[one], one))


def _are_folders(found: Mapping[str, int], lines: Mapping[str, int]) -> bool:
    """Whether folders hold most of it: files are told one by one only where there is nothing else."""
    return sum(count for one, count in found.items() if one not in lines) > sum(found.values()) / 2


def _children(lines: Mapping[str, int], folder: str) -> dict[str, int]:
    """What lies directly in a folder, with the lines below it; {} for a file. Many files beside folders are one part: the folder itself."""
    folders: Counter[str] = Counter()
    files: Counter[str] = Counter()
    start = f"{folder}/" if folder else ""
    for path, count in lines.items():
        if path.startswith(start):
            head, _, below = path[len(start) :].partition("/")
            (folders if below else files)[start + head] += count or 1
    if folder and len(files) > _FILES and folders:
        return {**folders, folder: sum(files.values())}
    return {**folders, **files}


def import_ties(imports: Iterable[Import], owner: Callable[[str], str | None], counts: Callable[[str], bool]) -> list[Tie]:
    """Imports that cross from one owner to another, between files that `counts` lets in."""
    ties = []
    for item in imports:
        if item.target is None or not counts(item.path) or not counts(item.target):
            continue
        source, target = owner(item.path), owner(item.target)
        if source is not None and target is not None and source != target:
            names = ", ".join(item.names[:3])
            says = f"imports {item.module}" + (f" ({names})" if names else "")
            ties.append(Tie(target, LinkKind.IMPORTS, Place(item.path, item.line, says), True, source))
    return ties


def sizes(files: Mapping[str, tuple[str, int]], owner: Callable[[str], str | None]) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """For each owner the number of its files, their lines, and the languages by lines; `files` map a path to (language, lines)."""
    count: Counter[str] = Counter()
    languages: dict[str, Counter[str]] = defaultdict(Counter)
    for path, (language, lines) in files.items():
        key = owner(path)
        if key is not None:
            count[key] += 1
            languages[key][language] += lines
    return {
        key: (number, sum(languages[key].values()), tuple(sorted(languages[key], key=lambda one: _place(one, languages[key][one]))))
        for key, number in count.items()
    }


def _place(language: str, lines: int) -> tuple[bool, int, str]:
    return language in BESIDE, -lines, language
