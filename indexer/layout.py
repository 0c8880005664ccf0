"""What a repository's whole tree says about the parts its folders play; see `indexer.roles`.

A tree is read by its paths and sizes alone, but for `.gitattributes`, where a repository may say itself what is generated, copied
or documentation (https://github.com/github-linguist/linguist/blob/main/docs/overrides.md).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pathspec

from indexer.languages import detect_language
from indexer.roles import CHORE_DIRS, DOC_DIRS, Surroundings, is_test_name, is_test_project, language_of, role_of
from indexer.types import Kind, Role, TreeEntry

_MANIFESTS = frozenset((
    "package.json", "deno.json", "cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "pom.xml", "build.gradle",
    "build.gradle.kts", "composer.json", "mix.exs", "gemfile", "package.swift", "pubspec.yaml", "project.clj", "build.sbt",
    "rebar.config", "dune-project"))
_MANIFEST_SUFFIXES = (".gemspec", ".csproj", ".fsproj", ".vbproj", ".cabal")
_SITE_SETTINGS = re.compile(
    r"^(?:docusaurus\.config\.[cm]?[jt]s|source\.config\.m?ts|antora\.yml|book\.toml|mkdocs\.ya?ml|hugo\.(?:toml|ya?ml)|mint\.json)$")
_SITE_FOLDERS = frozenset((".vitepress", ".vuepress"))
_SCAFFOLD = re.compile(r"^templates?$|^template-|-templates?$|^scaffold(?:s|ing)?$|^skeletons?$|^boilerplates?$|\{\{")
_SCAFFOLDED = re.compile(r"^_?(?:package\.json|cargo\.toml|pyproject\.toml|go\.mod|gemfile|mix\.exs|gitignore)(?:\.\w+)?$")
_TRANSLATED_DIRS = frozenset((
    "locale", "locales", "_locales", "lang", "langs", "language", "languages", "i18n", "l10n", "translations", "translation", "intl",
    "nls"))
_SITE_NAMES = frozenset(("site", "website", "man", "wiki"))
_SHOP_FILES = re.compile(r"^(?:models|views|urls|apps|admin)\.py$|(?:vendor|supplier)\w*\.(?!sh$|txt$|json$|md$|mod$)\w+$", re.IGNORECASE)
_STANDING_BACK = (Role.EXAMPLE, Role.DOCS, Role.SCRIPT, Role.VENDORED, Role.GENERATED)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif")

_PRODUCT_SHARE = 0.08  # tools with this share of the code are shipped: .09 and .22 where they were, at most .05 where not
_LITTLE = 0.1  # with less source than this, what stands back elsewhere is the product: a repository of examples, or of scripts
_FEW_WORDS = 0.2  # a folder called docs with less prose than this is code that makes documentation
_SITE_WORDS = 0.4  # a folder called website with less is a web site as others are
_MOST = 0.5
_NEARLY_ALL = 0.8

_ATTRIBUTES = {"linguist-generated": Role.GENERATED, "linguist-vendored": Role.VENDORED, "linguist-documentation": Role.DOCS}


def surroundings_of(entries: Iterable[TreeEntry], attributes: Mapping[str, str] | None = None) -> Surroundings:
    """What a tree says. `attributes` maps the path of each `.gitattributes` to its text."""
    files = [entry for entry in entries if entry.mode not in ("120000", "160000")]
    sizes = {entry.path: max(entry.size, 0) for entry in files}
    programs = {entry.path for entry in files if entry.mode == "100755" and "." not in _split(entry.path)[1]}
    declared, denied = _declared(sizes, attributes or {})
    lower = [_lowered(path) for path in sizes]
    known = frozenset(lower)
    packages = frozenset(folder for folder, name in map(_split, lower)
        if _is_manifest(name) and not (name == "setup.py" and f"{folder}/__init__.py" in known))
    groups = Counter(_split(package)[0] for package in packages if package)
    found = Surroundings(
        packages=packages,
        roomy=frozenset(
            package for path in lower for room in ("/src/", "/lib/") if (package := path.partition(room)[0]) != path and package in packages
        ),
        groups=frozenset(folder for folder, count in groups.items() if count > 1),
        sites=_sites(lower),
        scaffolds=_scaffolds(lower),
        languages=_languages(lower),
        declared=declared,
        denied=denied,
    )
    found = replace(found, product=_doc_makers(lower, found.sites) | _test_makers(lower, found) | _shops(lower))
    code = {path: size for path, size in sizes.items() if path in programs or detect_language(path).kind is Kind.CODE}
    return _weighed(found, code)


def _weighed(found: Surroundings, code: Mapping[str, int]) -> Surroundings:
    """The same, corrected by how much of the code stands where: `code` tells the size of each of its files."""
    roles = {path: role_of(path, Kind.CODE, found) for path in code}
    bytes_of: Counter[Role] = Counter()
    chores: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    for path, role in roles.items():
        bytes_of[role] += code[path]
        top = path.lower().partition("/")[0]
        if role is Role.SCRIPT and top in CHORE_DIRS and "/" in path:
            chores[top] += code[path]
        for site in found.sites if role is Role.DOCS else ():
            if path.lower().startswith(f"{site}/"):
                sites[site] += code[path]
    source = bytes_of[Role.SOURCE]
    all_code = source + sum(bytes_of[role] for role in _STANDING_BACK)
    shipped = {folder for folder, size in chores.items() if size >= _PRODUCT_SHARE * (source + size)}
    whole = {site for site, size in sites.items() if size > _MOST * all_code}
    declared = Counter(found.declared[path] for path, role in roles.items() if path in found.declared and role is not Role.TEST)
    most = _MOST * sum(role is not Role.TEST for role in roles.values())  # more than that is said for the statistics of languages
    kept = {path: role for path, role in found.declared.items() if declared[role] <= most}
    found = replace(found, product=found.product | shipped, sites=found.sites - whole, declared=kept)
    source += sum(chores[folder] for folder in shipped) + sum(sites[site] for site in whole)
    if source >= _LITTLE * all_code and all_code:
        return found
    return replace(found, plain=frozenset({max(_STANDING_BACK, key=lambda role: bytes_of[role]) if all_code else Role.DOCS}))


def _lowered(path: str) -> str:
    """A path with its folders in lower case; its name tells more as it is."""
    folder, slash, name = path.rpartition("/")
    return f"{folder.lower()}{slash}{name}"


def _is_manifest(name: str) -> bool:
    return name.lower() in _MANIFESTS or name.endswith(_MANIFEST_SUFFIXES)


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _sites(paths: Sequence[str]) -> frozenset[str]:
    """Folders below the top that hold the settings of a documentation site."""
    found = set()
    starlight = {path.partition("/src/content/docs/")[0] for path in paths if "/src/content/docs/" in path}
    for path in paths:
        folder, name = _split(path)
        if _SITE_SETTINGS.match(name) or (name.startswith("astro.config.") and folder in starlight):
            found.add(folder)
        for marker in _SITE_FOLDERS:
            if f"/{marker}/" in path:
                found.add(path.partition(f"/{marker}/")[0])
    return frozenset(found - {""})


def _scaffolds(paths: Sequence[str]) -> frozenset[str]:
    """Folders that new projects are copied from: called templates, with the files in them that a project begins with."""
    found = set()
    for path in paths:
        folder, name = _split(path)
        if not _SCAFFOLDED.match(name.lower()) and "{{" not in folder:
            continue
        parts = folder.split("/")
        for place, part in enumerate(parts, start=1):
            named = _SCAFFOLD.search(part)  # a folder `template` at the top may be the engine, and one it is copied from is inside
            if named and ("{{" in part or (len(parts) - place <= 2 and (place > 1 or len(parts) > 1))):
                found.add("/".join(parts[:place]))
    return frozenset(found)


def _languages(paths: Sequence[str]) -> dict[str, str]:
    """Folders of translations, with the language they are made from."""
    below: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        parts = path.split("/")
        for place in range(1, len(parts)):
            folder, child = parts[place - 1], parts[place]
            if folder in _TRANSLATED_DIRS or place < len(parts) - 1:
                below["/".join(parts[:place])].add(child.lower())
    found = {}
    for folder, children in below.items():
        said = [language for child in children if (language := language_of(child))]
        named = _split(folder)[1] in _TRANSLATED_DIRS
        if len(set(said)) >= (3 if named else 4) and len(said) >= (_MOST if named else _NEARLY_ALL) * len(children):
            found[folder] = "en" if "en" in said else ""
    return found


def _doc_makers(paths: Sequence[str], sites: frozenset[str]) -> frozenset[str]:
    """Folders called docs or website that hold code and next to no prose."""
    prose: Counter[str] = Counter()
    code: Counter[str] = Counter()
    for path in paths:
        parts = path.split("/")
        places = [place for place, part in enumerate(parts[:-1][:3]) if part in DOC_DIRS]
        if not places or is_test_name(parts[-1]):
            continue
        kind = detect_language(path).kind
        told = kind is Kind.DOC or path.endswith(_PICTURES)
        for place in places:
            if told or kind is Kind.CODE:
                (prose if told else code)["/".join(parts[: place + 1])] += 1
    def makes(folder: str) -> bool:
        if folder in sites or any(site.startswith(f"{folder}/") for site in sites):
            return False
        share = prose[folder] / (prose[folder] + code[folder])
        return share < (_SITE_WORDS if _split(folder)[1] in _SITE_NAMES else _FEW_WORDS)
    return frozenset(folder for folder in code if makes(folder))


def _test_makers(paths: Sequence[str], found: Surroundings) -> frozenset[str]:
    """Packages called after tests that hold source and hardly a test: a library to test with."""
    wanted = {package for package in found.roomy if is_test_project(_split(package)[1])}
    files: dict[str, list[str]] = defaultdict(list)
    for path in paths if wanted else ():
        for package in wanted:
            if path.startswith(f"{package}/") and detect_language(path).kind is Kind.CODE:
                files[package].append(_split(path)[1])
    return frozenset(
        package for package, names in files.items() if len(names) > 5 and sum(map(is_test_name, names)) < 0.2 * len(names)
    )


def _shops(paths: Sequence[str]) -> frozenset[str]:
    """Folders called vendor about those who sell something."""
    split = map(_split, paths)
    return frozenset(folder for folder, name in split if folder.endswith("/vendor") and _SHOP_FILES.search(name))


def _declared(paths: Iterable[str], attributes: Mapping[str, str]) -> tuple[dict[str, Role], dict[str, frozenset[Role]]]:
    """What `.gitattributes` say of each path: the role it has, and those that it has not. The last line that fits decides."""
    rules: list[tuple[str, pathspec.PathSpec, Role, bool]] = []
    for file in sorted(attributes, key=lambda path: (path.count("/"), path)):
        folder = f"{_split(file)[0]}/".removeprefix("/")
        for line in attributes[file].splitlines():
            pattern, *said = line.split() or [""]
            for word in said if not pattern.startswith(("#", "[", "!", '"')) else ():
                name, _, value = word.lstrip("-!").partition("=")
                if role := _ATTRIBUTES.get(name):
                    is_so = not word.startswith(("-", "!")) and value.lower() not in ("false", "0")
                    rules.append((folder, pathspec.PathSpec.from_lines("gitignore", [pattern]), role, is_so))
    declared: dict[str, Role] = {}
    denied: dict[str, frozenset[Role]] = {}
    for path in paths if rules else ():
        said_of: dict[Role, bool] = {}
        for folder, spec, role, is_so in rules:
            if path.startswith(folder) and spec.match_file(path[len(folder) :]):
                said_of[role] = is_so
        if positive := [role for role, is_so in said_of.items() if is_so]:
            declared[path] = positive[0]
        elif said_of:
            denied[path] = frozenset(said_of)
    return declared, denied
