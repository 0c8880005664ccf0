"""Reads titles as people write them: "feat(api)!: add x", "[lvgl] Fix y", "Closes #12: autodoc: add z", "xen/arm: drop w"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.changes.words import words

_NUMBER = re.compile(r"\s*\((?:(?:fix(?:es)?|close[sd]?)\s+)?[#!]\d+\)\s*$", re.IGNORECASE)
_CLOSING = re.compile(
    r"^\W{0,2}(?:(?P<word>fix(?:e[sd])?|clos(?:e[sd]?|ing)|resolve[sd]?|refs?|issue|bug|pr)\s*:?\s*)?"
    r"(?:(?:[\w.-]+/[\w.-]+)?[#!]\d+|[A-Z][A-Z0-9]{1,9}-\d+)(?![\w-])(?:\s*(?:,|&|and)\s*[#!]?\d+)*[\])]?(?:\s*[:–—-]+\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_TYPE = re.compile(r"^(?P<type>[A-Za-z]+)(?:\((?P<scope>[^()]*)\))?(?P<breaking>!)?:\s*(?=\S)")
_TAG = re.compile(r"^\[(?P<tag>[^\[\]]{1,40})\]:?\s*(?=\S)")
_AREA = re.compile(r"^(?P<area>[\w./*{}&,+ -]{1,40}?):\s+(?=\S)")

_TYPES = {
    **dict.fromkeys(words("feat feature features enhancement enh feats enhance minor"), "feat"),
    **dict.fromkeys(words("fix bugfix bug hotfix fixes bugs fixed"), "fix"),
    **dict.fromkeys(words("docs doc documentation document site website"), "docs"),
    **dict.fromkeys(words("test tests testing e2e"), "test"),
    **dict.fromkeys(words("ci build chore style refactor refactoring cleanup maint maintenance misc tooling deps dep"
                    " dependencies lint infra dev internal"
                    " code-quality codequality clean clean-up housekeeping tst mnt release typing types tidy"), "upkeep"),
    **dict.fromkeys(words("perf performance optimization"), "perf"),
    **dict.fromkeys(words("deprecate deprecation deprecations"), "deprecate"),
    **dict.fromkeys(words("security sec"), "security"),
    **dict.fromkeys(words("breaking"), "breaking"),
    "revert": "revert",
}  # fmt: skip
_MINOR = re.compile(
    r"\b(typos?|lint\w*|flaky|refactor\w*|clean(ing)?[- ]?ups?|whitespace|changelog|re-?format\w*|fixup|wip|pep ?8|mypy|ruff|pylint"
    r"|code style|type (hints?|annotations?)|add(ing)? tests?|unit tests?)\b",
    re.IGNORECASE,
)
_BUMPS = re.compile(
    r"^(?:(?:bump|upgrade|(?:un)?pin|auto-?update)\w*\b|prepar\w+ (?:for )?(?:the |next )*(?:release|version)"
    r"|(?:cut|tag|begin|start|set|make|do)\b.{0,20}\b(?:release|version)\b|(?:pre|post)-?release|releas(?:e|ing)\b.{0,20}\d+\.\d"
    r"|version (?:bump|\d)|v?\d+\.\d+(?:\.\d+)?[\w.-]*$|back to dev|update \S+ (?:to|digest|docker|action)\b"
    r"|update (?:[\w./-]+ ){0,2}(?:dependenc\w+|deps|lock ?files?|go\.mod|vendor\w*|submodules?)\b|updated? version\b)"
    r"|\b(?:bump|update|upgrade)\w* .*\b(?:to|from) v?\d+(?:\.\d+)+|\bversion bump\b|\bautoupdate\b",
    re.IGNORECASE,
)
_LONGEST = 500  # characters; some people write a whole page without a line break


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart. `type` is one of feat, fix, docs, test, upkeep, perf, deprecate, security, breaking, revert, or "" where
    it names none; `closes` whether it begins with "Fixes #12" ("fix") or "Closes #12" ("close"); `scope` the area it names, in
    small letters; `text` the rest."""

    text: str
    type: str = ""
    scope: str = ""
    breaking: bool = False
    closes: str = ""

    @property
    def bumps(self) -> bool:
        """Whether it moves a version: of a dependency, or of the project itself for a release."""
        return bool(_BUMPS.search(self.text))


@lru_cache(maxsize=16_384)
def split_title(subject: str) -> Title:
    """The parts of a title or subject."""
    text, kind, scope, breaking, closes = _NUMBER.sub("", subject[:_LONGEST]).strip(), "", "", False, ""
    for _ in range(4):  # "[3.2] Fix #12: feat(api): x" has four parts
        if match := _CLOSING.match(text):
            word = (match["word"] or "").lower()
            closes = closes or ("fix" if word.startswith("fix") else "close" if word.startswith(("clos", "resol")) else "")
        elif match := _TAG.match(text):
            tag = match["tag"].strip().lower()
            kind, scope = (kind or _TYPES[tag], scope) if tag in _TYPES else (kind, scope or tag)
        elif (match := _TYPE.match(text)) and (match["type"].lower() in _TYPES or match["breaking"]):
            kind = kind or _TYPES.get(match["type"].lower(), "")
            scope = scope or (match["scope"] or "").lower()
            breaking = breaking or bool(match["breaking"])
        elif match := _AREA.match(text):
            scope = scope or match["area"].lower()
        else:
            break
        text = text[match.end() :]
    return Title(text, kind, scope, breaking, closes)


def scope_of(subject: str) -> str:
    """The area that a subject names first ("xen/arm", "lvgl"), in small letters; "" for none."""
    return split_title(subject).scope


def is_minor(subject: str) -> bool:
    """Whether a commit says that it is only about tests, words, style or the like, so that it cannot name a story of several."""
    title = split_title(subject)
    return title.type in ("docs", "test", "upkeep") or bool(_MINOR.search(title.text)) or title.text.startswith("Merge ")
