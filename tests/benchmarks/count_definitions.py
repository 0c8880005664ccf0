"""How many of Universal Ctags' definitions docent finds: `python -m tests.benchmarks.count_definitions REPOSITORY …`.

Reads the files that docent would index from the head of each git repository (bare or not; it is never changed), has both tools read
the same texts as the same languages, and compares functions and methods, classes and what is like them, and named types by path,
name and line. Left out on both sides: fields, variables, constants, locals, parameters, mere declarations, preprocessor macros and
what has no name of its own. `--samples N` shows what one of the two does not have, to be judged by hand; `--markdown` prints rows of
the table in symbol_counts.md. Needs `ctags` to be Universal Ctags (Debian's package universal-ctags), which knows no Swift.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from indexer.chunking import parse_file
from indexer.config import IndexingSettings
from indexer.layout import surroundings_of
from indexer.sources import load_source, skip_entry
from indexer.types import SourceFile, TreeEntry

_CTAGS = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript", "tsx": "TypeScript", "go": "Go", "java": "Java",
          "rust": "Rust", "c": "C", "cpp": "C++", "csharp": "C#", "ruby": "Ruby", "php": "PHP", "kotlin": "Kotlin"}
_FUNCTIONS = frozenset({
    "function", "func", "method", "member", "generator", "getter", "setter", "singletonMethod", "methodSpec", "subroutine"})
_CLASSES = frozenset(["class", "struct", "union", "interface", "enum", "trait", "object", "annotation", "module", "record"])
_TYPES = frozenset(["typedef", "type", "talias", "alias", "typealias"])
_OUR_FUNCTIONS = frozenset({"function", "method"})
_OUR_CLASSES = frozenset({"class", "struct", "interface", "enum", "trait"})
# ctags' words that mean something else in one language than in the others.
_NOT_MEANT = {
    "Python": {"module"}, "Java": {"package", "method-prototype"}, "Ruby": {"alias"}, "PHP": {"alias"}, "Rust": {"module"},
    "C": {"member"}, "C++": {"member"}, "Go": {"member"}, "TypeScript": {"property"}}
# Where ctags takes more for a definition than is one, what its line must look like; NAME stands for the name, and groups without a
# rule are taken as they are. ctags' JavaScript calls every variable with an object in braces a class, its TypeScript `import { type X }`
# an alias, its Kotlin a lambda's parameter a method, its C# a call in a top-level statement a method and `where T : class` a class.
_DECLARED = {
    ("JavaScript", "classes"): r"\bclass\b|\bfunction\b",
    ("TypeScript", "types"): r"\btype\s+NAME\s*(?:[<=]|$)",
    ("TypeScript", "functions"): r"(?<!\w)NAME(?!\w)",
    ("TypeScript", "classes"): r"\b(?:class|interface|enum)\s+NAME",
    ("Kotlin", "functions"): r"\bfun\b[^({=]*(?<!\w)NAME`?\s*(?:[(<]|$)",
    ("Kotlin", "classes"): r"\b(?:class|interface|object)\s+`?NAME",
    ("C#", "functions"): r"(?:^|(?!\b(?:await|return|new|in|is|throw)\b)(?<![\w.])[\w.]+(?:<.*>)?[\w\[\]?*,)]*)\s+~?NAME\s*[(<]|~NAME",
    ("C#", "classes"): r"\b(?:class|struct|interface|enum|record)\s+NAME",
    ("C#", "types"): r"(?!)",  # `using X = Y`, an import
    ("C", "functions"): r"^(?!\s*[A-Z][A-Z0-9_]+\s*\([\w,\s]*\)\s*\{?\s*$)",  # TEST_BEGIN(name) { is named after its macro
    ("C++", "functions"): r"^(?!\s*[A-Z][A-Z0-9_]+\s*\([\w,\s]*\)\s*\{?\s*$)",
}
_MORE_KINDS = {"Go": "+n", "C": "+p", "C++": "+pA", "Java": "+ag"}  # kinds that ctags leaves out unless asked
_LINES = 2  # decorators, return types and templates put a name a line or two away


@dataclass(frozen=True, slots=True)
class Tag:
    """A definition as one of the tools tells it."""

    path: str
    name: str
    line: int
    kind: str
    group: str  # "functions", "classes", "types"; "" for what is not compared


@dataclass(slots=True)
class Count:
    """Numbers of one language in one group, and what is missing on either side."""

    theirs: int = 0
    found: int = 0
    ours: int = 0
    confirmed: int = 0
    missing: list[Tag] = field(default_factory=list)
    extra: list[Tag] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.theirs, self.found = self.theirs + other.theirs, self.found + other.found
        self.ours, self.confirmed = self.ours + other.ours, self.confirmed + other.confirmed
        self.missing += other.missing
        self.extra += other.extra


Counts = dict[tuple[str, str], Count]  # by language and group


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.count_definitions", description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path, help="git repositories, bare or not")
    parser.add_argument("--language", action="append", choices=sorted(_CTAGS), help="only these languages (may be repeated)")
    parser.add_argument("--samples", type=int, default=0, help="show so many of what is missing and of what ctags does not have")
    parser.add_argument("--markdown", action="store_true", help="one row of a table for each language and repository")
    arguments = parser.parse_args()
    if "Universal Ctags" not in subprocess.run(["ctags", "--version"], capture_output=True, text=True, check=True).stdout:
        parser.error("`ctags` is not Universal Ctags; install Debian's package universal-ctags")
    total: Counts = defaultdict(Count)
    for repository in arguments.repositories:
        counts = count(repository, arguments.language or tuple(_CTAGS))
        show(name_of(repository), counts, arguments.samples, arguments.markdown)
        for key, one in counts.items():
            total[key].add(one)
    if len(arguments.repositories) > 1:
        show("all", total, 0, arguments.markdown)
    return 0


def name_of(repository: Path) -> str:
    """The folder's name; that of the folder around it for `OWNER+NAME/repo`."""
    folder = repository.parent if repository.name in ("repo", ".git") else repository
    return folder.name.replace("+", "/").removesuffix(".git")


def count(repository: Path, languages: Iterable[str]) -> Counts:
    """Compare both tools on every file of these languages."""
    counts: Counts = defaultdict(Count)
    sources = [source for source in indexed_sources(repository) if source.language in languages]
    by_language: dict[str, list[SourceFile]] = defaultdict(list)
    for source in sources:
        by_language[_CTAGS[source.language]].append(source)
    for language, own in by_language.items():
        theirs = ctags_of(own, language)
        for source in own:
            _compare(counts, source.language, theirs.get(source.path, []), docent_of(source))
    return counts


def indexed_sources(repository: Path, languages: Iterable[str] = tuple(_CTAGS)) -> Iterator[SourceFile]:
    """The files of the head that docent would index, in the order of their paths."""
    listed = git(repository, "ls-tree", "-r", "-l", "-z", "HEAD").decode("utf-8", "replace")
    entries = []
    for item in filter(None, listed.split("\0")):
        about, path = item.split("\t", 1)
        mode, _kind, blob, size = about.split()
        entries.append(TreeEntry(path=path, mode=mode, blob=blob, size=int(size) if size.isdigit() else 0))
    around = surroundings_of(entries, {})
    limit = IndexingSettings().max_file_bytes
    kept = [entry for entry in entries if skip_entry("", entry, exclude=(), max_bytes=limit) is None]
    for entry, data in zip(kept, blobs(repository, [entry.blob for entry in kept]), strict=True):
        source = load_source("", entry, data, around) if data is not None else None
        if isinstance(source, SourceFile) and source.language in languages:
            yield source


def blobs(repository: Path, names: list[str]) -> Iterator[bytes | None]:
    """The contents of blobs, in their order; None for what a snapshot lacks."""
    with tempfile.TemporaryFile() as wanted:
        wanted.write("".join(f"{name}\n" for name in names).encode())
        wanted.seek(0)
        with subprocess.Popen(["git", *_folder(repository), "cat-file", "--batch"], stdin=wanted, stdout=subprocess.PIPE,
                              env=_environment()) as process:
            assert process.stdout is not None
            for _name in names:
                head = process.stdout.readline().split()
                if len(head) < 3:
                    yield None
                    continue
                data = process.stdout.read(int(head[2]))
                process.stdout.read(1)
                yield data


def ctags_of(sources: list[SourceFile], language: str) -> dict[str, list[Tag]]:
    """What Universal Ctags finds in some files, all read as one language, by path."""
    found: dict[str, list[Tag]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="docent-ctags-") as folder:
        for source in sources:
            place = Path(folder, source.path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(source.text, encoding="utf-8", errors="replace")
        more = [f"--kinds-{language}={_MORE_KINDS[language]}"] if language in _MORE_KINDS else []
        printed = subprocess.run(
            ["ctags", "--options=NONE", f"--language-force={language}", *more, "--output-format=json", "--fields=+nKlS", "--sort=no",
             "--extras=-{anonymous}{subparser}", "-L", "-", "-f", "-"],
            input="\n".join(source.path for source in sources), capture_output=True, text=True, cwd=folder, check=True, errors="replace")
    lines = {source.path: source.text.split("\n") for source in sources}
    seen: set[tuple[str, str, int, str]] = set()  # ctags tells `x.y = function y() {}` twice
    for printed_line in printed.stdout.splitlines():
        item = json.loads(printed_line)
        if item.get("_type") != "tag" or item.get("language") != language:
            continue
        path, name, line, kind = item["path"], item["name"], item.get("line", 0), item.get("kind", "")
        group = _group(kind, language, name)
        text = lines[path][line - 1] if 0 < line <= len(lines[path]) else ""
        rule = _DECLARED.get((language, group))
        if rule and not re.search(rule.replace("NAME", re.escape(name.lstrip("~"))), text):
            group = ""
        if (path, name, line, group) not in seen:
            seen.add((path, name, line, group))
            found[path].append(Tag(path, _plain(name), line, kind, group))
    return found


def _group(kind: str, language: str, name: str) -> str:
    if kind in _NOT_MEANT.get(language, ()) or re.match(r"__anon|[Aa]nonymous|<|$", name):
        return ""
    if kind == "member" and language == "Python":  # its word for methods
        return "functions"
    return "functions" if kind in _FUNCTIONS else "classes" if kind in _CLASSES else "types" if kind in _TYPES else ""


def docent_of(source: SourceFile) -> list[Tag]:
    """What docent finds in a file; what is not compared has no group."""
    found = []
    for symbol in parse_file(source).symbols:
        named = symbol.kind
        group = "functions" if named in _OUR_FUNCTIONS else "classes" if named in _OUR_CLASSES else "types" if named == "type" else ""
        if named == "module" and source.language == "ruby":
            group = "classes"
        if re.match(r"#\s*define\b", symbol.signature):  # a macro of the preprocessor
            group = ""
        found.append(Tag(symbol.path, _plain(symbol.name), symbol.start_line, named, group))
    return found


def _plain(name: str) -> str:
    """A name without what the tools put differently: quotes, spaces, what it belongs to (`IList.Add`), the word `operator`."""
    plain = re.sub(r"[\s'\"`]+", "", name).removeprefix("operator")
    return plain.rpartition(".")[2] if re.fullmatch(r"[\w.~<>,]*\.\w+", plain) else plain


def _compare(counts: Counts, language: str, theirs: list[Tag], ours: list[Tag]) -> None:
    """Each definition of one side takes the nearest of the other that is called the same; ours may be anything to ctags."""
    for group in ("functions", "classes", "types"):
        one = counts[language, group]
        wanted = [tag for tag in theirs if tag.group == group]
        missing = _unmatched(wanted, [tag for tag in ours if tag.group])
        own = [tag for tag in ours if tag.group == group]
        extra = _unmatched(own, theirs)
        one.add(Count(len(wanted), len(wanted) - len(missing), len(own), len(own) - len(extra), missing, extra))


def _unmatched(wanted: list[Tag], offered: list[Tag]) -> list[Tag]:
    free: dict[str, list[int]] = defaultdict(list)
    for tag in offered:
        free[tag.name].append(tag.line)
    left = []
    for tag in wanted:
        near = min(free[tag.name], key=lambda line: abs(line - tag.line), default=None)
        if near is None or abs(near - tag.line) > _LINES:
            left.append(tag)
        else:
            free[tag.name].remove(near)
    return left


def show(name: str, counts: Counts, samples: int, markdown: bool) -> None:
    for language in sorted({language for language, _group in counts}):
        whole = Count()
        parts = {group: counts[language, group] for group in ("functions", "classes", "types")}
        for one in parts.values():
            whole.add(one)
        if markdown:
            cells = [_share(one.found, one.theirs) for one in (whole, *parts.values())]
            print(f"| {language} | {name} | " + " | ".join([*cells, _share(whole.confirmed, whole.ours)]) + " |")
            continue
        told = "; ".join(f"{group} {_share(one.found, one.theirs)}" for group, one in (("all", whole), *parts.items()))
        print(f"{name:28} {language:11} of ctags' found: {told}; of docent's {_share(whole.confirmed, whole.ours)}")
        for title, tags in (("missing", whole.missing), ("ctags does not have", whole.extra)):
            if samples and tags:
                print(f"    {title}, by kind:", dict(Counter(tag.kind for tag in tags).most_common()))
                for tag in sorted(random.Random(7).sample(tags, min(samples, len(tags))), key=lambda tag: (tag.path, tag.line)):
                    print(f"      {tag.path}:{tag.line} {tag.kind} {tag.name}")


def _share(part: int, whole: int) -> str:
    return f"{part:,} / {whole:,} ({100 * part / whole:.1f} %)" if whole else "-"


def git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *_folder(repository), *arguments], capture_output=True, check=True, env=_environment()).stdout


def _folder(repository: Path) -> list[str]:
    return ["-C", str(repository)] if (repository / ".git").exists() else ["--git-dir", str(repository)]


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_NO_LAZY_FETCH": "1"}


if __name__ == "__main__":
    sys.exit(main())
