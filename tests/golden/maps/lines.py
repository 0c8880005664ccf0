"""A map as lines that can be compared and read in review."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.systems.types import Link, Place, System, SystemMap


def map_lines(found: SystemMap) -> str:
    return "\n".join([*(line for one in sorted(found.systems, key=lambda one: one.name) for line in _system(one)), "",
        *(line for one in found.links for line in _link(one))]) + "\n"  # fmt: skip


def _system(system: System) -> Iterator[str]:
    product = f" ({system.product})" if system.product else ""
    yield f"{system.kind.value} {system.name}{product}: {system.files} files, {', '.join(system.languages) or '-'}"
    if system.folders:
        yield f"    in {', '.join(folder or '.' for folder in system.folders)}"
    if system.about:
        yield f"    “{system.about.text}” {_place(system.about.place)}"
    if system.tables:
        yield f"    tables {', '.join(table.name for table in system.tables)}"
    if system.queries:
        yield f"    SQL on {', '.join(table.name for table in system.queries)}"


def _link(link: Link) -> Iterator[str]:
    yield f"{link.source} -> {link.target}: {link.kind.value}, {'declared' if link.declared else 'inferred'}, {link.count}"
    for place in link.evidence[:2]:
        yield f"    {_place(place)} {place.says}"


def _place(place: Place) -> str:
    return f"{place.path}:{place.line}"
