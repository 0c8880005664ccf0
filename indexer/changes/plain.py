"""Makes plain text of an entry of a changelog: without markup, numbers of issues, and thanks."""

from __future__ import annotations

import re

from indexer.changes.words import words

_LIST_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_ROLE = re.compile(r"(?<!`):(?P<role>[a-z][\w:+-]*):`(?P<text>[^`]+)`")
_TARGET = re.compile(r"^(?P<text>.*?)\s*<[^<>]+>$", re.DOTALL)
_ISSUE_ROLES = words("issue pr pull ghissue ghpull user gh github pull-request bug bpo cwe commit")
_RST_LINK = re.compile(r"`(?P<text>[^`<]+?)\s*<[^<>`]+>`__?")
_MD_LINK = re.compile(r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\](?:\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_CODE = re.compile(r"(`+)(?P<text>[^`]+)\1_{0,2}")
_STRONG = re.compile(r"(?<![\w*])(\*{1,3})(?=\S)(?P<text>[^*\n]+?)(?<=\S)\1(?![\w*])")
_UNDERSCORED = re.compile(r"(?<!\w)__?(?=\S)(?P<text>[^_\n]+?)(?<=\S)__?(?!\w)")
_HTML = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_URL = re.compile(r"(?:\bin\s+|\bsee\s+)?<?https?://[^\s<>)\]]+>?")
_SUBSTITUTION = re.compile(r"\|(?P<text>[\w -]+)\|")
_TAG = re.compile(r"^\[(?:[A-Z][A-Z_ ]{2,20}|CHANGE|FEATURE)\]\s*")
_NUMBERS = r"(?:(?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|PR[- ]?#?\d+|gh-\d+|!\d+)"
_BEFORE = re.compile(rf"^\W*(?:(?:issue|bug|pr|pull request)\s+)?{_NUMBERS}(?:\s*(?:,|and|&|/)\s*{_NUMBERS})*\s*(?::+|[–—-]+)?\s*", re.I)
_BRACKETED = re.compile(
    rf"\s*[(\[](?:(?:see|closes|fixes|issue|pr|by|from|via|thanks)?\s*(?:{_NUMBERS}|@[\w-]+)[\s,;&]*(?:and\s+)?)+[)\]]", re.I
)
_TRAILING = re.compile(rf"(?:[\s,;]+(?:and\s+)?{_NUMBERS}\.?)+$")
_CREDIT = re.compile(
    r"[\s.;,]*(?:[-–—]+\s*(?:by\s+\S.*|@[\w-]+.*)|\(?(?:patch(?:es)?|pull request|pr|contributed|contribution|implemented|reported|thanks?"
    r"|suggested|initial patch|fixed|added|authored|courtesy)(?:\s+and\s+\w+)?\s*(?:by|to|from|of|goes to|:)"
    r"\s+(?:@?(?-i:[A-Z])[^.]*|@\S+)\)?"
    r"|\bby\s+@[\w-]+.*|\bthanks,?\s+@?\w.*)[.!)]*\s*$",
    re.DOTALL | re.IGNORECASE,
)
_EMPTY = re.compile(r"(?<!\w)(?:\(\s*\)|\[\s*\])")
_LONGEST = 4_000  # characters; nobody reads on, and these patterns are made for sentences


def plain_note(text: str) -> str:
    """One entry as people read it: marks, roles and links become their words; numbers of issues and credits are left out."""
    text = _HTML.sub(" ", _LIST_MARK.sub("", text[:_LONGEST]))
    text = _ROLE.sub(_role, text)
    text = _RST_LINK.sub(lambda match: match["text"], text)
    text = _MD_LINK.sub(lambda match: match["text"], text)
    text = _URL.sub("", text)
    text = " ".join(_without_marks(text).split())
    text = _BRACKETED.sub("", _TAG.sub("", text))
    text = _BEFORE.sub("", text)
    for _ in range(2):
        text = _TRAILING.sub("", _CREDIT.sub("", text).strip()).strip()
    return re.sub(r"\s+([.,;:)])(?!\w)", r"\1", _EMPTY.sub("", text)).strip(" -–—,;:")


def _without_marks(text: str) -> str:
    """Text without the marks of code and emphasis; what stands in code ("__init__") has no emphasis."""
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [_without_emphasis(text[end : code.start()]), code["text"]]
        end = code.end()
    return "".join((*parts, _without_emphasis(text[end:])))


def _without_emphasis(text: str) -> str:
    for pattern in (_STRONG, _UNDERSCORED, _SUBSTITUTION):
        text = pattern.sub(lambda match: match["text"], text)
    return text


def _role(match: re.Match[str]) -> str:
    """What a reader of the built page would see: a title, or a name without its path where the author asked for that with "~"."""
    if match["role"].rpartition(":")[2].lower() in _ISSUE_ROLES:
        return ""
    shown = match["text"]
    if target := _TARGET.match(shown):
        return target["text"]
    return shown.rpartition(".")[2] if shown.startswith("~") else shown.lstrip("!")
