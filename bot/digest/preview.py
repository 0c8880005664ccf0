"""What a digest would say, for a terminal and in a machine form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.changes.types import ChangesReport
from bot.changes.words import counted_line, headline, quiet_line, told
from bot.digest.types import Plan
from bot.digest.words import moment_words, rhythm_words
from bot.render.changes import UrlOf, changes_json, lines_text, own_places
from bot.render.screen import Screen, clean


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be posted now for a plan, and when its next digest is due. Without a channel, nothing is planned."""

    plan: Plan
    report: ChangesReport
    next_run: datetime | None

    @property
    def is_posted(self) -> bool:
        """Whether a message would be posted at all."""
        return not self.report.quiet or self.plan.quiet == "post"


def preview_text(preview: Preview, screen: Screen, url_of: UrlOf) -> str:
    """For whom and when, the message, and the details of its thread."""
    report = preview.report
    if report.quiet:
        silent = "" if preview.is_posted else " On a quiet day nothing is posted."
        blocks = [screen.wrap(screen.inline(quiet_line(report)) + silent)]
    else:
        several = len(report.spans) > 1
        blocks = [screen.bold(clean(headline(report)).replace("`", ""))]
        blocks += [screen.wrap(screen.inline(told(change, repo=several))) for change in report.changes]
        blocks += [screen.wrap(screen.inline(f"{line}.")) for line in [counted_line(report)] if line]
        blocks.append(screen.bold("In its thread:"))
        for change in report.changes:
            title = screen.wrap(screen.inline(change.title), f"{change.rank}. ", "   ")
            lines = [line for line in change.lines if line.label]
            blocks.append(f"{title}\n{lines_text(lines, screen, url_of, '   ', known=own_places(change))}")
    blocks += [screen.wrap(clean(notice), "Note: ", "      ") for notice in report.notices]
    return "\n\n".join([screen.wrap(clean(_heading(preview))), *(block for block in blocks if block)]) + "\n"


def preview_json(preview: Preview, url_of: UrlOf) -> dict[str, Any]:
    plan = preview.plan
    return {
        "channel": plan.channel or None,
        "at": plan.at.strftime("%H:%M"),
        "timezone": plan.zone,
        "days": list(plan.days),
        "every": plan.every,
        "quiet": plan.quiet,
        "repositories": list(plan.repositories),
        "source": plan.source,
        "next": preview.next_run.isoformat() if preview.next_run else None,
        "would_post": preview.is_posted,
        "report": changes_json(preview.report, url_of),
    }


def _heading(preview: Preview) -> str:
    plan = preview.plan
    if preview.next_run is None:
        where = f"for {plan.channel}" if plan.channel else "for a channel"
        return f"Nothing is planned {where}. {_capital(rhythm_words(plan))}, a digest would say:"
    return f"For {plan.channel}, {rhythm_words(plan)}, next on {moment_words(plan, preview.next_run)}. Posted now, it would say:"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
