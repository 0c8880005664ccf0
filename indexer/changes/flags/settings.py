"""The settings in configuration files that ship, of YAML, JSON, TOML, INI and properties: keys with their values and lines."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.changes.flags.pairs import ships
from indexer.declared.yaml_nodes import BadYaml, mapping_of

if TYPE_CHECKING:
    from yaml.nodes import Node

Values = dict[str, tuple[str, int]]
"""What is set -> its value as written, and the line."""

_FORMATS = r"\.(?:ya?ml|toml|json|ini|properties|conf|cfg)$"
_NAMES = re.compile(
    rf"^(?:values|application|appsettings|config|configuration|conf|settings|defaults?|params|options|features?)"
    rf"(?:[-_.][\w.-]*)?{_FORMATS}"
    rf"|^[\w.-]*[-_.](?:config|conf|settings|defaults?|values){_FORMATS}|\.(?:ini|conf|properties)$"
    r"|^(?:[\w.-]+)?\.?env\.(?:example|sample|dist|template|defaults?)$", re.IGNORECASE)
_FOLDERS = frozenset({"config", "conf", "settings", "defaults", "etc", "configuration"})
# What configures tools of those who work on the code, translations, and data.
_TOOLS = re.compile(
    r"^(?:setup|tox|pytest|mypy|pylint|flake8|isort|coverage|jest|karma|babel|webpack|rollup|vite|vitest|tsconfig|jsconfig|eslint"
    r"|prettier"
    r"|gradle|sonar|codecov|renovate|dependabot|golangci|checkstyle|pmd|detekt|messages|strings|translations?|labels|biome|turbo"
    r"|nx|lerna"
    r"|stryker|cypress|playwright|stylelint|commitlint|typedoc|api-extractor|buf|mkdocs|netlify|vercel|cloudbuild)(?![a-z])"
    r"|lock|package\.json$|\.schema\.json$|tsconfig", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?:^|/)(?:\.[\w-]+|i18n|locales?|lang|translations|dashboards?|crds?|build-tools|ci|gradle)/",
                        re.IGNORECASE)
_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.\-\[\]]{0,80})[ \t]*[=:][ \t]*(.*)$")
_SECTION = re.compile(r"^[ \t]*\[{1,2}([^\[\]]+)\]{1,2}")
_VALUE = re.compile(r"""^("(?:[^"\\]|\\.)*"|'[^']*'|[^#;]*?)\s*(?:[#;].*)?$""")
_MAX_KEYS = 5_000
_MAX_VALUE = 300  # characters
_MAX_TEXT = 60_000  # YAML is read at about 100 kB a second
_MAX_DEPTH = 12


def is_settings(path: str) -> bool:
    """Whether a file holds settings that ship, by its name and place."""
    pure = PurePosixPath(path)
    if _TOOLS.search(pure.name) or _ELSEWHERE.search(path) or not ships(path):
        return False
    return _NAMES.search(pure.name) is not None or (pure.parent.name in _FOLDERS and re.search(_FORMATS, pure.name) is not None)


def settings_in(path: str, text: str) -> Values | None:
    """The settings of a file by their full names ("server.timeout"); None where it does not parse."""
    if PurePosixPath(path).suffix in (".yaml", ".yml", ".json"):
        return _nodes(text)
    return _lines(text, toml=path.endswith(".toml"))


def _nodes(text: str) -> Values | None:
    """The scalars of YAML, and so of JSON; those in lists have no names and are left out."""
    import yaml

    if len(text) > _MAX_TEXT:
        return None
    try:
        root = mapping_of(text.encode())
    except BadYaml:
        return None
    values: Values = {}
    seen: set[int] = set()  # an anchor may be used very often
    waiting: list[tuple[str, Node | None, int]] = [("", root, 0)]
    while waiting and len(values) < _MAX_KEYS:
        name, node, depth = waiting.pop()
        if isinstance(node, yaml.ScalarNode) and name:
            values[name] = (" ".join(node.value[:_MAX_VALUE].split()), node.start_mark.line + 1)
        elif isinstance(node, yaml.MappingNode) and id(node) not in seen and depth < _MAX_DEPTH:
            seen.add(id(node))
            entries = [(key.value, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]
            if not name and {"apiVersion", "kind"} <= {key for key, _value in entries}:
                return {}  # an object for Kubernetes, not settings
            if not name and {"openapi", "swagger", "$schema"} & {key for key, _value in entries}:
                return {}
            waiting.extend((f"{name}.{key}" if name else key, value, depth + 1) for key, value in entries)
    return values


def _lines(text: str, *, toml: bool) -> Values:
    values: Values = {}
    twice: set[str] = set()
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if opened := _SECTION.match(line[:200]):
            section = opened[1].strip().strip('"')
        elif (match := _LINE.match(line[:500])) and not (toml and match[2].startswith(("[", "{", '"""', "'''"))):
            name = f"{section}.{match[1]}" if section else match[1]
            twice |= {name} & values.keys()
            value = _VALUE.match(match[2].strip())
            values[name] = ((value[1] if value else match[2]).strip().strip("\"'"), number)
    return {name: value for name, value in values.items() if name not in twice}
