"""Workloads and Services of Kubernetes manifests and Helm charts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexer.systems.documents import Node, yaml_documents
from indexer.systems.names import hosts_in, hosts_of_setting, image_name, product_of
from indexer.systems.types import Evidence, Found, LinkKind, Place, SystemKind, Tie

_WORKLOADS = frozenset(("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout"))
_VALUE = re.compile(r"\{\{-?\s*(?:\$?\.Values|\$\.Values)\.([\w.]+)\s*(?:\|[^{}]*)?-?\}\}")
_TEMPLATE = re.compile(r"\{\{.*?\}\}")
_CONTROL = re.compile(r"^\s*\{\{.*\}\}\s*$", re.MULTILINE)


def is_manifest(text: str) -> bool:
    """Whether a YAML file may be one, by a look at its text."""
    return "kind:" in text and ("apiVersion:" in text or "{{" in text) and any(f"kind: {kind}" in text for kind in (*_WORKLOADS, "Service"))


def kubernetes_evidence(path: str, text: str, values: str = "") -> Evidence:
    """Its workloads with what their containers name. `values` is the text of the chart's values.yaml, where it is a chart's."""
    if "{{" in text:
        text = rendered(text, values)
    systems: list[Found] = []
    ties: list[Tie] = []
    for document in yaml_documents(text):
        kind, name = document.at("kind").text, document.at("metadata", "name").text
        if kind in _WORKLOADS and name:
            template = document.at("spec", "jobTemplate") if kind == "CronJob" else document
            pod = template.at("spec", "template", "spec")
            systems.append(_system(path, document, name, pod))
            for container in [*pod.at("containers").items, *pod.at("initContainers").items]:
                ties += _ties(path, name, container)
        elif kind == "Service" and name:
            for key in ("app", "app.kubernetes.io/name", "service", "name"):
                selected = document.at("spec", "selector", key).text
                if selected:  # a Service has its own name, which is the host that others call
                    place = Place(path, document.at("metadata", "name").line, f"Service {name}")
                    systems.append(Found(selected, SystemKind.SERVICE, place, aliases=(name,)))
                    break
    return Evidence(tuple(systems), tuple(ties))


def _system(path: str, document: Node, name: str, pod: Node) -> Found:
    images = [image_name(item.at("image").text) for item in pod.at("containers").items]
    known = product_of(images[0]) if images else None
    product, kind = known or ("", SystemKind.SERVICE)
    place = Place(path, document.at("metadata", "name").line, f"{document.at('kind').text} {name}")
    label = document.at("metadata", "labels", "app").text or document.at("spec", "template", "metadata", "labels", "app").text
    own = tuple(image for image in images[:1] if not product and "x-template" not in image)
    return Found(name, kind, place, aliases=tuple(filter(None, (label, *own))), product=product)


def _ties(path: str, name: str, container: Node) -> Iterator[Tie]:
    for item in container.at("env").items:
        key, value = item.at("name").text, item.at("value")
        for host in sorted(hosts_of_setting(key, value.text)):
            yield Tie(host, LinkKind.HTTP, Place(path, value.line, f"{key} names {host}"), True, name)
    for part in ("command", "args"):
        for value in container.at(part).texts():
            for host, _ in hosts_in(value.text):
                yield Tie(host, LinkKind.HTTP, Place(path, value.line, f"its {part} name {host}"), True, name)


def rendered(text: str, values: str) -> str:
    """A chart's template as YAML, line for line: `.Values` looked up, lines of pure control taken out, the rest made a word."""
    known = next(iter(yaml_documents(values)), Node("", 1))
    text = _VALUE.sub(lambda found: known.at(*found[1].split(".")).text or "x-template", text)
    text = _CONTROL.sub("", text)
    return _TEMPLATE.sub("x-template", text)


def chart_of(path: str, charts: frozenset[str]) -> str | None:
    """The folder of the chart that a template belongs to."""
    folder = posixpath.dirname(path)
    while folder:
        if folder in charts:
            return folder
        folder = posixpath.dirname(folder)
    return "" if "" in charts else None
