"""What a whole repository is: its own words about itself, and its largest areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.answers.evidence import EvidenceList
from bot.answers.sentences import Sentence, Source, plain_markup, quotable, sentences_of, shortened
from bot.answers.types import Part, Statement
from indexer.index import Index
from indexer.types import Chunk, Role

_READMES = ("readme.md", "readme.rst", "readme.txt", "readme", "readme.adoc")
_AREAS = 5
_AREA_FILES = 4
_TOP = 20  # lines in which a file says what it is for
_ENTRANCES = ("__init__", "index", "mod", "lib", "doc", "main")
_WRAPPERS = {"src", "lib", "pkg", "packages", "apps", "services", "internal", "cmd", "crates", "modules"}


def overview_answer(index: Index, repo: str, evidence: EvidenceList) -> list[Statement]:
    """What it is (from the README) and its main areas (from the files that describe themselves)."""
    statements: list[Statement] = []
    found = _self_description(index, repo)
    if found is not None:
        chunk, sentences = found
        first, last = sentences[0], sentences[-1]
        text = shortened(" ".join(plain_markup(item.text) for item in sentences), 45).rstrip(" .")
        cited = evidence.cite(chunk, first.start_line, last.end_line)
        statements.append(Statement(f"{repo} in its own words: “{text}”.", (cited,), Part.LEAD))
    for area, paths, describing, about in _areas(index, repo):
        chunks = index.chunks_of_file(repo, describing)
        if not chunks:
            continue
        cited = evidence.cite(chunks[0])
        said = f": “{shortened(plain_markup(about), 22).rstrip(' .')}”" if about and about in _joined(chunks[0]) else ""
        count = f"{len(paths)} files" if len(paths) > 1 else "one file"
        statements.append(Statement(f"`{area}` ({count}){said}.", (cited,)))
    return statements


def area_answer(index: Index, repo: str, folder: str, evidence: EvidenceList) -> list[Statement]:
    """What one folder is for: its own words about itself, and its largest files."""
    inside = [item for item in index.files(repo) if item[0].startswith(f"{folder}/")]
    statements: list[Statement] = []
    front = [item for item in inside if _is_front(item[0], folder)]
    described = next(((item, text) for item in front for text in _described(index, repo, item[0])), None)
    if described is not None:
        (path, *_), (chunk, said) = described
        cited = evidence.cite(chunk, said.start_line, said.end_line)
        statements.append(Statement(f"`{folder}` in its own words: “{quotable(said)}”.", (cited,), Part.LEAD))
    source = sorted((item for item in inside if item[2] == Role.SOURCE.value), key=lambda item: -item[4]) or inside
    for path, *_ in source:
        found = next(_described(index, repo, path), None)
        if found is not None and (described is None or path != described[0][0]) and len(statements) <= _AREA_FILES:
            cited = evidence.cite(found[0], found[1].start_line, found[1].end_line)
            statements.append(Statement(f"`{path.removeprefix(folder + '/')}`: “{quotable(found[1])}”.", (cited,)))
    if statements and described is None:
        first = statements[0]
        statements[0] = Statement(f"`{folder}` holds {len(inside)} files; the largest is {first.text}", first.evidence, Part.LEAD)
    return statements


def folder_called(index: Index, repo: str, name: str) -> str | None:
    """The folder of a repository that a name or path means: the uppermost with files in it; None where there is none."""
    wanted = name.strip("/`").lower()
    folders = {str(parent) for path, *_ in index.files(repo) for parent in PurePosixPath(path).parents if str(parent) != "."}
    fitting = [item for item in folders if item.lower() == wanted or item.lower().endswith(f"/{wanted}")]
    return min(fitting, key=lambda item: (item.count("/"), item), default=None)


def _is_front(path: str, folder: str) -> bool:
    pure = PurePosixPath(path)
    return str(pure.parent) == folder and (pure.name.lower() in _READMES or pure.stem in _ENTRANCES)


def _described(index: Index, repo: str, path: str) -> Iterator[tuple[Chunk, Sentence]]:
    """The first sentence at the top of a file, which says what it is for."""
    for chunk in index.chunks_of_file(repo, path)[:1]:
        for sentence in sentences_of(chunk)[:1]:
            if sentence.start_line <= _TOP and sentence.source in (Source.DOC, Source.PROSE):
                yield chunk, sentence


def _self_description(index: Index, repo: str) -> tuple[Chunk, list[Sentence]] | None:
    paths = {path.lower(): path for path, *_ in index.files(repo)}
    for name in _READMES:
        if name in paths:
            for chunk in index.chunks_of_file(repo, paths[name])[:6]:
                sentences = [item for item in sentences_of(chunk) if len(item.text.split()) >= 5]
                if sentences:
                    near = [item for item in sentences[:2] if item.start_line - sentences[0].end_line <= 1]
                    return chunk, near
    return None


def _areas(index: Index, repo: str) -> list[tuple[str, list[str], str, str]]:
    """The largest areas of the source: (name, paths, a file that says what it is for, and what it says)."""
    groups: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for path, _, role, about, lines in index.files(repo):
        if role == Role.SOURCE.value and "/" in path:
            groups[_area(path)].append((path, about, lines))
    if len(groups) < 3:  # one package: its files are the areas
        only = [item for group in groups.values() for item in group]
        groups = defaultdict(list, {item[0]: [item] for item in only})
    ranked = sorted(groups.items(), key=lambda item: -sum(lines for _, _, lines in item[1]))[:_AREAS]
    found = []
    for area, files in ranked:
        path, about, _ = min(files, key=_front)
        found.append((area, [path for path, _, _ in files], path, about))
    return found


def _front(file: tuple[str, str, int]) -> tuple[bool, bool, int]:
    """Sorts the file that speaks for its area first: one that describes itself, by its name the entrance, large."""
    path, about, lines = file
    return not about, PurePosixPath(path).stem not in _ENTRANCES, -lines


def _area(path: str) -> str:
    parts = PurePosixPath(path).parts[:-1]
    depth = 1
    while depth < len(parts) and parts[depth - 1] in _WRAPPERS:
        depth += 1
    if depth < len(parts) and len(parts) > 1 and depth == 1:
        depth = 2
    return "/".join(parts[:depth])


def _joined(chunk: Chunk) -> str:
    return " ".join(f"{chunk.doc} {chunk.text}".split())
