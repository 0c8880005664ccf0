"""What source code says of other systems: addresses, and names of services in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from indexer.systems.documents import Lines
from indexer.systems.names import BROKERS, hosts_in, product_of
from indexer.systems.types import LinkKind, Place, SystemKind, Tie
from indexer.systems.workspaces import PRODUCT
from indexer.types import Import

_SETTING = re.compile(r"\b(?:host|server|hostname|addr|address)s?[\"']?\s*[:=]\s*[\"']?([a-z][a-z0-9_-]*)\b(?![.(])", re.IGNORECASE)
_QUOTED = re.compile(r"[\"'`]([a-z][a-z0-9]*(?:[-_][a-z0-9]+)+)[\"'`]")
_SETTINGS = (".yml", ".yaml", ".properties", ".conf", ".toml", ".env", ".json", ".ini", ".tf", ".xml")
_COMMENT = re.compile(r"^\s*(?://|#|\*|/\*|--|<!--)")


def code_ties(path: str, text: str, hosts: Collection[str]) -> Iterator[Tie]:
    """Where a file names one of `hosts`: in an address, as a host's setting, or, for names of several words, in quotation marks.
    What stands in a settings file is declared, what stands in code inferred."""
    if not any(host in text for host in hosts):
        return
    lines, seen = Lines(text), set()
    declared = path.endswith(_SETTINGS)
    found = [(host, at, f"calls {host}") for host, at in hosts_in(text)]
    found += [(match[1].lower(), match.start(1), f"connects to {match[1]}") for match in _SETTING.finditer(text)]
    found += [(match[1], match.start(1), f"names {match[1]}") for match in _QUOTED.finditer(text)]
    for host, at, says in found:
        line = lines.at(at)
        if host in hosts and (host, line) not in seen and not _COMMENT.match(_line(text, at)):
            seen.add((host, line))
            yield Tie(host, LinkKind.HTTP, Place(path, line, says), declared)


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : None if end < 0 else end]


def driver_ties(imports: Iterable[Import]) -> Iterator[Tie]:
    """Where a file imports the client of a known product: the database's driver, the payment provider's library."""
    for item in imports:
        if item.target is not None:
            continue
        known = next((found for part in _parts(item.module) if (found := product_of(part))), None)
        if known:
            kind = LinkKind.DATABASE if known[1] is SystemKind.DATASTORE else LinkKind.QUEUE if known[0] in BROKERS else LinkKind.HTTP
            yield Tie(PRODUCT + known[0], kind, Place(item.path, item.line, f"imports {item.module}"), False)


def _parts(module: str) -> list[str]:
    """The parts of a module's name that may be a product's."""
    if "/" in module:
        parts = [part for part in module.split("/") if not re.fullmatch(r"v\d+", part)]
        return [module, parts[-1]] if "." in parts[0] or module.startswith("@") else [module, parts[0]]
    return [module, *module.replace("::", ".").split(".")[:1]]
