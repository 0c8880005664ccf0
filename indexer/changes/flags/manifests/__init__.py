"""Which files say what a project depends on, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from indexer.changes.flags.manifests.data import (
    read_cargo,
    read_composer,
    read_package_json,
    read_pubspec,
    read_version_catalogue,
)  # fmt: skip
from indexer.changes.flags.manifests.lines import read_gemfile, read_gemspec, read_go_mod, read_gradle, read_mix
from indexer.changes.flags.manifests.python import read_pipfile, read_pyproject, read_requirements, read_setup_cfg, read_setup_py
from indexer.changes.flags.manifests.types import Scope, Unreadable, Wanted, dev_name, line_of
from indexer.changes.flags.manifests.xml import read_msbuild, read_pom
from indexer.roles import role_of
from indexer.sources import vendored_by
from indexer.types import Kind, Role

__all__ = ["Scope", "Wanted", "ecosystem_of", "line_of", "read_manifest"]

_Reader = Callable[[str], Iterable[Wanted]]


@dataclass(frozen=True, slots=True)
class _Format:
    name: re.Pattern[str]
    ecosystem: str
    read: _Reader


def _format(name: str, ecosystem: str, read: _Reader) -> _Format:
    return _Format(re.compile(name), ecosystem, read)


_FORMATS = (
    _format(r"pyproject\.toml", "python", read_pyproject),
    _format(r"setup\.cfg", "python", read_setup_cfg),
    _format(r"setup\.py", "python", read_setup_py),
    _format(r"Pipfile", "python", read_pipfile),
    _format(r"(?:[\w.]+[-_.])?requirements?(?:[-_.][\w.-]+)?\.(?:txt|in)", "python", read_requirements),
    _format(r"package\.json", "npm", read_package_json),
    _format(r"go\.mod", "go", read_go_mod),
    _format(r"Cargo\.toml", "cargo", read_cargo),
    _format(r"Gemfile", "gem", read_gemfile),
    _format(r"[\w.-]+\.gemspec", "gem", read_gemspec),
    _format(r"pom\.xml", "jvm", read_pom),
    _format(r"[\w-]+\.gradle(?:\.kts)?", "jvm", read_gradle),
    _format(r"[\w-]+\.versions\.toml", "jvm", read_version_catalogue),
    _format(r"[\w.-]+\.(?:cs|fs|vb)proj|Directory\.(?:Packages|Build)\.(?:props|targets)", "nuget", read_msbuild),
    _format(r"composer\.json", "composer", read_composer),
    _format(r"mix\.exs", "hex", read_mix),
    _format(r"pubspec\.yaml", "pub", read_pubspec),
)
_IN_REQUIREMENTS = _format(r"(?!constraints)[\w.-]+\.(?:txt|in)", "python", read_requirements)
_NOT_OURS = frozenset({Role.VENDORED, Role.TEST, Role.EXAMPLE, Role.DOCS})
_TRIFLES = re.compile(r"@types/|eslint-|types-|stylelint-|prettier-")


def ecosystem_of(path: str) -> str:
    """The kind of packages a manifest names ("python", "npm", …); "" for what is none, and for those of tests and examples."""
    found = _found(path)
    return found.ecosystem if found else ""


def read_manifest(path: str, text: str) -> list[Wanted] | None:
    """The packages a manifest wants; None where it cannot be parsed. What scripts want is for development."""
    found = _found(path)
    if found is None:
        return None
    try:
        wanted = list(found.read(text))
    except Unreadable:
        return None
    wanted = [one for one in wanted if one.scope is not Scope.DEV or not _TRIFLES.match(one.name)]
    pure = PurePosixPath(path)
    is_script = role_of(str(pure.with_name("manifest")), Kind.CONFIG) is Role.SCRIPT
    if not is_script and not (found.read is read_requirements and dev_name(pure.stem)):
        return wanted
    return [replace(one, scope=Scope.DEV) for one in wanted if one.scope is not Scope.PLATFORM]


def _found(path: str) -> _Format | None:
    pure = PurePosixPath(path)
    if vendored_by(pure) or role_of(str(pure.with_name("manifest")), Kind.CONFIG) in _NOT_OURS:
        return None
    found = next((one for one in _FORMATS if one.name.fullmatch(pure.name)), None)
    listed = pure.parent.name == "requirements" and _IN_REQUIREMENTS.name.fullmatch(pure.name)
    return found or (_IN_REQUIREMENTS if listed else None)
