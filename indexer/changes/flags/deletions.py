"""Source files that a story takes away, and with them perhaps a feature. What lives on elsewhere in the story is only moved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from indexer.changes.flags.pairs import Pair, Texts, added_lines, is_source
from indexer.changes.types import Flag, FlagKind
from indexer.languages import detect_language

_BUILDING = frozenset({"makefile", "cmake", "css", "shell", "batch", "powershell", "nix"})
_SUBSTANTIAL = 100  # lines
_MOVED = 0.4  # of a file's telling lines
_TELLING = 12  # characters: a shorter line stands in any file
_MAX_READ = 200  # added files and texts that are looked through for what moved
_MAX_PLACES = 3


def deletion_flags(texts: Texts) -> list[Flag]:
    """Folders that lose several files and single files, the largest first; each of at least a hundred lines."""
    deleted = [pair for pair in texts.pairs(_is_feature) if pair.change.status == "D" and pair.before and not pair.generated]
    if not deleted:
        return []
    added = _added(texts)
    gone = [pair for pair in deleted if not _lives_on(pair, added, texts)]
    by_folder: dict[str, list[Pair]] = defaultdict(list)
    for pair in gone:
        by_folder[str(PurePosixPath(pair.old_path).parent)].append(pair)
    found: list[tuple[int, Flag]] = []
    for folder, pairs in _gathered(by_folder).items():
        lines = sum(_lines(pair) for pair in pairs)
        if lines < _SUBSTANTIAL:
            continue
        pairs = sorted(pairs, key=_lines, reverse=True)
        subject = pairs[0].old_path if len(pairs) == 1 else f"{folder}/" if folder != "." else "./"
        detail = f"{lines} lines" if len(pairs) == 1 else f"{len(pairs)} files, {lines} lines"
        places = tuple(pair.place_before() for pair in pairs[:_MAX_PLACES])
        found.append((lines, Flag(FlagKind.DELETION, subject, detail=detail, places=places)))
    return [flag for _lines_, flag in sorted(found, key=lambda pair: -pair[0])]


def _is_feature(path: str) -> bool:
    """Whether a file may hold what people use: building and styling it is not the thing itself."""
    return is_source(path) and detect_language(path).name not in _BUILDING and not path.endswith((".gradle", ".gradle.kts"))


def _gathered(by_folder: dict[str, list[Pair]]) -> dict[str, list[Pair]]:
    """Folders inside another that loses files too are told with it."""
    result: dict[str, list[Pair]] = {}
    for folder in sorted(by_folder):
        outer = next((known for known in result if known != "." and folder.startswith(f"{known}/")), folder)
        result.setdefault(outer, []).extend(by_folder[folder])
    return result


def _lines(pair: Pair) -> int:
    return sum(bool(line.strip()) for line in (pair.before or "").split("\n"))


def _added(texts: Texts) -> Counter[str]:
    """The telling lines that the story adds to source anywhere."""
    lines: Counter[str] = Counter()
    changed = [pair for pair in texts.pairs(is_source) if pair.after is not None]
    for pair in changed[:_MAX_READ]:
        lines.update(line.strip() for _number, line in added_lines(pair.before, pair.after) if len(line.strip()) >= _TELLING)
    return lines


def _lives_on(pair: Pair, added: Counter[str], texts: Texts) -> bool:
    """Whether a deleted file's lines, or a file of its name, stand elsewhere after the story."""
    lines = [line.strip() for line in (pair.before or "").split("\n") if len(line.strip()) >= _TELLING]
    if lines and sum(line in added for line in lines) >= _MOVED * len(lines):
        return True
    path = PurePosixPath(pair.old_path)
    later = (change.path for step in texts.steps for change in step.changes if change.status in ("A", "R"))
    return any(_stands_for(PurePosixPath(one), path) for one in later)


def _stands_for(new: PurePosixPath, old: PurePosixPath) -> bool:
    """Whether a new file replaces an old one by its name: `a.js` and `a.ts`, `a.py` and `a/b.py`, `x/a.go` and `y/a.go`."""
    folders: Iterable[str] = (str(parent) for parent in new.parents)
    return (new.stem == old.stem and new.stem != "__init__") or str(old.with_suffix("")) in folders
