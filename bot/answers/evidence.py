"""The places an answer cites: numbered, pinned to a commit, and opened again before they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from bot.answers.connections import Call
from bot.answers.gathering import Quote
from bot.answers.sentences import Source
from bot.answers.types import Answer, Evidence
from bot.told import Shows
from indexer.index import Index
from indexer.types import Chunk, Commit, Kind

_EXCERPT_LINES = 14


class EvidenceList:
    """Numbers the places an answer cites; the same lines cited twice get the same number."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._places: list[Evidence] = []

    @property
    def places(self) -> tuple[Evidence, ...]:
        return tuple(self._places)

    def cite(self, chunk: Chunk, start: int = 0, end: int = 0) -> int:
        """The number for these lines of a chunk (default: how it begins), at the commit that is indexed."""
        start = max(start or chunk.start_line, chunk.start_line)
        end = min(end or start + _EXCERPT_LINES - 1, chunk.end_line)
        assert chunk.path is not None
        lines = chunk.text.splitlines()[start - chunk.start_line : end - chunk.start_line + 1]
        while lines and not lines[-1].strip():
            lines.pop()
        end = start + max(len(lines), 1) - 1
        commit = self._index.head(chunk.repo)
        name = PurePosixPath(chunk.path).name
        return self._add(
            Evidence(
                number=len(self._places) + 1,
                repository=chunk.repo,
                path=chunk.path,
                start_line=start,
                end_line=end,
                commit=commit,
                url=self._index.file_url(chunk.repo, commit, chunk.path, start, end),
                excerpt="\n".join(lines),
                kind=chunk.kind,
                label=f"{name} {start}–{end}" if end > start else f"{name} {start}",
                symbol=chunk.symbol,
            )
        )

    def cite_places(self, places: Iterable[Shows], *, following: int = 0) -> tuple[int, ...]:
        """The numbers of commits, and of lines with up to `following` after them, as far as git still has them."""
        numbers = (self._cite_line(place, following) if place.path and place.line else self._cite_sha(place) for place in places)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))

    def _cite_line(self, place: Shows, following: int) -> int | None:
        ends = range(place.line + following, place.line - 1, -1)  # a file may end before
        numbers = (
            self.cite_lines(place.repository, place.path, place.line, end, at=place.commit, symbol=place.symbol or None) for end in ends
        )
        return next((number for number in numbers if number is not None), None)

    def _cite_sha(self, place: Shows) -> int | None:
        sha = place.commit or self._index.head(place.repository)
        cited = (one.number for one in self._places if one.kind is Kind.COMMIT and (one.repository, one.commit) == (place.repository, sha))
        number = next(cited, None)
        if number is not None:
            return number
        commit = self._index.commits(place.repository, [sha]).get(sha) or self._index.commit_from_git(place.repository, sha)
        return self.cite_commit(place.repository, commit) if commit else None

    def cite_lines(
        self, repo: str, path: str, start: int, end: int, *, at: str = "", symbol: str | None = None
    ) -> int | None:
        """Lines of any file at the indexed commit or `at` another, also of one that is not in the index; None where there are none.

        `symbol` is what they belong to, where that is known.
        """
        commit = at or self._index.head(repo)
        text = self._index.read_lines(repo, commit, path, start, end)
        if text is None or not text.strip():
            return None
        name = PurePosixPath(path).name
        return self._add(
            Evidence(
                number=len(self._places) + 1,
                repository=repo,
                path=path,
                start_line=start,
                end_line=end,
                commit=commit,
                url=self._index.file_url(repo, commit, path, start, end),
                excerpt=text,
                kind=Kind.CONFIG,
                label=f"{name} {start}–{end}" if end > start else f"{name} {start}",
                symbol=symbol,
            )
        )

    def cite_quote(self, quote: Quote) -> int:
        """The lines of a quoted sentence, together with the definition they explain where that is near."""
        start, end = quote.sentence.start_line, quote.sentence.end_line
        if quote.sentence.source is Source.DOC and start - quote.chunk.start_line <= 8:
            start = quote.chunk.start_line
        return self.cite(quote.chunk, start, end)

    def cite_call(self, call: Call) -> int:
        """The line of a call, known by the name of the definition that holds it."""
        number = self.cite(call.chunk, call.line, call.line)
        self._places[number - 1] = replace(self._places[number - 1], symbol=call.caller)
        return number

    def cite_commit(self, repo: str, commit: Commit) -> int:
        return self._add(
            Evidence(
                number=len(self._places) + 1,
                repository=repo,
                path=None,
                start_line=1,
                end_line=1 + commit_text(commit).count("\n"),
                commit=commit.sha,
                url=self._index.commit_url(repo, commit.sha),
                excerpt=commit_text(commit),
                kind=Kind.COMMIT,
                label=f"commit {commit.short}",
            )
        )

    def _add(self, evidence: Evidence) -> int:
        for place in self._places:
            if replace(place, number=evidence.number) == evidence:
                return place.number
        self._places.append(evidence)
        return evidence.number


def commit_text(commit: Commit) -> str:
    """A commit as evidence: its message, author and date."""
    written = f"{commit.author.name}, {commit.authored_at:%d %b %Y}"
    return "\n\n".join(part for part in (commit.subject.strip(), commit.body.strip(), written) if part)


def _files(commit: Commit) -> str:
    """What a commit changed, by the files' names then and before."""
    names = dict.fromkeys(name for change in commit.changes for name in (change.path, change.old_path) if name)
    return "\n".join(names)


def reopen(index: Index, evidence: Evidence) -> str | None:
    """Read a cited place from git again, at the commit it is pinned to, a commit with the names of its files; None when it is gone."""
    if evidence.kind is Kind.COMMIT:
        commit = index.commit_from_git(evidence.repository, evidence.commit)
        return f"{commit_text(commit)}\n\n{_files(commit)}" if commit else None
    assert evidence.path is not None
    return index.read_lines(evidence.repository, evidence.commit, evidence.path, evidence.start_line, evidence.end_line)


def numbered(found: Answer) -> Answer:
    """Number the evidence in the order in which the statements cite it, and leave out what none cites."""
    order = dict.fromkeys(number for statement in found.statements for number in statement.evidence)
    new = {old: place + 1 for place, old in enumerate(order)}
    places: dict[int, Evidence] = {item.number: item for item in found.evidence}
    renumbered = [replace(item, evidence=tuple(sorted(new[number] for number in item.evidence))) for item in found.statements]
    return replace(
        found,
        statements=tuple(renumbered),
        evidence=tuple(replace(places[old], number=number) for old, number in new.items() if old in places),
    )
