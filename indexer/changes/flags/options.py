"""Defaults that code writes down: constants named so, options of command lines, and values that settings fall back on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.changes.flags.pairs import line_at
from indexer.changes.flags.settings import Values

_LANGUAGES = frozenset({"python", "go", "java", "kotlin", "csharp", "typescript", "tsx", "javascript", "c", "cpp", "rust",
                        "swift", "ruby", "php"})
_WINDOW = 600  # characters of a call that are looked through for its default
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TELLING = frozenset({"default", "defaults", "timeout", "timeouts", "limit", "limits", "max", "min", "maximum", "minimum",
                      "retry",
                      "retries", "ttl", "interval", "expiry", "expiration", "threshold", "backoff", "deadline", "quota",
                      "capacity"})
_LITERAL = re.compile(r"[-+]?(?:\d[\w.]*|true|false|none|null|nil)(?:[ \t]*(?:\*\*?|\+|/|-|<<)[ \t]*[\w.()]+){0,4}"
                      r"|\"[^\"\n]*\"|'[^'\n]*'", re.IGNORECASE)
_HEAD = re.compile(r"[\w \t<>\[\],.&']*$")
_NAME = re.compile(r"[A-Za-z_]\w{2,60}$")
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Z_][A-Z0-9_]{2,60})[ \t]+(.{1,120})$")
_DEFAULT_WORD = re.compile(r"\bdefault\s*=\s*")
_SETTINGS_CLASS = re.compile(r"^class (\w*(?:Settings|Config|Configuration|Options|Defaults))\b")
_FIELD = re.compile(r"^    (\w{2,60})[ \t]*:[ \t]*[^=\n]{1,80}=[ \t]*(?:Field\([ \t]*(?:default[ \t]*=[ \t]*)?)?(.{1,120})$")

_NAMED_CALLS = {  # language -> what opens a call and names what is set; its default follows as `default=`
    "python": re.compile(r"\b(?:add_argument|add_option|addoption|addini|option|Option|Optional|Required)\(\s*(?:[\"']-\w[\"']\s*,\s*)?"
                         r"[\"']?(?!-\w[\"'])([\w.-]{2,60})"),
}
_PLACED_CALLS = {  # language -> patterns whose groups are what is set and its default
    "python": (
        re.compile(r"\b(?:environ\.get|getenv|env(?:\.\w+)?)\(\s*[\"'](\w{2,60})[\"']\s*,\s*(?:default\s*=\s*)?"),
        re.compile(r"\bgetattr\(\s*(?:configuration|settings|config)\s*,\s*[\"'](\w{2,60})[\"']\s*,\s*"),
        re.compile(r"\badd_config_value\(\s*[\"'](\w{2,60})[\"']\s*,\s*(?:default\s*=\s*)?")),
    "go": (
        re.compile(r"\.(?:String|Bool|U?[iI]nt(?:8|16|32|64)?|Uint|Float64|Duration|StringSlice)(?:Var)?P?\(\s*(?:&[\w.\[\]]+\s*,\s*)?"
                   r"\"([\w.-]{2,60})\"\s*,\s*(?:\"\w?\"\s*,\s*)?"),),
    "java": (re.compile(r"@Value\(\s*\"\$\{([\w.-]{2,60}):"),),
    "javascript": (re.compile(r"\bprocess\.env\.(\w{2,60})\s*(?:\?\?|\|\|)\s*"),),
}
_PLACED_CALLS["typescript"] = _PLACED_CALLS["tsx"] = _PLACED_CALLS["javascript"]
_KINGPIN = re.compile(r"\.Flag\(\"([\w.-]{2,60})\"")
_KINGPIN_DEFAULT = re.compile(r"\.\s*Default\(\s*([^()\n]{1,120}?)\s*\)")


def defaults_in(text: str, language: str) -> Values:
    """What is set by default -> the value as written and its line; what is set twice in different ways is left out."""
    if language not in _LANGUAGES:
        return {}
    values: Values = {}
    twice: set[str] = set()
    for name, value, line in (*_constants(text, language), *_calls(text, language)):
        if name in values and values[name][0] != value:
            twice.add(name)
        values.setdefault(name, (value, line))
    return {name: value for name, value in values.items() if name not in twice}


def _constants(text: str, language: str) -> Iterator[tuple[str, str, int]]:
    inside = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > 300:
            continue
        if language == "python" and line[:1].strip():
            opened = _SETTINGS_CLASS.match(line)
            inside = opened[1] if opened else ""
        if inside and (field := _FIELD.match(line)) and (value := _literal(field[2])):
            yield f"{inside}.{field[1]}", value, number
        elif (constant := _assigned(line)) and (value := _literal(constant[2])):
            if _is_constant(constant[1], constant[0], language):
                yield constant[1], value, number
        elif language in ("c", "cpp") and (defined := _DEFINE.match(line)) and (
                _words(defined[1]) & _TELLING and (value := _literal(defined[2]))):
            yield defined[1], value, number


def _assigned(line: str) -> tuple[str, str, str] | None:
    """What stands before the name, the name, and the value of a line that gives a name a value; the name's type is left out."""
    left, equals, value = line.partition("=")
    name_and_before = left.split(":")[0].rstrip()
    name = _NAME.search(name_and_before)
    if not equals or value.startswith("=") or name is None or left.rstrip()[-1:] in "!<>+-*/%&|^":
        return None
    before = name_and_before[: name.start()]
    return (before, name[0], value.strip()) if _HEAD.match(before) else None


def _is_constant(name: str, before: str, language: str) -> bool:
    """Whether a name is a constant's that tells what it is for: in capitals, or in Go and its like with "Default" before it."""
    if not _words(name) & _TELLING or re.search(r"\b(?:if|while|for|return|assert|local)\b", before):
        return False
    if name.isupper():
        return True
    return language in ("go", "java", "kotlin", "csharp", "typescript", "javascript", "tsx", "swift", "rust") and (
        re.match(r"k?[dD]efault[A-Z]", name) is not None)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def _calls(text: str, language: str) -> Iterator[tuple[str, str, int]]:
    for pattern in _PLACED_CALLS.get(language, ()):
        for match in pattern.finditer(text):
            if language == "java":
                end = text.find("}", match.end())
                value = text[match.end() : end] if 0 <= end < match.end() + 120 and "\n" not in text[match.end() : end] else ""
            else:
                value = _literal(text[match.end() : match.end() + 160])
            if value:
                yield match[1], value, line_at(text, match.end())
    if named := _NAMED_CALLS.get(language):
        yield from _windows(text, named, _DEFAULT_WORD)
    if language == "go":
        yield from _windows(text, _KINGPIN, _KINGPIN_DEFAULT)


def _windows(text: str, opening: re.Pattern[str], default: re.Pattern[str]) -> Iterator[tuple[str, str, int]]:
    """Calls whose default stands somewhere after the name, and before the next call."""
    calls = list(opening.finditer(text))
    for at, call in enumerate(calls):
        end = min(call.end() + _WINDOW, calls[at + 1].start() if at + 1 < len(calls) else len(text))
        found = default.search(text, call.end(), end)
        value = (found[1] if default.groups else _literal(text[found.end() : found.end() + 160])) if found else ""
        if found and value:
            yield call[1], value, line_at(text, found.start())


def _literal(written: str) -> str:
    """The literal that a text begins with, if nothing but the end of a statement or an argument follows; "" for none."""
    match = _LITERAL.match(written)
    if match is None:
        return ""
    rest = written[match.end() :].lstrip(" \t")
    return match[0].strip() if not rest or rest[0] in ",;)\n#}]" or rest.startswith("//") else ""
