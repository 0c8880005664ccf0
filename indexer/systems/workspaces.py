"""Packages and applications as their manifests declare them, with what they depend on among each other and of known products."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from indexer.systems.documents import Lines, json_object, line_of, table, text_of, texts_of, toml_table, yaml_documents
from indexer.systems.names import product_of
from indexer.systems.types import Evidence, Found, LinkKind, Place, SystemKind, Tie

PRODUCT = "product:"  # before the target of a tie that means somebody else's product and no name of a system

_GENERIC = frozenset(("src", "app", "docker", "build", "source", "main", "server", "cmd"))
_NO_SYSTEM = frozenset((".devcontainer", "devcontainer", "ci", ".ci", "deploy", "deployment", "tests", "test", "docs", ".github", "hack"))
_PYTHON_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*")
_POM_NOISE = re.compile(r"<(parent|dependencies|dependencyManagement|build|plugins|profiles)\b.*?</\1>", re.DOTALL)
_ARTIFACT = re.compile(r"<artifactId>\s*([^<>\s]+)\s*</artifactId>")
_DEPENDENCY = re.compile(r"<dependency>(?:(?!</dependency>).)*?<artifactId>\s*([^<>\s]+)\s*</artifactId>", re.DOTALL)
_GO_REQUIRE = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w-]+/[\w./~-]+)\s+v\d", re.MULTILINE)
_GRADLE_PROJECT = re.compile(r"project\(\s*(?:path:\s*)?['\"]:([\w:.-]+)['\"]")
_GRADLE_LIBRARY = re.compile(r"['\"]([\w.-]+):([\w.-]+)(?::[^'\"]*)?['\"]")
_REFERENCE = re.compile(r"<(ProjectReference|PackageReference)\s+Include=\"([^\"]+)\"")


def manifest_reader(path: str) -> Callable[[str, str], Evidence] | None:
    """What reads a file as a manifest; None where it is none."""
    name = posixpath.basename(path).lower()
    if name.endswith((".csproj", ".fsproj")):
        return _dotnet
    if name == "dockerfile" or name.endswith(".dockerfile"):
        return _dockerfile
    if re.fullmatch(r"requirements(?:[.-][\w-]+)?\.(?:txt|in)", name):
        return _requirements
    return _READERS.get(name)


def _folder(path: str) -> str:
    return posixpath.dirname(path)


def _system(path: str, name: str, line: int, aliases: Iterable[str] = (), about: str = "", kind: SystemKind = SystemKind.PACKAGE) -> Found:
    others = tuple(dict.fromkeys(one for one in (*aliases, posixpath.basename(_folder(path))) if one and one != name))
    return Found(name, kind, Place(path, line, f"{posixpath.basename(path)} names {name}"), _folder(path), others, about)


def _ties(path: str, names: Iterable[tuple[str, int]]) -> Iterator[Tie]:
    """What a manifest depends on: packages that may be of this repository, and drivers of products."""
    for name, line in names:
        known = product_of(name)
        if known:
            kind = LinkKind.DATABASE if known[1] is SystemKind.DATASTORE else LinkKind.HTTP
            yield Tie(PRODUCT + known[0], kind, Place(path, line, f"depends on {name}"), True)
        else:
            yield Tie(name, LinkKind.DEPENDS, Place(path, line, f"depends on {name}"), True)


def _python(path: str, text: str) -> Evidence:
    data = toml_table(text)
    project = table(data, "project") or table(data, "tool", "poetry")
    name = text_of(project.get("name"))
    wanted = texts_of(project.get("dependencies"))
    wanted += [item for group in table(project, "optional-dependencies").values() for item in texts_of(group)]
    wanted += list(table(data, "tool", "poetry", "dependencies"))
    names = [found[0] for item in wanted if (found := _PYTHON_NAME.match(item))]
    system = (_system(path, name, line_of(text, name), (name.replace("-", "_"),), text_of(project.get("description"))),) if name else ()
    return Evidence(system, tuple(_ties(path, ((one, line_of(text, one)) for one in names))))


def _requirements(path: str, text: str) -> Evidence:
    names = [(found[0], number) for number, line in enumerate(text.splitlines(), 1) if (found := _PYTHON_NAME.match(line))]
    return Evidence((), tuple(_ties(path, names)))


def _javascript(path: str, text: str) -> Evidence:
    data = json_object(text)
    name = text_of(data.get("name"))
    wanted = [key for part in ("dependencies", "peerDependencies", "optionalDependencies") for key in table(data, part)]
    if not name and not wanted:
        return Evidence()
    kind = SystemKind.APP if "start" in table(data, "scripts") else SystemKind.PACKAGE
    name = name or posixpath.basename(_folder(path))
    found = (_system(path, name, line_of(text, name), (name.rsplit("/", 1)[-1],), text_of(data.get("description")), kind),) if name else ()
    return Evidence(found, tuple(_ties(path, ((one, line_of(text, one)) for one in wanted))))


def _go(path: str, text: str) -> Evidence:
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    if not module:
        return Evidence()
    lines = Lines(text)
    parts = [part for part in module[1].split("/") if not re.fullmatch(r"v\d+", part)]
    names = [(found[1], lines.at(found.start(1))) for found in _GO_REQUIRE.finditer(text)]
    ties = [tie for name, line in names for tie in _ties(path, [(_go_name(name) if product_of(_go_name(name)) else name, line)])]
    return Evidence((_system(path, parts[-1], lines.at(module.start(1)), (module[1],)),), tuple(ties))


def _go_name(module: str) -> str:
    parts = [part for part in module.split("/") if not re.fullmatch(r"v\d+", part)]
    return "go-sql-driver" if "go-sql-driver" in parts else parts[-1]


def _rust(path: str, text: str) -> Evidence:
    data = toml_table(text)
    name = text_of(table(data, "package").get("name"))
    wanted = list(table(data, "dependencies"))
    about = text_of(table(data, "package").get("description"))
    system = (_system(path, name, line_of(text, name), (name.replace("-", "_"),), about),) if name else ()
    return Evidence(system, tuple(_ties(path, ((one, line_of(text, one)) for one in wanted))))


def _maven(path: str, text: str) -> Evidence:
    lines = Lines(text)
    own = _ARTIFACT.search(_POM_NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text))
    if not own:
        return Evidence()
    about = re.search(r"<description>\s*([^<>]+?)\s*</description>", text)
    is_app = "spring-boot-maven-plugin" in text and "<modules>" not in text
    kind = SystemKind.APP if is_app else SystemKind.PACKAGE
    system = _system(path, own[1], lines.at(own.start(1)), (), " ".join(about[1].split()) if about else "", kind)
    names = [(found[1], lines.at(found.start(1))) for found in _DEPENDENCY.finditer(text)]
    return Evidence(() if "<modules>" in text else (system,), tuple(_ties(path, names)))


def _gradle(path: str, text: str) -> Evidence:
    lines = Lines(text)
    name = posixpath.basename(_folder(path))
    names = [(found[1].rsplit(":", 1)[-1], lines.at(found.start(1))) for found in _GRADLE_PROJECT.finditer(text)]
    names += [(found[2], lines.at(found.start(2))) for found in _GRADLE_LIBRARY.finditer(text) if product_of(found[2])]
    return Evidence((_system(path, name, 1),) if name else (), tuple(_ties(path, names)))


def _dotnet(path: str, text: str) -> Evidence:
    name = posixpath.splitext(posixpath.basename(path))[0]
    if re.search(r"(?:^|[._-])(?:unit|integration|functional)?tests?$", name, re.IGNORECASE):
        return Evidence()
    lines = Lines(text)
    names = []
    for found in _REFERENCE.finditer(text):
        target = found[2].replace("\\", "/")
        target = posixpath.splitext(posixpath.basename(target))[0] if found[1] == "ProjectReference" else target
        names.append((target, lines.at(found.start(2))))
    kind = SystemKind.APP if "Microsoft.NET.Sdk.Web" in text or "<OutputType>Exe" in text else SystemKind.PACKAGE
    return Evidence((_system(path, name, 1, (), "", kind),), tuple(_ties(path, names)))


def _dockerfile(path: str, text: str) -> Evidence:
    """A folder with a Dockerfile is something that is run."""
    folder = _folder(path)
    name = posixpath.basename(folder)
    while name.lower() in _GENERIC and "/" in folder:
        folder = posixpath.dirname(folder)
        name = posixpath.basename(folder)
    if not name or name.lower() in _GENERIC | _NO_SYSTEM or "FROM" not in text.upper():
        return Evidence()
    return Evidence((Found(name, SystemKind.APP, Place(path, 1, f"{posixpath.basename(path)} builds {name}"), folder),))


def _skaffold(path: str, text: str) -> Evidence:
    """Images and the folders they are built from (https://skaffold.dev/docs/references/yaml/)."""
    systems = []
    for document in yaml_documents(text):
        for item in [*document.at("build", "artifacts").items]:
            image, context = item.at("image"), item.at("context").text
            if image.text and context:
                folder = posixpath.normpath(posixpath.join(_folder(path), context))
                name = image.text.rsplit("/", 1)[-1]
                systems.append(Found(name, SystemKind.SERVICE, Place(path, image.line, f"builds {name} from {context}"), folder))
    return Evidence(tuple(systems))


def _spring(path: str, text: str) -> Evidence:
    """The name by which a Spring application is found by others."""
    for document in yaml_documents(text):
        name = document.at("spring", "application", "name")
        if name.text and "$" not in name.text and "/src/main/resources/" in f"/{path}":
            folder = f"/{path}".split("/src/main/resources/")[0].lstrip("/")
            return Evidence((Found(name.text, SystemKind.APP, Place(path, name.line, f"spring.application.name is {name.text}"), folder),))
    return Evidence()


_READERS: dict[str, Callable[[str, str], Evidence]] = {
    "pyproject.toml": _python,
    "package.json": _javascript,
    "go.mod": _go,
    "cargo.toml": _rust,
    "pom.xml": _maven,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "skaffold.yaml": _skaffold,
    "application.yml": _spring,
    "application.yaml": _spring,
    "bootstrap.yml": _spring,
}
