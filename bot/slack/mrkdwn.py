"""Our statements' Markdown as Slack's mrkdwn, with nothing in it that pings, links elsewhere or formats by accident.

mrkdwn has no escape character for `*`, `_`, `~` and the backtick, so a word in which they would format by accident (`*args`,
`__init__`) is shown as code, which is what such words are. Slack asks to escape `&`, `<` and `>` and nothing else
(docs.slack.dev/messaging/formatting-message-text).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import quote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MAX_URL = 3000

_ZERO_WIDTH_SPACE = "\u200b"  # Slack formats only at the edge of a word; this is an edge nobody sees
_GRAVE = "\u02cb"  # stands for a backtick inside code, where Slack knows no way to write one
_FORMATS = re.compile(r"(?<![^\W_])[*_~](?=\S)|(?<=\S)[*_~](?![^\W_])")
_PUNCTUATED = re.compile(r"^([(\[{\"'“‘]*)(.*?)([)\]}\"'”’.,;:!?]*)$", re.DOTALL)
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SAFE_IN_URL = "!#$%&'()*+,/:;=?@[]~-._"


def escape(text: str) -> str:
    """Text as Slack wants it in any text field: `&`, `<` and `>` as entities, control and direction marks gone."""
    return _CONTROL.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def hosts_of(urls: Collection[str | None]) -> frozenset[str]:
    """The hosts that an answer may link to: those of its evidence."""
    return frozenset(host for url in urls if url and (host := _web_host(url)))


def link(url: str | None, label: str, hosts: Collection[str]) -> str:
    """A labelled link where the url is http(s) on one of `hosts`, otherwise the label alone."""
    words = escape(" ".join(label.split())).replace("|", "¦")
    if not url or _web_host(url) not in hosts or not words:
        return words
    target = quote(_CONTROL.sub("", url), safe=_SAFE_IN_URL).replace("&", "&amp;")
    return f"<{target}|{words}>" if len(target) <= MAX_URL else words


def code(text: str) -> str:
    """Text as a code span."""
    inner = escape(" ".join(text.split())).replace("`", _GRAVE)
    return f"`{inner}`" if inner else ""


def to_mrkdwn(markdown: str, hosts: Collection[str] = (), *, bold: bool = False) -> str:
    """Markdown as mrkdwn; `bold` sets all of it in bold. Links to other hosts keep their words only."""
    lines = [line for line in _Writer(hosts, bold).blocks(_parser().parse(_CONTROL.sub("", markdown))) if line]
    return "\n".join(lines)


def to_plain(markdown: str) -> str:
    """Markdown as plain words without any mark, not escaped: for notifications and screen readers."""
    words: list[str] = []
    for token in _parser().parse(_CONTROL.sub("", markdown)):
        if token.type == "inline":
            words.extend(child.content if child.content else " " for child in token.children or () if child.nesting == 0)
            words.append(" ")
        elif token.type == "fence":
            words.append(token.content + " ")
    return " ".join("".join(words).split())


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    # A statement is a sentence: indented code, rules and underlined headings in it are accidents. An image is not shown.
    parser.disable(["code", "html_block", "html_inline", "reference", "lheading", "hr", "image", "autolink"])
    parser.inline.ruler.before("emphasis", "underscore", _underscores_are_text)
    return parser


def _underscores_are_text(state: StateInline, silent: bool) -> bool:
    """In sentences about code an underscore belongs to a name (`__init__`) far more often than it asks for italics."""
    if state.src[state.pos] != "_":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == "_":
        end += 1
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _web_host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    # `user@host` is how a link pretends to lead elsewhere
    return host if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""


class _Writer:
    """Writes one parsed text; knows whether it stands inside bold, where a second pair of marks would end the first."""

    def __init__(self, hosts: Collection[str], bold: bool) -> None:
        self.hosts = hosts
        self.all_bold = bold

    def blocks(self, tokens: list[Token]) -> list[str]:
        lines: list[str] = []
        marker = ""
        bold = False
        counters: list[int] = []
        for token in tokens:
            if token.type == "ordered_list_open":
                counters.append(int(token.attrGet("start") or 1))
            elif token.type == "bullet_list_open":
                counters.append(-1)
            elif token.type in ("ordered_list_close", "bullet_list_close"):
                counters.pop()
            elif token.type == "list_item_open":
                marker = "• " if counters[-1] < 0 else f"{counters[-1]}. "
                counters[-1] += counters[-1] >= 0
            elif token.type in ("heading_open", "heading_close"):
                bold = token.nesting == 1
            elif token.type == "inline":
                lines.append(marker + self.inline(token.children or [], bold or self.all_bold))
                marker = ""
            elif token.type == "fence":
                lines.append("```\n" + escape(token.content.rstrip()).replace("`", _GRAVE) + "\n```")
        return lines

    def inline(self, tokens: list[Token], bold: bool) -> str:
        pieces: list[str] = []
        self._write(iter(tokens), pieces, bold=bold, italic=False, until="")
        text = _joined(pieces).strip()
        return f"*{text}*" if bold and text else text

    def _write(self, tokens, pieces: list[str], *, bold: bool, italic: bool, until: str) -> None:
        for token in tokens:
            if token.type == until:
                return
            if token.type == "code_inline":
                pieces.append(code(token.content))
            elif token.type in ("softbreak", "hardbreak"):
                pieces.append("\n" if token.type == "hardbreak" and not bold and not italic else " ")
            elif token.type == "strong_open":
                pieces.append(self._marked(tokens, "*", "strong_close", mark=not bold, bold=True, italic=italic))
            elif token.type == "em_open":
                pieces.append(self._marked(tokens, "_", "em_close", mark=not italic, bold=bold, italic=True))
            elif token.type == "link_open":
                pieces.append(self._link(tokens, str(token.attrGet("href") or "")))
            else:
                pieces.append(_literal(token.content))

    def _marked(self, tokens, mark_character: str, until: str, *, mark: bool, bold: bool, italic: bool) -> str:
        inner: list[str] = []
        self._write(tokens, inner, bold=bold, italic=italic, until=until)
        text = _joined(inner)
        return f"{mark_character}{text}{mark_character}" if mark and text.strip() else text

    def _link(self, tokens, href: str) -> str:
        label: list[str] = []
        for token in tokens:
            if token.type == "link_close":
                break
            label.append(token.content if token.content else " " if token.nesting == 0 else "")
        words = "".join(label)
        shown = link(href, words, self.hosts)
        return shown if shown.startswith("<") else _literal(words)


def _literal(text: str) -> str:
    """Plain text that stays plain: words that would format by accident become code, broadcasts lose their power."""
    return "".join(part if part.isspace() else _word(part) for part in re.split(r"(\s+)", text) if part)


def _word(word: str) -> str:
    if len(word) > 1 and _FORMATS.search(word):
        before, inner, after = _PUNCTUATED.match(word).groups()  # type: ignore[union-attr]
        if inner:
            return escape(before) + code(inner) + escape(after)
    return escape(_BROADCAST.sub("@" + _ZERO_WIDTH_SPACE, word)).replace("`", _GRAVE)


def _joined(pieces: list[str]) -> str:
    """Pieces side by side, with an unseen edge where a mark would touch a letter and not be read as a mark."""
    out = ""
    for piece in pieces:
        if out and piece and _touches(out[-1], piece[0]):
            out += _ZERO_WIDTH_SPACE
        out += piece
    return out


def _touches(left: str, right: str) -> bool:
    return (left in "*_`" and (right.isalnum() or right in "*_`")) or (left.isalnum() and right in "*_`")
