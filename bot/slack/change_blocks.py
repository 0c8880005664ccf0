"""A report on changes as Slack blocks: one short message for a channel, and the details for its thread. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from bot.changes.titles import title_of
from bot.changes.types import ChangesReport, Span, ToldChange
from bot.changes.words import counted_line, headline, quiet_line, who
from bot.slack import mrkdwn
from bot.slack.blocks import MAX_MESSAGE, Block, Message, button, context, fitting, packed, plain, section, shortened, units
from bot.told import Line, Shows

SETTINGS, STOP = "digest_settings", "digest_stop"
MOST_CHANGES = 5

PageOf = Callable[[Shows], str | None]
"""The page that shows something; None where the host is not known."""

_HEADER = 150
_MOST_BLOCKS = 40  # Slack: 50 a message
_MOST_MESSAGES = 8  # of one thread
_TITLE, _SUMMARY, _SURPRISE, _LINE, _LABEL = 200, 600, 160, 2_000, 60  # characters of Markdown
_MOST_SURPRISES, _MOST_SHOWN, _MOST_FURTHER, _MOST_SPANS = 3, 4, 10, 5
_LONGEST_LINK = 800
_FRAME = 3_500  # of a message: what is kept for the counted line, the notices and the footer
_STOP_CONFIRM = {
    "title": plain("Stop this digest?", 100),
    "text": plain("Nobody in this channel gets it any more. /digest on brings it back.", 300),
    "confirm": plain("Stop it", 30),
    "deny": plain("Keep it", 30),
}
_CUT = "The rest was too long for this thread."


@dataclass(frozen=True, slots=True)
class About:
    """What a digest says of itself: who set it up ("" where the settings file did), the value that its buttons carry ("" for no
    buttons), and whether the details follow in its thread."""

    set_up_by: str = ""
    value: str = ""
    thread: bool = True


def digest_message(report: ChangesReport, page_of: PageOf, about: About) -> Message:
    """What changed, in one short message."""
    hosts = hosts_of(report, page_of)
    told = list(_within(_told_all(report, hosts), MAX_MESSAGE - _FRAME))
    last = counted_line(report) if told else quiet_line(report)
    blocks: list[Block] = [{"type": "header", "text": plain(_words(headline(report)) or "What changed", _HEADER)}] if told else []
    blocks += [section(text) for text in (*told, _written(last, _SUMMARY)) if text] or [section("Nothing stands out.")]
    notices = "\n".join(_written(notice, _SURPRISE) for notice in report.notices[:3])
    blocks += [context(text) for text in (notices, _footer(report, page_of, hosts, about)) if text]
    if about.value:
        stop = button("Stop this digest", STOP, about.value) | {"confirm": _STOP_CONFIRM}
        blocks.append({"type": "actions", "elements": [button("Settings", SETTINGS, about.value), stop]})
    return Message(_fallback(report), tuple(blocks))


def details_messages(report: ChangesReport, page_of: PageOf) -> tuple[Message, ...]:
    """What shows each change, and the next ones behind those told, in as few messages as Slack allows; none for a quiet period."""
    messages: list[Message] = []
    texts: list[str] = []
    for text in _details(report, page_of, hosts_of(report, page_of)):
        if texts and (sum(map(units, texts)) + units(text) > MAX_MESSAGE or len(texts) >= _MOST_BLOCKS):
            messages.append(_details_message(texts))
            texts = []
        texts.append(text)
    messages += [_details_message(texts)] if texts else []
    if len(messages) > _MOST_MESSAGES:
        messages[_MOST_MESSAGES - 1 :] = [_details_message([_CUT])]
    return tuple(messages)


def hosts_of(report: ChangesReport, page_of: PageOf) -> frozenset[str]:
    """The hosts that a report's messages may link to: those of the repositories' own pages."""
    urls = [*(change.url for change in report.changes), *(one.url for one in report.further)]
    return mrkdwn.hosts_of([*urls, *(page_of(Shows(span.repository, span.head)) for span in report.spans if span.head)])


def _told_all(report: ChangesReport, hosts: Collection[str]) -> Iterator[str]:
    for change in report.changes[:MOST_CHANGES]:
        surprises = [_written(text.rstrip(". "), _SURPRISE) for text in change.surprises[:_MOST_SURPRISES]]
        more = len(change.surprises) - _MOST_SURPRISES
        look = "; ".join(filter(None, [*surprises, f"{more} more" if more > 0 else ""]))
        title = f"{_title(report, change, hosts)} {_written(who(change), _SURPRISE)}".rstrip()
        lines = [title, _written(change.summary or "No reason given.", _SUMMARY), f"_Look twice:_ {look}" if look else ""]
        yield from packed([line for line in lines if line], "\n")


def _title(report: ChangesReport, change: ToldChange, hosts: Collection[str], number: int = 0) -> str:
    """The title in bold, linked to its page; with the repository's name where the report is about several."""
    before = f"{number}. " if number else ""
    before += f"{change.repository[:60]}: " if len(report.spans) > 1 else ""
    linked = _link(change.url, before + _cut(_words(change.title) or "Without a title", _TITLE), hosts)
    return f"*{linked}*" if linked.startswith("<") else mrkdwn.to_mrkdwn(before + _cut(change.title, _TITLE), bold=True)


def _details(report: ChangesReport, page_of: PageOf, hosts: Collection[str]) -> Iterator[str]:
    for number, change in enumerate(report.changes, start=1):
        title = _title(report, change, hosts, number)
        yield from packed([title, *(piece for line in change.lines for piece in _line(line, page_of, hosts))], "\n")
    names = [(one.url, _cut(_words(title_of(one.rated)), _TITLE)) for one in report.further[:_MOST_FURTHER]]
    further = [f"• {_link(url, name, hosts)}" for url, name in names if name]
    yield from packed(["*Also changed:*", *further] if further else [], "\n")


def _line(line: Line, page_of: PageOf, hosts: Collection[str]) -> Iterator[str]:
    """A line with its label, in pieces that each fit a block, and links to what shows it."""
    shown = list(dict.fromkeys(_shown(one, page_of, hosts) for one in line.shown_by))
    more = [f"{len(shown) - _MOST_SHOWN} more"] if len(shown) > _MOST_SHOWN else []
    label = f"*{mrkdwn.escape(_cut(line.label, _LABEL))}:* " if line.label else ""
    pieces = fitting(_cut(line.text, _LINE), (), bold=False)
    pieces[0] = f"• {label}{pieces[0]}"
    pieces[-1] += f" ({', '.join([*shown[:_MOST_SHOWN], *more])})" if shown else ""
    yield from pieces


def _shown(one: Shows, page_of: PageOf, hosts: Collection[str]) -> str:
    name = one.path.rsplit("/", 1)[-1][-60:]
    label = (f"{name}:{one.line}" if one.line else name) or (f"commit {one.commit[:7]}" if one.commit else one.repository[:60])
    linked = mrkdwn.link(page_of(one), label, hosts)
    return linked if linked.startswith("<") and units(linked) < 350 else mrkdwn.code(label)


def _footer(report: ChangesReport, page_of: PageOf, hosts: Collection[str], about: About) -> str:
    parts = [_state(span, page_of, hosts) for span in report.spans[:_MOST_SPANS]]
    parts += [f"and {len(report.spans) - _MOST_SPANS} more repositories"] if len(report.spans) > _MOST_SPANS else []
    parts += [f"worded by {_written(report.model, 80)}"] if report.model else []
    parts += ["details in the thread"] if about.thread and report.changes else []
    parts += [f"set up by {_written(about.set_up_by, 80)}"] if about.set_up_by else []
    return " · ".join(parts)


def _state(span: Span, page_of: PageOf, hosts: Collection[str]) -> str:
    name = span.repository[:60]
    linked = mrkdwn.link(page_of(Shows(span.repository, span.head)) if span.head else None, f"{name} @ {span.head[:7] or '?'}", hosts)
    return linked if units(linked) < 350 else mrkdwn.escape(name)


def _details_message(texts: Sequence[str]) -> Message:
    return Message("Details: what shows each change.", tuple(section(text) for text in texts))


def _fallback(report: ChangesReport) -> str:
    """What a notification says: the headline and the titles."""
    if report.quiet:
        return shortened(_words(quiet_line(report))) or "Nothing stands out."
    titles = [_words(change.title).rstrip(".") for change in report.changes[:MOST_CHANGES]]
    told = " ".join(f"{number}. {title}." for number, title in enumerate(filter(None, titles), start=1))
    return shortened(f"{_words(headline(report)).rstrip('.:') or 'What changed'}: {told}")


def _within(texts: Iterator[str], most: int) -> Iterator[str]:
    """Those that fit; ordinary digests are far from the limit."""
    for text in texts:
        if (most := most - units(text)) >= 0:
            yield text


def _link(url: str | None, label: str, hosts: Collection[str]) -> str:
    linked = mrkdwn.link(url, label, hosts)
    return linked if units(linked) <= _LONGEST_LINK + units(label) else mrkdwn.link(None, label, ())


def _written(markdown: str, most: int) -> str:
    """Short Markdown as mrkdwn. Links in it keep their words only: what a commit's author links to is not ours to repeat."""
    return fitting(_cut(markdown, most), (), bold=False)[0]


def _words(markdown: str) -> str:
    return mrkdwn.to_plain(markdown)


def _cut(text: str, most: int) -> str:
    """Cut between words where there are any; a mark of Markdown whose end is cut off is plain text."""
    if len(text) <= most:
        return text
    space = text.rfind(" ", most // 2, most)
    return text[: space if space > 0 else most].rstrip() + "…"
