"""What manifests that are programs or have a format of their own want, read line by line: Go, Ruby, Gradle and Elixir.

Nothing is run: what a line does not write out is not known and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.changes.flags.manifests.types import Scope, Wanted

_MAX_LINE = 1_000  # characters that are looked at
_GO_REQUIRE = re.compile(r"^(?:require\s+)?(\S+)\s+(v\S+)\s*(//.*)?$")
_GO_MAJOR = re.compile(r"(?:/v\d+|\.v\d+)$")
_GO_DEV = re.compile(r"test|mock|ginkgo|gomega|goleak|go-cmp|golangci")  # go.mod does not say what for
_GO_OWN = "v0.0.0-00010101000000"  # what `replace` finds in the same repository
_GO_VERSION = re.compile(r"^go\s+(\d+\.\d+)")
_GEM = re.compile(r"^\s*gem[ (]\s*[\"']([\w.-]+)[\"']((?:\s*,\s*[\"'][^\"']*[\"'])*)(.*)$")
_GEMSPEC = re.compile(r"^\s*\w+\.add_(runtime_|development_)?dependency[ (]\s*[\"']([\w.-]+)[\"']((?:\s*,\s*[\"'][^\"']*[\"'])*)")
_GEM_GROUP = re.compile(r"^\s*group\b.*:(development|test)\b.*\bdo\s*$")
_RUBY_OPENS = re.compile(r"\bdo\s*(?:\|[^|]*\|)?\s*$|^\s*(?:if|unless|case|begin)\b")
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_GRADLE = re.compile(r"^\s*([A-Za-z]+)\s*[( ]\s*(?:(?:enforcedP|p)latform\s*\(\s*)?"
                     r"[\"']([\w.-]+:[\w.-]+)(?::([^\"'@:$]+))?[\"'@:]")
_GRADLE_DEV = re.compile(r"^(?:test|androidTest|debug|jmh|integrationTest)|kapt|ksp|annotationProcessor|classpath", re.IGNORECASE)
_GRADLE_RUNTIME = re.compile(r"(?:implementation|api|compile|compileOnly|runtimeOnly|compileOnlyApi|runtime)$", re.IGNORECASE)
_MIX = re.compile(r"\{\s*:(\w+)\s*,\s*\"([^\"\n]+)\"([^}\n]*)")
_MIX_DEV = re.compile(r"\bonly:\s*\[?\s*:(?:dev|test)\b")


def read_go_mod(text: str) -> Iterator[Wanted]:
    """The direct requirements. A module's major version, which stands in its path, is taken for a part of its version."""
    block = ""
    for raw in _lines(text):
        line = raw.strip()
        if line.endswith("("):
            block = line[:-1].strip()
        elif line == ")":
            block = ""
        elif version := _GO_VERSION.match(line):
            yield Wanted("Go", version[1], Scope.PLATFORM, "go", "go")
        elif (block == "require" or line.startswith("require ")) and (match := _GO_REQUIRE.match(line)):
            direct = "indirect" not in (match[3] or "")
            if direct and not match[2].startswith(_GO_OWN):
                scope = Scope.DEV if _GO_DEV.search(match[1]) else Scope.RUNTIME
                yield Wanted(match[1], match[2], scope, key=_GO_MAJOR.sub("", match[1]))


def read_gemfile(text: str) -> Iterator[Wanted]:
    depth, dev_until = 0, -1
    for line in _lines(text):
        if line.strip() == "end":
            depth = max(0, depth - 1)
            dev_until = -1 if depth <= dev_until else dev_until
        elif _GEM_GROUP.match(line):
            dev_until = depth if dev_until < 0 else dev_until
            depth += 1
        elif _RUBY_OPENS.search(line):
            depth += 1
        elif (match := _GEM.match(line)) and "path:" not in match[3]:
            dev = dev_until >= 0 or re.search(r"groups?:.*:(?:development|test)\b", match[3]) is not None
            yield Wanted(match[1], ", ".join(_QUOTED.findall(match[2])), Scope.DEV if dev else Scope.RUNTIME)


def read_gemspec(text: str) -> Iterator[Wanted]:
    for line in _lines(text):
        if match := _GEMSPEC.match(line):
            scope = Scope.DEV if match[1] == "development_" else Scope.RUNTIME
            yield Wanted(match[2], ", ".join(_QUOTED.findall(match[3])), scope)


def read_gradle(text: str) -> Iterator[Wanted]:
    for line in _lines(text):
        match = _GRADLE.match(line)
        if match is None:
            continue
        dev = _GRADLE_DEV.search(match[1]) is not None
        if dev or _GRADLE_RUNTIME.search(match[1]):
            yield Wanted(match[2], match[3] or "", Scope.DEV if dev else Scope.RUNTIME)


def read_mix(text: str) -> Iterator[Wanted]:
    for line in _lines(text):
        for match in _MIX.finditer(line):
            yield Wanted(match[1], match[2], Scope.DEV if _MIX_DEV.search(match[3]) else Scope.RUNTIME, written=f":{match[1]}")


def _lines(text: str) -> Iterator[str]:
    return (line[:_MAX_LINE] for line in text.split("\n"))
