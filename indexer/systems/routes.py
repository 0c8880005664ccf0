"""HTTP routes that code serves, and the paths that code calls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indexer.systems.documents import Lines
from indexer.systems.types import Place

_STRING = r"\s*[@rfbu$]{0,2}(?P<quote>[\"'`])(?P<path>[^\"'`\n]{1,200})(?P=quote)"
_METHOD = re.compile(r"\.(?P<does>\w+)(?:<[^<>\n]*>)?\((?:[\w.()]{1,60}\s*\+)?" + _STRING)  # x.get("/orders"), client.GetAsync<T>($"…")
_MARK = re.compile(r"[@\[](?P<does>\w+)\((?:\s*(?:value|path)\s*=\s*)?\{?" + _STRING)  # Spring, NestJS, JAX-RS, ASP.NET
_DJANGO = re.compile(r"\b(?:re_)?path\(" + _STRING)
_RUBY = re.compile(r"^\s*(?:get|post|put|patch|delete)\b\(?(?=\s*['\"]/?\w)" + _STRING, re.MULTILINE)
_FREE = tuple((word, re.compile(before + _STRING)) for word, before in (
    ("fetch(", r"\bfetch\("), ("axios(", r"\baxios\("), ("urlopen(", r"\burlopen\("), ("NewRequest", r"\bNewRequest\w*\([^,\n]{1,60},"),
    ("HttpRequestMessage(", r"\bHttpRequestMessage\([^,\n]{1,40},")))  # fmt: skip
_SERVING = frozenset((
    "route", "get", "post", "put", "patch", "delete", "all", "use", "websocket", "api_route", "GET", "POST", "PUT", "PATCH", "DELETE",
    "Get", "Post", "Put", "Patch", "Delete", "Handle", "HandleFunc", "add_url_rule", "add_api_route"))  # fmt: skip
_SERVER = re.compile(r"(?:@[\w.]{1,60}|\b(?:app|router|api|server|fastify|r|e|g|mux|group|route|routes|http|engine|blueprint|bp)\w*)$")
_ANY_SERVER = frozenset(("MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "HandleFunc", "route"))
_MARKS = re.compile(r"(?:Get|Post|Put|Patch|Delete|Request)Mapping|(?:Http)?(?:Get|Post|Put|Patch|Delete)|Controller|Path|Route")
_CALLING = frozenset((
    "get", "post", "put", "patch", "delete", "request", "Get", "Post", "Put", "GetAsync", "PostAsync", "PutAsync", "DeleteAsync",
    "GetFromJsonAsync", "PostAsJsonAsync", "getForObject", "postForObject", "exchange", "postForEntity", "getForEntity"))  # fmt: skip
_CALLER = re.compile(
    r"\b(?:requests|httpx|client|session|axios|http|\$http|api|got|ky|superagent|restTemplate|rest|HTTP|RestClient|Faraday|\w*[cC]lient)"
    r"\w*(?:\(\))?$")  # fmt: skip
_SPRING_BASE = re.compile(
    r"@RequestMapping\((?:\s*(?:value|path)\s*=\s*)?[\"']([^\"']+)[\"'][^)]*\)\s*(?:@\w+[^\n]*\n\s*)*(?:public\s+)?class\b")
_PARAMETER = re.compile(r"\$?\{+[^{}]*\}+|<[^<>]*>|:\w+|\*+|%[sdv]|#\{[^}]*\}")
_NO_ROUTES = frozenset(("health", "healthz", "status", "metrics", "ping", "ready", "live", "login", "logout", "static", "api", "index",
    "v1", "favicon.ico", "info", "version", "actuator", "home", "about", "test"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """A path as it is served or called: `key` with its parameters as "{}"."""

    key: str
    place: Place


def served(path: str, text: str) -> Iterator[Route]:
    """The routes that a file registers."""
    base = _SPRING_BASE.search(text) if "@RequestMapping" in text else None
    lines = Lines(text)
    found = [match for match in _METHOD.finditer(text) if _serves(match, text)]
    found += [match for match in _MARK.finditer(text) if _MARKS.fullmatch(match["does"])]
    found += [*_DJANGO.finditer(text)] if path.endswith(".py") and "path(" in text else []
    found += [*_RUBY.finditer(text)] if path.endswith(".rb") else []
    for match in found:
        written = match["path"]
        if base and match.start() > base.start() and "Mapping" in match[0]:
            written = f"{base[1].rstrip('/')}/{written.lstrip('/')}"
        key = route_key(written)
        if key:
            yield Route(key, Place(path, lines.at(match.start("path")), f"serves {written}"))


def _serves(match: re.Match[str], text: str) -> bool:
    does = match["does"]
    return does in _ANY_SERVER or (does in _SERVING and bool(_SERVER.search(text, max(0, match.start() - 62), match.start())))


def called(path: str, text: str) -> Iterator[Route]:
    """The paths that a file calls."""
    lines = Lines(text)
    found = [match for match in _METHOD.finditer(text) if match["does"] == "uri" or _calls(match, text)]
    found += [match for word, pattern in _FREE if word in text for match in pattern.finditer(text)]
    for match in found:
        key = route_key(match["path"])
        if key:
            yield Route(key, Place(path, lines.at(match.start("path")), f"calls {match['path']}"))


def _calls(match: re.Match[str], text: str) -> bool:
    return match["does"] in _CALLING and bool(_CALLER.search(text, max(0, match.start() - 40), match.start()))


def route_key(written: str) -> str:
    """A path without its host and query, parameters as "{}"; "" for what says too little to tell it from others."""
    path = re.sub(r"^[a-z]+://[^/]*", "", written.strip()).split("?")[0].split("#")[0]
    path = re.sub(r"^(?:\$?\{[^{}]*\}|%s)(?=/)", "", path)  # the address before it
    parts = [part for part in _PARAMETER.sub("{}", path).strip("^$/").split("/") if part]
    telling = [part for part in parts if part != "{}" and part.lower() not in _NO_ROUTES]
    if not telling or any(not re.fullmatch(r"[\w.{}~-]+", part) for part in parts) or max(map(len, telling)) < 4:
        return ""
    return "/" + "/".join("{}" if "{}" in part else part for part in parts)


def meeting(serving: Mapping[str, Iterable[Route]], calling: Mapping[str, Iterable[Route]]) -> Iterator[tuple[str, str, Route, Route]]:
    """(caller, server, call, route) by system, where exactly one other system serves what is called."""
    servers: dict[str, dict[str, Route]] = defaultdict(dict)
    for system, routes in serving.items():
        for route in routes:
            servers[route.key].setdefault(system, route)
    for system, routes in calling.items():
        for call in routes:
            others = servers.get(call.key, {})
            if len(others) == 1 and system not in others:
                (server, route), *_ = others.items()
                yield system, server, call, route
