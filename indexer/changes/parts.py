"""What the lines of a file count as in a change: source, tests or documentation. By the path alone."""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.changes.words import words
from indexer.languages import Language, detect_language
from indexer.roles import role_of
from indexer.sources import skip_entry
from indexer.types import Kind, Role, TreeEntry

_CI = (".github/", ".gitlab", ".circleci/", ".azure", ".pre-commit", ".buildkite/", ".travis", "azure-pipelines", ".drone")
_NO_MANUAL = re.compile(  # text that tells nobody how to use the software
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/.*|constraints[\w.-]*\.txt|licen[cs]es?[\w.-]*|copying|authors|credits"
    r"|thanks|contributors|maintainers|code_of_conduct|security)(?:\.\w+)?$|(?:^|/)\.[^/]+$|\.(?:pot?|lock|sum|golden|out|log)$|(?:^|/)locales?/",
    re.IGNORECASE,
)
_TOOL_NAMES = re.compile(r"^(?:package|composer|tsconfig|bower|lerna|renovate|nx|turbo|biome|deno|project)\b[\w.-]*\.jsonc?$")
_TOOL_FILES = words(
    "pyproject.toml Cargo.toml Pipfile setup.cfg tox.ini pytest.ini mypy.ini pom.xml go.mod go.work MANIFEST.in mkdocs.yml mkdocs.yaml"
    " CODEOWNERS OWNERS"
)
_TOOL_SUFFIXES = words("csproj fsproj vbproj props targets svg plist sln csv tsv in pbxproj lock")
_SOME = "x"  # a text that is not empty: an empty file in assembly says nothing of its language
_MANY = 65_536  # paths of a large history, each of which is looked at in many changes


@lru_cache(maxsize=_MANY)
def part_of(path: str) -> Role | None:
    """What a file's lines count as: source, tests or docs; None for CI, settings, lock, generated and vendored files."""
    if is_ci(path) or _is_skipped(path):
        return None
    language = detect_language(path, _SOME)
    kind = Kind.CODE if _is_unknown(path, language) else language.kind
    role = role_of(path, kind)
    if language.kind is Kind.DOC and role is not Role.TEST and _NO_MANUAL.search(path):
        return None
    if role is Role.SOURCE:
        return role if kind is Kind.CODE else None
    return role if role in (Role.TEST, Role.DOCS) else None


@lru_cache(maxsize=_MANY)
def is_shipped_setting(path: str) -> bool:
    """Whether a file holds settings of the software itself (charts, manifests, templates), not of the tools that build it."""
    name = path.rpartition("/")[2]
    of_tools = name in _TOOL_FILES or name.rpartition(".")[2] in _TOOL_SUFFIXES or bool(_TOOL_NAMES.match(name))
    if of_tools or path.startswith(".") or "/." in path or is_ci(path) or _is_skipped(path):
        return False
    kind = detect_language(path, _SOME).kind
    return kind is Kind.CONFIG and role_of(path, kind) is Role.SOURCE


def is_ci(path: str) -> bool:
    """Whether a file only says how the project is built and checked."""
    return path.startswith(_CI)


def _is_skipped(path: str) -> bool:
    return skip_entry("", TreeEntry(path, "100644", "", 1), exclude=(), max_bytes=1) is not None


def _is_unknown(path: str, language: Language) -> bool:
    """Whether nothing tells the language of a file. Most are programs in a language that is rare, or scripts without a suffix;
    texts without one have well-known names, in capitals."""
    name = path.rpartition("/")[2]
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return language.name == "text" and not name.startswith(".") and suffix not in language.extensions and not name.isupper()
