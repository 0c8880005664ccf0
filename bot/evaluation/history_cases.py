"""Makes labelled questions from a repository's own commits: what a commit says it does, and the files it then changed.

The questions are asked of the repository as it was before all of these commits, so that neither their messages nor their changes can
be found. They are in the words of those who write the code, which are easier than those of others: read them as an upper bound.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.evaluation.retrieval_cases import RetrievalCase
from indexer.changes.titles import is_minor, split_title
from indexer.errors import QueryError
from indexer.languages import LANGUAGES, detect_language
from indexer.questions.query import parse_query
from indexer.retrieval.footprints import is_noise
from indexer.roles import role_of
from indexer.types import Commit, Kind, Role
from indexer.vcs.bots import is_person
from indexer.vcs.repository import Repository

KIND = "history"
_PART = 4  # a quarter of the commits are hidden and asked about,
_LEAST, _MOST = 300, 5_000  # but no fewer and no more than these,
_HALF = 2  # and never more than half of what there is
_FILES = 5  # a commit that changed more of the code says little about each file
_WORDS = 5
_LONGEST = 600  # characters of a question; the model reads no more of a passage than about a thousand

_TRAILER = re.compile(
    r"^[ \t]*(?:[A-Za-z][A-Za-z-]*-by|change-id|bug|issues?|prs?|pull[- ]request|fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?"
    r"|references?|related(?:[- ]to)?|see(?:[- ]also)?|links?|cc|git-svn-id|reviewed-on|signed-off|part-of|depends-on|differential"
    r"(?: revision)?|test plan|reviewers?|subscribers?)\s*:.*$|^\s*(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?)\s+[#!\w./-]*\d+\W*$"
    r"|^\(cherry picked from commit .*$",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"\w+://\S+|<!--.*?-->|\S+@\S+\.\w+", re.DOTALL)
_PATH = re.compile(r"(?<![\w/])(?:[\w.@+-]*/)+[\w@+-]*\.?[\w@+-]+\.\w{1,8}\b|(?<![\w/])(?:[\w.@+-]+/){2,}[\w.@+-]*")
_ISSUE = re.compile(
    r"\(\s*(?:[\w-]+\s+)?[\w./-]*[#!]\d+[^()]*\)|(?:\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|see|issues?|bugs?|prs?)\s+)?"
    r"(?<!\w)(?:[\w.-]+/[\w.-]+)?[#!]\d+\b|\bGH-\d+\b|[\[(][A-Z][A-Z0-9]+-\d+[\])]",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]*[*+-][ \t]+", re.MULTILINE)
_SHA = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,64}\b")
_FILE_NAME = re.compile(r"(?<![\w.-])[\w.-]+\.\w{1,8}(?![\w-]|\.\w)")
_UPKEEP = re.compile(
    r"\b(?:flake8|isort|prettier|eslint|rubocop|gofmt|clippy|pyupgrade|pre-?commit|code[- ]review|review (?:comments?|feedback)"
    r"|nit(?:s|picks?)?|spelling|grammar|copyright|licen[cs]e headers?|docstrings?|doctests?|trailing|line continuations?"
    r"|exec permission)\b|^\W*(?:document|clarif\w+|(?:add|fix|update|remove)(?: an?)?(?: \w+)? comments?)\b",
    re.IGNORECASE,
)
_REVERT = re.compile(r"^\W*revert\b|\bthis reverts commit\b", re.IGNORECASE)
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]|`\s*`|'\s*'|\"\s*\"")


@dataclass(frozen=True, slots=True)
class MadeCases:
    """The cases of one repository: asked at `base`, of commits among the `hidden` ones after it."""

    repo: str
    base: str
    hidden: int
    cases: tuple[RetrievalCase, ...]


def make_history_cases(repository: Repository, head: str, most: int) -> MadeCases:
    """At most so many cases, spread evenly over the newest quarter of the history (see the numbers above), oldest first.

    QueryError where the history is too short to hide a part of it. The same history gives the same cases.
    """
    base = _base(repository, head)
    tree = frozenset(entry.path for entry in repository.tree(base))
    names = frozenset(PurePosixPath(path).name.lower() for path in tree)
    hidden = sorted(repository.log(head, known=base), key=lambda commit: (commit.committed_at, commit.sha))
    found: dict[str, RetrievalCase] = {}
    for commit in hidden:
        gold = _gold(commit, tree)
        question = question_of(commit, names) if gold else ""
        if question and question not in found:
            found[question] = RetrievalCase(
                commit.sha[:12], f"the history of {repository.name}", len(found) + 1, repository.name, "", base, KIND, question, gold
            )
    return MadeCases(repository.name, base, len(hidden), tuple(_spread(list(found.values()), most)))


def question_of(commit: Commit, names: Collection[str]) -> str:
    """What a commit says, without what gives the answer away or says nothing: prefixes, numbers, trailers, paths, names of files.

    `names` are the names of the repository's files in small letters. "" for upkeep, reverts, merges, work of bots, and where too
    little is said.
    """
    title = split_title(commit.subject)
    if len(commit.parents) > 1 or not is_person(commit.author) or title.type == "revert":
        return ""
    if _REVERT.search(f"{commit.subject}\n{commit.body}"):
        return ""
    if _UPKEEP.search(commit.subject) or is_noise(commit.subject) or is_noise(title.text) or title.bumps or is_minor(commit.subject):
        return ""
    body = _TRAILER.sub("", _FENCE.sub("", commit.body))
    text = _plain(f"{title.text}\n{body}", names)
    text = text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0]
    return text if len(re.findall(r"\w+", text)) >= _WORDS and _is_plain_question(text) else ""


def _plain(text: str, names: Collection[str]) -> str:
    for pattern in (_BULLET, _ADDRESS, _ISSUE, _PATH, _SHA):
        text = pattern.sub(" ", text)
    text = _FILE_NAME.sub(lambda match: " " if match[0].lower().strip(".-") in names else match[0], text)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_EMPTY.sub(" ", text).split())).strip(" -:;,")


def _is_plain_question(text: str) -> bool:
    """Whether nothing in it is read as a filter."""
    try:
        query = parse_query(text, (), LANGUAGES)
    except QueryError:
        return False
    return not (query.repos or query.paths or query.languages)


def _gold(commit: Commit, tree: Collection[str]) -> tuple[str, ...]:
    """The source files a commit changed, where these are few and all of them were there before; tests and docs go with them."""
    code = [change for change in commit.changes if _is_source(change.path)]
    if not 1 <= len(code) <= _FILES or any(change.path not in tree for change in code):
        return ()
    return tuple(sorted(change.path for change in code))


def _is_source(path: str) -> bool:
    kind = detect_language(path).kind
    return kind is Kind.CODE and role_of(path, kind) is Role.SOURCE


def _base(repository: Repository, head: str) -> str:
    """The newest commit of the main line that is not among those to hide."""
    newest = repository.newest(head, _MOST * _PART)
    count = min(max(len(newest) // _PART, _LEAST), _MOST, len(newest) // _HALF)
    hidden = frozenset(newest[:count])
    base = next(_unhidden(repository.mainline(head), hidden), "")
    if not base or base == head:
        message = f"{repository.name} has too short a history to ask about a part of it: {len(newest)} commits."
        raise QueryError(message, "Write the cases by hand.")
    return base


def _unhidden(line: Iterator[str], hidden: Collection[str]) -> Iterator[str]:
    return (sha for sha in line if sha not in hidden)


def _spread(cases: Sequence[RetrievalCase], most: int) -> list[RetrievalCase]:
    step = max(1.0, len(cases) / max(1, most))
    return [cases[int(number * step)] for number in range(min(most, len(cases)))]
