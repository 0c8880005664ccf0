"""The map drawn: boxes from top to bottom, in colours that say what they are, on a sheet that a phone shows in readable type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.drawing.layers import Point, laid_out
from bot.drawing.measure import wrapped
from bot.drawing.svg import INK, MUTED, Canvas
from bot.map.condense import plain_links
from bot.map.types import MapReport
from bot.map.words import KIND_WORDS, alt_text, heading, short_names, summary
from indexer.systems.types import LinkKind, System, SystemKind

_BOX, _MARGIN, _PER_ROW = 312.0, 44.0, 3
_NAME, _ABOUT, _TITLE = 35.0, 25.0, 44.0
_FILLS: dict[SystemKind, tuple[str, str]] = {
    SystemKind.SERVICE: ("#e3edfb", "#2f6fc4"),
    SystemKind.APP: ("#e2f4f3", "#1f8f88"),
    SystemKind.PACKAGE: ("#eef0f4", "#66738a"),
    SystemKind.LIBRARY: ("#eef0f4", "#66738a"),
    SystemKind.DATASTORE: ("#e6f4e4", "#3c8d3a"),
    SystemKind.EXTERNAL: ("#fdf1de", "#c07a16"),
}
LINE_COLORS: dict[LinkKind, str] = {
    LinkKind.HTTP: "#2f6fc4", LinkKind.QUEUE: "#b3541e", LinkKind.DATABASE: "#3c8d3a", LinkKind.IMPORTS: "#7a8494",
    LinkKind.DEPENDS: "#aab2bf",
}  # fmt: skip
_LINE_WORDS = {
    LinkKind.HTTP: "calls", LinkKind.QUEUE: "sends messages", LinkKind.DATABASE: "keeps data in", LinkKind.IMPORTS: "uses the code of",
    LinkKind.DEPENDS: "depends on",
}  # fmt: skip


def map_svg(report: MapReport) -> str:
    """The picture as SVG, with its alt text inside."""
    names = short_names(report.shown)
    boxes = {system.name: _texts(system, names[system.name], system.name in report.focus, report) for system in report.shown.systems}
    sizes = {name: (_BOX, _height(texts)) for name, texts in boxes.items()}
    links = {(one.source, one.target): one for one in plain_links(report.shown.links, report.rolled)}
    layout = laid_out(sizes, links, _PER_ROW)
    width = max(layout.width + 2 * _MARGIN, 3 * _BOX + 2 * _MARGIN)
    title = wrapped(heading(report), width - 2 * _MARGIN, _TITLE, 2, bold=True)
    below_title = wrapped(summary(report), width - 2 * _MARGIN, 25, 2)
    top = _MARGIN + _TITLE * 1.22 * len(title) + 25 * 1.3 * len(below_title) + 24
    legend = _legend(report, [one.kind for one in links.values()], [one.declared for one in links.values()])
    height = top + layout.height + 40 + 40 * (-(-len(legend) // 2)) + _MARGIN
    canvas = Canvas(width, height, title=heading(report), alt=alt_text(report))
    y = canvas.lines(_MARGIN, _MARGIN + _TITLE * 0.8, title, _TITLE, width, 2, bold=True)
    canvas.lines(_MARGIN, y - 6, below_title, 25, width, 2, fill=MUTED)
    left = (width - layout.width) / 2
    for edge, link in sorted(links.items(), key=lambda one: one[1].declared):
        points = [(x + left, y + top) for x, y in layout.lines[edge]]
        _arrow(canvas, points, LINE_COLORS[link.kind], dashed=not link.declared)
    for system in report.shown.systems:
        x, y = layout.places[system.name]
        _box(canvas, system, boxes[system.name], (x + left, y + top), sizes[system.name], focused=system.name in report.focus)
    _draw_legend(canvas, legend, top + layout.height + 56, width)
    return canvas.svg()


def _texts(system: System, name: str, focused: bool, report: MapReport) -> tuple[list[str], list[str]]:
    """A box's name and what stands below it."""
    inner = _BOX - 32
    head = wrapped(name, inner, _NAME, 2, bold=True)
    if system.product and system.product.lower() != system.name.lower():
        said = system.product
    elif system.about:
        said = system.about.text
    else:
        said = KIND_WORDS[system.kind] if not report.whole.parts or system.kind is not SystemKind.PACKAGE else ""
    below = wrapped(said, inner, _ABOUT, 4 if focused else 3)
    if focused and report.parts:
        parts = [one for one in short_names(report.parts).items() if report.parts.named(one[0]).files]
        below += wrapped("Parts: " + ", ".join(short for _, short in parts), inner, _ABOUT, 6)
    return head, below


def _height(texts: tuple[list[str], list[str]]) -> float:
    return 26 + _NAME * 1.18 * len(texts[0]) + _ABOUT * 1.22 * len(texts[1]) + 12


def _box(
    canvas: Canvas, system: System, texts: tuple[list[str], list[str]], middle: Point, size: tuple[float, float], *, focused: bool
) -> None:
    fill, line = _FILLS[system.kind]
    x, y = middle[0] - size[0] / 2, middle[1] - size[1] / 2
    round_ = 34 if system.kind is SystemKind.DATASTORE else 10
    outside = system.kind is SystemKind.EXTERNAL
    canvas.rect(x, y, *size, fill=fill, line=INK if focused else line, thick=5 if focused else 2.5, round=round_, dashed=outside)
    at = y + 18 + _NAME * 0.85
    for text in texts[0]:
        canvas.text(middle[0], at, text, _NAME, bold=True, anchor="middle")
        at += _NAME * 1.18
    at -= _NAME - _ABOUT - 2
    for text in texts[1]:
        canvas.text(middle[0], at, text, _ABOUT, fill=MUTED, anchor="middle")
        at += _ABOUT * 1.22


def _arrow(canvas: Canvas, points: Sequence[Point], color: str, *, dashed: bool) -> None:
    """A smooth line through the points, and a head at its end."""
    (x, y), *rest = points
    steps = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(rest):
        end = to_y - (9 if to_y > y else -9) if number == len(rest) - 1 else to_y
        bend = (end - y) * 0.5
        steps.append(f"C{x:.1f} {y + bend:.1f} {to_x:.1f} {end - bend:.1f} {to_x:.1f} {end:.1f}")
        x, y = to_x, to_y
    canvas.path(" ".join(steps), line=color, thick=3, dashed=dashed)
    way = 1 if points[-1][1] >= points[-2][1] else -1
    canvas.path(f"M{x:.1f} {y:.1f}L{x - 8:.1f} {y - 15 * way:.1f}L{x + 8:.1f} {y - 15 * way:.1f}Z", line=color, thick=1, fill=color)


def _legend(report: MapReport, kinds: Sequence[LinkKind], declared: Sequence[bool]) -> list[tuple[str, str, bool]]:
    """(words, colour, dashed) for what is in the picture: kinds of lines, and what dashes mean."""
    found = [(_LINE_WORDS[kind], LINE_COLORS[kind], False) for kind in LinkKind if kind in kinds]
    return found + ([("dashed: inferred from names in code", MUTED, True)] if not all(declared) else [])


def _draw_legend(canvas: Canvas, legend: Sequence[tuple[str, str, bool]], y: float, width: float) -> None:
    for number, (words, color, dashed) in enumerate(legend):
        x = _MARGIN + (number % 2) * (width / 2 - _MARGIN / 2)
        at = y + 40 * (number // 2)
        canvas.path(f"M{x:.1f} {at - 8:.1f}L{x + 62:.1f} {at - 8:.1f}", line=color, thick=4, dashed=dashed)
        canvas.text(x + 76, at, words, 25, fill=MUTED)


def mermaid_text(report: MapReport) -> str:
    """The same as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html): dotted lines are inferred."""
    names = short_names(report.shown)
    keys = {system.name: f"s{number}" for number, system in enumerate(report.shown.systems)}
    lines = [f"%% {line}" for line in (heading(report), alt_text(report))] + ["flowchart TB"]
    for system in report.shown.systems:
        opening, closing = _SHAPES.get(system.kind, ("[", "]"))
        product = f"<br/>{_quoted(system.product)}" if system.product and system.product.lower() != system.name.lower() else ""
        lines.append(f'  {keys[system.name]}{opening}"{_quoted(names[system.name])}{product}"{closing}')
    for link in plain_links(report.shown.links, report.rolled):
        arrow = "-->" if link.declared else "-.->"
        lines.append(f"  {keys[link.source]} {arrow}|{_MERMAID_WORDS[link.kind]}| {keys[link.target]}")
    return "\n".join(lines) + "\n"


_SHAPES: Mapping[SystemKind, tuple[str, str]] = {SystemKind.DATASTORE: ("[(", ")]"), SystemKind.EXTERNAL: ("([", "])")}
_MERMAID_WORDS = {
    LinkKind.HTTP: "calls", LinkKind.QUEUE: "messages", LinkKind.DATABASE: "data", LinkKind.IMPORTS: "imports", LinkKind.DEPENDS: "depends",
}  # fmt: skip


def _quoted(text: str) -> str:
    """Text inside a Mermaid label, where quotation marks and angle brackets are entities."""
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")
