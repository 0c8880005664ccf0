"""Services of Compose files (https://github.com/compose-spec/compose-spec/blob/main/spec.md)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexer.systems.documents import Node, yaml_documents
from indexer.systems.names import hosts_in, hosts_of_setting, image_name, product_of
from indexer.systems.types import Evidence, Found, LinkKind, Place, SystemKind, Tie

_NAMES = re.compile(r"(?:docker-)?(?:compose|stack)(?:[.-][\w.-]+)?\.ya?ml$")


_FOR_TESTS = re.compile(r"[._-](?:tests?|ci|e2e|integration)[._-]")


def is_compose(path: str) -> bool:
    """Whether a file is one by its name; those for tests are none, for what they start is no part of the product."""
    name = posixpath.basename(path).lower()
    return bool(_NAMES.match(name)) and not _FOR_TESTS.search(name)


def compose_evidence(path: str, text: str) -> Evidence:
    """Its services with what they depend on, link to, and name in their environment and commands."""
    systems: list[Found] = []
    ties: list[Tie] = []
    for document in yaml_documents(text):
        for name, service in document.at("services").fields.items():
            systems.append(_system(path, name, service))
            ties += _ties(path, name, service)
    return Evidence(tuple(systems), tuple(ties))


def _system(path: str, name: str, service: Node) -> Found:
    image = image_name(service.at("image").text)
    build = service.at("build").text or service.at("build", "context").text
    folder = _folder(path, build) if service.at("build").value else None
    product, kind = ("", SystemKind.SERVICE)
    if folder is None and image:
        known = product_of(image)
        product, kind = known or ("", SystemKind.SERVICE)
    aliases = tuple(filter(None, (image if not product else "", service.at("container_name").text, service.at("hostname").text)))
    return Found(name, kind, Place(path, service.line - 1 or 1, f"service {name}"), folder, aliases, product=product)


def _folder(path: str, context: str) -> str | None:
    """The folder that is built; None for what lies outside of the repository, or is the whole of it."""
    if "://" in context or "$" in context:
        return None
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), context or "."))
    return None if folder.startswith("..") else "" if folder == "." else folder


def _ties(path: str, name: str, service: Node) -> Iterator[Tie]:
    depends = service.at("depends_on")
    for target, line in [*((item.text, item.line) for item in depends.items), *((key, node.line) for key, node in depends.fields.items())]:
        line = line - 1 if depends.fields else line  # a mapping's value begins below its key
        yield Tie(target, LinkKind.DEPENDS, Place(path, line, f"{name} depends_on {target}"), True, name)
    for item in service.at("links").items:
        yield Tie(item.text.split(":")[0], LinkKind.DEPENDS, Place(path, item.line, f"{name} links to it"), True, name)
    for key, value in _environment(service.at("environment")):
        for host in sorted(hosts_of_setting(key, value.text)):
            yield Tie(host, LinkKind.HTTP, Place(path, value.line, f"{key} names {host}"), True, name)
    for part in ("command", "entrypoint", "labels"):
        for value in service.at(part).texts():
            for host, _ in hosts_in(value.text):
                yield Tie(host, LinkKind.HTTP, Place(path, value.line, f"its {part} names {host}"), True, name)


def _environment(node: Node) -> Iterator[tuple[str, Node]]:
    yield from node.fields.items()
    for item in node.items:
        key, _, value = item.text.partition("=")
        yield key, Node(value, item.line)
