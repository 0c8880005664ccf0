"""The parameters of a definition, read from its source at the line that names it, and whether callers break when they change.

Outlines cut long signatures, and nothing here needs a syntax tree: brackets and strings are enough to find the commas.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_SIGNATURE = 6_000  # characters; a list that is longer is not read
_ANGLES = frozenset({"java", "csharp", "typescript", "tsx", "rust", "kotlin"})
_OPEN, _CLOSE = "([{", ")]}"
_ARROW = re.compile(r"[^=(]{0,200}=\s*(?:async\s*)?(?:function\s*\*?\s*\w*\s*)?\(")
_PYTHON = re.compile(r"(\*{0,2})\s*(\w+)\s*(?::(.*))?$", re.DOTALL)
_SCRIPT = re.compile(r"(\.\.\.)?\s*(?:(?:public|private|protected|readonly)\s+)*([\w$]+|[{\[].*[}\]])\s*(\?)?\s*(?::(.*))?$",
                     re.DOTALL)
_LEADS = re.compile(r"^(?:(?:@\w+(?:\([^()]*\))?|\[[^\[\]]*\]|final|this|params|mut)\s+)+")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `star` is "*" or "**" for those that take any number, `default` is as written (None for none)."""

    name: str
    type: str = ""
    default: str | None = None
    star: str = ""
    keyword: bool = False
    positional: bool = False

    @property
    def required(self) -> bool:
        return self.default is None and not self.star


@dataclass(frozen=True, slots=True)
class Signature:
    """What a definition takes, and gives in languages that write it; `written` are the parameters as they stand, `text` is all."""

    parameters: tuple[Parameter, ...]
    result: str
    written: tuple[str, ...]
    text: str


def signature_at(lines: list[str], line: int, name: str, language: str) -> Signature | None:
    """The signature of what is named on a line (from 1); None where no list of parameters follows the name."""
    text = "\n".join(lines[line - 1 : line + 120])[:_MAX_SIGNATURE]
    named = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text)
    if named is None or "\n" in text[: named.start()]:
        return None
    start = _opening(text, named.end(), language)
    if start < 0:
        return None
    parts, end = _parts(text, start, language)
    if end < 0:
        return None
    written = [" ".join(part.split()) for part in parts if part.strip()]
    parameters = _go(written) if language == "go" else [_parameter(part, language) for part in written]
    known = [parameter for parameter in parameters if parameter is not None]
    if len(known) != len(parameters):
        return None
    result = _result(text, end, language)
    whole = f"{name}({', '.join(written)})" + (f" {result}" if result else "")
    return Signature(tuple(_marked(known, written) if language == "python" else known), result, tuple(written), whole)


def _opening(text: str, at: int, language: str) -> int:
    """Where the list of parameters opens after a name, type parameters passed over; -1 where there is none."""
    while at < len(text) and text[at] in " \t\n":
        at += 1
    if at < len(text) and text[at] in "<[" and language != "python":
        closing, depth = {"<": ">", "[": "]"}[text[at]], 0
        for place in range(at, len(text)):
            depth += (text[place] == text[at]) - (text[place] == closing)
            if depth == 0:
                at = place + 1
                break
    if text[at : at + 1] == "(":
        return at + 1
    arrow = _ARROW.match(text, at) if language in ("typescript", "tsx", "javascript") else None
    return arrow.end() if arrow else -1


def _parts(text: str, start: int, language: str) -> tuple[list[str], int]:
    """The parts between commas up to the closing bracket, comments left out, and where that bracket is (-1: nowhere)."""
    parts: list[str] = []
    part: list[str] = []
    depth, angles, at = 0, 0, start
    while at < len(text):
        letter = text[at]
        if skipped := _skipped(text, at, language):
            part.append(text[at:skipped] if letter in "\"'`" else " ")
            at = skipped
            continue
        if letter in _CLOSE and depth == 0:
            return [*parts, "".join(part)], at
        depth += (letter in _OPEN) - (letter in _CLOSE)
        if language in _ANGLES:
            angles = max(0, angles + (letter == "<") - (letter == ">" and text[at - 1] not in "=-"))
        if letter == "," and depth == 0 and angles == 0:
            parts.append("".join(part))
            part = []
        else:
            part.append(letter)
        at += 1
    return [], -1


def _skipped(text: str, at: int, language: str) -> int:
    """The end of the string or comment that begins here; 0 for none."""
    letter = text[at]
    if letter in "\"'`":
        if language == "rust" and letter == "'":
            return 0  # a lifetime
        quote = text[at : at + 3] if language == "python" and text[at : at + 3] in ('"""', "'''") else letter
        place = at + len(quote)
        while place < len(text) and not text.startswith(quote, place):
            place += 2 if text[place] == "\\" else 1
        return place + len(quote)
    if (letter == "#" and language == "python") or (text.startswith("//", at) and language != "python"):
        end = text.find("\n", at)
        return end if end >= 0 else len(text)
    if text.startswith("/*", at) and language != "python":
        end = text.find("*/", at + 2)
        return end + 2 if end >= 0 else len(text)
    return 0


def _parameter(part: str, language: str) -> Parameter | None:
    head, default = _default(part)
    if language == "python":
        if head in ("*", "/"):
            return Parameter(head, star=head)
        match = _PYTHON.match(head)
        return Parameter(match[2], (match[3] or "").strip(), default, match[1]) if match else None
    if language in ("typescript", "tsx", "javascript"):
        match = _SCRIPT.match(head)
        if match is None:
            return None
        optional = "undefined" if match[3] and default is None else default
        return Parameter(match[2], (match[4] or "").strip(), optional, "*" if match[1] else "")
    if language == "rust":
        name, _colon, kind = head.partition(":")
        return Parameter("self" if name.split()[-1:] == ["self"] else name.strip(), kind.strip() or name, default)
    variadic = "..." in head or re.search(r"\bparams\s", head) is not None
    kind, _space, name = _LEADS.sub("", head).rpartition(" ")
    return Parameter(name, kind.strip(), default, "*" if variadic else "")


def _default(part: str) -> tuple[str, str | None]:
    """A parameter without its default, and the default as written."""
    depth = 0
    for at, letter in enumerate(part):
        depth += (letter in _OPEN) - (letter in _CLOSE)
        beside = (part[at - 1 : at], part[at + 1 : at + 2])
        if letter == "=" and depth == 0 and beside[0] not in ("=", "!", "<", ">") and beside[1] not in ("=", ">"):
            return part[:at].strip(), part[at + 1 :].strip()
    return part.strip(), None


def _marked(parameters: list[Parameter], written: list[str]) -> list[Parameter]:
    """Python's parameters with what a bare `*` and `/` say of those after and before them."""
    slash = next((place for place, part in enumerate(written) if part == "/"), -1)
    star = next((place for place, one in enumerate(parameters) if one.star == "*"), len(parameters))
    return [Parameter(one.name, one.type, one.default, one.star, place > star and not one.star, place < slash)
            for place, one in enumerate(parameters) if one.star != "/" and written[place] != "*"]


def _go(written: list[str]) -> list[Parameter | None]:
    """Go's parameters: in "a, b int" the first has the type of the second; without names every part is a type."""
    pairs = [re.match(r"(\w+)\s+(.+)$", part) for part in written]
    named = any(match and match[1] not in ("func", "chan", "map", "struct", "interface") for match in pairs)
    found: list[Parameter | None] = []
    kind = ""
    for part, match in zip(reversed(written), reversed(pairs), strict=True):
        name = ""
        if not named:
            kind = _any(part)
        elif match:
            name, kind = match[1], _any(match[2])
        else:
            name = part
        found.append(Parameter(name, kind, star="*" if kind.startswith("...") else ""))
    return found[::-1]


def _any(kind: str) -> str:
    return kind.replace("interface{}", "any")


def _result(text: str, end: int, language: str) -> str:
    """What a Go or Rust function gives back, as written."""
    if language not in ("go", "rust"):
        return ""
    rest = " ".join(text[end + 1 :].split("\n", 1)[0].split())
    rest = re.split(r"\bwhere\b|//", rest)[0]
    brace = rest.rfind("{") if rest.rstrip().endswith("{") else len(rest)
    result = rest[:brace].removesuffix(";").strip()
    if language == "rust" or not result.startswith("("):
        return _any(result)
    parts = [part.strip() for part in _parts(result, 1, language)[0]]
    kinds = [one.type for one in _go(parts) if one]  # names of results are for readers only
    return kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"


def breaks_callers(old: Signature, new: Signature, language: str) -> bool:
    """Whether calls written for the old signature may no longer work; a further optional parameter breaks none."""
    if language == "python":
        return _breaks_python(old.parameters, new.parameters)
    before = [one for one in old.parameters if one.name != "self"]
    after = [one for one in new.parameters if one.name != "self"]
    open_ended = any(one.star for one in after)
    if len(after) < len(before) and not open_ended:
        return True
    if any(one.required for one in after[len(before) :]) or any(
            then.required and not now.required for now, then in zip(before, after, strict=False)):
        return True
    if language in ("go", "java", "csharp", "rust"):
        return old.result != new.result or any(
            now.type != then.type for now, then in zip(before, after, strict=False))
    names = [one.name for one in before]
    return names != [one.name for one in after][: len(names)] and set(names) <= {one.name for one in after}


def _breaks_python(old: tuple[Parameter, ...], new: tuple[Parameter, ...]) -> bool:
    any_name, any_place = (any(one.star == star for one in new) for star in ("**", "*"))
    before, after = ([one for one in side if not one.star and one.name not in ("self", "cls")] for side in (old, new))
    unnamed = sum(one.positional for one in before)  # nobody can have called these by name
    if [one.positional for one in after[:unnamed]] == [True] * unnamed:
        if any(now.required and not then.required for then, now in zip(before[:unnamed], after, strict=False)):
            return True
        before, after = before[unnamed:], after[unnamed:]
    now_called = {one.name: one for one in after}
    for one in before:
        now = now_called.get(one.name)
        if one.name.startswith("_"):
            continue
        if now is None and not any_name:
            return True
        if now and _narrower(now) - _narrower(one):
            return True
    known = {one.name for one in before}
    if any(one.required and one.name not in known for one in after):
        return True
    order, places = ([one.name for one in side if not one.keyword and not one.name.startswith("_")] for side in (before, after))
    return not any_place and places[: len(order)] != order and set(order) <= set(places)


def _narrower(one: Parameter) -> set[str]:
    """In which ways a parameter allows less than one that may be left out, and passed by place or by name."""
    return {name for name in ("required", "keyword", "positional") if getattr(one, name)}


def told_apart(old: Signature, new: Signature, most: int = 100) -> tuple[str, str]:
    """Two signatures as texts that show how they differ: long ones without types, and without what both begin or end with."""
    if max(len(old.text), len(new.text)) <= most:
        return old.text, new.text
    name = old.text.split("(")[0]
    sides = [list(signature.written) for signature in (old, new)]
    if [one.name for one in old.parameters] != [one.name for one in new.parameters]:
        sides = [_named(signature) for signature in (old, new)]
    first, last = 0, 0
    shortest = min(len(side) for side in sides)
    while first < shortest and sides[0][first] == sides[1][first]:
        first += 1
    while last < shortest - first and sides[0][-1 - last] == sides[1][-1 - last]:
        last += 1
    if any(first + last >= len(side) for side in sides):  # one has only more of them: show where
        first, last = max(0, first - 1), max(0, last - 1)
    results = ["", ""] if old.result == new.result else [f" {old.result}", f" {new.result}"]
    shown = []
    for side, result in zip(sides, results, strict=True):
        middle = side[first : len(side) - last]
        shown.append(f"{name}({', '.join([*(['…'] if first else []), *middle, *(['…'] if last else [])])}){result}")
    return shown[0], shown[1]


def _named(signature: Signature) -> list[str]:
    """The names of parameters, with the bare `*` before those that must be named in Python."""
    first = next((place for place, one in enumerate(signature.parameters) if one.keyword), -1)
    starred = any(one.star == "*" for one in signature.parameters)
    return [f"{'*, ' if place == first and not starred else ''}{one.star}{one.name}" for place,
            one in enumerate(signature.parameters)]
