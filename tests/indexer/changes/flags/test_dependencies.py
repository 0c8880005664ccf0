"""New, removed and changed dependencies, from manifests of every kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.flags import flags_of
from indexer.changes.flags.manifests import Scope, ecosystem_of, read_manifest
from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import flags, lines_shown, reader, step_of, story_of, told

NEW, REMOVED, CHANGED = FlagKind.DEPENDENCY_NEW, FlagKind.DEPENDENCY_REMOVED, FlagKind.DEPENDENCY_CHANGED
PYPROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.9"\ndependencies = [\n  "httpx>=0.24",\n  "pydantic>=1.10,<2",\n]\n'


def wanted(path: str, text: str) -> dict[str, tuple[str, Scope]]:
    found = read_manifest(path, text)
    assert found is not None
    return {one.name: (one.version, one.scope) for one in found}


def test_a_new_dependency_is_shown_where_the_manifest_wants_it() -> None:
    after = PYPROJECT.replace('  "pydantic', '  "stripe>=9",\n  "pydantic')
    found = flags({"pyproject.toml": PYPROJECT}, {"pyproject.toml": after})
    assert [(flag.kind, *rest) for flag, rest in zip(found, told(found), strict=True)] == [(NEW, "stripe", "", ">=9", "")]
    assert lines_shown(found) == [("after1", "pyproject.toml", 6)]


def test_a_removed_dependency_is_shown_where_it_stood() -> None:
    found = flags({"pyproject.toml": PYPROJECT}, {"pyproject.toml": PYPROJECT.replace('  "httpx>=0.24",\n', "")}, REMOVED)
    assert told(found) == [("httpx", ">=0.24", "", "")]
    assert lines_shown(found) == [("before1", "pyproject.toml", 5)]


def test_a_major_version_is_called_one_and_stands_before_smaller_steps() -> None:
    after = PYPROJECT.replace("httpx>=0.24", "httpx>=0.27").replace("pydantic>=1.10,<2", "pydantic>=2.1,<3")
    found = flags({"pyproject.toml": PYPROJECT}, {"pyproject.toml": after}, CHANGED)
    assert told(found) == [("pydantic", ">=1.10,<2", ">=2.1,<3", "major version"), ("httpx", ">=0.24", ">=0.27", "")]


def test_a_table_of_its_own_shows_a_dependency() -> None:
    before = '[package]\nname = "x"\n\n[dependencies.clap]\nversion = "2.33"\n'
    assert lines_shown(flags({"Cargo.toml": before}, {"Cargo.toml": '[package]\nname = "x"\n'})) == [("before1", "Cargo.toml", 4)]


def test_an_older_version_is_told() -> None:
    found = flags({"requirements.txt": "django==5.1.2\n"}, {"requirements.txt": "django==4.2.16\n"}, CHANGED)
    assert told(found) == [("django", "==5.1.2", "==4.2.16", "older version")]


@pytest.mark.parametrize(("before", "after"), [
    ("django==5.0.1", "django==5.0.3"),  # a patch release
    ("django>=4,<5", "django<5,>=4"),  # the same in other words
    ("django>=4.0.0,<5", "django>=4,<5"),
    ("Django_Tables2==2.1", "django-tables2==2.1"),
    ("django==5.0.1", "django==5.0.1  # see the notes"),
])
def test_what_means_the_same_or_next_to_nothing_is_not_told(before: str, after: str) -> None:
    assert flags({"requirements.txt": before}, {"requirements.txt": after}) == []


def test_the_oldest_python_supported_is_a_dependency_too() -> None:
    after = PYPROJECT.replace('">=3.9"', '">=3.11"')
    found = flags({"pyproject.toml": PYPROJECT}, {"pyproject.toml": after})
    assert told(found) == [("Python", ">=3.9", ">=3.11", "oldest version supported")]
    assert lines_shown(found) == [("after1", "pyproject.toml", 3)]


def test_a_dependency_that_moves_to_another_manifest_is_no_news() -> None:
    setup = 'from setuptools import setup\n\nsetup(name="shop", install_requires=["httpx>=0.24", "pydantic>=1.10,<2"])\n'
    assert flags({"setup.py": setup}, {"pyproject.toml": PYPROJECT}) == []


def test_a_new_part_of_the_repository_brings_its_manifest_and_no_flood() -> None:
    package = '{"name": "web", "dependencies": {"react": "^18.2.0"}}'
    assert flags({}, {"web/package.json": package}) == []
    assert flags({"web/package.json": package}, {}) == []


def test_a_manifest_that_joins_another_in_its_folder_is_no_news_but_what_moves_to_it_is_not_removed() -> None:
    before = {"pyproject.toml": PYPROJECT}
    moved = "[options]\ninstall_requires =\n  httpx>=0.24\n  new\n"
    joined = {"pyproject.toml": PYPROJECT.replace('  "httpx>=0.24",\n', ""), "setup.cfg": moved}
    assert flags(before, joined) == []


def test_what_is_for_development_is_told_last_and_its_versions_not_at_all() -> None:
    before = '{"dependencies": {"a": "1.0.0"}, "devDependencies": {"jest": "^28.0.0", "tsc": "^4.0.0"}}'
    after = '{"dependencies": {"a": "1.0.0", "b": "^2.0.0"}, "devDependencies": {"vitest": "^1.0.0", "tsc": "^5.0.0"}}'
    found = flags({"package.json": before}, {"package.json": after})
    assert told(found) == [("b", "", "^2.0.0", ""), ("vitest", "", "^1.0.0", "for development"),
                           ("jest", "^28.0.0", "", "for development")]


def test_what_development_needed_and_the_product_needs_now_is_new() -> None:
    before = '{"dependencies": {"a": "1.0.0"}, "devDependencies": {"zod": "^3.0.0"}}'
    after = '{"dependencies": {"a": "1.0.0", "zod": "^3.0.0"}, "devDependencies": {}}'
    assert [(flag.kind, flag.subject, flag.detail) for flag in flags({"package.json": before}, {"package.json": after})] == [
        (NEW, "zod", "")]


def test_one_package_in_many_folders_is_one_flag_with_several_places() -> None:
    text = '{"dependencies": {"react": "^17.0.0"}}'
    before = {f"packages/{name}/package.json": text for name in "abcd"}
    found = flags(before, {path: text.replace("17", "18") for path in before})
    assert told(found) == [("react", "^17.0.0", "^18.0.0", "major version")]
    assert len(found[0].places) == 3


def test_a_flood_is_cut_and_says_so() -> None:
    before = "\n".join(f"package{number}==1.0" for number in range(9))
    found = flags({"requirements.txt": before}, {"requirements.txt": before.replace("==1", "==2")})
    assert len(found) == 5
    assert found[-1].detail == "major version, and 4 more"


def test_steps_of_a_story_add_up_whatever_their_order() -> None:
    states = ["a==1.0", "a==2.0", "a==3.0"]
    first = step_of(1, {"requirements.txt": states[0]}, {"requirements.txt": states[1]})
    second = step_of(2, {"requirements.txt": states[1]}, {"requirements.txt": states[2]})
    read = reader(*((name, {"requirements.txt": text}) for name, text in
                    (("before1", states[0]), ("after1", states[1]), ("before2", states[1]), ("after2", states[2]))))
    found = flags_of(story_of("after2", "after1"), (second, first), read)
    assert [(flag.before, flag.after) for flag in found] == [("==1.0", "==3.0")]


def test_a_requirements_file_beside_a_project_that_says_what_it_needs_is_for_development() -> None:
    before = {"pyproject.toml": PYPROJECT, "requirements.txt": "httpx==0.24\ntwine==4.0\n"}
    assert flags(before, before | {"requirements.txt": "httpx==0.24\ntwine==5.0\n"}) == []
    found = flags(before, before | {"requirements.txt": "httpx==0.24\n"})
    assert told(found) == [("twine", "==4.0", "", "for development")]


def test_the_go_that_builds_a_program_is_nothing_to_those_who_run_it() -> None:
    before, after = ({"go.mod": f"module example.com/shop\ngo {version}\n", "shop.go": "package shop"} for version in ("1.22", "1.24.1"))
    assert told(flags(before, after)) == [("Go", "1.22", "1.24", "oldest version supported")]
    program = {"main.go": "package main\n"}
    assert flags(before | program, after | program) == []


def test_what_a_later_step_takes_back_is_nothing() -> None:
    texts = ({"requirements.txt": "a==1.0"}, {"requirements.txt": "a==1.0\nb==2.0"})
    read = reader(("before1", texts[0]), ("after1", texts[1]), ("before2", texts[1]), ("after2", texts[0]))
    assert flags_of(story_of("after2", "after1"), (step_of(1, *texts), step_of(2, *texts[::-1])), read) == ()


def test_a_manifest_that_does_not_parse_says_nothing() -> None:
    assert read_manifest("pyproject.toml", "[project\n") is None
    assert flags({"pyproject.toml": PYPROJECT}, {"pyproject.toml": "<<<<<<< HEAD\n" + PYPROJECT}) == []


def test_lock_files_and_copies_are_not_looked_at() -> None:
    for path in ("poetry.lock", "package-lock.json", "go.sum", "vendor/github.com/x/y/go.mod", "node_modules/a/package.json",
                 "docs/requirements.txt", "examples/a/package.json", "tests/project/pyproject.toml"):
        assert ecosystem_of(path) == ""
    compiled = "#\n# This file is autogenerated by pip-compile\n#\ndjango==4.2\n"
    assert flags({"requirements.txt": compiled}, {"requirements.txt": compiled.replace("4.2", "5.0")}) == []


def test_pyproject_in_every_dialect() -> None:
    text = """
[project]
name = "shop"
dependencies = ["httpx[http2]>=0.24; python_version > '3.9'", "stripe @ git+https://git.example.com/stripe", "shop-core"]
[project.optional-dependencies]
redis = ["redis>=5"]
test = ["pytest"]
all = ["shop[redis]"]
[dependency-groups]
lint = ["ruff>=0.5", {include-group = "other"}]
[tool.uv.sources]
shop-core = { workspace = true }
[tool.poetry.dependencies]
python = "^3.9"
fastapi = "^0.110"
boto3 = {version = "^1.34", optional = true}
local = {path = "../local"}
[tool.poetry.group.docs.dependencies]
mkdocs = "*"
"""
    assert wanted("pyproject.toml", text) == {
        "httpx": (">=0.24", Scope.RUNTIME), "stripe": ("", Scope.RUNTIME), "redis": (">=5", Scope.OPTIONAL),
        "pytest": ("", Scope.DEV),
        "ruff": (">=0.5", Scope.DEV), "Python": ("^3.9", Scope.PLATFORM), "fastapi": ("^0.110", Scope.RUNTIME),
        "boto3": ("^1.34", Scope.OPTIONAL), "mkdocs": ("", Scope.DEV)}


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("requirements.txt", "-r base.txt\n--index-url https://x\ndjango>=4,<5  # web\n./local\nredis[hiredis]==5.0 --hash\n",
     {"django": (">=4,<5", Scope.RUNTIME), "redis": ("==5.0", Scope.RUNTIME)}),
    ("requirements-dev.txt", "pytest==8", {"pytest": ("==8", Scope.DEV)}),
    ("tools/requirements.txt", "towncrier", {"towncrier": ("", Scope.DEV)}),
    ("setup.cfg", "[options]\npython_requires = >=3.8\ninstall_requires =\n    attrs>=20\n[options.extras_require]\n"
        "s3 = boto3\ntest = pytest\n",
     {"Python": (">=3.8", Scope.PLATFORM), "attrs": (">=20", Scope.RUNTIME), "boto3": ("", Scope.OPTIONAL),
      "pytest": ("", Scope.DEV)}),
    ("setup.py", "needs = ['attrs>=20']\n"
        "setuptools.setup(install_requires=needs, extras_require={'s3': ['boto3']}, tests_require=run())\n",
     {"attrs": (">=20", Scope.RUNTIME), "boto3": ("", Scope.OPTIONAL)}),
    ("Pipfile", '[packages]\nflask = "*"\ndjango = {version = "==4.2"}\n[dev-packages]\npytest = ">=8"\n',
     {"flask": ("", Scope.RUNTIME), "django": ("==4.2", Scope.RUNTIME), "pytest": (">=8", Scope.DEV)}),
    ("package.json", '{"engines": {"node": ">=18"}, "dependencies": {"a": "^1.0.0", "own": "workspace:*"},'
     ' "peerDependencies": {"react": ">=17", "vue": ">=3"}, "peerDependenciesMeta": {"vue": {"optional": true}}}',
     {"Node.js": (">=18", Scope.PLATFORM), "a": ("^1.0.0", Scope.RUNTIME), "react": (">=17", Scope.PEER),
      "vue": (">=3", Scope.OPTIONAL)}),
    ("go.mod", "module example.com/shop\n\ngo 1.22.1\n\nrequire github.com/a/b v1.2.3\nrequire (\n\tgithub.com/c/d/v2 v2.0.1\n"
     "\tgithub.com/e/f v0.1.0 // indirect\n)\nreplace github.com/a/b => ../b\n",
     {"Go": ("1.22", Scope.PLATFORM), "github.com/a/b": ("v1.2.3", Scope.RUNTIME),
      "github.com/c/d/v2": ("v2.0.1", Scope.RUNTIME)}),
    ("Cargo.toml", '[package]\nname = "x"\nrust-version = "1.70"\n[dependencies]\nserde = "1"\nown = { path = "../own" }\n'
     'tls = { package = "rustls", version = "0.22", optional = true }\n[dev-dependencies]\ninsta = "1"\n'
     '[target.\'cfg(unix)\'.dependencies]\n'
     'nix = "0.27"\n[workspace.dependencies]\ntokio = { version = "1.35" }\n',
     {"Rust": ("1.70", Scope.PLATFORM), "serde": ("1", Scope.RUNTIME), "rustls": ("0.22", Scope.OPTIONAL),
      "insta": ("1", Scope.DEV),
      "nix": ("0.27", Scope.RUNTIME), "tokio": ("1.35", Scope.RUNTIME)}),
    ("Gemfile", 'source "https://x"\ngem "rails", "~> 7.1", ">= 7.1.2"\ngroup :development, :test do\n  gem "rspec"\n'
        'end\ngem "pg"\n'
     'gem "rubocop", require: false, group: :development\n',
     {"rails": ("~> 7.1, >= 7.1.2", Scope.RUNTIME), "rspec": ("", Scope.DEV), "pg": ("", Scope.RUNTIME),
      "rubocop": ("", Scope.DEV)}),
    ("shop.gemspec", 's.add_dependency "rack", "~> 3.0"\ns.add_development_dependency("minitest")\n',
     {"rack": ("~> 3.0", Scope.RUNTIME), "minitest": ("", Scope.DEV)}),
    ("pom.xml",
     '<project xmlns="http://maven.apache.org/POM/4.0.0"><properties><v>2.15.0</v></properties><dependencies><dependency>'
     "<groupId>g</groupId><artifactId>a</artifactId><version>${v}</version></dependency><dependency><groupId>j</groupId>"
     "<artifactId>unit</artifactId><version>5</version><scope>test</scope></dependency><dependency><groupId>${project.groupId}</groupId>"
     "<artifactId>own</artifactId></dependency></dependencies></project>",
     {"g:a": ("2.15.0", Scope.RUNTIME), "j:unit": ("5", Scope.DEV)}),
    ("build.gradle.kts", 'dependencies {\n  implementation("com.a:b:1.2.3")\n  testImplementation("j:unit:5")\n'
        '  api(platform("x:bom:2"))\n'
     "  implementation(libs.okio)\n}\n",
     {"com.a:b": ("1.2.3", Scope.RUNTIME), "j:unit": ("5", Scope.DEV), "x:bom": ("2", Scope.RUNTIME)}),
    ("gradle/libs.versions.toml", '[versions]\nok = "3.1"\n[libraries]\n'
        'okio = { module = "com.squareup:okio", version.ref = "ok" }\n'
     'b = "x:b:1.0"\n', {"com.squareup:okio": ("3.1", Scope.RUNTIME), "x:b": ("1.0", Scope.RUNTIME)}),
    ("src/Shop.csproj",
     '<Project><PropertyGroup><V>8.0</V></PropertyGroup><ItemGroup><PackageReference Include="Polly" Version="$(V)" />'
     '<PackageReference Include="Analyzers" PrivateAssets="all"><Version>1.0</Version></PackageReference></ItemGroup></Project>',
     {"Polly": ("8.0", Scope.RUNTIME), "Analyzers": ("1.0", Scope.DEV)}),
    ("composer.json", '{"require": {"php": "^8.1", "guzzle/http": "^7.0"}, "require-dev": {"phpunit/phpunit": "^10"}}',
     {"PHP": ("^8.1", Scope.PLATFORM), "guzzle/http": ("^7.0", Scope.RUNTIME), "phpunit/phpunit": ("^10", Scope.DEV)}),
    ("mix.exs", 'defp deps do\n [{:phoenix, "~> 1.7"}, {:credo, "~> 1.7", only: [:dev, :test]}]\nend',
     {"phoenix": ("~> 1.7", Scope.RUNTIME), "credo": ("~> 1.7", Scope.DEV)}),
    ("pubspec.yaml", "environment:\n  sdk: '>=3.0.0'\ndependencies:\n  http: ^1.1.0\n  flutter:\n    sdk: flutter\n"
        "dev_dependencies:\n  test: any\n",
     {"Dart": (">=3.0.0", Scope.PLATFORM), "http": ("^1.1.0", Scope.RUNTIME), "test": ("", Scope.DEV)}),
])  # fmt: skip
def test_every_manifest_is_read(path: str, text: str, expected: dict[str, tuple[str, Scope]]) -> None:
    assert wanted(path, text) == expected


def test_a_go_module_of_a_new_major_version_is_the_same_module() -> None:
    before = "module example.com/x\nrequire github.com/go-chi/chi v1.5.0\n"
    found = flags({"go.mod": before}, {"go.mod": before.replace("chi v1.5.0", "chi/v5 v5.0.1")})
    assert told(found) == [("github.com/go-chi/chi/v5", "v1.5.0", "v5.0.1", "major version")]


def test_xml_that_defines_entities_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><project>&b;</project>'
    assert read_manifest("pom.xml", bomb) is None


_NAMES = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "package.json", "go.mod", "Cargo.toml",
          "Gemfile",
          "a.gemspec", "pom.xml", "build.gradle", "libs.versions.toml", "a.csproj", "composer.json", "mix.exs", "pubspec.yaml")
_PIECES = st.sampled_from(['[project]', "dependencies", "=", "[", "]", "{", "}", '"', "'", "\n", ":", "gem ", "require (", "<",
                           ">", "a>=1",
                           "\x00", "implementation", "(", ")", ",", "é", "version", "<dependency>", "install_requires", "setup("])


@given(st.sampled_from(_NAMES), st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join)))
def test_no_text_breaks_a_manifest(name: str, text: str) -> None:
    for path in (name, f"docs/{name}"):
        found = read_manifest(path, text)
        assert found is None or all(one.name for one in found)


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 100_000, '{"dependencies":' * 20_000, "gem (" * 50_000, "a = [" * 40_000,
                                  "(" * 90_000,
                                  "<a>" * 60_000, "name = '" * 30_000, " " * 300_000])
@pytest.mark.parametrize("name", _NAMES)
def test_deep_and_long_texts_are_only_unreadable(name: str, text: str) -> None:
    assert read_manifest(name, text) in (None, [])
