"""Regular expressions as Go and Perl write them, read into a tree.

Grammar: https://github.com/google/re2/wiki/Syntax, without Unicode classes, with looking
ahead and behind. Every single character is kept as a fragment that
Python's `re` understands, so that the tree can be written out for `re` as well as run by an automaton.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_REPEAT = 1000  # RE2's own limit
_MAX_DEPTH = 100
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": "\\x00-\\x7F", "blank": "\\t ", "cntrl": "\\x00-\\x1F\\x7F", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~", "space": "\\t\\n\\v\\f\\r ", "upper": "A-Z",
    "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": "\\t\\n\\f\\r "}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REPEAT = re.compile(r"\{(\d{1,5})(,(\d{0,5}))?\}")
_LOOK = re.compile(r"\?(<?[=!])")  # Perl, and the engine of newer Gitea
_GROUP = re.compile(r"\?(?:P?<(\w+)>|([imsU]*)(?:-([imsU]+))?([:)]))")


class BadRegex(ValueError):
    """An expression that cannot be read; the message continues "the pattern …"."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character: `fragment` matches it in Python's `re`."""

    fragment: str


@dataclass(frozen=True, slots=True)
class At:
    """A place between characters: "^" start of text, "$" its end, "b" and "B" the edge of a word or none."""

    place: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`least` to `most` times; None for any number."""

    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What has to stand, or must not stand, here without being part of the match: `sign` as "=", "!", "<=" or "<!"."""

    sign: str
    part: Node


Node = Char | At | Sequence | Choice | Repeat | Look


def parse_regex(text: str) -> Node:
    """The tree of an expression. Raises BadRegex."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._any_case = False
        self._dot_all = False

    def whole(self) -> Node:
        node = self._choice()
        if self._at < len(self._text):
            raise BadRegex("closes a bracket that was never opened")
        return node

    def _choice(self) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise BadRegex(f"has brackets more than {_MAX_DEPTH} deep")
        flags = self._any_case, self._dot_all
        options = [self._sequence()]
        while self._take("|"):
            options.append(self._sequence())
        self._any_case, self._dot_all = flags
        self._depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            node = self._atom()
            if node is not None:
                parts.append(self._repeated(node))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        self._take("?")  # lazy or not makes no difference to whether something matches
        if self._bounds() is not None:
            raise BadRegex("repeats a repetition, such as “**”")
        least, most = bounds
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise BadRegex(f"repeats more than {_MAX_REPEAT} times, or fewer times than at least")
        return Repeat(node, least, most)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        found = _REPEAT.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        least = int(found[1])
        return least, least if found[2] is None else int(found[3]) if found[3] else None

    def _atom(self) -> Node | None:
        """One character, place or group; None for flags, which only change what follows."""
        char = self._text[self._at]
        self._at += 1
        if char == "(":
            return self._group()
        if char == "[":
            return self._char(self._set())
        if char == "\\":
            return self._escape()
        if char == ".":
            return Char("(?s:.)" if self._dot_all else "[^\\n]")
        if char in "^$":
            return At(char)
        if char in "*+?":
            raise BadRegex(f"repeats nothing at “{char}”")
        return self._char(re.escape(char))

    def _group(self) -> Node | None:
        if self._text.startswith("?", self._at):
            if look := _LOOK.match(self._text, self._at):
                self._at = look.end()
                return Look(look[1], self._closed(self._choice()))
            found = _GROUP.match(self._text, self._at)
            if found is None:
                raise BadRegex("opens a kind of bracket that cannot be read")
            self._at = found.end()
            if found[4] == ")":
                self._set_flags(found[2], found[3])
                return None
            before = self._any_case, self._dot_all
            self._set_flags(found[2], found[3])
            node = self._choice()
            self._any_case, self._dot_all = before
            return self._closed(node)
        return self._closed(self._choice())

    def _closed(self, node: Node) -> Node:
        if not self._take(")"):
            raise BadRegex("opens a bracket “(” that is never closed")
        return node

    def _set_flags(self, on: str | None, off: str | None) -> None:
        for letters, value in ((on, True), (off, False)):
            if "m" in (letters or ""):
                raise BadRegex("sets the flag m, which makes no sense for paths")
            self._any_case = value if "i" in (letters or "") else self._any_case
            self._dot_all = value if "s" in (letters or "") else self._dot_all

    def _escape(self) -> Node:
        char = self._text[self._at : self._at + 1]
        if char in ("A", "z", "Z", "b", "B"):
            self._at += 1
            return At({"A": "^", "z": "$", "Z": "$"}.get(char, char))
        if char == "Q":
            end = self._text.find("\\E", self._at)
            quoted = self._text[self._at + 1 : end if end >= 0 else None]
            self._at = end + 2 if end >= 0 else len(self._text)
            return Sequence(tuple(self._char(re.escape(one)) for one in quoted))
        if char in ("d", "w", "s", "D", "W", "S"):
            self._at += 1
            return Char(f"[{'^' if char.isupper() else ''}{_CLASSES[char.lower()]}]")
        return self._char(re.escape(self._escaped_char()))

    def _escaped_char(self) -> str:
        """The one character that a backslash and what follows stand for."""
        char = self._text[self._at : self._at + 1]
        self._at += 1
        if char == "x":
            found = re.compile(r"\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2})").match(self._text, self._at)
            if found is None or int(found[1] or found[2], 16) > 0x10FFFF:
                raise BadRegex("has a wrong “\\x”")
            self._at = found.end()
            return chr(int(found[1] or found[2], 16))
        if char == "" or char in "123456789pPCGKkuN":
            raise BadRegex(f"has a “\\{char}” that cannot be read")
        return _CONTROLS.get(char, "\0" if char == "0" else char)

    def _set(self) -> str:
        negated = self._take("^")
        pieces: list[str] = []
        first = True
        while first or not self._text.startswith("]", self._at):
            if self._at >= len(self._text):
                raise BadRegex("opens a bracket “[” that is never closed")
            first = False
            pieces.append(self._set_piece())
        self._at += 1
        return f"[{'^' if negated else ''}{''.join(pieces)}]"

    def _set_piece(self) -> str:
        found = re.compile(r"\[:(\^?)(\w+):\]").match(self._text, self._at)
        if found is not None:
            if found[1] or found[2] not in _POSIX:
                raise BadRegex(f"has a class “{found[0]}” that cannot be read")
            self._at = found.end()
            return _POSIX[found[2]]
        if self._text.startswith("\\", self._at) and self._text[self._at + 1 : self._at + 2] in tuple("dwsDWS"):
            char = self._text[self._at + 1]
            self._at += 2
            return f"\\{char}" if char.isupper() else _CLASSES[char]
        low = self._set_char()
        if self._text.startswith("-", self._at) and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
            self._at += 1
            high = self._set_char()
            if low > high:
                raise BadRegex(f"has a range from “{low}” down to “{high}”")
            return f"{re.escape(low)}-{re.escape(high)}"
        return re.escape(low)

    def _set_char(self) -> str:
        if self._at >= len(self._text):
            raise BadRegex("opens a bracket “[” that is never closed")
        char = self._text[self._at]
        self._at += 1
        return self._escaped_char() if char == "\\" else char

    def _char(self, fragment: str) -> Char:
        return Char(f"(?i:{fragment})" if self._any_case else fragment)

    def _take(self, text: str) -> bool:
        if self._text.startswith(text, self._at):
            self._at += len(text)
            return True
        return False
