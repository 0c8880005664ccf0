"""What a sentence claims that can be looked up: quotations, names in code, addresses, numbers, and the words it is made of.

Pure functions on text. `bot/answers/citations.py` decides with them whether a sentence may be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answers.words import shared, stems

# Marks that open a comment line. Those that also occur in prose or options ("--all", "-1", "*args") need white space behind them.
_OPENERS = re.compile(r'^(?:\s|#+[:!]?|///?!?|/\*+!?|<!--|"""|\'\'\'|(?:\*+|--+|-|;+|%+|>+|\.\.)(?=\s|$))+')
_INNER = re.compile(r"(?<!\S)(?:#+:?|///?)(?!\S)")  # a comment inside prose, as in a guide's examples, joined from several lines
_CLOSERS = ("*/", "-->", '"""', "'''")
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\u00a0": " ", "‑": "-"})

# Markdown and reStructuredText around words: links, roles, targets, backticks, bold.
# All lengths are bounded: what they read is anybody's text.
_LINKED = re.compile(r"!?\[([^\[\]]{0,400})\]\((?=[^)\s]{0,400}[/.#])[^)]{0,400}\)")
_MARKUP = re.compile(r"(?<![\w:]):[a-z][a-z:+-]*:(?=`)|\s?<[^<>`]{0,400}>(?=`)|`+_{1,2}(?!\w)|`+~?|\*\*")

# Backticks and quotation marks in the order in which they open, so that code inside a quotation is part of it, and the reverse.
_LITERAL = re.compile(
    r"(?P<ticks>`{1,3})(?P<code>.{1,400}?)(?P=ticks)"
    r'|“(?P<curly>[^”]*)(?:”|$)|«(?P<angled>[^»]*)(?:»|$)|„(?P<low>[^“”]*)(?:[“”]|$)|(?<!\d)"(?P<straight>[^"]*)(?:"|$)',
    re.DOTALL,
)
_URL = re.compile(r"(?:https?|ftp|file|ssh|mailto|javascript|data):[^\s<>|`\"]+", re.IGNORECASE)
_CODE_LIKE = re.compile(
    r"(?<![\w./-])(?:"
    r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|/)[A-Za-z_$][\w$]+)+(?:\(\))?"  # a.b, a::b, dir/file.ext
    r"|[A-Za-z$][A-Za-z0-9$]*_\w+(?:\(\))?|__?\w+(?:\(\))?"  # snake_case, _private
    r"|[a-z]+[A-Z]\w*(?:\(\))?|[A-Z][a-z0-9]+[A-Z]\w*(?:\(\))?"  # camelCase, PascalCase
    r"|[A-Za-z]\w*\(\)"  # call()
    r")"
)
_PROSE_WITH_SLASH = re.compile(r"^[a-z]+(?:/[a-z]+)+$")  # "and/or", "read/write"
_NAME = re.compile(r"(?<![\w`])[A-Z][\w-]*")
_EVERYBODYS_NAMES = frozenset({"I", "API", "APIS", "HTTP", "HTTPS", "URL", "URLS", "ID", "IDS", "UI", "CPU", "OK", "IP"})

_NUMBER = re.compile(r"(?<![\w.$])(?<![A-Za-z]-)(\d+(?:[,_]\d{3})*(?:\.\d+)*)\s*(%|[A-Za-z]+)?")
_PRODUCT = re.compile(r"(?<!\d)\d[\d_]{0,15}(?:\s?\*\s?\d[\d_]{0,15})+")
_SPELLED = {
    "zero": 0, "half": 0.5, "one": 1, "two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "hundred": 100,
    "thousand": 1000,
}  # fmt: skip
_SPELLED_NUMBER = re.compile(rf"\b({'|'.join(_SPELLED)})\b[\s-]*([A-Za-z]+)?", re.IGNORECASE)
# What one of a unit is in the smaller units that code counts in: "2 hours" may stand in the source as 120, 7200 or 7_200_000.
_UNITS: dict[str, tuple[float, ...]] = {
    "ms": (0.001,), "millisecond": (0.001,), "second": (1000.0,), "minute": (60.0, 60_000.0), "hour": (60.0, 3600.0, 3_600_000.0),
    "day": (24.0, 1440.0, 86_400.0, 86_400_000.0), "week": (7.0, 168.0, 604_800.0), "year": (365.0,), "percent": (0.01,),
    "kb": (1000.0, 1024.0), "mb": (1e6, 1024.0**2), "gb": (1e9, 1024.0**3), "time": (), "attempt": (), "try": (), "retry": (),
}  # fmt: skip
_UNIT_NAMES = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day", "%": "percent", "x": "time", "tries": "try",
    "retries": "retry", "kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb",
}  # fmt: skip
_EITHER_UNIT = {"m": ("minute", "mb"), "k": ("kb",)}


def plain(text: str) -> str:
    """Source text on one line, in lower case, without comment marks, markup and curly quotes: its words, however they are set."""
    while (plainer := _plainer(text)) != text:
        text = plainer
    return text


def quotations(text: str) -> list[str]:
    """The texts in double quotes (straight, curly, angled) outside backticks; one that is never closed runs to the end."""
    found = (match["curly"] or match["angled"] or match["low"] or match["straight"] or "" for match in _LITERAL.finditer(text))
    return [quotation for quotation in found if quotation.strip()]


def occurs(quotation: str, source: str) -> bool:
    """Whether the source says these words. "…" or "..." stands for words left out; a last comma or stop may be the writer's."""
    haystack, at = plain(source), 0
    for piece in re.split(r"…|\.\.\.", quotation):
        words = plain(piece)
        place = _find_whole(words, haystack, at)
        if place < 0:
            words = words.rstrip(" .,;:!?")
            place = _find_whole(words, haystack, at)
        if place < 0:
            return False
        at = place + len(words)
    return at > 0


def code_names(text: str, *, unmarked: bool = False) -> list[str]:
    """The names, paths and values in backticks; with `unmarked` also words in the open text that can only be names in code."""
    names = [match["code"].strip() for match in _LITERAL.finditer(text) if match["code"]]
    if unmarked:
        rest = _URL.sub(" ", _bare(text))
        names += [found for found in _CODE_LIKE.findall(rest) if not _PROSE_WITH_SLASH.match(found)]
    return [name for name in names if name]


def names(code_name: str, source: str) -> bool:
    """Whether the source contains this name, value or piece of code as a whole; for a qualified name its parts are enough."""
    wanted = " ".join(code_name.removesuffix("()").split())
    haystack = " ".join(source.split())
    if _find_whole(wanted, haystack) >= 0:
        return True
    parts = [part for part in re.split(r"\.|::|->|#", wanted) if part]
    qualified = len(parts) > 1 and all(re.fullmatch(r"[A-Za-z_$][\w$]*", part) for part in parts)
    return qualified and all(_find_whole(part, haystack) >= 0 for part in parts)


def urls(text: str) -> list[str]:
    """The addresses in a sentence's open text; those inside backticks or quotation marks are looked up with them."""
    return [match.group().rstrip(").,;:!?]'*_") for match in _URL.finditer(_bare(text))]


def unknown_numbers(text: str, source: str) -> list[str]:
    """The numbers of a sentence that the source does not contain, as digits, in words, as a product, or in a smaller unit."""
    there = _values(source)
    return [shown for shown, candidates in _claimed_numbers(_bare(text)) if not any(_near(value, there) for value in candidates)]


def count_numbers(text: str) -> int:
    """How many numbers a sentence claims."""
    return sum(1 for _ in _claimed_numbers(_bare(text)))


def unknown_names(text: str, *sources: str) -> list[str]:
    """Words capitalised inside a sentence, so names of products, people or systems, that no source contains."""
    known = stems(" ".join(sources))
    claimed = []
    for match in _NAME.finditer(_bare(text)):
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".:!?(*_-–—•\"“«"
        wanted = stems(match.group())
        if not opens and match.group().upper() not in _EVERYBODYS_NAMES and shared(wanted, known) != wanted:
            claimed.append(match.group())
    return claimed


def _bare(text: str) -> str:
    """The sentence without what is looked up word for word; lengths are kept, so that places stay comparable."""
    return _LITERAL.sub(lambda match: " " * len(match.group()), text)


def _plainer(text: str) -> str:
    text = _MARKUP.sub("", _LINKED.sub(r"\1", text.translate(_TYPOGRAPHY)))
    return " ".join(_INNER.sub(" ", " ".join(map(_uncommented, text.splitlines()))).split()).casefold()


def _uncommented(line: str) -> str:
    line, before = _OPENERS.sub("", " ".join(line.split())), ""
    while line != before:
        before = line
        for closer in _CLOSERS:
            line = line.removesuffix(closer).rstrip()
    return line


def _find_whole(wanted: str, haystack: str, start: int = 0) -> int:
    """Where `wanted` stands as whole words, or -1."""
    at = haystack.find(wanted, start)
    while at >= 0:
        before, after = haystack[max(at - 1, 0) : at], haystack[at + len(wanted) : at + len(wanted) + 1]
        if not (_joins(before) and _joins(wanted[:1])) and not (_joins(after) and _joins(wanted[-1:])):
            return at
        at = haystack.find(wanted, at + 1)
    return -1


def _joins(character: str) -> bool:
    return character.isalnum() or character == "_"


def _claimed_numbers(text: str) -> Iterator[tuple[str, list[float]]]:
    for match in _NUMBER.finditer(text):
        yield match.group().strip(), _candidates(match.group(1), match.group(2))
    for match in _SPELLED_NUMBER.finditer(text):
        word = match.group(1).lower()
        # "one of them" and "two ways" count words of the sentence itself; "two hours" and "twice" are claims about the code.
        if _SPELLED[word] > 2 or word == "twice" or _unit(match.group(2)):
            yield match.group().strip(), _candidates(str(_SPELLED[word]), match.group(2))


def _candidates(digits: str, unit: str | None) -> list[float]:
    value = _number(digits)
    return [value, *(value * factor for name in _unit(unit) for factor in _UNITS[name])]


def _unit(word: str | None) -> tuple[str, ...]:
    name = (word or "").lower()
    if name in _EITHER_UNIT:
        return _EITHER_UNIT[name]
    one = name if name in _UNITS or name in _UNIT_NAMES else name.removesuffix("s")
    unit = _UNIT_NAMES.get(one, one)
    return (unit,) if unit in _UNITS else ()


def _values(source: str) -> list[float]:
    values = [_number(digits) for digits in re.findall(r"\d+(?:[,_]\d{3})*(?:\.\d+)*", source)]
    values += [float(value) for word, value in _SPELLED.items() if re.search(rf"\b{word}\b", source, re.IGNORECASE)]
    for product in _PRODUCT.findall(source):
        value = 1.0
        for factor in product.split("*"):
            value *= float(factor.strip().replace("_", ""))
        values.append(value)
    return values


def _number(digits: str) -> float:
    """A version such as 3.11.2 is compared by its first two parts."""
    whole, *rest = digits.replace(",", "").replace("_", "").split(".")
    return float(f"{whole}.{rest[0]}") if rest else float(whole)


def _near(value: float, there: list[float]) -> bool:
    return any(abs(value - other) <= 1e-9 * max(1.0, abs(value)) for other in there)
