"""Comments and docstrings as plain sentences: without marks, tags and markup; and the one line that says what a file is for."""

from __future__ import annotations

import inspect
import re

MAX_DOC = 1_000  # characters kept of one docstring: what it does stands first
MAX_ABOUT = 200

_OPEN = re.compile(r"^\s*(?:/\*[*!]*<?|//[/!]*<?|#+!?|--+|=begin\b|\(\*+|;+|<!--+|%+)\s?")
_CLOSE = re.compile(r"\s*(?:\*+/|=end|\*+\)|--+>)\s*$")
_INNER = re.compile(r"^\s*\*+(?!/)\s?|^\s*\*+$")
_QUOTES = re.compile(r"^[rRuUbBfF]{0,2}(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$")
_RULE = re.compile(r"^\s*[\-=*#~/_+.][\s\-=*#~/_+.]*$")
_BLOCK_TAG = re.compile(
    r"^\s*(?:[@\\](?:params?|arg|returns?|throws|exception|see|since|author|version|deprecated|template|typedef|type|property|prop|callback"
    r"|example|private|public|protected|internal|api|static|ingroup|file|date|copyright|license|tparam|retval|sa|yield\w*|raise\w*|option"
    r"|overload|extends|implements|memberof|access|var|method|constructor|name|module|package|subpackage|category|link|uses|todo|event|fires"
    r"|default|readonly|override|inheritDoc|suppress|receiver|sample|constructor|throws|note|warning|pre|post|par)\b"
    r"|:(?:param|type|rtype|returns?|raises?|arg|var|ivar|cvar|keyword|meta)\b"
    r"|- Parameters?\b|- Returns:|- Throws:|#+ (?:Arguments|Parameters|Returns|Panics|Errors|Safety|Examples?)\s*$)", re.I)
_INLINE_BLOCK_TAG = re.compile(r"(?<=\S) [@\\](?:params?|returns?|throws|see|since)\b.*")  # a whole comment on one line
_LEADING_TAG = re.compile(
    r"^\s*[@\\](?:brief|short|desc(?:ription)?|summary|details|remarks?|fileoverview|file\s+\S+\.\w+\s*$|file)\s*", re.IGNORECASE)
_XML_SECTION = re.compile(r"<(param|returns|exception|typeparam|example|seealso|value)\b[^>]*>.*?</\1>", re.DOTALL | re.I)
_XML_REFERENCE = re.compile(r"<(?:see|paramref|typeparamref)\s+\w+=\"(?:[A-Z]:)?([^\"]+)\"\s*/>", re.IGNORECASE)
_HTML = re.compile(
    r"</?(?:summary|remarks|para|p|ul|ol|li|c|code|b|i|em|strong|pre|br|tt|a|inheritdoc|h\d|blockquote|dl|dd|dt)\b[^<>]*>", re.I)
_INLINE_TAG = re.compile(r"\{@\w+\s+([^{}]*)\}")
_RST_ROLE = re.compile(r":[\w:]+:`~?([^`<]+?)(?:\s*<[^>]*>)?`")
_LICENCE = re.compile(
    r"copyright|\blicen[sc]e[ds]?\b|spdx-|all rights reserved|permission is hereby|redistribution and use|without warrant"
    r"|public domain|\(c\)\s*\d{4}", re.IGNORECASE)
_NOT_ABOUT = re.compile(
    r"^(?:-\*-.*|vim?:.*|(?:en)?coding[:=].*|!.*|[ejt]slint.*|jshint.*|global .*|@?flow\b.*|@?ts-\w+.*|prettier.*|noqa.*|type:.*"
    r"|(?:pylint|mypy|ruff|rubocop|cspell|shellcheck|istanbul|c8|region|pragma|@jsx|@?jest|frozen_string_literal)\b.*|@format"
    r"|use strict|module (?:dependencies|exports|variables)\.?|(?:dependencies|imports?|exports?|includes?)\.?|\+build.*|go:\w+.*"
    r"|<reference.*|swift-tools-version.*|[\w.-]+\.\w{1,4})$", re.IGNORECASE)


def plain_comment(text: str) -> str:
    """The description in one comment or a run of line comments, as plain text of at most MAX_DOC characters."""
    lines = []
    for line in text.split("\n"):
        line = _CLOSE.sub("", line)
        bare = _OPEN.sub("", line, count=1) if _OPEN.match(line) else _INNER.sub("", line, count=1)
        lines.append(bare.rstrip())
    return _plain("\n".join(lines))


def plain_docstring(text: str) -> str:
    """The description in a quoted docstring, as plain text of at most MAX_DOC characters."""
    return _plain(inspect.cleandoc(_QUOTES.sub("", text.strip())))


def _plain(text: str) -> str:
    if "<" in text:
        text = _HTML.sub(" ", _XML_REFERENCE.sub(r"\1", _XML_SECTION.sub("", text)))
    if "{@" in text:
        text = _INLINE_TAG.sub(r"\1", text)
    if "`" in text:
        text = _RST_ROLE.sub(r"\1", text).replace("``", "`")
    kept: list[str] = []
    for line in text.split("\n"):
        line = _INLINE_BLOCK_TAG.sub("", _LEADING_TAG.sub("", line))
        if _BLOCK_TAG.match(line):
            break
        if not _RULE.match(line):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept).strip("\n ")).strip()[:MAX_DOC].rstrip()


def is_licence(text: str) -> bool:
    return bool(_LICENCE.search(text[:3_000]))


def about_line(plain: str) -> str:
    """The first sentence of a file's own description on one line, or "" where it only holds settings of tools or a licence."""
    for paragraph in re.split(r"\n\s*\n", plain):
        lines = [line.strip() for line in paragraph.split("\n")]
        kept = " ".join(line for line in lines if line and not _NOT_ABOUT.match(line))
        if len(kept) >= 8 and " " in kept and not is_licence(kept):
            return first_sentence(kept)
    return ""


def first_sentence(text: str) -> str:
    """The first sentence, cut at MAX_ABOUT characters on a word."""
    text = " ".join(text.split())
    found = re.match(r"(.{8,}?[.!?:])(?=\s+[A-Z(\"'`]|$)", text)
    sentence = found[1] if found else text
    if len(sentence) <= MAX_ABOUT:
        return sentence
    return sentence[:MAX_ABOUT].rsplit(" ", 1)[0].rstrip(",;:") + " …"
