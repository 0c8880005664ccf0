"""Which part a file plays, by its path alone and by the whole tree around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.languages import detect_language
from indexer.layout import surroundings_of
from indexer.roles import role_of
from indexer.types import Kind, Role, TreeEntry


def role(path: str, *others: str, attributes: str = "", size: int = 10_000) -> Role:
    """The role of the first path in a tree of these files, each of `size` bytes; a number after "=" is another size."""
    entries = []
    for item in (path, *others):
        name, _, given = item.partition("=")
        entries.append(TreeEntry(name, "100644" if "." in name else "100755", "b10b", int(given) if given else size))
    around = surroundings_of(entries, {".gitattributes": attributes})
    return role_of(entries[0].path, detect_language(entries[0].path, "#!/bin/sh").kind, around)


@pytest.mark.parametrize(("path", "expected"), [
    ("core/src/main/java/com/example/demo/Order.java", Role.SOURCE),
    ("core/src/main/java/org/acme/TestResource.java", Role.SOURCE),
    ("okhttp/src/commonJvmAndroid/kotlin/okhttp3/ConnectionSpec.kt", Role.SOURCE),
    ("okhttp/src/jvmTest/kotlin/okhttp3/Recorder.kt", Role.TEST),
    ("src/test/java/CartTest.java", Role.TEST),
    ("cli/test_routing.go", Role.SOURCE),
    ("tests/test_routing.py", Role.TEST),
    ("app/models/spec.rb", Role.SOURCE),
    ("src/openapi/spec/reader.ts", Role.SOURCE),
    ("spec/models/order_spec.rb", Role.TEST),
    ("src/app/samples/blood.ts", Role.SOURCE),
    ("src/Identity.API/Quickstart/Login.cs", Role.SOURCE),
    ("samples/hello/main.kt", Role.EXAMPLE),
    ("watchOS Example/App.swift", Role.EXAMPLE),
    ("packages/core/examples/a.ts", Role.EXAMPLE),
    ("scrapy/utils/conf.py", Role.SOURCE),
    ("redash/handlers/setup.py", Role.SOURCE),
    ("setup.py", Role.SCRIPT),
    ("tasks.py", Role.SCRIPT),
    ("worker/tasks.py", Role.SOURCE),
    ("src/docs/render.py", Role.SOURCE),
    ("docs/conf.py", Role.DOCS),
    ("hc/templates/accounts/login.html", Role.SOURCE),
    ("docs/index.html", Role.DOCS),
    ("templates/emails/welcome.txt", Role.SOURCE),
    ("src/main/java/org/acme/package.html", Role.DOCS),
    (".storybook/main.ts", Role.SCRIPT),
    ("src/main/java/org/acme/vendor/Invoice.java", Role.SOURCE),
    ("public/plugins/codemirror-5.17.0/mode/go.js", Role.VENDORED),
    ("src/generated/client.ts", Role.GENERATED),
    ("src/builtin.jq", Role.SOURCE),
    ("src/parser.y", Role.SOURCE),
])
def test_where_a_name_stands_decides(path: str, expected: Role) -> None:
    assert role_of(path, detect_language(path).kind) is expected


MONOREPO = (
    "package.json", "packages/core/package.json", "packages/core/src/index.ts=200000", "apps/shop/package.json", "apps/shop/src/a.ts",
)  # fmt: skip
LIBRARY = tuple(f"packages/acme-test/src/{name}.ts" for name in "abcdef")


@pytest.mark.parametrize(("path", "others", "expected"), [
    ("www/src/pages/index.tsx", ("www/docusaurus.config.ts",), Role.DOCS),
    ("apps/docs/app/page.tsx", ("apps/docs/package.json", "apps/docs/source.config.ts"), Role.DOCS),
    ("apps/website/src/checkout.ts", ("apps/website/package.json",), Role.SOURCE),
    ("website/src/checkout.ts", ("website/package.json",), Role.SOURCE),
    ("website/src/theme.ts", ("website/a.md", "website/b.md"), Role.DOCS),
    ("apps/demo/src/main.ts", ("apps/demo/package.json",), Role.EXAMPLE),
    ("packages/core/demo/main.ts", (), Role.EXAMPLE),
    ("packages/core/src/demo/main.ts", (), Role.SOURCE),
    ("packages/core/benchmarks/run.ts", (), Role.SCRIPT),
    ("packages/core/vite.config.ts", (), Role.SCRIPT),
    ("packages/core/src/app.config.ts", (), Role.SOURCE),
    ("packages/core/dist/index.js", (), Role.GENERATED),
    ("packages/create-app/template-react/src/App.tsx", ("packages/create-app/template-react/package.json",), Role.EXAMPLE),
    ("packages/cli/templates/plain/index.ts", ("packages/cli/templates/plain/_package.json",), Role.EXAMPLE),
    ("packages/email/templates/welcome.tsx", ("packages/email/package.json",), Role.SOURCE),
    ("template/template.go", ("template/package.json",), Role.SOURCE),
    ("packages/acme-test/src/runner.ts", ("packages/acme-test/package.json", *LIBRARY), Role.SOURCE),
    ("packages/acme-test/src/cart.test.ts", ("packages/acme-test/package.json",), Role.TEST),
    ("apps/vendor/views.py", ("apps/vendor/models.py",), Role.SOURCE),
    ("packages/core/vendor/cookie/index.js", (), Role.VENDORED),
])
def test_the_tree_around_a_file_decides(path: str, others: tuple[str, ...], expected: Role) -> None:
    assert role(path, *others, *MONOREPO) is expected


def test_tools_that_are_much_of_the_code_are_shipped() -> None:
    assert role("tools/cli/main.go", "client.go=50000") is Role.SOURCE
    assert role("tools/cli/main.go", "client.go=500000") is Role.SCRIPT


@pytest.mark.parametrize("path", ["examples/hello/main.go", "scripts/backup.sh", "bin/backup", ".config/nvim/init.lua"])
def test_what_nearly_all_of_a_repository_is_does_not_stand_back(path: str) -> None:
    assert role(path, "README.md") is Role.SOURCE
    assert role(path, "src/shop.go=500000") is not Role.SOURCE


def test_a_folder_docs_of_code_makes_documentation() -> None:
    assert role("doc/man_docs.go", "doc/md_docs.go", "command.go=60000") is Role.SOURCE
    assert role("doc/man_docs.go", "doc/usage.md", "command.go=60000") is Role.DOCS


def test_translations_stand_behind_what_they_are_made_from() -> None:
    others = ("lang/de/cart.php", "lang/fr/cart.php", "app/Cart.php")
    assert role("lang/pt_BR/cart.php", "lang/en/cart.php", *others) is Role.TRANSLATION
    assert role("lang/en/id.php", *others) is Role.SOURCE
    assert role("src/locales/de.ts", "src/locales/en.ts", "src/locales/zh-Hant.ts") is Role.TRANSLATION
    assert role("src/locales/index.ts", "src/locales/de.ts", "src/locales/en.ts", "src/locales/fr.ts") is Role.SOURCE
    assert role("lang/go/scan.go", "lang/c/scan.go", "lang/java/scan.go") is Role.SOURCE
    assert role("mail/notes/de/due.html", *(f"mail/notes/{one}/due.html" for one in ("en", "fr", "it"))) is Role.TRANSLATION


def test_what_gitattributes_say_counts() -> None:
    tree = ("src/a.py", "src/b.py", "src/c.py")
    assert role("lib/copied.js", *tree, attributes="lib/** linguist-vendored\n") is Role.VENDORED
    assert role("lib/own.js", "lib/x.js", *tree, attributes="lib/*.js linguist-vendored\nlib/own.js -linguist-vendored\n") is Role.SOURCE
    assert role("api/model.py", *tree, attributes="api/* linguist-generated=true") is Role.GENERATED
    assert role("manual/build.py", *tree, attributes="manual/* linguist-documentation") is Role.DOCS
    assert role("docs/build.py", "docs/a.md", *tree, attributes="docs/* linguist-documentation=false") is Role.SOURCE
    assert role("tests/test_a.py", *tree, attributes="tests/** linguist-vendored") is Role.TEST
    assert role("src/a.py", *tree[1:], attributes="* linguist-vendored") is Role.SOURCE


@given(st.lists(st.text(min_size=1, max_size=40), max_size=8), st.text(max_size=60))
def test_any_tree_has_roles(paths: list[str], attributes: str) -> None:
    entries = [TreeEntry(path, "100644", "b10b", 1) for path in paths]
    around = surroundings_of(entries, {".gitattributes": attributes})
    assert all(isinstance(role_of(path, kind, around), Role) for path in paths for kind in (Kind.CODE, Kind.DOC, Kind.CONFIG))
