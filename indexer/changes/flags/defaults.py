"""Changed defaults: of settings in files that ship, and of options and constants in code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from indexer.changes.flags.options import defaults_in
from indexer.changes.flags.pairs import Pair, Texts, is_source, shortened
from indexer.changes.flags.settings import Values, is_settings, settings_in
from indexer.changes.types import Flag, FlagKind, Place
from indexer.languages import detect_language

_SECRET = re.compile(r"passw|passphrase|secret|token|api[_.-]?key|private[_.-]?key|access[_.-]?key|credential|\bauth\b"
                     r"|salt|\bdsn\b"
                     r"|conn(?:ection)?[_.-]?str|signing|webhook|_key$|\bkey$", re.IGNORECASE)
_RANDOM = re.compile(r"://[^/\s:@]*:[^/\s@]+@|\b(?=\w*\d)(?=\w*[a-zA-Z])[\w+/=-]{24,}")
# What names or describes a thing rather than setting how it works, and what every release raises.
_NAMING = re.compile(r"version|image|digest|checksum|(?:(?:^|\.)name|tag|sha\d*|"
                     r"hash|checksum|date|description|title|revision|commit|copyright|author|comment|"
                     r"help|text|message|label|summary|user_?agent|release|appVersion|logo|icon|link|href|docs?|channel)s?$",
                     re.IGNORECASE)
_DIGEST = re.compile(r"sha\d+[:-]|v?\d+\.\d+\.\d+\b")
_MAX_FILES = 60
_MAX_SETTINGS = 12
_MAX_PLACES = 4


@dataclass(frozen=True, slots=True)
class _Turn:
    """A setting whose value changes in one file: where it is set now, and where it was."""

    name: str
    before: str
    after: str
    places: tuple[Place, ...]


def default_flags(texts: Texts) -> list[Flag]:
    """One flag for each setting or option whose value is another one now, however many files say so."""
    turns: dict[tuple[str, str], _Turn] = {}
    for pair in (*islice(texts.pairs(is_settings), _MAX_SETTINGS), *islice(texts.pairs(_is_code), _MAX_FILES)):
        before, after = _values(pair.old_path, pair.before), _values(pair.path, pair.after)
        if before is None or after is None or pair.generated:
            continue
        for turn in _changed(pair, before, after):
            known = turns.get((pair.path, turn.name))
            turns[pair.path, turn.name] = replace(turn, before=known.before) if known else turn
    found: dict[tuple[str, str, str], Flag] = {}
    for turn in turns.values():
        if not same_value(turn.before, turn.after):
            flag = default_flag(turn.name, turn.before, turn.after, turn.places)
            key = (turn.name, turn.before, turn.after)
            found[key] = replace(found[key], places=(*found[key].places, *flag.places)[:_MAX_PLACES]) if key in found else flag
    return list(found.values())


def _is_code(path: str) -> bool:
    return is_source(path) and not is_settings(path)


def _values(path: str, text: str | None) -> Values | None:
    if text is None:
        return None
    return settings_in(path, text) if is_settings(path) else defaults_in(text, detect_language(path, text).name)


def _changed(pair: Pair, before: Values, after: Values) -> Iterator[_Turn]:
    for name, (new, line) in after.items():
        old, old_line = before.get(name, (new, 0))
        if new and old and not same_value(old, new) and not _NAMING.search(name) and not _DIGEST.match(new):
            yield _Turn(name, old, new, (pair.place_after(line), pair.place_before(old_line)))


def default_flag(name: str, before: str, after: str, places: tuple[Place, ...]) -> Flag:
    """A changed default with its values, which are left out where they may be secret."""
    if _SECRET.search(name) or _RANDOM.search(before) or _RANDOM.search(after):
        return Flag(FlagKind.DEFAULT, name, detail="value not shown", places=places)
    return Flag(FlagKind.DEFAULT, name, shortened(before, 60), shortened(after, 60), places=places)


def same_value(old: str, new: str) -> bool:
    """Whether two values mean the same: quotes, spaces and underscores within numbers are ways of writing."""
    first, second = (re.sub(r"[\"'\s]|(?<=\d)_(?=\d)", "", value).lower() for value in (old, new))
    return first == second
