"""The parts of a repository that a product manager would name, by its folders.

Folders that only hold others (`src/`, `packages/`, a package that is all there is, `src/main/java/com/acme/`) are gone through, and
the folders behind them are the areas. An area that holds a good part of the source is taken apart once more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from indexer.languages import detect_language
from indexer.roles import role_of
from indexer.sources import skip_entry
from indexer.types import Kind, Role, TreeEntry

TESTS, DOCS = "tests", "docs"
"""The areas of all tests and of all documentation, wherever they lie."""

_WRAPPERS = frozenset({
    *("src", "source", "sources", "lib", "libs", "libraries", "pkg", "packages", "internal", "app", "apps", "applications"),
    *("services", "service", "cmd", "crates", "modules", "module", "projects", "components", "plugins", "extensions", "ext", "addons"),
    *("integrations", "providers", "provider", "drivers", "features", "contrib"),
})  # fmt: skip
_NEARLY_ALL = 0.7  # of the source: whoever works on it would not name this folder, but what is in it;
_MOST = 0.5  # nor one that holds most of it in several folders
_GOOD_PART = 0.25  # of the source: too much to be one area, where it can be taken apart into
_PARTS, _PART = 3, 4  # this many folders of this many files
_LARGE, _VERY_LARGE = 100, 300  # files: what is smaller is no good part of anything; a part of a part must be larger
_GENERATED = frozenset({"generated", "gen", "autogen"})
_ALONE = 0.85  # of a folder's source in one folder of it: the two are one
_MANY = 65_536  # paths of a large history


class Areas:
    """Which part of a repository a file belongs to, of the files there are (`paths`) or were. Does not change."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = frozenset(paths)
        self._split = _taken_apart([path for path in self.paths if is_source(path)])

    def of(self, path: str) -> str:
        """The area of a file, be it gone: a folder without a "/" at its end, "" for source at the top and for what lies there.

        TESTS and DOCS for tests and documentation, whatever they are about.
        """
        kind, role = _part(path)
        if role is Role.TEST:
            return TESTS
        if role is Role.DOCS or kind is Kind.DOC:
            return DOCS
        folder, *rest = "", *path.split("/")[:-1]
        for name in rest:
            if folder not in self._split:
                break
            folder = f"{folder}/{name}" if folder else name
        return folder


def is_source(path: str) -> bool:
    """Whether a file, by its path, is code that people of the project write, and no test: tools and scripts are."""
    kind, role = _part(path)
    return kind is Kind.CODE and role in (Role.SOURCE, Role.SCRIPT)


@lru_cache(maxsize=_MANY)
def _part(path: str) -> tuple[Kind | None, Role]:
    """Kind and role of a file; None as kind for what nobody writes by hand."""
    kind = detect_language(path).kind
    made = skip_entry("", TreeEntry(path, "100644", "", 1), exclude=(), max_bytes=1) or not _GENERATED.isdisjoint(path.split("/")[:-1])
    return None if made else kind, role_of(path, kind)


def _taken_apart(source: Collection[str]) -> frozenset[str]:
    """The folders whose own folders are areas."""
    size: Counter[str] = Counter()
    inside: dict[str, set[str]] = defaultdict(set)
    for path in source:
        for parent, folder in _folders(path):
            inside[parent].add(folder)
            size[folder] += 1
    size[""] = len(source)
    split = {""}
    waiting = [("", True)]
    while waiting:
        around, whole = waiting.pop()
        for folder in inside[around]:
            chain, is_part = _to_take_apart(folder, size, inside, whole)
            if chain:
                split.update(chain)
                waiting.append((chain[-1], whole and not is_part))
    return frozenset(split)


def _folders(path: str) -> Iterator[tuple[str, str]]:
    """Every folder around a file, each with the one around it."""
    parent = ""
    for name in path.split("/")[:-1]:
        folder = f"{parent}/{name}" if parent else name
        yield parent, folder
        parent = folder


def _to_take_apart(
    folder: str, size: Mapping[str, int], inside: Mapping[str, set[str]], whole: bool
) -> tuple[list[str], bool]:
    """The folder, and those that are one with it, down to the one whose folders are areas ([] where it is an area itself); and
    whether that is for being a good part of the source. Within such a part (not `whole`), only a very large one is taken apart."""
    share = size[folder] / size[""]
    chain = [folder]
    while (only := max(inside.get(chain[-1], ()), key=lambda one: size[one], default="")) and (
        size[only] >= _ALONE * size[folder]
    ):
        chain.append(only)
    parts = inside.get(chain[-1], set())
    if share >= _NEARLY_ALL:
        return (chain if parts else chain[:-1]), False
    if share >= _MOST and len(parts) > 1:
        return chain, False
    if whole and folder.rpartition("/")[2].lower() in _WRAPPERS and len(inside.get(folder, ())) > 1:
        return [folder], False
    large = [part for part in parts if size[part] >= _PART]
    fits = share >= _GOOD_PART and size[folder] >= (_LARGE if whole else _VERY_LARGE) and len(large) >= _PARTS
    return (chain if fits else []), fits
