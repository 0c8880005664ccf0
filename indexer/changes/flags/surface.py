"""What of a file others may call: by the rules of its language, and only where the repository is made to be called by others.

What an application exports from one of its folders to another is nobody's API, and telling of it would bury what is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from indexer.changes.flags.pairs import Texts
from indexer.symbols.extract import Definition

LANGUAGES = frozenset({"python", "go", "rust", "java", "csharp", "typescript", "tsx", "javascript"})
_PRIVATE_PARTS = re.compile(
    r"(?:^|/)(?:internal|internals|private|impl|testing|testutils?|testsupport|migrations|vendor|generated|cmd"
    r"|bench(?:mark)?s?|fuzz)/"
    r"|(?:^|/)(?:conftest|manage|setup|main|cli|__main__)\.\w+$|\.d\.ts$", re.IGNORECASE)
_LISTED = re.compile(r"^__all__\s*(?::[^=\n]{0,80})?\+?=\s*[\[(]([^\])\[(]*)[\])]", re.MULTILINE)
_STRING = re.compile(r"[\"']([\w.]+)[\"']")
_EXPORTED = re.compile(r"^export\s*(?:type\s*)?\{([^{}]*)\}", re.MULTILINE)
_OPEN_TYPES = re.compile(r"^[ \t]*pub (?:unsafe )?trait (\w+)|\binterface (\w+)", re.MULTILINE)
_GO_PROGRAM = re.compile(r"^package main\b", re.MULTILINE)
_JAVA_PROGRAM = re.compile(r"spring-boot-maven-plugin|<packaging>war|springframework\.boot|id[ (]['\"]application")
_NOT_PUBLIC = re.compile(r"(?:static |async |override )*(?:private|protected)\b|@internal")
_PACKAGED = re.compile(r"\"(?:main|module|exports|types)\"\s*:")
_NOT_PUBLISHED = re.compile(r"\"private\"\s*:\s*true")
_EXPORTS = ("export ", "exports.", "module.exports")
_SCRIPTS = frozenset({"typescript", "tsx", "javascript"})
_FUNCTIONS = frozenset({"function", "method"})
_TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "type"})


@dataclass(frozen=True, slots=True)
class Module:
    """A source file at a commit; `lines` are those of its text."""

    commit: str
    path: str
    text: str
    language: str
    lines: list[str]


def public_definitions(texts: Texts, module: Module, definitions: Sequence[Definition]) -> list[Definition]:
    """The functions, methods and types of a file that others may use; constants change too freely to be told of."""
    if module.language not in LANGUAGES or _PRIVATE_PARTS.search(module.path) or not _is_library(texts, module):
        return []
    kinds = {item.qualified: item.kind for item in definitions}
    open_types = frozenset(name for found in _OPEN_TYPES.findall(module.text) for name in found)
    seen = _Seen(module, frozenset(_reachable(texts, module)), open_types,
                 module.language == "go" and _GO_PROGRAM.search(module.text) is not None)
    # An `impl` block is called like the type whose methods it holds: the type itself says whether it is public.
    shown = {item.qualified: seen.shows(item) for item in sorted(definitions, key=lambda item: not item.scope)}
    return [item for item in definitions
            if item.kind in _FUNCTIONS | _TYPES and not item.scope and shown[item.qualified]
            and _outer_shown(item, kinds, shown, module.language)]


def _outer_shown(item: Definition, kinds: dict[str, str], shown: dict[str, bool], language: str) -> bool:
    """Whether all around a definition is public too; what is inside a function is not, nor what is put on an object later."""
    for depth in range(1, len(item.enclosing) + 1):
        outer = ".".join(item.enclosing[:depth])
        kind = kinds.get(outer, "constant" if language in _SCRIPTS else "type")  # Go's and Rust's types may stand in another file
        if kind in _FUNCTIONS or kind == "constant" or not shown.get(outer, True):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which single definitions of a file are public; `reachable` are the names that a module lists for others to import."""

    module: Module
    reachable: frozenset[str]
    open_types: frozenset[str]  # traits and interfaces that are public, whose methods need no word for it
    is_program: bool

    def shows(self, item: Definition) -> bool:
        rules = {"python": self._python, "go": self._go, "rust": self._rust, "java": self._java, "csharp": self._java,
                 "typescript": self._script, "tsx": self._script, "javascript": self._script}
        return rules[self.module.language](item)

    def _python(self, item: Definition) -> bool:
        if item.enclosing:
            return not item.name.startswith("_") or item.name == "__init__"
        return item.name in self.reachable

    def _go(self, item: Definition) -> bool:
        names = (*item.enclosing, item.name)
        return all(name[:1].isupper() for name in names) and not self.is_program

    def _rust(self, item: Definition) -> bool:
        said = item.scope or item.signature.startswith(("pub ", "pub(in "))
        return said or (item.kind == "method" and self._in_open_type(item))

    def _java(self, item: Definition) -> bool:
        words = item.signature.split("(")[0].split()
        return "public" in words or (item.kind == "method" and "private" not in words and self._in_open_type(item))

    def _in_open_type(self, item: Definition) -> bool:
        return bool(item.enclosing) and item.enclosing[-1] in self.open_types

    def _script(self, item: Definition) -> bool:
        if item.enclosing:
            return not item.name.startswith(("_", "#")) and not _NOT_PUBLIC.match(item.signature)
        line = self.module.lines[item.start - 1].strip() if item.start <= len(self.module.lines) else ""
        return item.name in self.reachable or line.startswith(_EXPORTS) or item.signature.startswith(_EXPORTS)


def _reachable(texts: Texts, module: Module) -> Iterable[str]:
    """The names that a script exports in a list, and those of a Python module that others may import: of a private one, those
    that its package gives on."""
    if module.language in _SCRIPTS:
        yield from (name for names in _EXPORTED.finditer(module.text) for name in re.findall(r"[\w$]+", names[1]))
    if module.language != "python":
        return
    parts = PurePosixPath(module.path).parts
    private = next((place for place, part in enumerate(parts) if part.startswith("_") and not part.startswith("__")), -1)
    if private < 0:
        listed = exported_names(module.text)
        yield from listed if listed is not None else _public_names(module.text)
        return
    folder = parts[:private]
    for candidate in ((*folder, "__init__.py"), (*folder, parts[private].lstrip("_"), "__init__.py")):
        text = texts.at(module.commit, "/".join(candidate))
        if text is not None:
            yield from exported_names(text) or ()


def exported_names(text: str) -> list[str] | None:
    """The names in `__all__`; None where a module has none."""
    lists = list(_LISTED.finditer(text))
    return [name for found in lists for name in _STRING.findall(found[1])] if lists else None


def _public_names(text: str) -> Iterable[str]:
    return re.findall(r"^(?:async\s+def|def|class)\s+([A-Za-z]\w*)", text, re.MULTILINE)


def _is_library(texts: Texts, module: Module) -> bool:
    """Whether what a file is a part of is made for others to build on, as the manifests above it tell."""
    folders = [PurePosixPath(module.path).parent, *PurePosixPath(module.path).parent.parents][-8:]

    def at(name: str) -> str | None:
        found = (texts.at(module.commit, str(folder / name)) for folder in folders)
        return next((text for text in found if text is not None), None)

    if module.language == "python":
        project = at("pyproject.toml") or ""
        packaged = re.search(r"^\[(?:project|tool\.poetry|tool\.flit)", project,
                             re.MULTILINE) or at("setup.py") or at("setup.cfg")
        return bool(packaged) and at("manage.py") is None
    if module.language == "go":
        return is_go_library(texts, module.commit, at("go.mod"))
    if module.language == "rust":
        crate = at("Cargo.toml") or ""
        return at("lib.rs") is not None or at("src/lib.rs") is not None or "[lib]" in crate
    if module.language in ("typescript", "tsx", "javascript"):
        package = at("package.json") or ""
        return _PACKAGED.search(package) is not None and not _NOT_PUBLISHED.search(package)
    if module.language == "java":
        build = "\n".join(filter(None, (at("pom.xml"), at("build.gradle"), at("build.gradle.kts"))))
        return bool(build) and not _JAVA_PROGRAM.search(build)
    return re.search(r"\bvoid Main\(", module.text) is None and at("Program.cs") is None and at("appsettings.json") is None


def is_go_library(texts: Texts, commit: str, go_mod: str | None) -> bool:
    """Whether a module is made to be imported: it has a package at its root, and builds no program of its name and no image. What
    another module exports, it exports to itself."""
    named = re.search(r"^module\s+(\S+)", go_mod or "", re.MULTILINE)
    if named is None:
        return False
    name = re.sub(r"/v\d+$", "", named[1]).rsplit("/", 1)[-1]
    last = name.rsplit("-", 1)[-1]

    def holds(path: str, *, program: bool) -> bool:
        text = texts.at(commit, path) or ""
        return bool(text) and (not path.endswith(".go") or (_GO_PROGRAM.search(text) is not None) is program)

    commands = (f"cmd/{one}/{file}.go" for one in (name, last) for file in ("main", one))
    programs = ("main.go", "cmd/main.go", *commands, f"{name}.go", "Dockerfile", ".ko.yaml")
    if any(holds(path, program=True) for path in programs):
        return False
    roots = (name, last, name.split("-")[0], "doc", "errors", "client", "version", "options", "config", "context")
    return any(holds(f"{root}.go", program=False) for root in roots)
