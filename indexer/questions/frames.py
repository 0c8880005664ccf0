"""The places that stack traces and logs name, in the forms in which a dozen languages print them. Plain functions over text.

Each line is read once by patterns without nested repetition, and only so many lines and characters of a text are read, so that a log
of any size takes a few milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.types import Frame

MAX_LINES = 2_000  # of a text are read, half of them from its end: there stands what went wrong last
_LINE = 400  # characters of a line
_MAX_FRAMES = 200
_APART = 6  # lines without a frame between two traces

_EXTENSIONS = (
    "py|pyi|pyx|js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|go|rs|rb|erb|rake|java|kt|kts|scala|groovy|cs|fs|vb|razor|php|phtml|c|cc|cpp"
    "|cxx|h|hh|hpp|m|mm|swift|dart|ex|exs|erl|lua|pl|pm|sh|sql|html|css|scss|toml|ya?ml|json|md|rst"
)
_TOKEN = re.compile(r"[^\s\"'`()<>|,;*?\[\]{}]{3,}")
_FILE = re.compile(rf"\.(?:{_EXTENSIONS})(?![\w.]*[\w/\\])(?:[:#]L?(?P<line>\d{{1,7}}))?")

_PYTHON = re.compile(r'File "(?P<path>[^"\n]{1,300})", line (?P<line>\d{1,7})(?:, in (?P<name>[\w.<>]+))?')
_JVM = re.compile(
    r"^\s*(?:at )?(?:[\w.@-]+/{1,2})?(?P<name>(?:[\w$]+\.)+[\w$<>]+)\((?P<file>[\w$-]+\.(?:java|kt|scala|groovy))(?::(?P<line>\d{1,7}))?\)"
)
_JVM_BARE = re.compile(r"^\s*at (?:[\w.@-]+/{1,2})?(?P<name>(?:[\w$]+\.)+[\w$<>]+)\((?:Unknown Source|Native Method|SourceFile(?::\d+)?)\)")
_DOTNET = re.compile(
    r"^\s*(?:at|bei|à|en|в|in) (?P<name>[\w.`+<>\[\],]+)\([^()\n]*\)(?: (?:in|dans|в|en) (?P<path>[^\n]+):\S+ (?P<line>\d{1,7}))?\s*$"
)
_NODE = re.compile(
    r"^\s*at (?:(?:async |new )*(?P<name>[\w$.<>#]+)(?: \[as [^\]]{1,80}\])? \()?(?:file://)?(?:webpack(?:-internal)?:/{2,3})?"
    r"(?P<path>[^\s()]{1,300}?)(?:\?[\w-]*)?:(?P<line>\d{1,7})(?::\d{1,7})?\)?\s*$"
)
_FIREFOX = re.compile(r"^\s*(?P<name>[\w$.<>/]*)@(?:https?://[^/\s]+|file://)?(?P<path>[^\s@]{1,300}?):(?P<line>\d{1,7}):\d{1,7}\s*$")
_PHP = re.compile(r"^\s*#\d{1,4} (?P<path>[^\s()][^()\n]{0,300}?)\((?P<line>\d{1,7})\): (?P<name>[\w\\]*(?:->|::)?[\w{}]*)")
_PHP_RAISED = re.compile(r" in (?P<path>\S+\.(?:php|phtml))(?::(?P<line>\d{1,7})| on line (?P<on_line>\d{1,7}))")
_RUBY = re.compile(r"(?:^|(?<=\s))(?P<path>(?:[A-Za-z]:)?[^\s:]+\.(?:rb|erb|rake)):(?P<line>\d{1,7}):in [`'](?P<name>[^'\n]{1,120})'")
_GO_CALL = re.compile(r"^(?:created by )?(?P<name>[\w./@~-]+(?:\(\*?\w+(?:\[\.\.\.\])?\)[\w.]+)?)(?:\(.*\)| in goroutine \d+)$")
_RUST_CALL = re.compile(r"^\s*\d{1,4}: +(?:0x[0-9a-f]+ - )?(?P<name>[\w:<>{}#, &']{2,200})$")

_BREAKS = re.compile(
    r"^\W*(?:Caused by\b|Suppressed:|Traceback \(most|During handling|The above exception|goroutine \d+|stack backtrace|---> |-- )"
)
_LIBRARIES = re.compile(
    r"(?:site-packages|dist-packages|node_modules|bower_components|gems(?=/[\w.-]+-\d)|registry/src/[^/]+|pkg/mod"
    r"|vendor(?=/[\w.-]+/[\w.-]+/))/"
)
_RUNTIMES = re.compile(
    r"^<|^node:|^internal/|^native\b|^\[|^/rustc/|^bun:|^deno:|/lib/python[\d.]+/(?!(?:site|dist)-packages)|/go/src/(?![\w-]+\.\w+/)"
    r"|/lib/ruby/[\d.]+/(?!gems/)|/libexec/src/|^/_/src/|^<frozen"
)
_VERSION = re.compile(r"[-@]v?\d[\w.+-]*$")


def frames_of(text: str) -> tuple[Frame, ...]:
    """Every place that a text names with a path, or a class of Java, Kotlin or C#: trace by trace, within each what was called last first.

    `trace` of each numbers the traces in reading order; a path outside of any trace is one of its own. Places in the languages' own
    runtimes are left out.
    """
    traces: list[list[Frame]] = []
    last, style_before, call = -_APART, "", ""
    count = 0
    for number, line in enumerate(read_lines(text)):
        if _BREAKS.match(line):
            style_before = ""
        found = list(_frames_in(line, call))
        call = _call_in(line) if not found else ""
        for style, frame in found:
            if count == _MAX_FRAMES:
                return _ordered(traces)
            begins = style != style_before or number - last > _APART or style == "mention"
            if not traces or begins:
                traces.append([])
            traces[-1].append(frame)
            style_before, last, count = style, number, count + 1
    return _ordered(traces)


def is_frame(line: str) -> bool:
    """Whether a line is part of a stack trace: it says a place in a trace's form, or what was called there."""
    line = line[:_LINE]
    return any(style != "mention" for style, _ in _frames_in(line, "")) or bool(_RUST_CALL.match(line)) or bool(_JVM_BARE.match(line))


def read_lines(text: str) -> Sequence[str]:
    """The lines of a text that are looked at, each cut short: all, or where there are very many the first and the last ones."""
    half = MAX_LINES * _LINE // 2
    if len(text) > 2 * half:
        text = f"{text[:half]}\n{text[-half:]}"
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        lines = lines[: MAX_LINES // 2] + lines[-MAX_LINES // 2 :]
    return [line[:_LINE] for line in lines]


def _ordered(traces: list[list[Frame]]) -> tuple[Frame, ...]:
    """Python prints the innermost call last, everybody else first."""
    ordered = [list(reversed(trace)) if trace[0].innermost_last else trace for trace in traces]
    return tuple(replace(frame, trace=number) for number, trace in enumerate(ordered) for frame in trace if frame.path)


def _frames_in(line: str, call: str) -> Iterator[tuple[str, Frame]]:
    """The frames of a line, each with the form it is written in; `call` is what an earlier line said is called there."""
    if match := _PYTHON.search(line):
        yield "python", _frame(match["path"], match["line"], match["name"] or "", innermost_last=True)
    elif match := _JVM.match(line):
        yield "jvm", _of_class(match["name"], match["file"], match["line"])
    elif (match := _DOTNET.match(line)) and (match["path"] or "." in match["name"]):
        yield "dotnet", _dotnet(match)
    elif (match := _PHP.match(line)) or (match := _RUBY.search(line)) or (match := _NODE.match(line)) or (match := _FIREFOX.match(line)):
        yield "calls", _frame(match["path"], match["line"], match["name"] or call)
    elif match := _PHP_RAISED.search(line):
        yield "calls", _frame(match["path"], match["line"] or match["on_line"] or match["in_line"], "")
    else:
        for path, number in _paths_in(line):
            if call and number:
                yield "calls", _frame(path, number, call)
            elif number or "/" in path or "\\" in path:
                yield "mention", _frame(path, number, "")


def _paths_in(line: str) -> Iterator[tuple[str, str | None]]:
    """The files that a line names, with the line number behind each."""
    for token in _TOKEN.finditer(line):
        if match := _FILE.search(token.group()):
            path = token.group()[: match.start()].rpartition("=")[2]
            drive = path[:2] if re.match(r"[A-Za-z]:[\\/]", path) else ""
            yield drive + path[len(drive) :].rpartition(":")[2] + match.group().partition(":")[0].partition("#")[0], match["line"]


def _call_in(line: str) -> str:
    match = _GO_CALL.match(line) or _RUST_CALL.match(line)
    return match["name"] if match else ""


def _dotnet(match: re.Match[str]) -> Frame:
    name = re.sub(r"\[.*?\]|`\d+|<>c(?:__DisplayClass[\w]*)?\.?", "", match["name"])
    name = re.sub(r"<(\w+)>[\w$|]*(?:\.MoveNext)?", r"\1", name).replace("+", ".").rstrip(".")
    if match["path"]:
        return _frame(match["path"], match["line"], name)
    owner = name.rpartition(".")[0].removesuffix(".")
    return Frame(f"{owner.replace('.', '/')}.cs", 0, name.rpartition(".")[2]) if owner else Frame("", 0)


def _of_class(name: str, file: str, line: str | None) -> Frame:
    """`com.acme.Refunds$Inner.open` in `Refunds.java` stands in a file that ends in com/acme/Refunds.java."""
    package = [part for part in name.split(".")[:-2]]
    method = re.sub(r"^lambda\$(\w+)\$\d+$", r"\1", name.rpartition(".")[2])
    return Frame("/".join([*package, file]), int(line or 0), method)


def _frame(path: str, line: str | None, name: str, *, innermost_last: bool = False) -> Frame:
    path = path.replace("\\", "/").strip()
    if _RUNTIMES.search(path):
        return Frame("", 0, innermost_last=innermost_last)
    package, installed = "", [*_LIBRARIES.finditer(path)]
    if installed:
        path = path[installed[-1].end() :]
        parts = path.split("/")
        kind = installed[-1].group()
        owned = 3 if kind.startswith("pkg") else 2 if kind.startswith("vendor") or parts[0].startswith("@") else 1
        package = _VERSION.sub("", re.sub(r"@v[\w.+-]*", "", "/".join(parts[:owned])))
        path = "/".join(parts[owned:]) if len(parts) > owned else path
    path = re.sub(r"^(?:[A-Za-z]:)?(?:\.{0,2}/)*", "", path)
    return Frame(path, int(line or 0), re.split(r"::|->|[.#\\/]", name.removesuffix("()"))[-1].strip("{}<>() "), package, 0, innermost_last)
