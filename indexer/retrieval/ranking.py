"""What a file's path, role and names say about how likely it holds the answer: plain functions from data to data.

Every number here was chosen on labelled questions; `docent eval --signals` measures each piece of evidence alone and together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from indexer.tokens import tokenize
from indexer.types import Kind, Role

_ROLE_FACTORS = {
    Role.SOURCE: 1.0,
    Role.TEST: 0.4,
    Role.EXAMPLE: 0.6,
    Role.DOCS: 0.5,
    Role.SCRIPT: 0.6,
    Role.VENDORED: 0.3,
    Role.GENERATED: 0.4,
    Role.TRANSLATION: 0.3,
}
_CONFIG_FACTOR = 0.5
_PAGE_FACTOR = 0.75  # pages and letters say what is shown, the code behind them what happens
_PAPER_FACTOR = 0.4
_BARREL_FACTOR = 0.65
NAMED_SHARE = 0.5  # a file that defines a name of the question is forgiven half: "why does test_x do y" often asks about y
_BARRELS = re.compile(
    r"(?:^|/)(?:__init__\.pyi?|index\.(?:[cm]?[jt]sx?|d\.ts)|mod\.rs|lib\.rs|doc\.go|package-info\.java)$|\.d\.[cm]?ts$"
)

# Papers about the project, not the product: a change log names everything and explains nothing.
_PAPERS = re.compile(
    r"(?:^|/)(?:change-?log|changes|history|news|release[_-]?notes|authors|contributors|contributing|maintainers|code_of_conduct"
    r"|licen[cs]e|copying|notice|citation|funding|codeowners|backers|sponsors|issue_template|pull_request_template)"
    r"(?:$|\.(?:md|rst|txt|adoc|ya?ml)$|/.*\.(?:md|rst|txt|adoc|ya?ml)$)|(?:^|/)\.[^/]+$|^\.github/",
    re.IGNORECASE,
)

MIN_SHARE = 0.1  # below a tenth of the question's words, a shared word is chance

_PROSE = frozenset({"markdown", "rst", "asciidoc"})  # cut by headings; plain text is as often data
_NEWS = re.compile(
    r"(?:^|/)(?:announce(?:ments?)?|_posts|blog|news|releases?|proposals|rfcs?|adrs?)/"
    r"|(?:^|/)(?:releases?|what'?s[-_]?new|history|change-?log)\b[^/]*$",
    re.IGNORECASE,
)  # what was once new or meant says little about how it is

_TEST_AFFIXES = re.compile(r"^(?:tests?[_.-])|(?:[_.-](?:tests?|spec|unittest|it))$|(?<=[a-z0-9])(?:Tests?|Spec|IT)$")


@lru_cache(maxsize=50_000)
def demotion(
    role: Role, kind: Kind, path: str, *, named: bool = False, wants_tests: bool = False, defines: bool = False
) -> float:
    """What a file's score is multiplied by for the part it plays: tests show how code is used and rarely how it works.

    `named` says that the question names something that the file defines, `defines` that it defines something near to the question:
    then it does more than to pass on what others define.
    """
    factor = 1.0 if role is Role.TEST and wants_tests else _ROLE_FACTORS[role]
    if kind is Kind.CONFIG:
        factor = min(factor, _CONFIG_FACTOR)
    if kind is Kind.DOC:
        factor = min(factor, _PAGE_FACTOR)
    if is_paper(path):
        factor = min(factor, _PAPER_FACTOR)
    if is_barrel(path) and not defines:
        factor *= _BARREL_FACTOR
    return factor + (1.0 - factor) * NAMED_SHARE if named else factor


def is_paper(path: str) -> bool:
    """Whether a file by its name is about the project and not the product: a change log, a licence, how to contribute."""
    return bool(_PAPERS.search(path))


def explains(path: str, language: str) -> bool:
    """Whether a file is documentation in sections that says how things are, rather than a paper about the project or news."""
    return language in _PROSE and not is_paper(path) and not _NEWS.search(path)


def is_barrel(path: str) -> bool:
    """Whether a file by its name only re-exports or declares what others define."""
    return bool(_BARRELS.search(path))


@lru_cache(maxsize=50_000)
def terms_of_path(path: str) -> frozenset[str]:
    """The terms of a path's file name and folder."""
    pure = PurePosixPath(path)
    return frozenset(tokenize(f"{pure.stem} {pure.parent.name}"))


def definers(names: Collection[str], defined: Mapping[str, Collection[str]]) -> dict[str, float]:
    """Paths that define a name of the question, each with how telling that is: 1 divided by the number of files defining it."""
    found: dict[str, float] = {}
    for name in names:
        for path in defined.get(name, ()):
            found[path] = max(found.get(path, 0.0), 1.0 / len(defined[name]))
    return found


@lru_cache(maxsize=50_000)
def name_of_path(path: str) -> tuple[str, str]:
    """A file's stem in lower case, and its suffix."""
    pure = PurePosixPath(path)
    return pure.stem.lower(), pure.suffix


@lru_cache(maxsize=50_000)
def tested_name(test: str) -> tuple[str, str]:
    """The stem in lower case, and the suffix, of the file that a test tests by its name."""
    pure = PurePosixPath(test)
    return _TEST_AFFIXES.sub("", pure.stem).lower().strip("_.-"), pure.suffix

