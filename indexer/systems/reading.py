"""What one repository's files say of its systems: the files that may say something are read once, each by those that understand it."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from indexer.languages import detect_language
from indexer.structure import FileFacts
from indexer.systems import queues, routes, tables
from indexer.systems.about import entries, first_words
from indexer.systems.code import code_ties, driver_ties
from indexer.systems.compose import compose_evidence, is_compose
from indexer.systems.grouping import Group, grouped
from indexer.systems.kubernetes import chart_of, is_manifest, kubernetes_evidence
from indexer.systems.rollup import BESIDE
from indexer.systems.types import Evidence, Place, Quote, Table, Tie
from indexer.systems.workspaces import manifest_reader
from indexer.types import Import, Kind, Role

_ASIDE = frozenset((Role.TEST, Role.EXAMPLE, Role.DOCS, Role.VENDORED, Role.GENERATED, Role.TRANSLATION))
_SETTINGS = (".yml", ".yaml", ".properties", ".conf", ".toml", ".env", ".json", ".sh", ".sql", ".prisma", ".xml", ".ini", ".tf")
_MOST_YAML = 3_000
_LARGEST = 400_000  # characters of a source file that is looked through


@dataclass(frozen=True, slots=True)
class Source:
    """A repository as it is read for the map: `files` are those indexed, `paths` all; `read` gives a file's text, None for none."""

    repo: str
    files: Mapping[str, FileFacts]
    paths: Sequence[str]
    imports: Sequence[Import]
    read: Callable[[str], str | None]


@dataclass
class Scan:
    """What source files say, each with its path in its place."""

    ties: list[Tie] = field(default_factory=list)
    serves: list[routes.Route] = field(default_factory=list)
    calls: list[routes.Route] = field(default_factory=list)
    puts: list[queues.Message] = field(default_factory=list)
    takes: list[queues.Message] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    queries: list[Table] = field(default_factory=list)


def counts(facts: FileFacts | None) -> bool:
    """Whether a file is code of the product: no test, example, documentation or copy."""
    return facts is not None and facts.role is Role.SOURCE and _is_code(facts.path)


@lru_cache(maxsize=100_000)
def _is_code(path: str) -> bool:
    return detect_language(path).kind is Kind.CODE


def declared(source: Source) -> tuple[list[Group], list[Tie]]:
    """The systems that a repository's settings and manifests declare, and what they say of each other."""
    found = Evidence()
    pieces: list[Evidence] = []
    charts = frozenset(posixpath.dirname(path) for path in source.paths if posixpath.basename(path) == "Chart.yaml")
    values: dict[str, str] = {}
    yamls = 0
    for path in source.paths:
        facts = source.files.get(path)
        if (facts is not None and facts.role in _ASIDE) or f"/{path}".count("/node_modules/") or path.startswith(".github/"):
            continue
        reader = manifest_reader(path)
        if reader is not None:
            pieces.append(reader(path, source.read(path) or ""))
        elif is_compose(path):
            pieces.append(compose_evidence(path, source.read(path) or ""))
        elif path.endswith((".yaml", ".yml")) and yamls < _MOST_YAML:
            yamls += 1
            text = source.read(path) or ""
            if is_manifest(text):
                chart = chart_of(path, charts) if "{{" in text else None
                if chart is not None and chart not in values:
                    values[chart] = source.read(posixpath.join(chart, "values.yaml")) or ""
                pieces.append(kubernetes_evidence(path, text, values.get(chart or "", "") if chart is not None else ""))
    found = Evidence(tuple(one for piece in pieces for one in piece.systems), tuple(one for piece in pieces for one in piece.ties))
    folders = sorted(
        {folder for path, facts in source.files.items() if counts(facts) for folder in _above(path)}, key=lambda one: (one.count("/"), one)
    )
    return grouped(found.systems, source.repo, folders), list(found.ties)


def _above(path: str) -> Iterable[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def scanned(source: Source, hosts: frozenset[str]) -> Scan:
    """Every source file of a repository looked through for other systems' addresses, routes, queues and tables."""
    found = Scan()
    texts: list[tuple[str, str]] = []
    for path, facts in source.files.items():
        if facts.role not in (Role.SOURCE, Role.SCRIPT) or not (counts(facts) or path.endswith(_SETTINGS)) or is_compose(path):
            continue
        text = source.read(path)
        if text and len(text) <= _LARGEST:
            texts.append((path, text))
    for path, text in texts:
        is_code = counts(source.files[path])
        found.tables += tables.tables_of(path, text)
        if not (path.endswith((".yaml", ".yml")) and is_manifest(text)):
            found.ties += code_ties(path, text, hosts)
        if is_code:
            found.serves += routes.served(path, text)
            found.calls += routes.called(path, text)
            put, took = queues.messages(path, text)
            found.puts += put
            found.takes += took
    names = frozenset(one.name.lower() for one in found.tables)
    for path, text in texts:
        if counts(source.files[path]):
            found.queries += tables.users_of(path, text, names)
    found.ties += driver_ties(item for item in source.imports if counts(source.files.get(item.path)))
    return found


class Words:
    """What a repository's READMEs and files say its systems are for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        readmes = [path for path in source.paths if posixpath.basename(path).lower() in ("readme.md", "readme.rst", "readme.txt", "readme")]
        self._readmes = {posixpath.dirname(path): path for path in reversed(sorted(readmes))}
        self._entries: list[tuple[set[str], set[str], Quote]] = []
        for folder in ("", "docs", "doc"):
            if folder in self._readmes:
                path = self._readmes[folder]
                self._entries += entries(path, source.read(path) or "")

    def of(self, names: Iterable[str], folders: Sequence[str], described: Iterable[tuple[str, Place]]) -> Quote | None:
        """The best line on a system: the README's list, its own README, its manifest, its main file."""
        from indexer.systems.about import of_system

        return (
            of_system(self._entries, set(names), set(folders) - {""})
            or self._own_readme(folders)
            or next((Quote(text, place) for text, place in described if len(text.split()) >= 2), None)
            or self._main_file(folders)
        )

    def _own_readme(self, folders: Sequence[str]) -> Quote | None:
        for folder in folders:
            path = self._readmes.get(folder)
            found = first_words(path, self._source.read(path) or "") if path else None
            if found:
                return found
        return None

    def _main_file(self, folders: Sequence[str]) -> Quote | None:
        """What the file says of itself by which people would begin: the shallowest of those with a usual name."""
        usual = ("__init__", "main", "app", "server", "index", "__main__", "lib", "mod", "program")
        found = []
        for path, facts in self._source.files.items():
            if _tells(facts) and any(path == one or not one or path.startswith(f"{one}/") for one in folders):
                stem = posixpath.basename(path).split(".")[0].lower()
                found.append((path.count("/"), usual.index(stem) if stem in usual else len(usual), path))
        if not found or (min(found)[1] == len(usual) and min(found)[2] not in folders):
            return None
        path = min(found)[2]
        return Quote(self._source.files[path].about, Place(path, 1))


def _tells(facts: FileFacts) -> bool:
    """Whether a file says in words what it is for."""
    return counts(facts) and facts.language not in BESIDE and len(re.findall(r"[^\W\d_]{2,}", facts.about)) >= 3


def by_owner(items: Iterable, owner: Callable[[str], str | None]) -> dict[str, list]:
    """Values that have a place, by who owns its path."""
    found: dict[str, list] = defaultdict(list)
    for item in items:
        key = owner(item.place.path)
        if key is not None:
            found[key].append(item)
    return found
