"""Tells what a change does from how its author words it."""

from __future__ import annotations

import re

from indexer.changes.titles import Title, split_title
from indexer.changes.types import Nature, Story
from indexer.changes.words import any_of

_REVERTS = any_of("revert(s|ed|ing)? back_?out re-?revert", first=True)
_BREAKING_BODY = re.compile(r"^\W{0,4}BREAKING[ -]CHANGES?\b", re.MULTILINE)
_BREAKING = any_of(r"breaking(?!_(lines?|words?|spaces?|text)) (backwards?_)?incompatible_changes? backwards?_incompatib\w+")
_SECURITY = any_of(
    r"CVE-\d{4}-\d+ GHSA-\w+ XSA-\d+ vulnerab\w+ security_(fix|fixes|issue|bug|hole|advisory|update) merge_commit_from_fork"
)
_DEPRECATES = any_of("deprecat(e|es|ed|ing|ion|ions)")
_OTHERS_DEPRECATION = re.compile(  # what is done because somebody else deprecated something, or because the time is over
    r"\b(fix|avoid|remov|silenc|suppress|ignor|replac|drop|us(e|es|ing)\b|migrat|handl|updat|delet|resolv|address|clean|switch|convert)"
    r".*\bdeprecat|\bdeprecation warnings?\b",
    re.IGNORECASE,
)
_UPKEEP = any_of(
    r"typos? spelling grammar wording lint(er|ing|s)? flake8 mypy ruff pylint golangci\S* pre-commit type_?(hint|annotation|check)\w*"
    r" typing refactor\w* clean(s|ed|ing)?_?ups? re-?format\w* whitespace code_?style flak(y|iness|e) change_?log changes\.\w+"
    r" release_notes? copyright licen[cs]e_headers? contributors? maintainers codeowners github_actions? workflows? travis"
    r" appveyor circleci azure_pipelines jenkins\w* dependabot renovate (code_?)?coverage dead_code unused redundant unnecessary"
    r" superfluous boilerplate nits? nfc no_functional_changes? readme(\.\w+)? docstrings? comments?"
    r" message_catalogu?es? update_translations? todo simplif\w+"
    r" tidy\w* dedup\w* test_suite ci"
)
_TESTS = re.compile(
    r"^(?:(?:add|fix|update|improve|extend|enable|disable|skip|speed ?up|more|new|missing|remove|move|rename|split|use|make|port|convert"
    r"|stabili[sz]e|deflake|expand|cover)\w*\b.*\b)?(?:tests?|testing|test ?cases?|test ?data|fixtures?|benchmarks?|mocks?)\b"
    r"(?! (?:runner|plugin|client|command|framework|item))",
    re.IGNORECASE,
)
_BUMP = re.compile(
    r"^(?:(?:bump|upgrade|(?:un)?pin|auto-?update|autoupdate)\w*\b|prepar\w+ (?:for )?(?:the |next )*(?:release|version)"
    r"|(?:cut|tag|begin|start|set|make|do)\b.{0,20}\b(?:release|version)\b|(?:pre|post)-?release|releas(?:e|ing)\b.{0,20}\d+\.\d"
    r"|version (?:bump|\d)|v?\d+\.\d+(?:\.\d+)?[\w.-]*$|back to dev|update \S+ (?:to|digest|docker|action)\b"
    r"|update (?:all |the )*(?:dependenc\w+|deps|lock ?files?|go\.mod|vendor\w*|submodules?)\b|updated? version\b)"
    r"|\b(?:bump|update|upgrade)\w* .*\b(?:to|from) v?\d+(?:\.\d+)+|\bversion bump\b|\bautoupdate\b",
    re.IGNORECASE,
)
_REMOVES = re.compile(
    r"^(?:(?:completely|finally|fully) )?(?:remov(?:e|es|ed|ing|al)|drop(?:s|ped|ping)?|delet(?:e|es|ed|ing|ion)|disallow\w*|discontinu\w+"
    r"|retir\w+|eliminate\w*)\b|\b(?:drop|remove)\w* support\b|\bno longer supports?\b",
    re.IGNORECASE,
)
_ADDS_FIRST = any_of(
    r"add(s|ed|ing)? new support(s|ed|ing)? implement(s|ed|ing|ation)? introduc(e|es|ed|ing|tion) allow(s|ed|ing)? enabl(e|es|ed|ing)"
    r" expos(e|es|ed|ing) provid(e|es|ed|ing) creat(e|es|ed|ing) initial let offer accept(s|ed|ing)? first",
    first=True,
)
_ADDS = any_of(
    r"new_(\w+_){0,2}(option|feature|command|component|api|function|method|module|class|config\w*|setting|flag|field|metric|directive|role"
    r"|builder|fixture|hook|endpoint|provider|sensor|platform|integration|middleware|plugin|extension|parameter|argument|view|page|model)s?"
    r" (adds?|added|adding|introduces?|implements?|supports?|allows?|enables?)_\w+"
)
_ADDS_LITTLE = any_of(  # what is added is no feature
    r"add(s|ed|ing)?_(an?_|the_|some_|more_|extra_|another_)*(back|missing|more|todos?|notes?|links?|examples?|logging|logs?|assert\w*|sanity|guards?"
    r"|nil|null|checks?|debug\w*|traces?|hints?|mentions?|entry|entries|badges?|labels?|myself|me|newlines?|spaces?)",
    first=True,
)
_FIXES = any_of(
    r"fix(es|ed|ing|up)? bugs? bugfix(es)? regressions? crash(es|ed|ing)? panics? dead_?locks? races? race_conditions? leak(s|ed|ing|age)?"
    r" segfaults? typeerror valueerror keyerror attributeerror indexerror infinite_(loop|recursion) npe overflow broken wrong(ly)?"
    r" incorrect(ly)? correct(s|ed|ly)? hang(s|ing)? fails?_(to|when|if|on) failure_when repair\w* work_?around (does|do)(n't|_not)_work"
)
_FIXES_FIRST = any_of(
    r"don'?t do_not never avoid(s|ed|ing)? prevent(s|ed|ing)? ensure(s|d)? handle(s|d)? stop make_sure guard respect"
    r" honou?r restore properly",
    first=True,
)


def nature_of(story: Story) -> Nature:
    """What a story does. What its author marks counts first (a type, "BREAKING CHANGE", "Fixes #12"), then the words of its title."""
    title = split_title(story.title)
    if title.type == "revert" or _REVERTS.search(title.text):
        return Nature.REVERT
    if title.breaking or title.type == "breaking" or _BREAKING_BODY.search(story.body) or _BREAKING.search(title.text):
        return Nature.BREAKING
    if title.type == "security" or _SECURITY.search(title.text):
        return Nature.SECURITY
    if is_upkeep(title) or is_bump(title):
        return Nature.UPKEEP
    return _marked(title) or _worded(title.text)


def is_upkeep(title: Title) -> bool:
    """Whether a title says that nothing changes for users: tests, documentation, style, refactoring, CI."""
    if title.type in ("docs", "test", "upkeep"):
        return True
    if title.type in ("feat", "fix", "perf", "deprecate", "security", "breaking"):
        return False
    return any(pattern.search(title.text) for pattern in (_UPKEEP, _TESTS))


def is_bump(title: Title) -> bool:
    """Whether a title says that it moves a version: of a dependency, or of the project itself for a release."""
    return bool(_BUMP.search(title.text))


def _marked(title: Title) -> Nature | None:
    if title.type == "deprecate" or (_DEPRECATES.search(title.text) and not _OTHERS_DEPRECATION.search(title.text)):
        return Nature.DEPRECATION
    if title.type == "fix" or title.closes == "fix":
        return Nature.FIX
    if title.type == "perf":
        return Nature.CHANGE
    if title.type == "feat":
        return Nature.REMOVAL if _REMOVES.search(title.text) else Nature.FEATURE
    return None


def _worded(text: str) -> Nature:
    if _REMOVES.search(text):
        return Nature.REMOVAL
    if _ADDS_LITTLE.search(text):
        return Nature.CHANGE
    if _ADDS_FIRST.search(text):
        return Nature.FEATURE
    if _FIXES.search(text) or _FIXES_FIRST.search(text):
        return Nature.FIX
    return Nature.FEATURE if _ADDS.search(text) else Nature.CHANGE
