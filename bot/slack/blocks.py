"""An answer as Slack blocks, and the plain words beside them. Pure functions; limits from docs.slack.dev/reference/block-kit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from bot.answers.types import Answer, Evidence, Part, RepoVersion, Statement
from bot.slack import mrkdwn

Block = dict[str, Any]

MAX_SECTION = 2_900  # Slack: 3,000 characters a text object; a little air, as it counts UTF-16 units
MAX_MESSAGE = 11_500  # all blocks together; about 13,200 were refused (bolt-js issue 2509)
MAX_FALLBACK = 3_900  # chat.update refuses a `text` of more than 4,000
MAX_SOURCES = 40
MAX_MARKS = 6  # of one statement; all its sources stand in the list below
_MAX_MARK = 300

_LABELS = {Part.WHY: "Why it is so:", Part.WHO: "Who to ask:"}
_CUT = "The rest was too long for one message; ask about one part of it to read more."


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the blocks people see, and the words for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def answer_message(answer: Answer, *, block_id: str, now: datetime | None = None) -> Message:
    """The whole answer as one message. `block_id` marks its first block, by which a posted answer is found again."""
    hosts = mrkdwn.hosts_of([item.url for item in answer.evidence])
    by_number = {item.number: item for item in answer.evidence}
    budget = MAX_MESSAGE
    sections: list[str] = []
    shown: list[Statement] = []
    cut = False
    for part, group in groupby(answer.statements, key=_layout):
        lines: list[str] = []
        for statement in group:
            pieces = _statement(statement, part, by_number, hosts, first=not lines)
            kept = list(_within(pieces, budget - MAX_SECTION))  # the rest belongs to sources and footer
            lines.extend(kept)
            budget -= sum(units(piece) + 1 for piece in kept)
            shown.extend([statement] if kept else [])
            cut = len(kept) < len(pieces)
            if cut:
                break
        sections.extend(packed(lines, "\n" if part is Part.POINT else " "))
        if cut:
            break
    notices = [*answer.notices, *([_CUT] if cut else [])]
    blocks = [section(text) for text in sections] or [section(mrkdwn.escape("There is nothing to say about this."))]
    below = [_notices(notices), _sources(shown, by_number, hosts), mrkdwn.escape(footer(answer, now))]
    blocks.extend(context(text) for text in below if text)
    blocks[0]["block_id"] = block_id
    return Message(_fallback(answer, shown), tuple(blocks))


def words_message(text: str, *, block_id: str = "") -> Message:
    """A message in words only: a refusal, an error, a hint. `text` is Markdown without links."""
    pieces = fitting(text, (), bold=False)[:4]
    blocks = [section(piece) for piece in pieces if piece] or [section("…")]
    if block_id:
        blocks[0]["block_id"] = block_id
    return Message(shortened(mrkdwn.to_plain(text)) or "…", tuple(blocks))


def footer(answer: Answer, now: datetime | None = None) -> str:
    """"6 of 6 statements checked · psf/requests @ 46e939b, read 4 minutes ago"."""
    now = now or datetime.now(UTC)
    parts = []
    if answer.checked.statements:
        noun = "statement" if answer.checked.statements == 1 else "statements"
        parts.append(f"{answer.checked.supported} of {answer.checked.statements} {noun} checked")
    parts.extend(version_words(answer.repositories, now))
    if answer.model:
        parts.append(f"written by {answer.model}")
    return " · ".join(parts)[:1_900]


def version_words(versions: Sequence[RepoVersion], now: datetime) -> list[str]:
    """Each repository's state in words, of at most ten: "psf/requests @ 46e939b, read 4 minutes ago"."""
    return [f"{version.name} @ {version.commit[:7] or '?'}, {_age(version.indexed_at, now)}" for version in versions[:10]]


def _layout(statement: Statement) -> Part:
    return Part.POINT if statement.part is Part.LINK else statement.part


def _statement(
    statement: Statement, part: Part, by_number: dict[int, Evidence], hosts: Collection[str], *, first: bool
) -> list[str]:
    """One statement with its bullet or label and its citation marks; in pieces where it is larger than a block."""
    pieces = fitting(statement.text, hosts, bold=part is Part.LEAD)
    numbers = list(dict.fromkeys(statement.evidence))[:MAX_MARKS]
    pieces[-1] += "".join(_mark(number, by_number, hosts) for number in numbers)
    if part is Part.POINT:
        pieces[0] = f"• {pieces[0].removeprefix('• ')}"
    elif first and part in _LABELS:
        pieces[0] = f"_{_LABELS[part]}_ {pieces[0]}"
    return [piece for piece in pieces if piece.strip()]


def _within(pieces: list[str], most: int) -> Iterator[str]:
    for piece in pieces:
        most -= units(piece) + 1
        if most < 0:
            return
        yield piece


def _mark(number: int, by_number: dict[int, Evidence], hosts: Collection[str]) -> str:
    item = by_number.get(number)
    mark = mrkdwn.link(item.url if item else None, f"[{number}]", hosts)
    return f" {mark}" if len(mark) <= _MAX_MARK else f" [{number}]"


def _sources(shown: list[Statement], by_number: dict[int, Evidence], hosts: Collection[str]) -> str:
    numbers = sorted({number for statement in shown for number in statement.evidence if number in by_number})
    labels = [_source(by_number[number], hosts) for number in numbers]
    text = "Sources: "
    for count, label in enumerate(labels):
        more = f" and {len(labels) - count} more"
        if count >= MAX_SOURCES or units(text + label) > MAX_SECTION - len(more) - 3:
            return text.removesuffix(" · ") + more
        text += label + " · "
    return text.removesuffix(" · ") if labels else ""


def _source(item: Evidence, hosts: Collection[str]) -> str:
    # without a link the whole path is needed to find the place
    lines = f" {item.start_line}–{item.end_line}" if item.end_line > item.start_line else f" {item.start_line}"
    label = item.label if item.url or item.path is None else item.path + lines
    return mrkdwn.link(item.url, f"{item.number} {label}"[:300], hosts)


def _notices(notices: list[str]) -> str:
    return "\n".join(mrkdwn.to_mrkdwn(notice[:700]) for notice in notices[:4])[:MAX_SECTION]


def packed(lines: list[str], separator: str) -> Iterator[str]:
    """Lines put together into as few texts as the limit of a section allows; a line never reaches over two of them."""
    text = ""
    for line in lines:
        if text and units(text) + units(line) + 1 > MAX_SECTION:
            yield text
            text = ""
        text = f"{text}{separator}{line}" if text else line
    if text:
        yield text


def fitting(text: str, hosts: Collection[str], *, bold: bool) -> list[str]:
    """One statement as mrkdwn in pieces that each fit a section: the Markdown is cut between words, then written."""
    written = mrkdwn.to_mrkdwn(text, hosts, bold=bold)
    if units(written) <= MAX_SECTION - MAX_MARKS * (_MAX_MARK + 1) - 50:  # marks, bullet and label come on top
        return [written]
    middle = len(text) // 2
    space = max(text.rfind(" ", 1, middle), text.rfind("\n", 1, middle))
    cut = space if space > 0 else middle
    return [*fitting(text[:cut], hosts, bold=bold), *fitting(text[cut:].lstrip(), hosts, bold=bold)]


def _fallback(answer: Answer, shown: list[Statement]) -> str:
    words = " ".join(mrkdwn.to_plain(statement.text) for statement in shown).strip()
    return shortened(words) or shortened(mrkdwn.to_plain(" ".join(answer.notices))) or "There is nothing to say about this."


def shortened(words: str) -> str:
    """Escaped words within the limit, never cut inside an entity."""
    while units(mrkdwn.escape(words)) > MAX_FALLBACK:
        words = words[: min(len(words) * 9 // 10, MAX_FALLBACK)].rstrip() + "…"
    return mrkdwn.escape(words)


def section(text: str) -> Block:
    # `verbatim`: Slack adds no links, channels or mentions of its own to what looks like them
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def plain(text: str, most: int) -> Block:
    """A plain text object of at most `most` characters, as Slack counts them."""
    while units(text) > most:
        text = text[: min(len(text) - 2, most)].rstrip() + "…"
    return {"type": "plain_text", "text": text, "emoji": False}


def button(text: str, action: str, value: str) -> Block:
    """A button; Slack shows 75 characters of its text."""
    return {"type": "button", "text": plain(" ".join(text.split()) or "…", 75), "action_id": action, "value": value}


def input_block(block: str, label: str, element: Block, hint: str = "") -> Block:
    """A field of a modal; what is put in comes back under `block`."""
    made: Block = {"type": "input", "block_id": block, "label": plain(label, 150), "element": element | {"action_id": block}}
    return made | ({"hint": plain(hint, 150)} if hint else {})


def units(text: str) -> int:
    """Length as Slack's servers count it: UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def _age(when: datetime | None, now: datetime) -> str:
    if when is None:
        return "not read yet"
    seconds = max(0.0, (now - when).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"read {count} {unit}{'s' if count > 1 else ''} ago"
    return "read just now"
