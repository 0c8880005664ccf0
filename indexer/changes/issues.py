"""Which issues a message names: "Fixes #12", "Closes group/project#12", "SHOP-34: ...", "[SHOP-34]"."""

from __future__ import annotations

import re

from indexer.changes.words import words

_REFERENCE = (
    r"(?:https?://\S+/(?:issues|work_items)/\d+|(?:[\w.-]+/)*[\w.-]*\#\d+|GH-\d+|[A-Z][A-Z0-9]{1,9}-\d+)(?![\w-])"
)
_LIST = rf"{_REFERENCE}(?:(?:\s*(?:,|&|\band\b)\s*)+{_REFERENCE})*"
_CLOSES = re.compile(
    rf"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd])?|fixing|resolv(?:e[sd]?|ing)|implement(?:s|ed)?)(?:\s+(?:issues?|bugs?|tickets?))?"
    rf"\s*:?\s*(?P<all>{_LIST})",
    re.IGNORECASE,
)
_NAMES = re.compile(
    rf"\b(?:ref(?:s|erences?)?|re|see(?: also)?|part of|related to|towards|address(?:es)?|follow[- ]?up (?:to|of|for)|issues?|bugs?)"
    rf"\s*:?\s*(?P<all>{_LIST})",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"^\W{{0,2}}(?P<all>{_LIST})(?=\s*[\]):\s-])")
_TRACKED = re.compile(r"[\[(](?P<all>[A-Z][A-Z0-9]{1,9}-\d+)[\])]")
_ONE = re.compile(_REFERENCE)
_PAGE = re.compile(r"^https?://[^/]+/(?P<project>\S+?)/(?:-/)?(?:issues|work_items)/(?P<number>\d+)$")
_NO_TRACKERS = words(  # standards, encodings, processors and years that look like SHOP-34
    "UTF UCS SHA AES RSA MD CRC ISO IEC IEEE ANSI ECMA RFC PEP CVE GHSA CWE BCP HTTP TLS SSL IPV CP LATIN KOI GB EN DIN ES ESP X"
    " ARM I PR MR V C LTS PYPY PY JDK JAVA GCC GPL LGPL AGPL APACHE BSD MIT OS USB COVID WIN UTC GMT Q H P MPEG H BASE BM STM"
)


def closed_issues(subject: str, body: str) -> tuple[str, ...]:
    """The issues that a message says it closes, or whose number or key its subject begins with."""
    return _found(subject, body, (_CLOSES,))


def named_issues(subject: str, body: str) -> tuple[str, ...]:
    """Every issue that a message names: those closed first, then those it refers to. "#12", "group/project#12", "SHOP-34"."""
    return tuple(dict.fromkeys((*_found(subject, body, (_CLOSES,)), *_found(subject, body, (_NAMES,)))))


def _found(subject: str, body: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[str, ...]:
    lists = [match["all"] for pattern in (_BEGINS, *patterns, _TRACKED) for match in pattern.finditer(subject)]
    lists += [match["all"] for pattern in patterns for match in pattern.finditer(body)]
    keys = (_plain(item[0]) for text in lists for item in _ONE.finditer(text))
    return tuple(dict.fromkeys(key for key in keys if key))


def _plain(reference: str) -> str:
    """A reference as we write it; "" for what is none."""
    if page := _PAGE.match(reference):
        return f"{page['project']}#{page['number']}"
    if "#" in reference:
        project, _, number = reference.rpartition("#")
        return f"{project}#{int(number)}" if "/" in project else f"#{int(number)}"
    prefix, _, number = reference.upper().partition("-")
    if prefix == "GH":
        return f"#{int(number)}"
    return "" if prefix in _NO_TRACKERS or not reference[0].isupper() else f"{prefix}-{number}"
