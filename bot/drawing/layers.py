"""Boxes and arrows laid out from top to bottom: what leads somewhere stands above it, few lines cross.

The steps are those of Sugiyama, Tagawa and Toda (1981): cycles broken, rows by longest paths, lines led through the rows between,
order by barycentres; places by isotonic regression, so that boxes stand over what they lead to. The same input gives the same picture.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 16
_LANE = 18.0  # room for a line that passes a row
_GAP = 28.0  # between boxes of a row
_ROW_GAP = 84.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where boxes' centres are, and through which points each line goes; `width` and `height` hold it all."""

    places: Mapping[str, Point]
    lines: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


def laid_out(sizes: Mapping[str, tuple[float, float]], edges: Iterable[tuple[str, str]], per_row: int) -> Layout:
    """`sizes` are the boxes' widths and heights by name, in the order in which equals come; at most `per_row` boxes stand side by side."""
    edges = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1] and edge[0] in sizes and edge[1] in sizes]
    forward = _without_cycles(list(sizes), edges)
    rows = _rows(list(sizes), forward, per_row)
    lanes, chains = _through(rows, forward)
    order = _ordered(lanes, chains)
    across = _across(order, chains, sizes)
    return _placed(rows, order, across, sizes, edges, chains)


def _without_cycles(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges with those turned round that lead back."""
    out: dict[str, list[str]] = defaultdict(list)
    into: dict[str, int] = defaultdict(int)
    for source, target in edges:
        out[source].append(target)
        into[target] += 1
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()

    def visit(name: str) -> None:
        state[name] = 1
        for target in out[name]:
            if state.get(target) == 1:
                back.add((name, target))
            elif target not in state:
                visit(target)
        state[name] = 2

    for name in sorted(names, key=lambda one: (into[one] - len(out[one]), names.index(one))):
        if name not in state:
            visit(name)
    return list(dict.fromkeys((target, source) if (source, target) in back else (source, target) for source, target in edges))


def _rows(names: Sequence[str], edges: Sequence[tuple[str, str]], per_row: int) -> list[list[str]]:
    """Names by row: below all that lead to it, rows that are too long broken; what leads nowhere and is led to by nothing comes last."""
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        above[target].append(source)
        below[source].append(target)
    rank: dict[str, int] = {}

    def ranked(name: str) -> int:
        if name not in rank:
            rank[name] = 1 + max((ranked(one) for one in above[name]), default=-1)
        return rank[name]

    linked = [name for name in names if above[name] or below[name]]
    for name in linked:
        ranked(name)
    for name in linked:  # what nothing leads to stands right above what it leads to
        if not above[name]:
            rank[name] = min(rank[one] for one in below[name]) - 1
    by_rank: dict[int, list[str]] = defaultdict(list)
    for name in linked:
        by_rank[rank[name]].append(name)
    rows: list[list[str]] = []
    for level in sorted(by_rank):
        row = sorted(by_rank[level], key=lambda one: (-len(below[one]), names.index(one)))
        count = -(-len(row) // per_row)
        cuts = [len(row) * number // count for number in range(count + 1)]
        rows += [row[start:end] for start, end in itertools.pairwise(cuts)]
    alone = [name for name in names if name not in rank]
    return rows + [alone[start : start + per_row] for start in range(0, len(alone), per_row)]


def _through(rows: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]) -> tuple[list[list[str]], dict[tuple[str, str], list[str]]]:
    """The rows with a lane in each for the lines that pass it, one for all that lead to the same box, and each line as the names it
    goes through."""
    level = {name: number for number, row in enumerate(rows) for name in row}
    lanes = [list(row) for row in rows]
    chains = {}
    for source, target in edges:
        chain = [source]
        for number in range(level[source] + 1, level[target]):
            lane = f"\0{target}\0{number}"
            if lane not in lanes[number]:
                lanes[number].append(lane)
            chain.append(lane)
        chains[source, target] = [*chain, target]
    return lanes, chains


def _neighbours(chains: Iterable[Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = defaultdict(list)
    down: dict[str, list[str]] = defaultdict(list)
    for one, other in dict.fromkeys(pair for chain in chains for pair in itertools.pairwise(chain)):
        down[one].append(other)
        up[other].append(one)
    return up, down


def _ordered(lanes: list[list[str]], chains: Mapping[tuple[str, str], Sequence[str]]) -> list[list[str]]:
    """Each row from left to right so that few lines cross."""
    up, down = _neighbours(chains.values())
    best, fewest = [list(row) for row in lanes], _crossings(lanes, down)
    rows = [list(row) for row in lanes]
    for sweep in range(_SWEEPS):
        numbers = range(1, len(rows)) if sweep % 2 == 0 else range(len(rows) - 2, -1, -1)
        near = up if sweep % 2 == 0 else down
        for number in numbers:
            beside = rows[number - 1] if sweep % 2 == 0 else rows[number + 1]
            at = {name: place for place, name in enumerate(beside)}
            own = {name: place for place, name in enumerate(rows[number])}

            def weight(name: str, at: Mapping[str, int] = at, own: Mapping[str, int] = own, near: Mapping[str, list[str]] = near) -> float:
                places = [at[one] for one in near.get(name, ()) if one in at]
                return sum(places) / len(places) if places else own[name]

            rows[number].sort(key=weight)
        _transposed(rows, up, down)
        count = _crossings(rows, down)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _crossings(rows: Sequence[Sequence[str]], down: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for row, following in itertools.pairwise(rows):
        at = {name: place for place, name in enumerate(following)}
        ends = [at[one] for name in row for one in sorted(down.get(name, ()), key=lambda one: at.get(one, 0)) if one in at]
        count += sum(1 for first, place in enumerate(ends) for later in ends[first + 1 :] if later < place)
    return count


def _transposed(rows: list[list[str]], up: Mapping[str, Sequence[str]], down: Mapping[str, Sequence[str]]) -> None:
    """Neighbours changed where that makes fewer crossings."""
    for number, row in enumerate(rows):
        beside = [rows[other] if 0 <= other < len(rows) else [] for other in (number - 1, number + 1)]
        around = [{name: place for place, name in enumerate(other)} for other in beside]
        for place in range(len(row) - 1):
            left, right = row[place], row[place + 1]
            cost = 0
            for near, at in zip((up, down), around, strict=True):
                ends = [at[one] for one in near.get(left, ()) if one in at], [at[one] for one in near.get(right, ()) if one in at]
                cost += sum((a > b) - (b > a) for a in ends[0] for b in ends[1])
            if cost > 0:
                row[place], row[place + 1] = right, left


def _across(
    order: Sequence[Sequence[str]], chains: Mapping[tuple[str, str], Sequence[str]], sizes: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """How far from the left each box's and lane's middle is."""
    up, down = _neighbours(chains.values())
    x: dict[str, float] = {}
    for row in order:
        for name, offset in zip(row, _offsets(row, sizes), strict=True):
            x[name] = offset - _offsets(row, sizes)[-1] / 2
    for sweep in range(_SWEEPS):
        rows = order if sweep % 2 == 0 else order[::-1]
        for row in rows:
            wanted = []
            for name in row:
                near = [*up.get(name, ()), *down.get(name, ())] if sweep > 2 else (up if sweep % 2 == 0 else down).get(name, [])
                wanted.append(sum(x[one] for one in near) / len(near) if near else x[name])
            x.update(zip(row, _spread(wanted, _offsets(row, sizes)), strict=True))
    return x


def _offsets(row: Sequence[str], sizes: Mapping[str, tuple[float, float]]) -> list[float]:
    """Each middle's least distance from the first one of its row."""
    found = [0.0]
    for left, right in itertools.pairwise(row):
        both = left in sizes and right in sizes
        found.append(found[-1] + (_width(left, sizes) + _width(right, sizes)) / 2 + (_GAP if both else _GAP / 2))
    return found


def _width(name: str, sizes: Mapping[str, tuple[float, float]]) -> float:
    return sizes[name][0] if name in sizes else _LANE


def _spread(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones that keep order and distances: pool adjacent violators."""
    blocks: list[list[float]] = []  # sum and number of the wanted places, less their offsets
    for place, offset in zip(wanted, offsets, strict=True):
        blocks.append([place - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, number = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += number
    shifts = [total / number for total, number in blocks for _ in range(int(number))]
    return [shift + offset for shift, offset in zip(shifts, offsets, strict=True)]


def _placed(
    rows: Sequence[Sequence[str]], order: Sequence[Sequence[str]], x: Mapping[str, float], sizes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str]], chains: Mapping[tuple[str, str], Sequence[str]],
) -> Layout:  # fmt: skip
    left = min((x[name] - _width(name, sizes) / 2 for row in order for name in row), default=0.0)
    right = max((x[name] + _width(name, sizes) / 2 for row in order for name in row), default=0.0)
    tops, heights, y = [], [], 0.0
    for row in rows:
        tops.append(y)
        heights.append(max(sizes[name][1] for name in row))
        y += heights[-1] + _ROW_GAP
    level = {name: number for number, row in enumerate(order) for name in row}
    places = {name: (x[name] - left, tops[level[name]] + heights[level[name]] / 2) for name in sizes}
    ports = _ports(edges, chains, x, sizes)
    lines = {}
    for edge in edges:
        turned = edge not in chains
        chain = chains[edge[1], edge[0]] if turned else chains[edge]
        points: list[Point] = []
        for name in chain:
            number = level[name]
            if name in sizes:
                middle, height = places[name], sizes[name][1] / 2
                at = middle[0] + ports[edge, name]
                points.append((at, middle[1] + height if name == chain[0] else middle[1] - height))
            else:
                points += [(x[name] - left, tops[number]), (x[name] - left, tops[number] + heights[number])]
        lines[edge] = tuple(reversed(points)) if turned else tuple(points)
    return Layout(places, lines, right - left, max(0.0, y - _ROW_GAP))


def _ports(
    edges: Sequence[tuple[str, str]], chains: Mapping[tuple[str, str], Sequence[str]], x: Mapping[str, float],
    sizes: Mapping[str, tuple[float, float]],
) -> dict[tuple[tuple[str, str], str], float]:  # fmt: skip
    """Where on a box's side each line begins or ends, from its middle: spread in the order of where the lines come from;
    lines that share a lane share it there as well."""
    sides: dict[tuple[str, bool], set[tuple[float, str]]] = defaultdict(set)
    for edge in edges:
        chain = chains[edge] if edge in chains else chains[edge[1], edge[0]]
        sides[chain[0], True].add((x[chain[1]], chain[1]))
        sides[chain[-1], False].add((x[chain[-2]], chain[-2]))
    ports = {}
    for (name, below), some in sides.items():
        step = min(30.0, 0.7 * sizes[name][0] / max(len(some), 1))
        for number, (_, other) in enumerate(sorted(some)):
            ports[name, below, other] = (number - (len(some) - 1) / 2) * step
    found = {}
    for edge in edges:
        chain = chains[edge] if edge in chains else chains[edge[1], edge[0]]
        found[edge, chain[0]] = ports[chain[0], True, chain[1]]
        found[edge, chain[-1]] = ports[chain[-1], False, chain[-2]]
    return found
