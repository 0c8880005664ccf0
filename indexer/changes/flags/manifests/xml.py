"""What manifests in XML want: Maven's pom.xml, and .NET's project files with their central package versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from indexer.changes.flags.manifests.types import Scope, Unreadable, Wanted

# Central package versions do not say what a package is for; those that only tests and builds can use are known by name.
_TOOLS = re.compile(r"test|mock|\bmoq\b|nsubstitute|assert|should|analyzer|xunit|nunit|coverlet|coverage|bench|verify\.|stylecop|"
                    r"minver|"
                    r"sourcelink|bogus|autofixture|fscheck|stryker|versioning", re.IGNORECASE)
_PROPERTY = re.compile(r"\$\{([^{}]*)\}|\$\(([^()]*)\)")


def read_pom(text: str) -> Iterator[Wanted]:
    root = _tree(text)
    values = {item.tag: (item.text or "").strip() for part in root if part.tag == "properties" for item in part}
    for table in (root, *_children(root, "dependencyManagement")):
        for entry in (item for part in _children(table, "dependencies") for item in _children(part, "dependency")):
            yield from _artifact(entry, values)
    for parent in _children(root, "parent"):
        if _text(parent, "relativePath", "pom.xml") == "":  # `<relativePath/>`: not a part of the same repository
            yield from _artifact(parent, values)


def _artifact(entry: ElementTree.Element, values: dict[str, str]) -> Iterator[Wanted]:
    group, artifact = _text(entry, "groupId"), _text(entry, "artifactId")
    version = _text(entry, "version")
    if not artifact or group.startswith("${project") or version.startswith("${project"):  # a part of the same repository
        return
    scope = Scope.OPTIONAL if _text(entry, "optional") == "true" else Scope.RUNTIME
    scope = Scope.DEV if _text(entry, "scope") == "test" else scope
    reference = _PROPERTY.fullmatch(version)
    yield Wanted(f"{group}:{artifact}", _filled(version, values), scope, written=(reference[1] if reference else "") or artifact)


def read_msbuild(text: str) -> Iterator[Wanted]:
    """Package references of *.csproj and its kin, and the versions of Directory.Packages.props."""
    root = _tree(text)
    values = {item.tag: (item.text or "").strip() for part in root if part.tag == "PropertyGroup" for item in part}
    for item in root.iter():
        if item.tag in ("PackageReference", "PackageVersion", "GlobalPackageReference") and (name := item.get("Include")):
            version = item.get("Version") or item.get("VersionOverride") or _text(item, "Version")
            private = (item.get("PrivateAssets") or _text(item, "PrivateAssets")).lower() == "all"
            tool = item.tag == "GlobalPackageReference" or (item.tag == "PackageVersion" and _TOOLS.search(name) is not None)
            dev = private or tool
            yield Wanted(name, _filled(version, values), Scope.DEV if dev else Scope.RUNTIME)


def _filled(version: str, values: dict[str, str]) -> str:
    """A version with its properties put in, once; "" where one is not known."""
    names = [first or second for first, second in _PROPERTY.findall(version)]
    if any(name not in values for name in names):
        return ""
    filled = _PROPERTY.sub(lambda match: values[match[1] or match[2]], version)
    return "" if "${" in filled or "$(" in filled else filled


def _tree(text: str) -> ElementTree.Element:
    """Parse XML, names without namespaces. One with a document type is refused: its entities could grow without end."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("XML with a document type")
    try:
        root = ElementTree.fromstring(text.lstrip("\ufeff \r\n\t"))
    except (ElementTree.ParseError, ValueError) as exc:  # ValueError: an encoding nobody knows
        raise Unreadable("XML") from exc
    for item in root.iter():
        if isinstance(item.tag, str):
            item.tag = item.tag.rsplit("}", 1)[-1]
    return root


def _children(item: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [child for child in item if child.tag == tag]


def _text(item: ElementTree.Element, tag: str, default: str = "") -> str:
    found = next((child for child in item if child.tag == tag), None)
    return default if found is None else (found.text or "").strip()
