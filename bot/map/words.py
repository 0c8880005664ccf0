"""The map in words: headings, what a link means, what a person hears who cannot see the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.map.types import MapReport
from bot.render.screen import counted, listed
from indexer.systems.types import Link, LinkKind, System, SystemKind, SystemMap

KIND_WORDS = {
    SystemKind.SERVICE: "service", SystemKind.APP: "application", SystemKind.PACKAGE: "package", SystemKind.LIBRARY: "library",
    SystemKind.DATASTORE: "data store", SystemKind.EXTERNAL: "external system",
}  # fmt: skip
_PLURALS = {SystemKind.LIBRARY: "libraries"}
VERBS = {
    LinkKind.HTTP: "calls", LinkKind.QUEUE: "sends messages to", LinkKind.DATABASE: "keeps data in", LinkKind.IMPORTS: "uses the code of",
    LinkKind.DEPENDS: "depends on",
}  # fmt: skip
_PASSIVE = {
    LinkKind.HTTP: "called by", LinkKind.QUEUE: "gets messages from", LinkKind.DATABASE: "keeps the data of",
    LinkKind.IMPORTS: "its code is used by", LinkKind.DEPENDS: "needed by",
}  # fmt: skip
_LANGUAGES = {"csharp": "C#", "cpp": "C++", "javascript": "JavaScript", "typescript": "TypeScript", "tsx": "TypeScript", "php": "PHP",
    "css": "CSS", "html": "HTML", "sql": "SQL", "scss": "SCSS"}  # fmt: skip


def heading(report: MapReport) -> str:
    repos = listed(report.whole.repos, 3)
    return f"{listed(short(report.focus, report.whole), 3)} in {repos}" if report.focus else f"How {repos} hangs together"


def summary(report: MapReport) -> str:
    """How many systems of which kinds, and how many links."""
    kinds = Counter(one.kind for one in report.whole.systems)
    if not kinds:
        return "I found no systems here: no source code is indexed"
    if report.whole.parts and not report.focus:
        said = [counted(kinds[kind], "main part" if kind is SystemKind.PACKAGE else KIND_WORDS[kind]) for kind in SystemKind if kinds[kind]]
    else:
        said = [counted(kinds[kind], KIND_WORDS[kind], _PLURALS.get(kind, "")) for kind in SystemKind if kinds[kind]]
    return f"{listed(said, 9)}; {counted(len(report.whole.links), 'link')}"


def short_names(found: SystemMap) -> dict[str, str]:
    """Each system's name without the beginning that all folders share: "bot/slack", not "src/acme/bot/slack"."""
    names = [system.name for system in found.systems if system.files and "/" in system.name and not system.name.startswith("@")]
    if len(names) < 2 or not found.parts:
        return {system.name: system.name for system in found.systems}
    split = [name.split("/")[:-1] for name in names]
    shared = 0
    while all(len(one) > shared and one[shared] == split[0][shared] for one in split):
        shared += 1
    start = "/".join(split[0][:shared]) + "/" if shared else ""
    return {system.name: system.name.removeprefix(start) for system in found.systems}


def short(names: Sequence[str], found: SystemMap) -> list[str]:
    table = short_names(found)
    return [table.get(name, name) for name in names]


def language_words(system: System, most: int = 3) -> str:
    names = dict.fromkeys(_LANGUAGES.get(one, one.capitalize()) for one in system.languages)
    return listed(list(names), most)


def size_words(system: System) -> str:
    if not system.files:
        return ""
    return f"{counted(system.files, 'file')}, {counted(system.lines, 'line')} of {language_words(system)}"


def uses(links: Sequence[Link], name: str, names: dict[str, str]) -> list[str]:
    """What a system does to others, one clause a kind: "calls cart, email and payment"."""
    return _clauses([(link.kind, link.target) for link in links if link.source == name], VERBS, names)


def used_by(links: Sequence[Link], name: str, names: dict[str, str]) -> list[str]:
    return _clauses([(link.kind, link.source) for link in links if link.target == name], _PASSIVE, names)


def _clauses(found: Sequence[tuple[LinkKind, str]], verbs: dict[LinkKind, str], names: dict[str, str]) -> list[str]:
    clauses = []
    for kind in LinkKind:
        others = [names.get(other, other) for one, other in found if one is kind]
        if others:
            clauses.append(f"{verbs[kind]} {listed(others, 12)}")
    return clauses


def alt_text(report: MapReport) -> str:
    """The picture for those who cannot see it: what it counts, then each box with what it does to others."""
    names = short_names(report.shown)
    said = []
    for system in report.shown.systems:
        clauses = uses(report.shown.links, system.name, names)
        if clauses:
            said.append(f"{names[system.name]} {'; '.join(clauses)}")
    text = f"A map of {listed(report.whole.repos, 3)}: {summary(report)}. " + ". ".join(said)
    return text if len(text) <= 1900 else text[:1900].rsplit(". ", 1)[0] + ". The rest is in the text"
