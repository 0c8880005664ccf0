"""An answer as a person reads it in a terminal, and as Markdown."""

from __future__ import annotations

import shlex
from itertools import groupby

from bot.answers.types import Answer, Drawing, Evidence, Part, Statement
from bot.render.screen import Screen, ago, clean, clean_line, counted

_LABELS = {Part.WHY: "Why it is so:", Part.WHO: "Who to ask:"}


def answer_text(answer: Answer, screen: Screen) -> str:
    """The whole answer: what was found, why, whom to ask, the sources, and what was checked. Ends with a newline."""
    blocks = [_part_text(part, list(group), screen) for part, group in groupby(answer.statements, key=_layout)]
    body = "\n".join(block for block in blocks if block)
    below = [text for text in (_sources(answer, screen), footer(answer)) if text]
    notices = [screen.wrap(clean(notice), "Note: ", "      ") for notice in answer.notices]
    notices += [screen.wrap(clean(f"A picture: {_drawn(answer.drawing)}"))] if answer.drawing else []
    tail = "\n".join([*notices, *(screen.wrap(text) if "\n" not in text else text for text in below)])
    return "\n\n".join(block for block in (body, tail) if block) + "\n"


def _drawn(drawing: Drawing) -> str:
    """The command that draws it."""
    return " ".join(["docent", drawing.kind, *([shlex.quote(drawing.words)] if drawing.words else []), "--out", f"{drawing.kind}.png"])


def answer_markdown(answer: Answer) -> str:
    """The statements as Markdown with their citation marks; the machine form's "answer"."""
    blocks: list[str] = []
    for part, group in groupby(answer.statements, key=_layout):
        statements = list(group)
        if part is Part.LEAD:
            blocks.append(" ".join(f"**{one.text.replace('**', '')}**{_marks(one)}" for one in statements))
            continue
        sentences = [one.text + _marks(one) for one in statements]
        if part is Part.POINT:
            blocks.append("\n".join(f"- {sentence}" for sentence in sentences))
        else:
            label = f"*{_LABELS[part]}* " if part in _LABELS else ""
            blocks.append(label + " ".join(sentences))
    return "\n\n".join(blocks)


def footer(answer: Answer) -> str:
    """What was checked and which state of which repository it speaks of: "6 of 6 statements checked · shop @ 46e939b, …"."""
    parts = []
    if answer.checked.statements:
        parts.append(f"{answer.checked.supported} of {counted(answer.checked.statements, 'statement')} checked")
    for version in answer.repositories:
        parts.append(f"{version.name} @ {version.commit[:7] or '?'}, read {ago(version.indexed_at)}")
    if answer.model:
        parts.append(f"written by {answer.model}")
    return " · ".join(parts)


def _layout(statement: Statement) -> Part:
    """Links between pieces are laid out like the pieces."""
    return Part.POINT if statement.part is Part.LINK else statement.part


def _part_text(part: Part, statements: list[Statement], screen: Screen) -> str:
    if part is Part.POINT:
        return "\n".join(screen.wrap(_shown(statement, screen), "• ", "  ") for statement in statements)
    if part is Part.LEAD:
        plain = Screen(screen.width, screen.color)
        texts = [screen.bold(clean(one.text).replace("**", "")) + _marks(one) for one in statements]
        return plain.wrap(" ".join(texts))
    text = " ".join(_shown(statement, screen) for statement in statements)
    return screen.wrap(f"{_LABELS[part]} {text}" if part in _LABELS else text)


def _shown(statement: Statement, screen: Screen) -> str:
    return screen.inline(statement.text) + _marks(statement)


def _marks(statement: Statement) -> str:
    return "".join(f" [{number}]" for number in statement.evidence)


def _sources(answer: Answer, screen: Screen) -> str:
    """On one line where links can be clicked; else one source a line with its address."""
    if not answer.evidence:
        return ""
    if screen.links:
        # a no-break space keeps a number with its label
        labels = [screen.link(f"{item.number} {_label(item)}".replace(" ", "\u00a0"), item.url) for item in answer.evidence]
        return "Sources: " + " · ".join(labels)
    lines = [f"  {item.number} {screen.link(_label(item), item.url)}" for item in answer.evidence]
    return "\n".join(["Sources:", *lines])


def _label(item: Evidence) -> str:
    """A link is read by its label; without one the whole path is needed to find the place."""
    if item.url or item.path is None:
        return clean_line(item.label)
    lines = f"{item.start_line}–{item.end_line}" if item.end_line > item.start_line else str(item.start_line)
    return clean_line(f"{item.path} {lines}")
