"""Which file of the repository an import means; None for what comes from elsewhere (libraries, the standard library)."""

from __future__ import annotations

import json
import posixpath
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from indexer.types import Import

MANIFESTS = frozenset({
    "go.mod", "package.json", "tsconfig.json", "jsconfig.json", "tsconfig.base.json", "tsconfig.app.json", "tsconfig.lib.json",
    "tsconfig.paths.json", "tsconfig.node.json", "tsconfig.web.json", "Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg",
    "composer.json"})

_SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue", ".svelte")
# TypeScript imports a module by the name of what it is compiled to.
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}

_RUST_PROGRAMS = ("tests", "benches", "examples", "src/bin")  # folders in which every file is a crate of its own


class ImportResolver:
    """Resolves the imports of one repository. `languages`: path -> language of every indexed file; `manifests`: path -> text of
    the files named in MANIFESTS. A damaged manifest says nothing and breaks nothing."""

    def __init__(self, languages: Mapping[str, str], manifests: Mapping[str, str]) -> None:
        self._languages = languages
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._by_folder: dict[str, list[str]] = defaultdict(list)
        for path in sorted(languages):
            folder, name = posixpath.split(path)
            self._by_name[name].append(path)
            self._by_folder[folder].append(path)
        self._by_name_of_folder: dict[str, list[str]] = defaultdict(list)
        for folder in self._by_folder:
            self._by_name_of_folder[posixpath.basename(folder)].append(folder)
        self._go = {module: folder for folder, module in _go_modules(manifests)}
        self._crates = {name: folder for folder, name in _crates(manifests) if name}
        self._crate_roots = {folder for folder, _name in _crates(manifests)} | {
            posixpath.dirname(path) for path in self._by_name.get("main.rs", ()) if "/" in path}
        self._python_roots = ("", "src", *sorted({root for path in manifests for root in _python_roots(path)}))
        self._packages = dict(_packages(manifests))
        self._aliases = tuple(_aliases(manifests))
        self._psr4 = tuple(sorted(_psr4(manifests), key=lambda pair: -len(pair[0])))

    def resolve(self, item: Import) -> str | None:
        """The repository's own file that an import means, or None. A package of several files is its most telling one."""
        find = {
            "python": self._python, "javascript": self._script, "typescript": self._script, "tsx": self._script,
            "go": self._go_package, "java": self._dotted, "kotlin": self._dotted, "rust": self._rust, "c": self._include,
            "cpp": self._include, "csharp": self._namespace, "ruby": self._ruby, "php": self._php,
        }.get(self._languages.get(item.path, ""))
        found = find(item) if find else None
        return found if found != item.path else None

    def _first(self, candidates: Iterable[str]) -> str | None:
        return next((path for path in candidates if path in self._languages), None)

    def _python(self, item: Import) -> str | None:
        dots = len(item.module) - len(item.module.lstrip("."))
        parts = [part for part in item.module.lstrip(".").split(".") if part]
        folder = posixpath.dirname(item.path)
        if dots:
            bases = [_up(folder, dots - 1)]
        else:
            ancestors = [_up(folder, level) for level in range(folder.count("/") + 1)] if folder else []
            if parts and parts[0] in sys.stdlib_module_names:  # a package's own `collections` is not what `import collections` means
                ancestors = [base for base in ancestors if self._first(_python_files(f"{base}/__init__")[:1]) is None]
            bases = [*self._python_roots, *ancestors]
        for base in bases:
            stem = posixpath.join(base, *parts) if base or parts else ""
            # A name may be a module of the package or something its __init__ offers; the module says more.
            names = [posixpath.join(stem, name) for name in item.names]
            if found := self._first(end for name in [*names, stem] if name for end in _python_files(name)):
                return found
        if dots and parts:  # `from . import x` where x is a name that the package's __init__ offers
            return self._first(_python_files(posixpath.join(bases[0], *parts[:-1])))
        return None

    def _script(self, item: Import) -> str | None:
        module = item.module.split("?")[0]
        if module.startswith("."):
            return self._script_file(_join(posixpath.dirname(item.path), module))
        for scope, prefix, suffix, targets in self._aliases:
            inside = item.path.startswith(scope + "/") or not scope
            if inside and (middle := _starred(module, prefix, suffix)) is not None:
                for target in targets:
                    if found := self._script_file(target.replace("*", middle)):
                        return found
        parts = module.split("/")
        size = 2 if module.startswith("@") else 1
        name, rest = "/".join(parts[:size]), "/".join(parts[size:])
        if name not in self._packages:
            return None
        folder, mains = self._packages[name]
        if rest:
            return self._script_file(_join(folder, rest)) or self._script_file(_join(folder, "src", rest))
        entries = [*mains, "src/index", "index", "src/main", "lib/index"]
        return next((found for entry in entries if (found := self._script_file(_join(folder, entry)))), None)

    def _script_file(self, stem: str) -> str | None:
        base, ending = posixpath.splitext(stem)
        compiled = [base + other for other in _COMPILED.get(ending, ())]
        direct = [stem] if ending else []
        return self._first([*direct, *compiled, *(stem + end for end in _SCRIPT_ENDINGS),
                            *(posixpath.join(stem, "index" + end) for end in _SCRIPT_ENDINGS)])

    def _go_package(self, item: Import) -> str | None:
        module = next((name for name in sorted(self._go, key=len, reverse=True)
                       if item.module == name or item.module.startswith(name + "/")), None)
        if module is None:
            return None
        folder = posixpath.join(self._go[module], item.module[len(module) + 1:]).strip("/")
        return self._spokesman(folder, ".go", PurePosixPath(item.module).name)

    def _spokesman(self, folder: str, ending: str, stem: str) -> str | None:
        """The file that stands for a package of many: named like it, else its doc file, else the first that is no test."""
        files = [path for path in self._by_folder.get(folder, ()) if path.endswith(ending)]
        own = [path for path in files if not path.endswith(("_test.go", "Test.java", "Tests.cs"))]
        named = [posixpath.join(folder, stem + ending), posixpath.join(folder, "doc" + ending)]
        return next((path for path in named if path in own), None) or next(iter(own or files), None)

    def _dotted(self, item: Import) -> str | None:
        """`a.b.C`, a member of it, or a nested class: the longest beginning that is a file below some source folder."""
        parts = item.module.removesuffix(".*").split(".")
        if parts[0] == "java":  # the JVM lets nobody else declare these, and src/main/java/util is no java.util
            return None
        if item.module.endswith(".*") and (package := self._whole_package(item.path, parts)):
            return package
        for size in range(len(parts), 1, -1):
            tail = "/".join(parts[:size])
            for ending in (".java", ".kt"):
                same = self._by_name.get(parts[size - 1] + ending, ())
                found = [path for path in same if f"/{path}".endswith(f"/{tail}{ending}")]
                if found:
                    return _nearest(item.path, found)
        return None

    def _whole_package(self, path: str, parts: list[str]) -> str | None:
        """The file that stands for the package of `import a.b.*`."""
        tail = "/" + "/".join(parts)
        folders = [folder for folder in self._by_name_of_folder.get(parts[-1], ()) if f"/{folder}".endswith(tail)] if len(parts) > 1 else []
        by_ending = ((folder, ending) for folder in sorted(folders, key=lambda one: _nearness(path, one)) for ending in (".java", ".kt"))
        return next((found for folder, ending in by_ending if (found := self._spokesman(folder, ending, "package-info"))), None)

    def _rust(self, item: Import) -> str | None:
        parts = [part for part in item.module.split("::") if part]
        if not parts:
            return None
        if item.module.endswith(".rs"):  # `#[path]`
            return self._first([_join(posixpath.dirname(item.path), item.module)])
        root = self._crate_root(item.path)
        here = _rust_module(item.path, root)
        if parts[0] == "crate":
            return self._rust_file(root, parts[1:])
        if parts[0] in ("self", "super"):
            alone = parts[0] == "self" and posixpath.dirname(item.path).endswith(_RUST_PROGRAMS)
            while parts and parts[0] in ("self", "super"):
                here = here[:-1] if parts[0] == "super" else here
                parts = parts[1:]
            beside = here[:-1] if alone else here  # tests/cart.rs is a root of its own, and its `mod pay;` tests/pay.rs
            return (self._rust_file(root, [*here, *parts], least=len(here) + 1 if alone else 0)
                    or (self._rust_file(root, [*beside, *parts], least=len(beside) + 1) if alone else None))
        if parts[0] in self._crates:
            return self._rust_file(self._crates[parts[0]], parts[1:])
        return self._rust_file(root, [*here, *parts], least=len(here) + 1) or self._rust_file(root, parts, least=1)

    def _crate_root(self, path: str) -> str:
        inside = [folder for folder in self._crate_roots if path.startswith(f"{folder}/")]
        if inside:
            return max(inside, key=len)
        before, source, _after = path.partition("src/")
        return f"{before}{source}".rstrip("/") if source else posixpath.dirname(path)

    def _rust_file(self, root: str, parts: list[str], least: int = 0) -> str | None:
        for size in range(len(parts), least - 1, -1):
            stem = posixpath.join(root, *parts[:size])
            names = [f"{stem}.rs", f"{stem}/mod.rs"] if size else [f"{root}/lib.rs", f"{root}/main.rs", f"{root}/mod.rs"]
            if found := self._first(names):
                return found
        return None

    def _include(self, item: Import) -> str | None:
        relative = _join(posixpath.dirname(item.path), item.module)
        if relative in self._languages:
            return relative
        wanted = posixpath.normpath(item.module).lstrip("./")
        found = [path for path in self._by_name.get(posixpath.basename(wanted), ()) if f"/{path}".endswith(f"/{wanted}")]
        return _nearest(item.path, found) if found else None

    def _namespace(self, item: Import) -> str | None:
        """C# namespaces follow folders by habit: the folder whose path ends with the most of the namespace."""
        parts = item.module.split(".")
        for start in range(len(parts)):
            tails = ("/".join(parts[start:]), ".".join(parts[start:]))
            if start and len(parts) - start < 2 and not self._own_namespace(parts[0]):
                return None
            found = [folder for folder in self._by_folder if f"/{folder}".endswith(tuple(f"/{tail}" for tail in tails))]
            for folder in sorted(found, key=len):
                if spokesman := self._spokesman(folder, ".cs", parts[-1]):
                    return spokesman
        return None

    def _own_namespace(self, name: str) -> bool:
        return any(part == name or part.startswith(name + ".") for folder in self._by_folder for part in folder.split("/"))

    def _ruby(self, item: Import) -> str | None:
        if item.module.startswith("."):
            stem = _join(posixpath.dirname(item.path), item.module)
            return self._first([stem, f"{stem}.rb"])
        wanted = item.module if item.module.endswith(".rb") else f"{item.module}.rb"
        found = [path for path in self._by_name.get(posixpath.basename(wanted), ())
                 if re.search(rf"(^|/)(lib|app/\w+|test|spec|\.)/{re.escape(wanted)}$", f"./{path}")]
        return _nearest(item.path, found) if found else None

    def _php(self, item: Import) -> str | None:
        if item.module.endswith((".php", ".inc")):
            return self._first([_join(posixpath.dirname(item.path), item.module.lstrip("/")), item.module.lstrip("./")])
        name = item.module.replace("\\", "/")
        for prefix, folder in self._psr4:
            if name.startswith(prefix) and (found := self._first([_join(folder, name[len(prefix):] + ".php")])):
                return found
        tail = name + ".php"
        found_all = [path for path in self._by_name.get(posixpath.basename(tail), ()) if path.lower().endswith(tail.lower())]
        return _nearest(item.path, found_all) if "/" in name and found_all else None


def _up(folder: str, levels: int) -> str:
    for _ in range(levels):
        folder = posixpath.dirname(folder)
    return folder


def _join(*parts: str) -> str:
    joined = posixpath.normpath(posixpath.join(*parts)).lstrip("/") if any(parts) else ""
    return "" if joined == "." else joined


def _nearest(path: str, candidates: list[str]) -> str:
    """The candidate that shares the longest beginning with the importing file; the shorter path among equals."""
    return min(candidates, key=lambda other: _nearness(path, other))


def _nearness(path: str, other: str) -> tuple[int, int]:
    return -len(posixpath.commonprefix([path, other])), len(other)


def _python_files(stem: str) -> tuple[str, ...]:
    return (f"{stem}.py", f"{stem}/__init__.py", f"{stem}.pyi", f"{stem}/__init__.pyi", f"{stem}.pyx")


def _rust_module(path: str, root: str) -> list[str]:
    """The module a file is, as the names below its crate."""
    inner = path.removeprefix(root + "/").removesuffix(".rs").split("/")
    return inner[:-1] if inner[-1] in ("mod", "lib", "main") else inner


def _go_modules(manifests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in manifests.items():
        if posixpath.basename(path) == "go.mod" and (found := re.search(r"^module\s+\"?([^\s\"]+)", text, re.MULTILINE)):
            yield posixpath.dirname(path), found[1]


def _crates(manifests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Source folders of every Cargo package, with its name as `use` writes it; programs and tests of it have no name."""
    for path, text in manifests.items():
        if posixpath.basename(path) != "Cargo.toml":
            continue
        cargo, folder = _toml(text), posixpath.dirname(path)
        if isinstance(package := cargo.get("package"), dict):
            yield posixpath.join(folder, "src"), str(package.get("name", "")).replace("-", "_")
            yield from ((posixpath.join(folder, kind), "") for kind in ("tests", "benches", "examples"))
        listed = (cargo.get(kind) for kind in ("bin", "test", "bench", "example"))
        targets = [cargo.get("lib"), *(entry if isinstance(entry, list) else [] for entry in listed)]
        for target in (item for entry in targets for item in (entry if isinstance(entry, list) else [entry])):
            if isinstance(target, dict) and isinstance(target.get("path"), str):
                yield _join(folder, posixpath.dirname(target["path"])), ""


def _python_roots(path: str) -> tuple[str, ...]:
    folder, name = posixpath.split(path)
    return (folder, posixpath.join(folder, "src")) if name in ("pyproject.toml", "setup.py", "setup.cfg") and folder else ()


def _packages(manifests: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Names of the repository's own packages (workspaces), with their folders and entry files."""
    for path, text in manifests.items():
        if posixpath.basename(path) != "package.json":
            continue
        package = _json(text)
        if isinstance(name := package.get("name"), str):
            fields = (package.get(key) for key in ("source", "module", "main", "types"))
            yield name, (posixpath.dirname(path), [value for value in fields if isinstance(value, str)])


def _aliases(manifests: Mapping[str, str]) -> Iterator[tuple[str, str, str | None, list[str]]]:
    """(folder it holds for, text before the star, text after it, targets) of every tsconfig `paths` entry and `baseUrl`; what has
    no star holds for this one name, and has None after it."""
    found = []
    for path, text in manifests.items():
        if not posixpath.basename(path).startswith(("tsconfig.", "jsconfig.")):
            continue
        options = _json(text).get("compilerOptions")
        if not isinstance(options, dict):
            continue
        folder = posixpath.dirname(path)
        base = _join(folder, str(options.get("baseUrl", "."))) if folder or options.get("baseUrl") else ""
        base = "" if base == "." else base
        paths = options.get("paths")
        for pattern, targets in (paths.items() if isinstance(paths, dict) else ()):
            before, star, after = str(pattern).partition("*")
            wanted = [_join(base, str(target)) for target in targets] if isinstance(targets, list) else []
            found.append((folder, before, after if star else None, wanted))
        if "baseUrl" in options:
            found.append((folder, "", "", [_join(base, "*") if base else "*"]))
    yield from sorted(found, key=lambda entry: (-len(entry[0]), -len(entry[1])))


def _starred(module: str, prefix: str, suffix: str | None) -> str | None:
    """What the star stands for where a module fits a pattern; None where it does not. A pattern without one fits itself alone."""
    if suffix is None:
        return "" if module == prefix else None
    fits = module.startswith(prefix) and module.endswith(suffix) and len(module) >= len(prefix) + len(suffix)
    return module[len(prefix):len(module) - len(suffix)] if fits else None


def _psr4(manifests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in manifests.items():
        if posixpath.basename(path) != "composer.json":
            continue
        composer = _json(text)
        for section in ("autoload", "autoload-dev"):
            loading = composer.get(section)
            mapping = loading.get("psr-4") if isinstance(loading, dict) else None
            for prefix, folders in (mapping.items() if isinstance(mapping, dict) else ()):
                for folder in folders if isinstance(folders, list) else [folders]:
                    yield str(prefix).replace("\\", "/"), _join(posixpath.dirname(path), str(folder))


def _json(text: str) -> dict[str, Any]:
    """JSON as people write it in tsconfig files: with comments and commas too many; {} where it is damaged."""
    for attempt in (text, _COMMENTS.sub(lambda found: found[1] or "", text)):
        try:
            value = json.loads(re.sub(r",(\s*[}\]])", r"\1", attempt) if attempt is not text else attempt)
        except (json.JSONDecodeError, RecursionError):
            continue
        return value if isinstance(value, dict) else {}
    return {}


_COMMENTS = re.compile(r"(\"(?:\\.|[^\"\\])*\")|//[^\n]*|/\*.*?\*/", re.DOTALL)


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
