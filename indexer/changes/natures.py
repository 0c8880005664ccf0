"""Tells what a change does: by what its author marks, by how its title is worded, and by what its files say to that.

The lists of words are what separates the changes that release notes name from all others, in projects of different kinds and
languages; a word stands here only where it does so in most of them.
"""

from __future__ import annotations

import re

from indexer.changes.titles import Title, split_title
from indexer.changes.types import Nature, Size, Story
from indexer.changes.words import any_of

_REVERTS = any_of("revert(s|ed|ing)? back_?out re-?revert reapply", first=True)
_BREAKING_BODY = re.compile(r"^\W{0,4}BREAKING[ -]CHANGES?\b", re.MULTILINE)
_BREAKING = any_of(r"breaking(?!_(lines?|words?|spaces?|text)) (backwards?_)?incompatible_changes? backwards?_incompatib\w+")
_SECURITY = any_of(
    r"CVE-\d{4}-\d+ GHSA-\w+ XSA-\d+ vulnerab\w+ security_(fix|fixes|issue|bug|hole|advisory|update) merge_commit_from_fork"
)
_DEPRECATES = any_of("deprecat(e|es|ed|ing|ion|ions)")
_OTHERS_DEPRECATION = re.compile(  # what is done because somebody else deprecated something, or because the time is over
    r"\b(fix|avoid|remov|silenc|suppress|ignor|replac|drop|us(e|es|ing)\b|migrat|handl|updat|delet|resolv|address|clean|switch|convert)"
    r".*\bdeprecat|\bdeprecation warnings?\b|\b(is|are|was|were) deprecated\b",
    re.IGNORECASE,
)
_UPKEEP = any_of(  # nobody uses these words for what is new
    r"typos? misspell\w* spelling grammar wording re-?lint\w* lint(er|ing|s)? flake8 mypy ruff pylint golangci\S* pre-commit pyright"
    r" (static_)?typing(?!\.) type_?(hint|annotation|check)\w* no-any\S* strict-optional clean(s|ed|ing)?_?ups? refactor\w*"
    r" re-?format\w* white_?space code_?style change_?log changes\.\w+ release_notes? copyright_(years?|headers?|notices?|dates?)"
    r" licen[cs]e_headers? contributors? maintainers codeowners github_actions? workflows? travis appveyor circleci azure_pipelines"
    r" jenkins\w* dependabot renovate dead_code nits? nfc no_functional_changes? message_catalog(ue)?s? update_translations? fuzz\w*"
    r" flak(y|iness|e) compat\w*_(code|layer|shim)s? enable.*_(rules?|checks?|linters?) (enable|fix)_[A-Z]{1,4}\d{2,4}"
    r" adds?_\.[a-z]\w+ (remov\w+|drop\w*|delet\w+)_(the_|some_|all_|now_)*(unused|redundant|unnecessary|superfluous|obsolete|dead"
    r"|left-?over|stale|traces_of|calls_to|references_to|us(ag)?es?_of|work_?arounds?|hacks?)"
)
_INNER = any_of(  # words that are as often about the software itself; the files decide
    r"test test_?(case|suite|data|util)s? tests testing coverage fixtures? benchmarks? mocks? docstrings? comments? readme(\.\w+)?"
    r" unused redundant unnecessary superfluous obsolete boilerplate todo docs? documentation ci makefile"
)
_TIDIES = any_of(
    r"simplif\w+ tidy\w* dedup\w* extract\w* split\w* consolidat\w+ moderni[sz]\w+ re-?organi[sz]\w+ re-?structur\w+ rework\w* inline"
    r" decouple\w* factor(ed|ing)?_out clean\w* rearrange separate isolate unify prepare",
    first=True,
)
_REMOVES = re.compile(
    r"^(?:(?:completely|finally|fully) )?(?:remov(?:e|es|ed|ing|al)|drop(?:s|ped|ping)?|delet(?:e|es|ed|ing|ion)|disallow\w*|discontinu\w+"
    r"|retir\w+|eliminate\w*)\b|\b(?:drop|remove)\w* support\b|\bno longer supports?\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`]*`")
_REMOVES_LITTLE = any_of("extra extraneous spurious duplicated? wrong incorrect stray")
_PRIVATE = re.compile(r"(?<![\w])_[A-Za-z]\w+|\._[A-Za-z]\w+")  # names that their author keeps for the inside
DOCUMENTED_LINES = 3  # fewer mend a link or a word
_ADDS_FIRST = any_of(
    r"add(s|ed|ing)? new support(s|ed|ing)? implement(s|ed|ing|ation)? introduc(e|es|ed|ing|tion) allow(s|ed|ing)? expos(e|es|ed|ing)"
    r" provid(e|es|ed|ing) initial let offer display(s|ed)? hide(s|d)? promote(s|d)?",
    first=True,
)
_ADDS = any_of(
    r"new_(\w+_){0,2}(option|feature|command|component|api|function|method|module|class|config\w*|setting|flag|field|metric|directive|role"
    r"|builder|fixture|hook|endpoint|provider|sensor|platform|integration|middleware|plugin|extension|parameter|argument|view|page|model)s?"
    r" (adds?|introduces?|implements?|supports?|allows?|enables?)_\w+ (custom|configurable|customi[sz]able)"
    r" support_(for|of|in|to) support$ out_of_experimental (as|now|become\w*)_(stable|optional|configurable) on_by_default added$"
)
_ADDS_LITTLE = any_of(  # what is added is no feature
    r"add(s|ed|ing)?_(an?_|the_|some_|more_|extra_|another_)*(back|missing|more|todos?|notes?|links?|examples?|logging|logs?|assert\w*|sanity"
    r"|guards?|nil|null|checks?|debug\w*|traces?|hints?|mentions?|entry|entries|badges?|labels?|myself|me|newlines?|spaces?|details?|helpers?)",
    first=True,
)
_FIXES = any_of(
    r"fix(es|ed|ing|up)? bugs? bugfix(es)? regressions? crash(es|ed|ing)? panics? dead_?locks? races? race_conditions? leak(s|ed|ing|age)?"
    r" segfaults? typeerror valueerror keyerror attributeerror indexerror infinite_(loop|recursion) npe overflow broken wrong(ly)?"
    r" incorrect(ly)? correct(s|ed|ly)? hang(s|ing)? fails?_(to|when|if|on) failure_when repair\w* work_?around (does|do)(n't|_not)_work"
)
_FIXES_FIRST = any_of(
    r"don'?t do_not never avoid(s|ed|ing)? prevent(s|ed|ing)? ensure(s|d)? handle(s|d)? stop make_sure guard respect check ignore(s|d)?"
    r" honou?r restore properly keep validate(s|d)?",
    first=True,
)


def nature_of(story: Story, size: Size) -> Nature:
    """What a story does. What its author marks counts first (a type, "BREAKING CHANGE", "Fixes #12"), then the words of its title."""
    title = split_title(story.title)
    if title.type == "revert" or _REVERTS.search(title.text):
        return Nature.REVERT
    if title.breaking or title.type == "breaking" or _BREAKING_BODY.search(story.body) or _BREAKING.search(title.text):
        return Nature.BREAKING
    if title.type == "security" or _SECURITY.search(title.text):
        return Nature.SECURITY
    if title.bumps or _is_upkeep(title, size):
        return Nature.UPKEEP
    nature = _marked(title) or _worded(title.text)
    inside = nature is Nature.FEATURE and title.type != "feat" and _PRIVATE.search(title.text) and not _told(size)
    return Nature.CHANGE if inside else nature


def _told(size: Size) -> bool:
    """Whether a change of source is documented too: nobody documents what users do not see."""
    return size.docs_added >= DOCUMENTED_LINES and size.source > 0


def _is_upkeep(title: Title, size: Size) -> bool:
    """Whether nothing changes for users: tests, documentation, style, refactoring, CI."""
    if title.type in ("docs", "test", "upkeep"):
        return True
    if title.type in ("feat", "fix", "perf", "deprecate", "security", "breaking") or _DEPRECATES.search(title.text):
        return False
    prose = _CODE.sub(" ", title.text)  # what stands in code is a name, whatever it means
    if _UPKEEP.search(prose):
        return True
    inner = _INNER.search(prose) and size.source <= size.tests + size.docs
    return not _told(size) and bool(inner or _TIDIES.search(prose))


def _marked(title: Title) -> Nature | None:
    if title.type == "fix":
        return Nature.FIX
    if title.type == "deprecate" or (_DEPRECATES.search(title.text) and not _OTHERS_DEPRECATION.search(title.text)):
        return Nature.DEPRECATION
    if title.closes == "fix":
        return Nature.FIX
    if title.type == "perf":
        return Nature.CHANGE
    if title.type == "feat":
        return Nature.REMOVAL if _REMOVES.search(title.text) else Nature.FEATURE
    return None


def _worded(text: str) -> Nature:
    if _REMOVES.search(text):
        return Nature.FIX if _REMOVES_LITTLE.search(text) else Nature.REMOVAL
    if _ADDS_LITTLE.search(text):
        return Nature.CHANGE
    if _ADDS_FIRST.search(text):
        return Nature.FEATURE
    if _FIXES.search(text) or _FIXES_FIRST.search(text):
        return Nature.FIX
    return Nature.FEATURE if _ADDS.search(text) else Nature.CHANGE
