"""Public definitions that are gone or must be called differently, by the rules of each language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.flags.parameters import breaks_callers, signature_at
from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import Files, flags, lines_shown, told

REMOVED, CHANGED = FlagKind.API_REMOVED, FlagKind.API_CHANGED
PROJECT = {"pyproject.toml": '[project]\nname = "shop"\n'}
CLIENT = '''class Client:
    def get(self, url, *, timeout=5):
        return self._send(url)

    def _send(self, url):
        return url


def refund(order, amount):
    """Pay back. Deprecated since 2.0."""
    return order
'''


def removed(before: Files, after: Files) -> list[str]:
    return [flag.subject for flag in flags(before, after, REMOVED)]


def changed(before: Files, after: Files) -> list[str]:
    return [flag.subject for flag in flags(before, after, CHANGED)]


def python(before: str, after: str) -> tuple[Files, Files]:
    return PROJECT | {"shop/client.py": before}, PROJECT | {"shop/client.py": after}


def test_a_removed_function_is_shown_where_it_stood() -> None:
    found = flags(*python(CLIENT, CLIENT.split("\n\n\ndef")[0] + "\n"), REMOVED)
    assert told(found) == [("refund", "refund(order, amount)", "", "deprecated before")]
    assert lines_shown(found) == [("before1", "shop/client.py", 9)]


def test_what_is_private_may_go() -> None:
    assert removed(*python(CLIENT, CLIENT.replace("    def _send(self, url):\n        return url\n", ""))) == []
    hidden = {"shop/_client.py": CLIENT}
    assert removed(PROJECT | hidden, PROJECT) == []
    assert removed(PROJECT | {"shop/internal/client.py": CLIENT}, PROJECT) == []


def test_a_private_module_is_public_as_far_as_its_package_gives_it_on() -> None:
    package = PROJECT | {"shop/__init__.py": '__all__ = ["refund"]\n'}
    assert removed(package | {"shop/_client.py": CLIENT}, package | {"shop/_client.py": "x = 1\n"}) == ["refund"]


def test_only_the_names_listed_are_public_where_a_module_lists_them() -> None:
    listed = '__all__ = ["Client"]\n\n\n' + CLIENT
    assert removed(*python(listed, "__all__ = []\n")) == ["Client"]


def test_what_moves_within_the_story_is_not_removed() -> None:
    rest, moved = CLIENT.split("\n\n\ndef")
    assert removed(PROJECT | {"shop/client.py": CLIENT}, PROJECT | {"shop/client.py": rest,
                                                                    "shop/refunds.py": "def" + moved}) == []
    renamed = flags(PROJECT | {"shop/client.py": CLIENT}, PROJECT | {"shop/api.py": CLIENT + "\nx = 1\n"},
                    renamed=(("shop/client.py", "shop/api.py"),))  # fmt: skip
    assert renamed == []


@pytest.mark.parametrize("rest", ["from shop.refunds import refund\n", "from shop.refunds import (\n    a,\n    refund,\n)\n",
                                  "refund = pay_back\n",
                                  'def __getattr__(name):\n    return {"refund": pay_back}[name]\n'])  # fmt: skip
def test_a_name_that_can_still_be_imported_is_not_removed(rest: str) -> None:
    assert removed(*python(CLIENT, rest + CLIENT.split("\n\n\ndef")[0])) == []


def test_a_method_that_may_be_inherited_is_not_called_removed() -> None:
    before = "class Mine(Base):\n    def run(self):\n        pass\n\n    def stop(self):\n        pass\n"
    assert removed(*python(before, before.split("\n\n")[0])) == []
    assert removed(*python(before.replace("(Base)", ""), before.replace("(Base)", "").split("\n\n")[0])) == ["Mine.stop"]


def test_a_class_that_goes_takes_its_methods_with_it() -> None:
    assert removed(*python(CLIENT, "x = 1\n")) == ["Client", "refund"]


def test_applications_tests_and_scripts_have_no_api() -> None:
    assert removed({"manage.py": "", **PROJECT, "shop/client.py": CLIENT}, {"manage.py": "", **PROJECT}) == []
    assert removed({"shop/client.py": CLIENT}, {}) == []
    for path in ("tests/client.py", "examples/client.py", "scripts/client.py", "shop/migrations/client.py"):
        assert removed(PROJECT | {path: CLIENT}, PROJECT) == []


def test_a_changed_signature_is_shown_on_both_sides() -> None:
    found = flags(*python(CLIENT, CLIENT.replace("refund(order, amount)", "refund(order, amount, currency)")), CHANGED)
    assert [(flag.subject, flag.before, flag.after) for flag in found] == [
        ("refund", "refund(order, amount)", "refund(order, amount, currency)")]
    assert lines_shown(found) == [("before1", "shop/client.py", 9), ("after1", "shop/client.py", 9)]


@pytest.mark.parametrize(("before", "after", "breaks"), [
    ("a, b", "a", True),
    ("a, b", "b, a", True),
    ("a, b=1", "a, b", True),
    ("a, b=1", "a, *, b=1", True),
    ("a", "renamed", True),
    ("a", "a, b", True),
    ("a", "a, *, b", True),
    ("a", "a, b=None", False),
    ("a", "a, *, b=None", False),
    ("a, b", "a, b=1", False),
    ("a: int", "a: str | None", False),
    ("a, b=1", "a, **kwargs", False),
    ("a, *, b=1, c=2", "a, *, c=2, b=1", False),
    ("a, /", "b, /", False),
    ("a, _hidden=None", "a", False),
    ('a="(,", b=[1, 2]', "a='x', b={1: 2}", False),
    ("a, b: Callable[[int, str], None] = f", "a, b: Callable[[int], None] = f", False),
])  # fmt: skip
def test_python_callers_break_as_python_calls(before: str, after: str, breaks: bool) -> None:
    old, new = (signature_at(f"def f({parameters}):  # (".split("\n"), 1, "f", "python") for parameters in (before, after))
    assert old and new
    assert breaks_callers(old, new, "python") is breaks


@pytest.mark.parametrize(("language", "before", "after", "breaks"), [
    ("go", "func F(a, b int) error {", "func F(x, y int) error {", False),
    ("go", "func F(a, b int) error {", "func F(a int, b string) error {", True),
    ("go", "func F(a int) error {", "func F(a int) (string, error) {", True),
    ("go", "func F(a int) ([]string, bool) {", "func F(a int) (values []string, ok bool) {", False),
    ("go", "func F(a int) {", "func F(a int, opts ...Option) {", False),
    ("go", "func F[T any](a T) {", "func F[T any](ctx context.Context, a T) {", True),
    ("go", "func (c *Client) F(f func(a, b int) error, m map[string]int) {",
     "func (c *Client) F(f func(a, b int) error, n map[string]int) {", False),
    ("java", "public <T> T F(Map<String, List<T>> a, final int b) {",
     "public <T> T F(@NonNull Map<String, List<T>> x, int b) {", False),
    ("java", "public void F(int a) {", "public void F(long a) {", True),
    ("csharp", "public void F(string a) {", 'public void F(string a, string b = "x,y") {', False),
    ("csharp", "public void F(this Foo a, int b) {", "public void F(this Foo a, int b, CancellationToken c) {", True),
    ("typescript", "export function F(a: string, b?: number) {", "export function F(a: string, b: number) {", True),
    ("typescript", "export function F(a: string) {", "export function F(a: string, { b = 1, c }: Options = {}) {", False),
    ("typescript", "export const F = async (a: (x: number) => void, b: string): Promise<void> => {",
     "export const F = (a: X) => {", True),
    ("typescript", "export function F(a: string, b: number) {", "export function F(b: number, a: string) {", True),
    ("rust", "pub fn F<'a>(&self, a: &'a str) -> Result<(), E> {", "pub fn F<'a>(&self, name: &'a str) -> Result<(), E> {",
     False),
    ("rust", "pub fn F(&self, a: u32) -> u32 {", "pub fn F(&self, a: u64) -> u32 {", True),
])  # fmt: skip
def test_callers_in_other_languages_break_by_place_and_type(language: str, before: str, after: str, breaks: bool) -> None:
    old, new = (signature_at([text], 1, "F", language) for text in (before, after))
    assert old and new
    assert breaks_callers(old, new, language) is breaks


GO = "package shop\n\nfunc Refund(order string) error {\n\treturn nil\n}\n\nfunc hidden() {}\n"


def test_go_exports_by_capital_letters_and_only_from_a_library() -> None:
    library = {"go.mod": "module example.com/shop\n", "shop.go": "package shop\n"}
    assert removed(library | {"refund.go": GO}, library | {"refund.go": "package shop\n"}) == ["Refund"]
    assert removed(library | {"internal/refund.go": GO}, library) == []
    assert removed({"go.mod": library["go.mod"], "pkg/refund.go": GO}, {"go.mod": library["go.mod"]}) == []
    application = library | {"cmd/shop/main.go": "package main\n"}
    assert removed(application | {"refund.go": GO}, application) == []


@pytest.mark.parametrize(("project", "path", "text", "expected"), [
    ({"package.json": '{"main": "dist/index.js"}'}, "src/a.ts", "export function refund(a: string) {}\nfunction own() {}\n"
     "export class Client {\n  pay(a: string) {}\n  private key() {}\n}\nfunction later() {}\nexport { later };\n",
     ["refund", "Client", "later"]),
    ({"package.json": '{"private": true, "main": "x"}'}, "src/a.ts", "export function refund(a: string) {}\n", []),
    ({"Cargo.toml": "[package]\n", "src/lib.rs": ""}, "src/a.rs", "pub fn refund() {}\nfn own() {}\npub(crate) fn near() {}\n",
     ["refund"]),
    ({"pom.xml": "<project/>"}, "src/main/java/A.java", "public class A {\n  public void pay() {}\n}\n"
     "class B {\n  public void own() {}\n}\n", ["A"]),
    ({}, "src/A.cs", "namespace S { public class A { public void Pay() {} } internal class B { public void Own() {} } }\n",
     ["A"]),
])  # fmt: skip
def test_every_language_has_its_own_public(project: Files, path: str, text: str, expected: list[str]) -> None:
    assert removed({**project, path: text}, project) == expected


def test_of_long_signatures_what_differs_is_shown() -> None:
    long = "def call(" + ", ".join(f"parameter_{number}: Mapping[str, object] = None" for number in range(9)) + "):\n    pass\n"
    found = flags(*python(long, long.replace("parameter_4", "renamed")), CHANGED)
    assert [(flag.before, flag.after) for flag in found] == [("call(…, parameter_4, …)", "call(…, renamed, …)")]


def test_a_story_that_touches_very_many_files_is_passed_over() -> None:
    many = {f"shop/m{number}.py": CLIENT for number in range(61)}
    assert removed(PROJECT | many, PROJECT) == []


_PIECES = st.lists(st.sampled_from(["def f", "func F", "(", ")", "[", "]", "<", ">", ",", "=", "'", '"', "`", "\\", "#", "//",
                                    "/*", "*/", "a",
                                    " ", "\n", ":", "...", "*", "{", "}", "=>", "é"]), max_size=60).map("".join)  # fmt: skip


@given(_PIECES, st.sampled_from(["python", "go", "java", "csharp", "typescript", "rust", "javascript"]))
def test_no_text_breaks_the_reading_of_a_signature(text: str, language: str) -> None:
    found = signature_at(f"f{text}".split("\n"), 1, "f", language)
    assert found is None or not breaks_callers(found, found, language)


@pytest.mark.parametrize("text", ["f(" * 100_000, "f(" + "a," * 100_000 + ")", "f" + "<" * 100_000,
                                  "f" + " " * 200_000, "f = " * 60_000])
def test_long_lists_are_not_read(text: str) -> None:
    assert signature_at([text], 1, "f", "typescript") is None
