"""Which systems words mean: their names first, then what is said of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from indexer.systems.links import DATABASE
from indexer.systems.names import BROKERS, squeezed
from indexer.systems.types import System, SystemKind, SystemMap

_FILLERS = frozenset((
    "the", "a", "an", "of", "our", "service", "services", "system", "systems", "app", "in", "for", "and", "map", "how", "does", "do", "we",
    "what", "which", "uses", "use", "part", "parts", "module", "code"))  # fmt: skip
_STORES = frozenset(("database", "databases", "db", "datastore", "storage", "data", "sql", "persistence"))
_QUEUES = frozenset(("queue", "queues", "broker", "topic", "topics", "messages", "bus"))


def named(found: SystemMap, words: str) -> tuple[str, ...]:
    """The systems that words name or describe, best fitting ones only; () for none."""
    asked = squeezed(words)
    if not asked:
        return ()
    for fits in (_is(asked), _is_of(words), _holds(asked), _of_kind(words), _describes(words)):
        names = tuple(system.name for system in found.systems if fits(system))
        if names:
            return names
    return ()


def _is(asked: str) -> Callable[[System], bool]:
    return lambda system: asked in _names(system)


def _is_of(words: str) -> Callable[[System], bool]:
    """A name is these words without the fillers: "the checkout service" is `checkout`, `checkoutservice`, `checkout-api`."""
    telling = _telling(words)

    def fits(system: System) -> bool:
        own = _stems(system.name)
        return bool(telling) and all(any(_alike(word, part) for part in own) or word in squeezed(system.name) for word in telling)

    return fits


def _holds(asked: str) -> Callable[[System], bool]:
    return lambda system: len(asked) >= 4 and any(asked in name for name in _names(system))


def _of_kind(words: str) -> Callable[[System], bool]:
    asked = set(re.findall(r"\w+", words.lower()))

    def fits(system: System) -> bool:
        if asked & _STORES:
            return system.kind is SystemKind.DATASTORE or system.name == DATABASE
        return bool(asked & _QUEUES) and system.product in BROKERS

    return fits


def _describes(words: str) -> Callable[[System], bool]:
    telling = _telling(words)

    def fits(system: System) -> bool:
        said = " ".join((system.about.text if system.about else "", system.product, *(table.name for table in system.tables)))
        own = _stems(said)
        return bool(telling) and all(any(_alike(word, part) for part in own) for word in telling)

    return fits


def _names(system: System) -> set[str]:
    return {squeezed(system.name), squeezed(system.product), *system.aliases} - {""}


def _telling(words: str) -> list[str]:
    return [word for word in _stems(words) if word not in _FILLERS]


def _stems(text: str) -> list[str]:
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return [_stem(word) for word in re.findall(r"[a-z0-9]+", apart.lower())]


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 5 and (one.startswith(other) or other.startswith(one)))


def of_paths(found: SystemMap, places: Iterable[tuple[str, str]]) -> str | None:
    """The system that owns most of the first of some (repository, path) places; None for none."""
    for repo, path in places:
        owners = [(len(folder), one.name) for one in found.systems if one.repo == repo for folder in one.folders if _below(path, folder)]
        if owners:
            return max(owners)[1]
    return None


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def examples(found: SystemMap, most: int = 8) -> Sequence[str]:
    return [system.name for system in sorted(found.systems, key=lambda one: (-one.lines, one.name))][:most]
