"""Public definitions that are gone, or that callers must now call differently: the outlines of a story's files held together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.changes.flags.defaults import default_flag, same_value
from indexer.changes.flags.pairs import Pair, Texts, is_source, shortened
from indexer.changes.flags.parameters import Signature, breaks_callers, signature_at, told_apart
from indexer.changes.flags.surface import LANGUAGES, Module, public_definitions
from indexer.changes.types import Flag, FlagKind
from indexer.languages import detect_language
from indexer.symbols.extract import Definition, read_outline
from indexer.symbols.syntax import ParseTimeout
from indexer.types import Kind, Role, SourceFile

_MAX_FILES = 60  # a story that touches more is a mass change, and reading all of it takes long
_MAX_TEXT = 200_000
_MAX_DEPTH = 200
_MAX_LINE = 5_000
_MAX_TOLD = 40  # of one file
_LITERAL = re.compile(r"-?\d[\w.]*|[\"'][^\"'\\]*[\"']|True|False|true|false")  # None mostly stands for another default
_BRACKET = re.compile(r"[()\[\]{}]")
_DOOMED = re.compile(r"deprecat|obsolete|RemovedIn", re.IGNORECASE)
_BASES = re.compile(r"^class\s+\w+\s*(?:\[[^\]]*\]\s*)?\(([^)]*)\)?")
_PASSING = re.compile(r"\w*Removed\w*Warning$|main$")  # such warnings come and go with each release
_PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC", "Generic", "Protocol", "NamedTuple", "Enum", "TypedDict", "Exception", ""})


@dataclass(frozen=True, slots=True)
class _File:
    """A file on one side of a step: what it defines, and what of that is public."""

    module: Module
    definitions: tuple[Definition, ...]
    public: tuple[Definition, ...]

    @property
    def names(self) -> set[str]:
        return {item.qualified for item in self.definitions}

    def signature(self, item: Definition) -> Signature | None:
        return signature_at(self.module.lines, item.start, item.name, self.module.language)


@dataclass(slots=True)
class _Found:
    flags: dict[tuple[FlagKind, str], Flag] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)  # names that some file of the story has now and had not before

    def add(self, flag: Flag) -> None:
        known = self.flags.get((flag.kind, flag.subject))
        self.flags[flag.kind, flag.subject] = flag if known is None or not known.before else Flag(
            flag.kind, flag.subject, known.before, flag.after, flag.detail, (*known.places[:1], *flag.places[1:]))


def api_flags(texts: Texts) -> list[Flag]:
    """Removed definitions before changed ones; within each in the order of the files."""
    pairs = [pair for pair in texts.pairs(lambda path: is_source(path) and detect_language(path).name in LANGUAGES)
             if not (pair.change.added == pair.change.deleted == 0 or pair.generated)]
    if len(pairs) > _MAX_FILES:
        return []
    found = _Found()
    for pair in pairs:
        _compare(texts, pair, found)
    return [flag for (kind, subject), flag in found.flags.items()
            if kind is not FlagKind.API_REMOVED or subject.rsplit(".", 1)[-1] not in found.came]


def _compare(texts: Texts, pair: Pair, found: _Found) -> None:
    before = _file(texts, pair.step.before, pair.old_path, pair.before)
    after = _file(texts, pair.step.after, pair.path, pair.after)
    if after is not None:
        known = before.names if before else set()
        found.came |= {item.name for item in after.definitions if item.qualified not in known}
    if before is None or (after is None and pair.after is not None):
        return
    for flag in (*_removed(pair, before, after), *_changed(pair, before, after)):
        found.add(flag)


def _file(texts: Texts, commit: str, path: str, text: str | None) -> _File | None:
    """A file's outline; None where there is no text, or where it cannot be read in time."""
    language = detect_language(path, text or "").name
    if not text or len(text) > _MAX_TEXT or language not in LANGUAGES or not _readable(text):
        return None
    try:
        definitions = read_outline(SourceFile("", path, "", text, language, Kind.CODE, Role.SOURCE)).definitions
    except ParseTimeout:
        return None
    module = Module(commit, path, text, language, text.split("\n"))
    return _File(module, definitions, tuple(public_definitions(texts, module, definitions)))


def _readable(text: str) -> bool:
    """Whether a person may have written a file: lines without end and brackets nested without end take a parser very long."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest <= _MAX_DEPTH and max(map(len, text.split("\n"))) <= _MAX_LINE


def _removed(pair: Pair, before: _File, after: _File | None) -> Iterator[Flag]:
    names = after.names if after else set()
    gone = {item.qualified for item in before.public if item.qualified not in names}
    told = 0
    for item in before.public:
        outer = ".".join(item.enclosing)
        if told == _MAX_TOLD:
            return
        if item.qualified not in gone or outer in gone or item.name == "__init__":
            continue
        if _PASSING.match(item.name) or _still_there(item, before, after):
            continue
        told += 1
        signature = before.signature(item)
        detail = "deprecated before" if _DOOMED.search(_source(before, item)) else ""
        yield Flag(FlagKind.API_REMOVED, item.qualified, shortened(signature.text if signature else item.signature), "", detail,
                   (pair.place_before(item.start),))


def _still_there(item: Definition, before: _File, after: _File | None) -> bool:
    """Whether callers may find it nevertheless: imported, assigned or served by name, or inherited from elsewhere."""
    if _overrides(item, before):
        return True
    if after is None or item.enclosing:
        return False
    name = re.escape(item.name)
    bound = rf"^[ \t]*(?:from\b.*|import\b.*|export\b.*|pub use\b.*)?(?<![\w.]){name}\b\s*(?:[:=][^=]|,?$|as\b|,.*$|\}})"
    return re.search(rf"{bound}|[\"']{name}[\"']", after.module.text, re.MULTILINE) is not None


def _overrides(item: Definition, file: _File) -> bool:
    """Whether a method may only have stood in for one that its class inherits."""
    if re.search(r"\boverride\b", item.signature) or "@Override" in " ".join(file.module.lines[item.first - 1 : item.start]):
        return True
    if not item.enclosing or file.module.language != "python":
        return False
    outer = next((each for each in file.definitions if each.qualified == ".".join(item.enclosing)), None)
    bases = _BASES.match(outer.signature) if outer else None
    return bases is not None and any(
        base.split("[")[0].strip() not in _PLAIN_BASES and "=" not in base for base in bases[1].split(","))


def _source(file: _File, item: Definition) -> str:
    return "\n".join(file.module.lines[item.first - 1 : min(item.end, item.first + 60)])


def _changed(pair: Pair, before: _File, after: _File | None) -> Iterator[Flag]:
    if after is None:
        return
    public = {item.qualified for item in after.public}
    new = _by_name(after)
    for name, olds in _by_name(before).items():
        if name not in public or name not in {item.qualified for item in before.public}:
            continue
        news = new.get(name, [])
        if before.module.language == "python":  # of several, the last one stands: those before are overloads for type checkers
            olds, news = olds[-1:], news[-1:]
        if len(olds) != 1 or len(news) != 1 or (olds[0].signature == news[0].signature and not olds[0].signature.endswith("…")):
            continue
        old, now = before.signature(olds[0]), after.signature(news[0])
        if old and now:
            yield from _defaults(pair, name, (old, olds[0].start), (now, news[0].start))
        if old and now and breaks_callers(old, now, after.module.language):
            subject = name.removesuffix(".__init__")
            then_text, now_text = (shortened(text, 160) for text in told_apart(old, now))
            yield Flag(FlagKind.API_CHANGED, subject, then_text, now_text, "",
                       (pair.place_before(olds[0].start), pair.place_after(news[0].start)))


def _defaults(pair: Pair, name: str, before: tuple[Signature, int], after: tuple[Signature, int]) -> Iterator[Flag]:
    """Parameters that mean another value now where callers leave them out."""
    known = {one.name: one.default for one in before[0].parameters}
    for one in after[0].parameters:
        old, new = known.get(one.name), one.default
        if old is None or new is None or same_value(old, new):
            continue
        if _LITERAL.fullmatch(old) and _LITERAL.fullmatch(new):
            places = (pair.place_after(after[1]), pair.place_before(before[1]))
            yield default_flag(f"{name.removesuffix('.__init__')}({one.name})", old, new, places)


def _by_name(file: _File) -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for item in file.definitions:
        if item.kind in ("function", "method"):
            found.setdefault(item.qualified, []).append(item)
    return found
