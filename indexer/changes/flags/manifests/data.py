"""What manifests in JSON, TOML and YAML want: npm, Composer, Cargo, Gradle's version catalogue, and Dart."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from indexer.changes.flags.manifests.types import Scope, Unreadable, Wanted
from indexer.declared.yaml_nodes import BadYaml, entries_of, mapping_of, scalars_of

# A catalogue does not say what a library is for; those that only tests and builds can use are known by name.
_TOOLS = re.compile(r"test|junit|mock|assert|truth|hamcrest|jimfs|robolectric|espresso|jmh|ktlint|detekt|dokka|plugin|spotless|"
                    r"errorprone|"
                    r"animal-?sniffer|jacoco|binary-compatibility|checkstyle", re.IGNORECASE)
_OWN = ("workspace:", "file:", "link:", "portal:")  # a part of the same repository


def read_package_json(text: str) -> Iterator[Wanted]:
    data = _json(text)
    node = _table(data.get("engines")).get("node")
    if isinstance(node, str):
        yield Wanted("Node.js", node, Scope.PLATFORM, "node", "node")
    optional = {name for name, meta in _table(data.get("peerDependenciesMeta")).items() if _table(meta).get("optional") is True}
    tables = {"dependencies": Scope.RUNTIME, "peerDependencies": Scope.PEER, "optionalDependencies": Scope.OPTIONAL,
              "devDependencies": Scope.DEV}
    for table, scope in tables.items():
        for name, version in _table(data.get(table)).items():
            if isinstance(version, str) and not version.startswith(_OWN):
                wanted_for = Scope.OPTIONAL if scope is Scope.PEER and name in optional else scope
                yield Wanted(name, _any(version, "*", "latest"), wanted_for, written=f'"{name}"')


def read_composer(text: str) -> Iterator[Wanted]:
    data = _json(text)
    for table, scope in (("require", Scope.RUNTIME), ("require-dev", Scope.DEV)):
        for name, version in _table(data.get(table)).items():
            if not isinstance(version, str):
                continue
            if name == "php":
                yield Wanted("PHP", version, Scope.PLATFORM, "php", "php")
            else:
                yield Wanted(name, _any(version, "*", "self.version"), scope)


def read_cargo(text: str) -> Iterator[Wanted]:
    data = _toml(text)
    rust = _table(data.get("package")).get("rust-version")
    if isinstance(rust, str):
        yield Wanted("Rust", rust, Scope.PLATFORM, "rust", "rust-version")
    tables = [data, *(_table(target) for target in _table(data.get("target")).values())]
    for table in tables:
        yield from _crates(table.get("dependencies"), Scope.RUNTIME)
        yield from _crates(table.get("dev-dependencies"), Scope.DEV)
        yield from _crates(table.get("build-dependencies"), Scope.DEV)
    yield from _crates(_table(data.get("workspace")).get("dependencies"), Scope.RUNTIME)


def _crates(value: object, scope: Scope) -> Iterator[Wanted]:
    for name, wanted in _table(value).items():
        table = _table(wanted)
        if "path" in table:  # a part of the same repository
            continue
        version = wanted if isinstance(wanted, str) else table.get("version", "")
        optional = Scope.OPTIONAL if table.get("optional") is True and scope is Scope.RUNTIME else scope
        package = table.get("package")
        yield Wanted(package if isinstance(package, str) else name, _any(version, "*"), optional, written=name)


def read_version_catalogue(text: str) -> Iterator[Wanted]:
    """Gradle's libs.versions.toml."""
    data = _toml(text)
    versions = _table(data.get("versions"))
    for alias, library in _table(data.get("libraries")).items():
        if isinstance(library, str) and library.count(":") == 2:
            name, version = library.rsplit(":", 1)
        else:
            table = _table(library)
            name = table.get("module") or f"{table.get('group')}:{table.get('name')}"
            version = _catalogued(table.get("version"), versions)
        if isinstance(name, str):
            reference = _table(_table(library).get("version")).get("ref")
            scope = Scope.DEV if _TOOLS.search(name) else Scope.RUNTIME
            yield Wanted(name, version, scope, written=reference if isinstance(reference, str) else alias)


def _catalogued(version: object, versions: dict[str, Any]) -> str:
    table = _table(version)
    if "ref" in table:
        return _catalogued(versions.get(table["ref"]) if isinstance(table["ref"], str) else None, {})
    found = version if isinstance(version, str) else table.get("require") or table.get("strictly") or table.get("prefer")
    return found if isinstance(found, str) else ""


def read_pubspec(text: str) -> Iterator[Wanted]:
    try:
        data = entries_of(mapping_of(text.encode()))
    except BadYaml as exc:
        raise Unreadable("YAML") from exc
    for name, entry in (("Dart", "sdk"), ("Flutter", "flutter")):
        for written, _line in scalars_of(entries_of(data.get("environment")).get(entry))[:1]:
            yield Wanted(name, written, Scope.PLATFORM, name.lower(), entry)
    for table, scope in (("dependencies", Scope.RUNTIME), ("dev_dependencies", Scope.DEV)):
        for name, node in entries_of(data.get(table)).items():
            if inner := entries_of(node):
                if "path" not in inner and "sdk" not in inner:
                    yield Wanted(name, "", scope)
            else:
                version = next((text for text, _line in scalars_of(node)), "")
                yield Wanted(name, _any(version, "any"), scope)


def _any(version: object, *meaning_any: str) -> str:
    return version if isinstance(version, str) and version not in meaning_any else ""


def _json(text: str) -> dict[str, Any]:
    try:
        return _table(json.loads(text))
    except (ValueError, RecursionError) as exc:
        raise Unreadable("JSON") from exc


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise Unreadable("TOML") from exc


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
