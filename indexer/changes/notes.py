"""Reads what a change says of itself for its users: the entry it adds to a changelog, or its news fragment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from indexer.changes.fragments import is_changelog, is_fragment
from indexer.changes.plain import plain_note
from indexer.changes.types import Note, Place, Read, Step
from indexer.changes.words import words

_MOST = 8  # entries; a change that adds more gathers a release, and they are not its own
_FILES = 12  # of changelogs and fragments in one story; more are a tool's work
_MARK = re.compile(r"^(?P<indent>\s*)(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_UNDERLINE = re.compile(r"^\s*([=\-~^\"'`#*+.:_])\1{2,}\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s|^\s*\.\. |^\s*<!--|^\s*:[\w-]+:\s*$")
_FRONT_MATTER = re.compile(r"\A---\s*\n.*?\n---\s*(?:\n|\Z)", re.DOTALL)
_YAML_NOTES = words(
    "releasenotes releasenote features fixes upgrade deprecations security issues critical other prelude text body description changelog"
    " message notes note upgradenotes securitynotes title"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Lines of one entry: its first line's number, and the lines."""

    start: int
    lines: tuple[str, ...]


def notes_of(steps: Sequence[Step], read: Read) -> tuple[Note, ...]:
    """The changelog entries and news fragments that a story adds, as plain text, the one that says most first.

    `steps` are newest first. () where it adds none, or as many as a release gathers. What a later step rewords or takes away again
    is told as it is in the end.
    """
    last: dict[str, set[str]] = {}
    notes: dict[str, Note] = {}
    for step in steps:
        changed = [one for one in step.changes if is_fragment(one.path) or is_changelog(one.path)]
        for change in changed if len(changed) <= _FILES else ():
            after = (read(step.after, change.path) or "") if change.status != "D" else ""
            before = (read(step.before, change.old_path or change.path) or "") if step.before else ""
            entries = [(entry, plain_note("\n".join(entry.lines))) for entry in _entries_of(change.path, after)]
            stands = last.setdefault(change.path, {text for _, text in entries})
            new = _added_lines(before.splitlines(), after.splitlines())
            for entry, text in entries:
                if text in stands and len(text.split()) > 2 and _is_new(entry, new):
                    notes.setdefault(text, Note(text, Place(step.after, change.path, entry.start)))
    return tuple(sorted(notes.values(), key=lambda note: -len(note.text))) if len(notes) <= _MOST else ()


def _is_new(entry: _Entry, new: Collection[int]) -> bool:
    """Whether most lines of an entry are new; a word mended in an old one is no note."""
    return 2 * sum(number in new for number in range(entry.start, entry.start + len(entry.lines))) > len(entry.lines)


def _entries_of(path: str, text: str) -> Iterator[_Entry]:
    return _fragment(path, text) if is_fragment(path) else _entries(text.splitlines())


def _added_lines(before: Sequence[str], after: Sequence[str]) -> set[int]:
    """The numbers of the lines of `after` that are not in `before`, by difflib within what is not the same at both ends."""
    import difflib

    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    matcher = difflib.SequenceMatcher(None, before[first : len(before) - last], after[first : len(after) - last], autojunk=True)
    return {
        first + number + 1
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in ("insert", "replace")
        for number in range(start, end)
    }


def _entries(lines: Sequence[str]) -> Iterator[_Entry]:
    """The list items and paragraphs of a changelog; headings and what is nested in an item are none of their own."""
    start, kept, indent = 0, list[str](), 0
    for number, line in enumerate([*lines, ""], 1):
        mark = _MARK.match(line)
        heading = _HEADING.match(line) or _UNDERLINE.match(line)
        title = number < len(lines) and _UNDERLINE.match(lines[number]) and line.strip() and not mark
        ends = not line.strip() or heading or title or (mark and len(mark["indent"]) <= indent)
        if kept and ends:
            yield _Entry(start, tuple(kept))
            kept = []
        if line.strip() and not heading and not title:
            if not kept:
                start, indent = number, len(mark["indent"]) if mark else 0
            kept.append(line)


def _fragment(path: str, text: str) -> Iterator[_Entry]:
    """The one text of a fragment; of YAML what stands under the keys that hold notes."""
    if path.endswith((".yaml", ".yml")):
        yield from _yaml_notes(text)
        return
    front = _FRONT_MATTER.match(text)
    skipped = text[: front.end()].count("\n") if front else 0
    lines = text.splitlines()[skipped:]
    while lines and not lines[0].strip():
        lines, skipped = lines[1:], skipped + 1
    if lines:
        paragraph = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
        yield _Entry(skipped + 1, tuple(lines[:paragraph]))


def _yaml_notes(text: str) -> Iterator[_Entry]:
    """The texts under the keys of reno's and Istio's files, each with the line where it stands; none of what is no YAML."""
    import yaml

    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:  # somebody's template, or broken as it stands: it says nothing to anybody else either
        return
    pairs = root.value if isinstance(root, yaml.MappingNode) else ()
    for key, value in pairs:
        if not isinstance(key, yaml.ScalarNode) or key.value.lower().replace("_", "").replace("-", "") not in _YAML_NOTES:
            continue
        for node in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(node, yaml.ScalarNode) and node.value.strip():
                start = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
                yield _Entry(start, tuple(node.value.strip().splitlines()))
