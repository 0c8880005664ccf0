"""One story told to people: what it does, why, how large it is, what to look at twice, and who did it."""

from __future__ import annotations

from dataclasses import replace

from bot.answers.sentences import shortened
from bot.changes import clauses
from bot.changes.titles import title_of
from bot.changes.types import Further, ToldChange
from bot.changes.why import what_of, why_of
from bot.render.screen import day, listed
from bot.told import Line, Shows
from indexer.changes.flags import flags_of
from indexer.changes.notes import notes_of
from indexer.changes.types import Note, Rated, Story
from indexer.index import Index

NO_REASON = "no reason given"
_LONGEST = 40  # words of a note
_NAMES = 4


def tell(index: Index, repo: str, rank: int, rated: Rated, base: str, *, compared: bool = True) -> ToldChange:
    """A story with everything that git and the history before `base` (a SHA; "" for none) say of it. RepoError, StoreError.

    Many changes together are not to be `compared` with the size that one usually has.
    """
    story = rated.story

    def read(commit: str, path: str) -> str | None:
        return index.text_at(repo, commit, path)

    steps = index.steps(repo, story)
    flags, notes = flags_of(story, steps, read), notes_of(steps, read)
    against = index.past(repo, base).against(story)
    if not compared:
        against = replace(against, usual=None, areas_usually=None)
    title, why = title_of(rated), why_of(story)
    return ToldChange(
        repository=repo,
        rank=rank,
        rated=rated,
        title=title,
        summary=_summary(title, why, notes),
        why=why,
        areas=against.areas,
        surprises=clauses.surprises(rated, flags, against),
        lines=(
            *_what_lines(repo, rated, notes),
            _why_line(repo, rated, why),
            clauses.size_line(repo, rated, against, compared=compared),
            *(one for one in [clauses.touches_line(repo, rated, against)] if one),
            *clauses.flag_lines(repo, flags),
            *clauses.missing_lines(repo, rated, against),
            *clauses.risk_lines(repo, rated, against),
            _who_line(repo, rated),
        ),
        against=against,
        flags=flags,
        notes=notes,
        url=page_of(index, repo, story),
    )


def further(index: Index, repo: str, rated: Rated) -> Further:
    """A story that is only named."""
    return Further(repo, rated, page_of(index, repo, rated.story))


def page_of(index: Index, repo: str, story: Story) -> str | None:
    """The page of a story's pull request, else of its newest commit; None where the host is not known."""
    page = index.pull_request_url(repo, story.pull_request) if story.pull_request is not None else None
    return page or index.commit_url(repo, story.commits[0].sha)


def reason_words(why: str, story: Story) -> str:
    """The reason as it is shown: quoted, or that none was given, with the issues where one may stand."""
    if why:
        return f"“{why}”"
    issues = listed(list(story.issues), 3)
    return f"{NO_REASON}; its text names {issues}" if issues else NO_REASON


def _summary(title: str, why: str, notes: tuple[Note, ...]) -> str:
    """What its users are told of it, else its reason; "" where neither says more than the title."""
    note = _sentence(notes[0].text) if notes else ""
    if note and not _says_the_same(note, title):
        return note
    return f"“{why}”." if why else ""


def _what_lines(repo: str, rated: Rated, notes: tuple[Note, ...]) -> list[Line]:
    """What its own notes tell its users, else how its author explains it beside the title and the reason."""
    if notes:
        return [
            Line("What", _sentence(note.text), (Shows(repo, note.place.commit, note.place.path, note.place.line),))
            for note in notes[:2]
        ]
    told = what_of(rated.story)
    return [Line("What", f"“{told}”", clauses.commits(repo, rated))] if told else []


def _why_line(repo: str, rated: Rated, why: str) -> Line:
    return Line("Why", reason_words(why, rated.story), clauses.commits(repo, rated))


def _who_line(repo: str, rated: Rated) -> Line:
    names = listed([person.name for person in rated.authors], _NAMES) or "nobody but tools"
    newest = max(commit.committed_at for commit in rated.story.commits)
    return Line("Who", f"{names}, {day(newest)}", clauses.commits(repo, rated))


def _sentence(text: str) -> str:
    cut = shortened(text, _LONGEST).strip()
    return cut if cut.endswith((".", "!", "?", "…")) else f"{cut}."


def _says_the_same(note: str, title: str) -> bool:
    """Whether a note has no word that the title lacks, but for some small ones."""
    said, known = (({word.strip(".,:;`'\"()").lower() for word in text.split()} - {""}) for text in (note, title))
    return len(said - known) <= 1
