"""The last times something like it was done, from the history itself: how many files, which areas, how long, what had to be mended.

What is like a place: the changes of it that brought something new, then those that made the files beside it. What is like a plan in
words: what search finds among the commits, and the changes that made the files which the words find.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.changes.telling import page_of
from bot.changes.titles import bare_title
from bot.impact.asking import adds
from bot.impact.types import Precedent
from indexer.changes.areas import is_source
from indexer.changes.landed import Landed
from indexer.changes.types import Nature
from indexer.index import Index
from indexer.tokens import query_terms, tokenize
from indexer.types import Hit, Query

SAYS_SO = "its message speaks of it"
"""Why most precedents of a plan are like it."""

_TOLD = 3
_HITS = 25  # commits that search gives
_LIKE = 0.5  # cosine from which a commit is about the words although it holds none of them
_LEAST, _LARGEST = 2, 80  # files of a change from which something can be learnt
_MENDED_WITHIN = timedelta(days=30)
_BIG_PART = 10  # lines of a file from which a later fix of it may mend this change
_FIXES = 5
_BROUGHT = (Nature.FEATURE, Nature.BREAKING, Nature.CHANGE)
_CREATED, _MADE, _FEATURE, _NEAR = 0.35, 0.2, 0.4, 0.2  # beside 1 for the commit that search finds first


@dataclass(frozen=True, slots=True)
class _Like:
    """A past change, how much it is like what is asked about, and in which way."""

    landed: Landed
    score: float
    why: str


def precedents_of_place(index: Index, repo: str, files: Collection[str]) -> tuple[Precedent, ...]:
    """The last changes that extended these files or made one beside them, newest first. RepoError, StoreError."""
    past = index.past(repo, index.head(repo)).stories
    asked = frozenset(files)
    folders = {path.rpartition("/")[0] for path in asked}
    endings = {path.rpartition(".")[2] for path in asked}
    found = []
    for number, one in enumerate(past):
        if not _telling(one):
            continue
        fresh = 1 / (1 + number / 500)  # of two alike the newer one
        made = [path for path in created(one) if path not in asked and path.rpartition("/")[0] in folders]
        made = [path for path in made if path.rpartition(".")[2] in endings and is_source(path)]
        if one.files & asked and one.nature in _BROUGHT:
            found.append(_Like(one, fresh + _FEATURE * (one.nature is Nature.FEATURE), "changed it"))
        elif made:
            found.append(_Like(one, fresh * 0.9 + _CREATED, f"made `{made[0].rpartition('/')[2]}` beside it"))
    return _told(index, repo, past, found)


def precedents_of_plan(index: Index, repo: str, query: Query, files: Collection[str]) -> tuple[Precedent, ...]:
    """The past changes that are like a plan: `query` in words, `files` those that the words find; newest first. RepoError, StoreError."""
    past = index.past(repo, index.head(repo)).stories
    of_commit = {commit.sha: one for one in past for commit in one.story.commits}
    hits = [hit for hit in index.search(query, _HITS) if hit.chunk.commit and speaks_of(hit, query.text)]
    best = hits[0].score if hits else 1.0
    asked, found = frozenset(files), {}
    for hit in hits:
        one = of_commit.get(hit.chunk.commit or "")
        if one is not None and _telling(one) and one.sha not in found:
            found[one.sha] = _Like(one, hit.score / best + _bonus(one, query.text, asked), SAYS_SO)
    if adds(query.text):
        for one in past:
            made = [path for path in created(one) if path in asked and is_source(path)]
            if made and one.sha not in found and _telling(one) and one.nature in _BROUGHT:
                why = f"made `{made[0].rpartition('/')[2]}`, which is like it"
                found[one.sha] = _Like(one, _CREATED + _bonus(one, query.text, asked), why)
    return _told(index, repo, past, found.values())


def created(one: Landed) -> tuple[str, ...]:
    """The files that a change made, by their names today."""
    return tuple(dict.fromkeys(change.path for change in one.story.changes if change.status == "A"))


def follow_ups(one: Landed, past: Sequence[Landed]) -> tuple[Landed, ...]:
    """The fixes and reverts within a month after a change, of files that it made or changed a good part of; newest first.

    `past` is newest first. Whether a fix mends this very change, history seldom says.
    """
    parts = {change.path for change in one.story.changes if change.status == "A" or _lines(change.added, change.deleted) >= _BIG_PART}
    parts = {path for path in parts if is_source(path)}
    later = (other for other in past if one.at < other.at <= one.at + _MENDED_WITHIN)
    return tuple(other for other in later if other.nature in (Nature.FIX, Nature.REVERT) and other.files & parts)


def _bonus(one: Landed, words: str, asked: frozenset[str]) -> float:
    """What the files and the nature of a change say beside its words."""
    bonus = _NEAR * bool(one.files & asked)
    if adds(words):
        brings = one.nature is Nature.FEATURE
        bonus += _FEATURE * brings + _MADE * (brings and any(is_source(path) for path in created(one)))
    return bonus


def _telling(one: Landed) -> bool:
    sources = [path for path in one.files if is_source(path)]
    return not one.is_upkeep and bool(sources) and _LEAST <= len({change.path for change in one.story.changes}) <= _LARGEST


def speaks_of(hit: Hit, words: str) -> bool:
    """Whether a hit is about the words at all: search always finds something."""
    if hit.signals.get("cosine", 0.0) >= _LIKE:
        return True
    asked = set(query_terms(words))
    return 2 * len(asked & set(tokenize(f"{hit.chunk.path or ''} {hit.chunk.text} {hit.chunk.about}"))) >= len(asked)


def _told(index: Index, repo: str, past: Sequence[Landed], found: Iterable[_Like]) -> tuple[Precedent, ...]:
    best = sorted(found, key=lambda like: (-like.score, -like.landed.at.timestamp(), like.landed.sha))[:_TOLD]
    best.sort(key=lambda like: like.landed.at, reverse=True)
    return tuple(_precedent(index, repo, past, like) for like in best)


def _precedent(index: Index, repo: str, past: Sequence[Landed], like: _Like) -> Precedent:
    one = like.landed
    story = one.story
    paths = tuple(dict.fromkeys(change.path for change in story.changes))
    fixes = follow_ups(one, past)
    return Precedent(
        repository=repo,
        title=bare_title(story.title),
        commits=tuple(commit.sha for commit in story.commits),
        pull_request=story.pull_request,
        files=len(paths),
        areas=one.areas,
        days=_days(one),
        settled=past[0].at - one.at >= _MENDED_WITHIN,
        fixes=tuple((fix.sha, bare_title(fix.story.title)) for fix in fixes[:_FIXES]),
        authors=tuple(sorted(person.name for person in one.authors)),
        landed=one.at,
        why=like.why,
        paths=paths,
        url=page_of(index, repo, story),
    )


def _days(one: Landed) -> int | None:
    """From its first commit to when it landed; a single commit that was written and landed on one day may be the rest of a squash."""
    begun = min(commit.authored_at for commit in one.story.commits)
    days = (one.at.date() - begun.date()).days
    return days if days > 0 or len(one.story.commits) > 1 else None


def _lines(added: int | None, deleted: int | None) -> int:
    return (added or 0) + (deleted or 0)
