"""Reads labelled questions: JSON lines {"question", "gold_files" or "gold_commits"}, each about one repository at one commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.json_lines import json_lines
from indexer.errors import QueryError

_EXAMPLE = (
    'Write {"repo": "NAME", "commit": "SHA", "kind": "lay", "question": "…", "gold_files": ["src/a.py"]} on each line, or "gold_commits".'
)
_KIND, _COMMIT_KIND = "question", "commit"  # of cases that name none


@dataclass(frozen=True, slots=True)
class RetrievalCase:
    """A question, and what answers it: paths, or with `of_commits` SHAs.

    `repo` is a name or path and `github` "owner/name", each "" where left out; `commit` is any revision, "" for the newest one.
    `file` and `line` are where the case stands.
    """

    id: str
    file: str
    line: int
    repo: str
    github: str
    commit: str
    kind: str
    question: str
    gold: tuple[str, ...]
    of_commits: bool = False

    @property
    def where(self) -> str:
        return f"line {self.line} of {self.file}"

    @property
    def place(self) -> str:
        """The same at the beginning of a sentence."""
        return f"Line {self.line} of {self.file}"


def read_retrieval_cases(files: Iterable[tuple[str, str]]) -> list[RetrievalCase]:
    """The cases of files (name, text), in their order. QueryError naming what cannot be read; further keys are left alone."""
    cases: list[RetrievalCase] = []
    places: dict[str, str] = {}
    for file, text in files:
        found = [_case(file, number, value) for number, value in json_lines(text, file, _EXAMPLE)]
        if not found:
            raise QueryError(f"There are no cases in {file}.", _EXAMPLE)
        for case in found:
            if case.id in places:
                raise QueryError(f'{case.place}: the id "{case.id}" stands in {places[case.id]} too.', "Give each case its own.")
            places[case.id] = case.where
        cases += found
    return cases


def case_lines(cases: Sequence[RetrievalCase]) -> str:
    """The same cases as JSON lines, to be kept and edited by hand."""
    return "".join(json.dumps(_value(case), ensure_ascii=False) + "\n" for case in cases)


def _value(case: RetrievalCase) -> dict[str, Any]:
    names = {key: value for key, value in (("repo", case.repo), ("github", case.github), ("commit", case.commit)) if value}
    gold = {"gold_commits" if case.of_commits else "gold_files": list(case.gold)}
    return {"id": case.id, **names, "kind": case.kind, "question": case.question, **gold}


def _case(file: str, line: int, value: Mapping[str, Any]) -> RetrievalCase:
    def wrong(what: str) -> QueryError:
        return QueryError(f"Line {line} of {file}: {what}.", _EXAMPLE)

    def text(key: str) -> str:
        found = value.get(key, "")
        if not isinstance(found, str):
            raise wrong(f'"{key}" is not a text')
        return found.strip().encode(errors="replace").decode()  # JSON can hold lone surrogates, which no database takes

    question = text("question")
    if not any(character.isalnum() for character in question):
        raise wrong('there is no "question"')
    given = [key for key in ("gold_files", "gold_commits") if value.get(key)]
    if len(given) != 1:
        raise wrong('there are both "gold_files" and "gold_commits"' if given else 'there are neither "gold_files" nor "gold_commits"')
    listed = [value[given[0]]] if isinstance(value[given[0]], str) else value[given[0]]
    if not isinstance(listed, list) or not all(isinstance(item, str) and item.strip() for item in listed):
        raise wrong(f'"{given[0]}" is no list of texts')
    of_commits = given[0] == "gold_commits"
    gold = tuple(dict.fromkeys(item.strip().removeprefix("./") for item in listed))
    kind = text("kind") or (_COMMIT_KIND if of_commits else _KIND)
    repo, github, commit = text("repo"), text("github"), text("commit")
    return RetrievalCase(_id(value, wrong) or _made_id(repo or github, question, gold), file, line, repo, github, commit, kind, question,
                         gold, of_commits)  # fmt: skip


def _id(value: Mapping[str, Any], wrong: Any) -> str:
    found = value.get("id", "")
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        raise wrong('"id" is neither a text nor a number')
    return str(found).strip()


def _made_id(*parts: object) -> str:
    """The same for the same question whatever stands around it, so that two runs can be compared."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]
