"""What each line of a pasted text is: something said, what an error says, code or output, or noise. Plain functions over lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto


class Line(Enum):
    """What a line is worth for finding what is asked."""

    SAID = auto()
    ERROR = auto()
    REST = auto()
    NOISE = auto()


def _line_of(phrases: Sequence[str], end: str) -> re.Pattern[str]:
    """What matches a line that begins with one of these phrases, after any marks, and goes on as `end` says."""
    return re.compile(rf"^\W*(?:{'|'.join(phrases)}){end}", re.IGNORECASE)


_ERROR = re.compile(
    r"^\W{0,4}(?:"
    r"(?:Caused by|Uncaught|Unhandled|Suppressed|panic|fatal(?: error)?|PHP [A-Z]\w+(?: error)?|error(?:\[\w+\])?|E {2,})[: ]"
    r"|Exception in thread \"[^\"]*\" |thread '[^']*' panicked at "
    r"|(?:[\w$]+[.:\\]+)*[A-Z]\w*(?:Error|Exception|Panic|Fault|Failure|Warning)\b)"
)
_LEVELS = "ERROR|FATAL|CRITICAL|SEVERE|PANIC|EMERG|ERR|WARN(?:ING)?"
_LOGGED = re.compile(
    r"^\W*(?:\d{4}[-/]\d\d[-/]\d\d[T ]|\d\d:\d\d:\d\d|[A-Z][a-z]{2} +\d{1,2} \d\d:|\d{10,13}\b"
    rf"|(?:TRACE|DEBUG|INFO|NOTICE|{_LEVELS})\b[\]: ])"
)
_BAD = re.compile(rf"\b(?:{_LEVELS}|[Ff]ailed|[Ee]xception)\b(?P<message>.*)")
_IN_FRAME = re.compile(r":in [`'][^']*': (?P<ruby>.+)$|^(?P<php>.{8,}?) in \S+\.php\b")

# Headings of the issue forms of public projects, and of the templates that hosts offer.
_HEADING = _line_of(
    [
        "describe (?:the |your )?(?:bug|issue|problem|solution.*|alternatives.*)", "bug(?: report| description)?", "description", "summary",
        "(?:what (?:is|was) the )?(?:current|expected|actual|observed)(?: bug)? (?:behaviou?rs?|results?|outcome|output)",
        "expected", "actual",
        "what happened", "context", "(?:steps )?to reproduce(?: the (?:behaviou?r|bug|issue|problem))?", "steps to reproduce.*",
        "how to reproduce.*", "reproduc(?:tion|e|er|ible example)(?: steps| code| link)?", "minimal (?:reproducible )?example",
        "code (?:sample|snippet)", "screenshots?(?: .*)?", "environment(?: .*)?", "stack ?trace", "traceback", "logs? output", "output",
        "(?:your |system |relevant )?(?:version|system|environment|setup|log|platform|configuration|info(?:rmation)?)s?"
        "(?: (?:info(?:rmation)?|output|details|used|number))?", "additional (?:context|info(?:rmation)?|details|notes?)(?: .*)?",
        "anything else.*", "possible (?:solution|fix)", "proposed solution", "check-?list", "pre-?flight.*", "prerequisites", "desktop.*",
        "smartphone.*", "feature request", r"is your feature request related to a problem\?.*", "(?:software|affected|used) versions?",
        "motivation", "details",
    ],
    r"\W*$",
)  # fmt: skip
_BOILERPLATE = _line_of(
    [
        "thank(?:s| you) for (?:submitting|taking|opening|filing|reporting|your)", "add any other context", "if applicable",
        "please (?:search|read|make sure|fill|include|provide|describe|check|note|do not|don't|use|review|follow)\\b",
        "before (?:submitting|opening|filing|you)", "a clear and concise", "quick check-?list", "here's a quick",
        "i (?:have|'ve) (?:searched|read|checked|verified|confirmed)\\b.*(?:issues?|guidelines|documentation|docs|conduct|version|main)",
        "(?:\\d+\\. )?(?:go to '|click on '|scroll down to '|see error|see below|install the (?:newest|latest))",
        "(?:code of conduct|contributing guidelines)\\b", r"traceback \(most recent", "stack (?:back)?trace:", r"goroutine \d+ \[",
        "note: (?:some details|run with)", "the above exception was", "during handling of the above", r"\.\.\. \d+ more$",
    ],
    "",
)
_BOX = re.compile(r"^\W{0,6}\[[ xX]?\] ")  # fmt: skip
_VERSIONS = _line_of(
    [
        r"[\w .()/*-]{1,40}(?:[:=|]| {2,}|@|==) *\W{0,4}v?\d+(?:\.\d+)+\b.{0,80}", r"platform \w+ -- .*", "cachedir: .*", "rootdir: .*",
        "plugins: .*", r"collected \d+ items?.*", "name +version", "package +version",
        r"(?:os|operating system|browser|platform|python|node(?:\.?js)?|npm|yarn|pnpm|go|ruby|java|jdk|rustc|cargo|docker|device"
        r"|architecture|shell|terminal|kernel|machine|hardware|distro|version|installed (?:with|via|by))\b[^.!?]{0,20}[:|].{0,100}",
    ],
    "$",
)  # fmt: skip
_DRAWN = re.compile(r"^[\s|+=~_*#>.<-]*$|^[=_*#>~+-]{4,}|^\s*\|?(?:\s*:?-{2,}:?\s*\|)+")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_CODE = re.compile(
    r"^(?: {4,}|\t)\S|[;{}]\s*$|^\s*(?:[$%>] |>>> |import |from \w+ import|def |class |func |fn |const |let |var |@\w+|//"
    r"|#include|return\b)"
)
_SENTENCE = re.compile(r"(?:\b[^\W\d_]{1,30}(?:['’][^\W\d_]{1,30})?[,;:]? ){3}|\?\s*$")


def kind_of(line: str, *, fenced: bool, traced: bool) -> Line:
    """`fenced`: inside a block of code or output; `traced`: the lines before belong to a stack trace."""
    if not line.strip() or _DRAWN.match(line) or _BOILERPLATE.match(line) or _BOX.match(line) or _VERSIONS.match(line):
        return Line.NOISE
    if _LOGGED.match(line):
        return Line.ERROR if _BAD.search(line) else Line.NOISE
    if _ERROR.match(line) and (fenced or ":" in line[:120] or not _SENTENCE.match(line)):
        return Line.ERROR
    if traced and (line[0] in " \t" or not _SENTENCE.search(line)):
        return Line.NOISE  # the source line below a frame, "... 12 more"
    if not fenced and (_HEADING.match(line) or _ROW.match(line)):
        return Line.NOISE
    return Line.REST if fenced or _CODE.search(line) else Line.SAID


def message(line: str) -> str:
    """What an error line says, without the time and the level in front."""
    found = _BAD.search(line) if _LOGGED.match(line) else None
    return " ".join((found["message"] if found and found["message"].strip() else line).strip(" :]-\t").split())


def message_in_frame(line: str) -> str:
    """What Ruby and PHP say went wrong in the line that says where; "" for other frames."""
    match = _IN_FRAME.search(line)
    return " ".join((match["ruby"] or match["php"] or "").split()) if match else ""
