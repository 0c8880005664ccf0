"""HTTP routes that code serves, and the paths that code calls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indexer.systems.documents import Lines
from indexer.systems.types import Place

_STRING = r"\s*[@rfbu$]{0,2}([\"'`])(?P<path>[^\"'`\n]{1,200})\1"
_SERVED = re.compile(
    r"(?:@[\w.]{1,60}\.(?:route|get|post|put|patch|delete|websocket|api_route)\("  # Flask, FastAPI, Litestar
    r"|\b(?:app|router|api|server|fastify|r|e|g|mux|group|route|routes|http|engine|blueprint)\w*\.(?:get|post|put|patch|delete|all|use|"
    r"route|GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Handle|HandleFunc|add_url_rule|add_api_route)\("  # Express, Go
    r"|@(?:Get|Post|Put|Patch|Delete|Request)Mapping\((?:\s*(?:value|path)\s*=\s*)?\{?"  # Spring
    r"|@(?:Get|Post|Put|Patch|Delete|Controller)\("  # NestJS
    r"|@Path\("  # JAX-RS
    r"|\[(?:Http(?:Get|Post|Put|Patch|Delete)|Route)\("  # ASP.NET
    r"|\.Map(?:Get|Post|Put|Patch|Delete)\("
    r"|\b(?:re_)?path\("  # Django
    r"|^\s*(?:get|post|put|patch|delete)\b\(?(?=\s*['\"]/?\w))"  # Rails, Sinatra
    + _STRING,
    re.MULTILINE,
)
_CALLED = re.compile(
    r"(?:\b(?:requests|httpx|client|session|axios|http|\$http|api|got|ky|superagent|self\.client|restTemplate|rest|HTTP|RestClient|Faraday)"
    r"\w*\.(?:get|post|put|patch|delete|request|Get|Post|Put|GetAsync|PostAsync|PutAsync|DeleteAsync|GetFromJsonAsync|PostAsJsonAsync|"
    r"getForObject|postForObject|exchange|postForEntity|getForEntity)(?:<[^>\n]*>)?\("
    r"|\bfetch\(|\baxios\(|\.uri\(|\bhttp\.NewRequest\w*\([^,\n]{1,60},|\bHttpRequestMessage\([^,\n]{1,40},|\burllib\.request\.urlopen\()"
    r"(?:[\w.()]{1,60}\s*\+)?" + _STRING
)  # fmt: skip
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
    base = _SPRING_BASE.search(text)
    lines = Lines(text)
    for found in _SERVED.finditer(text):
        written = found["path"]
        if base and found.start() > base.start() and "Mapping" in found[0]:
            written = f"{base[1].rstrip('/')}/{written.lstrip('/')}"
        key = route_key(written)
        if key:
            yield Route(key, Place(path, lines.at(found.start("path")), f"serves {written}"))


def called(path: str, text: str) -> Iterator[Route]:
    """The paths that a file calls."""
    lines = Lines(text)
    for found in _CALLED.finditer(text):
        key = route_key(found["path"])
        if key:
            yield Route(key, Place(path, lines.at(found.start("path")), f"calls {found['path']}"))


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
