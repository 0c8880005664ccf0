"""Regular expressions from repositories, matched in bounded time.

Python's `re` tries one way after the other, and a hostile expression has more ways than seconds left in the universe. An
expression with few ways goes to `re`; any other runs as an automaton (Thompson 1968), whose time is the text's length times the
expression's size whatever it says. Its steps are remembered, which makes it a lazily built deterministic automaton.
"""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.declared.regex_syntax import At, BadRegex, Char, Choice, Look, Node, Repeat, Sequence, parse_regex

_MANY = 256  # what "any number of times" is reckoned as: a long path has about as many characters
_FEW_WAYS = 16 * _MANY  # steps that `re` may need at worst; some tens of microseconds, as the automaton
_MAX_STATES = 5000
_MAX_REMEMBERED = 5000


class PathRegex:
    """An expression to be looked for anywhere in a path. Raises BadRegex where it cannot be read."""

    def __init__(self, text: str) -> None:
        tree = parse_regex(text)
        self.first_folder = _first_folder(tree)
        """The top folder of every path that matches; None where the expression does not tell."""
        self._piece = _plain_piece(tree)
        self._machine: re.Pattern[str] | _Automaton
        anchored = isinstance(tree, Sequence) and bool(tree.parts) and tree.parts[0] == At("^")
        if _ways(tree) * (1 if anchored else _MANY) <= _FEW_WAYS:
            try:
                self._machine = re.compile(_written(tree))
            except re.error as exc:  # looking behind at something whose length is not fixed
                raise BadRegex(f"cannot be used ({exc.msg})") from exc
        else:
            self._machine = _Automaton(tree)

    def found_in(self, path: str) -> bool:
        """Whether some part of the path matches."""
        return self._piece in path and self._machine.search(path) is not None


def _first_folder(tree: Node) -> str | None:
    if not isinstance(tree, Sequence) or not tree.parts or tree.parts[0] != At("^"):
        return None
    name = ""
    for part in tree.parts[1:]:
        char = _plain_char(part)
        if char == "/":
            return name
        if not char:
            return None
        name += char
    return None


def _plain_piece(tree: Node) -> str:
    """The longest text that stands in whatever matches; a path without it need not be tried."""
    pieces = [""]
    for part in tree.parts if isinstance(tree, Sequence) else (tree,):
        char = _plain_char(part)
        if char:
            pieces[-1] += char
        else:
            pieces.append("")
    return max(pieces, key=len)


def _plain_char(node: Node) -> str:
    """The one character that a part of an expression stands for; "" where it is not just one."""
    if not isinstance(node, Char):
        return ""
    char = node.fragment.removeprefix("\\") if len(node.fragment) == 2 else node.fragment
    return char if len(char) == 1 and node.fragment == re.escape(char) else ""


def _ways(node: Node) -> int:
    """How many ways a backtracking matcher could go at worst; more than _FEW_WAYS is just many."""
    match node:
        case Char() | At():
            return 1
        case Sequence(parts):
            total = 1
            for part in parts:
                total = min(total * _ways(part), _FEW_WAYS + 1)
            return total
        case Choice(options):
            return min(sum(map(_ways, options)), _FEW_WAYS + 1)
        case Look(_, part):
            return _ways(part)
        case Repeat(part, least, most):
            inner = _ways(part)
            if inner == 1 and isinstance(part, Char):
                return _MANY if most is None else max(1, most - least + 1)
            return _FEW_WAYS + 1 if most is None else min((inner + 1) ** min(most, 64), _FEW_WAYS + 1)


def _written(node: Node) -> str:
    match node:
        case Char(fragment):
            return fragment
        case At(place):
            return {"^": r"\A", "$": r"\Z"}.get(place, f"(?a:\\{place})")
        case Sequence(parts):
            return "".join(map(_written, parts))
        case Choice(options):
            return f"(?:{'|'.join(map(_written, options))})"
        case Look(sign, part):
            return f"(?{sign}{_written(part)})"
        case Repeat(part, least, most):
            return f"(?:{_written(part)}){{{least},{'' if most is None else most}}}"


@lru_cache(maxsize=50_000)
def _fits(fragment: str, char: str) -> bool:
    return re.fullmatch(fragment, char) is not None


class _Automaton:
    """States are numbers: a state reads a character and goes on to one other, or goes to others without reading, some of them
    only at a place such as the text's end."""

    def __init__(self, tree: Node) -> None:
        self._reads: list[str | None] = []
        self._next: list[tuple[int, ...]] = []
        self._place: list[str] = []
        self._end = self._state()
        self._start = self._built(tree, self._end)
        self._steps: dict[tuple[frozenset[int], str, str], frozenset[int]] = {}

    def _state(self, reads: str | None = None, following: tuple[int, ...] = (), place: str = "") -> int:
        if len(self._reads) >= _MAX_STATES:
            raise BadRegex("is too large")
        self._reads.append(reads)
        self._next.append(following)
        self._place.append(place)
        return len(self._reads) - 1

    def _built(self, node: Node, after: int) -> int:
        """The state that begins `node` and goes on to `after`."""
        match node:
            case Char(fragment):
                return self._state(fragment, (after,))
            case At(place):
                return self._state(None, (after,), place)
            case Sequence(parts):
                for part in reversed(parts):
                    after = self._built(part, after)
                return after
            case Choice(options):
                return self._state(None, tuple(self._built(option, after) for option in options))
            case Repeat(part, least, most):
                return self._repeat(part, least, most, after)
            case Look():
                raise BadRegex("looks ahead or behind in an expression too involved for it")

    def _repeat(self, part: Node, least: int, most: int | None, after: int) -> int:
        if most is None:
            again = self._state()
            self._next[again] = (self._built(part, again), after)
            after = again
        else:
            for _ in range(most - least):
                after = self._state(None, (self._built(part, after), after))
        for _ in range(least):
            after = self._built(part, after)
        return after

    def search(self, text: str) -> object | None:
        """Something where a part of the text matches, as `re` has it; None otherwise."""
        states: frozenset[int] = frozenset()
        before = ""
        for at in range(len(text) + 1):
            char = text[at] if at < len(text) else ""
            states = self._step(states | {self._start}, before, char)
            if self._end in states:
                return self
            before = char
        return None

    def _step(self, states: frozenset[int], before: str, char: str) -> frozenset[int]:
        """Where one can be after reading `char`; the end stays in, because a match anywhere will do."""
        key = (states, before, char)
        known = self._steps.get(key)
        if known is None:
            here = self._closure(states, before, char)
            reading = ((state, reads) for state in here if char and (reads := self._reads[state]) is not None)
            known = frozenset(self._next[state][0] for state, reads in reading if _fits(reads, char))
            if self._end in here:
                known |= {self._end}
            if len(self._steps) >= _MAX_REMEMBERED:
                self._steps.clear()
            self._steps[key] = known
        return known

    def _closure(self, states: frozenset[int], before: str, after: str) -> set[int]:
        """All states that can be reached without reading, at a place between two characters ("" at an end)."""
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in seen or not _holds(self._place[state], before, after):
                continue
            seen.add(state)
            if self._reads[state] is None:
                waiting.extend(self._next[state])
        return seen


def _holds(place: str, before: str, after: str) -> bool:
    if not place:
        return True
    if place == "^":
        return not before
    if place == "$":
        return not after
    edge = _is_word(before) != _is_word(after)
    return edge if place == "b" else not edge


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")
