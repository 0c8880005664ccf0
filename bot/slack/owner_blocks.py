"""A report on owners as Slack blocks: for the asker with buttons, for a channel, for a thread. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from bot.answers.types import Owner
from bot.owners.types import OwnersReport, Place, PlaceKind, PlaceReport, Subject
from bot.owners.words import lines, place_name
from bot.slack import mrkdwn
from bot.slack.blocks import (
    MAX_MESSAGE,
    MAX_SECTION,
    Message,
    button,
    context,
    fitting,
    packed,
    section,
    shortened,
    units,
    version_words,
)
from bot.slack.carried import MOST_PEOPLE, Carried, ToAsk
from bot.slack.people import Known
from bot.told import Line

SHARE, ASK, READING = "whoowns_share", "whoowns_ask", "whoowns_reading"
MOST_READINGS = 3
SHARED = "Shared with everybody here."

_LINE = 4_000  # characters of Markdown: what is longer fits no message, and takes long to read
_NOTES = 4
_CUT = "The rest was too long for one message."
_READINGS_LABELS = ("Or did you mean", "Nearest")


@dataclass(frozen=True, slots=True)
class Shown:
    """A report and who of its people is in this Slack: everything that its messages are made of."""

    report: OwnersReport
    known: Known


def private_message(shown: Shown, carried: Carried, *, shared: bool = False, now: datetime | None = None) -> Message:
    """The answer for the asker alone, with what they can do next; once `shared`, that it was."""
    readings = list(_readings(shown.report, carried))
    written = [line for line in _lines(shown) if not (readings and line.label in _READINGS_LABELS)]
    message = _message(shown, written, now)
    blocks = [*message.blocks]
    if readings:
        label = "Or did you mean" if is_found(shown.report) else "Did you mean"
        blocks += [section(f"*{label}:*"), {"type": "actions", "elements": readings}]
    buttons = _buttons(shown, carried, shared) if is_found(shown.report) else []
    blocks += [{"type": "actions", "elements": buttons}] if buttons else []
    blocks += [context(SHARED)] if shared else []
    return Message(message.text, tuple(blocks))


def shared_message(shown: Shown, by: str, query: str, now: datetime | None = None) -> Message:
    """The same for all in a channel; `by` says in Markdown who shares it."""
    message = _message(shown, _lines(shown), now)
    told = mrkdwn.to_mrkdwn(f"{by} shares", hosts_of(shown)) + " " + mrkdwn.code(f"/whoowns {query[:300]}")
    return Message(message.text, (context(told), *message.blocks))


def thread_message(shown: Shown, now: datetime | None = None) -> Message:
    """The report alone, as it goes into a thread."""
    return _message(shown, _lines(shown), now)


def to_ask(shown: Shown) -> tuple[ToAsk, ...]:
    """Whom one can ask about it in this Slack, best first."""
    found: list[ToAsk] = []
    for owner in askable(shown.report):
        member = shown.known.id_of(owner)
        if member and member not in (one.slack for one in found):
            found.append(ToAsk(member, " ".join(owner.name.split()), ", ".join(owner.reasons)))
    return tuple(found[:MOST_PEOPLE])


def askable(report: OwnersReport) -> tuple[Owner, ...]:
    """Whom the report says to ask; of somebody's own things themselves, of a team's its members at work."""
    if isinstance(report, PlaceReport):
        return report.ask
    return tuple(one for one in (*report.members, report.who) if one.active and one.kind == "person")


def people_of(report: OwnersReport) -> tuple[Owner, ...]:
    """Everybody whom the report may name, those to ask first."""
    declared = [owner for entry in report.declared for owner in entry.owners]
    if isinstance(report, PlaceReport):
        return (*report.ask, *report.built[:3], *declared)
    others = [owner for holding in report.lost for owner in holding.others]
    return (*askable(report), report.who, *report.members, *others, *declared)


def about(report: OwnersReport) -> str:
    """What the report is about, in a few words of Markdown."""
    if isinstance(report, PlaceReport):
        names = [place_name(place) for place in report.resolved.places]
        return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""
    return "" if report.who.kind == "person" else f"what {report.who.name} owns"


def is_found(report: OwnersReport) -> bool:
    return bool(report.resolved.places or report.resolved.subject)


def hosts_of(shown: Shown) -> frozenset[str]:
    """The hosts that its messages may link to: those of the repositories, and this Slack."""
    report = shown.report
    urls = [shown.known.workspace, *(entry.url for entry in report.declared), *(place.url for place in report.resolved.places)]
    urls += [owner.latest_url for owner in people_of(report)]
    if not isinstance(report, PlaceReport):
        urls += [holding.url for holding in (*report.built, *report.lost)]
    return mrkdwn.hosts_of(urls)


def _lines(shown: Shown) -> tuple[Line, ...]:
    return tuple(Line(line.label, line.text[:_LINE]) for line in lines(shown.report, person=shown.known.written))


def _message(shown: Shown, written: Sequence[Line], now: datetime | None) -> Message:
    hosts = hosts_of(shown)
    texts: list[str] = []
    budget = MAX_MESSAGE - 2 * MAX_SECTION  # the rest is for notes and buttons
    cut = False
    for label, group in groupby((line for line in written if line.label != "Note"), key=lambda line: line.label):
        pieces = _labelled(label, [line.text for line in group], hosts)
        kept = [piece for piece in pieces if (budget := budget - units(piece) - 1) >= 0]
        texts += kept
        cut = cut or len(kept) < len(pieces)
    notes = [mrkdwn.to_mrkdwn(line.text[:700], hosts) for line in written if line.label == "Note"][:_NOTES]
    notes += [_CUT] if cut else []
    footer = mrkdwn.escape(" · ".join(version_words(shown.report.repositories, now or datetime.now(UTC)))[:1_900])
    blocks = [section(text) for text in packed(texts, "\n")] or [section("There is nothing to say about this.")]
    blocks += [context(text) for text in ("\n".join(notes)[:MAX_SECTION], footer) if text]
    return Message(_fallback(written), tuple(blocks))


def _labelled(label: str, texts: Sequence[str], hosts: Collection[str]) -> list[str]:
    """The lines of one label: after it if it is one, as a list below it if there are several."""
    if not label:
        return [piece for text in texts for piece in fitting(text, hosts, bold=True)]
    if len(texts) == 1:
        first, *rest = fitting(texts[0], hosts, bold=False)
        return [f"*{label}:* {first}", *rest]
    return [f"*{label}:*", *(f"• {piece}" for text in texts for piece in fitting(text, hosts, bold=False))]


def _fallback(written: Sequence[Line]) -> str:
    told = ((line.label, mrkdwn.to_plain(line.text)) for line in written)
    words = " ".join(f"{label}: {text.rstrip('.')}." if label else f"{text.rstrip('.')}." for label, text in told if text)
    return shortened(words) or "There is nothing to say about this."


def _buttons(shown: Shown, carried: Carried, shared: bool) -> list[dict[str, Any]]:
    if not (value := carried.written()):
        return []
    buttons = [] if shared else [button("Share in channel", SHARE, value)]
    if people := to_ask(shown):
        text = f"Ask {people[0].name}" if len(people) == 1 else "Ask them"
        buttons.append(button(text, ASK, Carried(carried.query, carried.repos, people, about(shown.report)).written()))
    return buttons


def _readings(report: OwnersReport, carried: Carried) -> Iterator[dict[str, Any]]:
    found = report.resolved.alternatives[:MOST_READINGS]
    names = [_reading_name(one) for one in found]
    for place, (one, name) in enumerate(zip(found, names, strict=True)):
        repo = one.repository if isinstance(one, Place) else ""
        text = f"{name} in {repo}" if repo and names.count(name) > 1 else name
        if value := reading(one, carried).written():  # a path may be longer than what a button can carry
            yield button(text, f"{READING}_{place}", value)


def _reading_name(one: Place | Subject) -> str:
    if not isinstance(one, Place):
        return one.person.name if one.person else one.holder.text
    if one.kind in (PlaceKind.SYMBOL, PlaceKind.REPOSITORY):
        return place_name(one).replace("`", "")
    return _asked_by(one)


def reading(one: Place | Subject, carried: Carried) -> Carried:
    """The question that means another reading without doubt."""
    if not isinstance(one, Place):
        return Carried(one.person.email if one.person and one.person.email else one.holder.text, carried.repos)
    if one.kind is PlaceKind.SYMBOL:
        return Carried(f"{one.path}:{one.start_line}-{one.end_line}" if one.start_line else one.path, (one.repository,))
    return Carried(_asked_by(one) or one.repository, (one.repository,))


def _asked_by(one: Place) -> str:
    """The path or pattern that means a place; of files found by words, which none does, the folder that they are in."""
    if one.kind is PlaceKind.AREA and not one.path:
        return one.files[0] if one.files else one.label
    if one.kind in (PlaceKind.FOLDER, PlaceKind.AREA):
        return f"{one.path}/"
    return one.label if one.kind is PlaceKind.GLOB else one.path
