"""Changed defaults of settings, options, constants and parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.flags.options import defaults_in
from indexer.changes.flags.settings import is_settings, settings_in
from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import Files, flags, lines_shown, told


def changed(before: Files, after: Files) -> list[tuple[str, str, str, str]]:
    return told(flags(before, after, FlagKind.DEFAULT))


@pytest.mark.parametrize(("path", "text", "old", "new", "name"), [
    ("charts/shop/values.yaml", "server:\n  timeout: 30  # seconds\n  hosts: [a]\n", "30", "60", "server.timeout"),
    ("config/shop.toml", "[server]\ntimeout = 30\n[client]\ntimeout = 10\n", "30", "60", "server.timeout"),
    ("src/main/resources/application.properties", "server.timeout=30\n", "30", "60", "server.timeout"),
    ("appsettings.json", '{"Server": {"Timeout": 30}}', "30", "60", "Server.Timeout"),
    (".env.example", "# wait\nexport SHOP_TIMEOUT=30\n", "30", "60", "SHOP_TIMEOUT"),
    ("etc/shop.ini", "[server]\ntimeout: 30 ; seconds\n", "30", "60", "server.timeout"),
])
def test_a_setting_that_ships_is_told_with_both_values(path: str, text: str, old: str, new: str, name: str) -> None:
    assert changed({path: text}, {path: text.replace(old, new)}) == [(name, old, new, "")]


def test_a_setting_is_shown_where_it_is_and_where_it_was() -> None:
    found = flags({"config.yaml": "a: 1\nb: 2\n"}, {"config.yaml": "new: 0\na: 1\nb: 3\n"}, FlagKind.DEFAULT)
    assert lines_shown(found) == [("after1", "config.yaml", 3), ("before1", "config.yaml", 2)]


@pytest.mark.parametrize("path", [
    ".github/config.yml", "package.json", "tsconfig.json", "jest.config.json", "tests/config.yaml", "docs/config.yaml",
    "setup.cfg", "tox.ini",
    "locales/config.yaml", "gradle.properties", "poetry.lock", "src/messages_de.properties", "vendor/github.com/a/b/config.yaml",
])
def test_tools_tests_and_translations_have_no_settings(path: str) -> None:
    assert not is_settings(path)


def test_secrets_are_never_shown() -> None:
    for text in ("db_password: 'old'\n", "url: postgres://shop:old@db/shop\n", "aws.secretKey: old\n",
                 "thing: old123456789012345678901234567\n"):
        found = flags({"config.yaml": text}, {"config.yaml": text.replace("old", "new")}, FlagKind.DEFAULT)
        assert [(flag.before, flag.after, flag.detail) for flag in found] == [("", "", "value not shown")]


def test_versions_and_names_are_no_defaults() -> None:
    before = "image:\n  tag: '1.0'\nappVersion: '1'\nname: a\n"
    assert changed({"values.yaml": before}, {"values.yaml": before.replace("1", "2").replace("name: a", "name: b")}) == []


def test_one_setting_in_many_files_is_one_flag() -> None:
    before = {f"charts/{name}/values.yaml": "replicas: 1\n" for name in "abc"}
    assert changed(before, {path: "replicas: 2\n" for path in before}) == [("replicas", "1", "2", "")]


@pytest.mark.parametrize(("path", "before", "after", "expected"), [
    ("shop/a.py", "DEFAULT_TIMEOUT = 30\n", "DEFAULT_TIMEOUT = 60\n", ("DEFAULT_TIMEOUT", "30", "60")),
    ("shop/a.py", "MAX_RETRIES: int = 3  # times\n", "MAX_RETRIES: int = 5  # times\n", ("MAX_RETRIES", "3", "5")),
    ("shop/a.go", "const (\n\tDefaultTimeout = 30 * time.Second\n)\n", "const (\n\tDefaultTimeout = 1 * time.Minute // long\n)\n",
     ("DefaultTimeout", "30 * time.Second", "1 * time.Minute")),
    ("src/A.java", "  private static final int MAX_SIZE = 10;\n", "  private static final int MAX_SIZE = 20;\n",
     ("MAX_SIZE", "10", "20")),
    ("src/a.c", "#define MAX_CONNECTIONS 128\n", "#define MAX_CONNECTIONS 256\n", ("MAX_CONNECTIONS", "128", "256")),
    ("shop/settings.py", 'LIMIT = os.environ.get("SHOP_LIMIT", "10")\n', 'LIMIT = os.environ.get("SHOP_LIMIT", "20")\n',
     ("SHOP_LIMIT", '"10"', '"20"')),
    ("shop/cli.py", 'parser.add_argument(\n    "-t", "--timeout", type=int,\n    default=30, help="x")\n',
     'parser.add_argument(\n    "-t", "--timeout", type=int,\n    default=60, help="x")\n', ("--timeout", "30", "60")),
    ("cmd/a.go", 'fs.DurationVar(&o.timeout, "timeout", 30*time.Second, "How long")\n',
     'fs.DurationVar(&o.timeout, "timeout", 1*time.Minute, "x")\n',
     ("timeout", "30*time.Second", "1*time.Minute")),
    ("cmd/a.go", 'a.Flag("web.timeout", "How long").\n\tDefault("5m").DurationVar(&x)\n',
     'a.Flag("web.timeout", "How long").\n\tDefault("1m").X\n',
     ("web.timeout", '"5m"', '"1m"')),
    ("shop/a.py", "class ShopSettings(Base):\n    page_size: int = 20\n", "class ShopSettings(Base):\n    page_size: int = 50\n",
     ("ShopSettings.page_size", "20", "50")),
])  # fmt: skip
def test_defaults_in_code_are_told(path: str, before: str, after: str, expected: tuple[str, str, str]) -> None:
    assert changed({path: before}, {path: after}) == [(*expected, "")]


@pytest.mark.parametrize(("before", "after"), [
    ("x = 1\n", "x = 2\n"),
    ("def f():\n    if MAX_SIZE == 3:\n        pass\n", "def f():\n    if MAX_SIZE == 4:\n        pass\n"),
    ("MAX_SIZE = 10_000\n", "MAX_SIZE = 10000\n"),
    ("MAX_SIZE = compute(1)\n", "MAX_SIZE = compute(2)\n"),
    ("DEFAULT_VERSION = '1.0'\n", "DEFAULT_VERSION = '1.1'\n"),
    ("# generated by tool, do not edit\nMAX_SIZE = 1\n", "# generated by tool, do not edit\nMAX_SIZE = 2\n"),
])
def test_what_is_no_default_is_not_told(before: str, after: str) -> None:
    assert changed({"shop/a.py": before}, {"shop/a.py": after}) == []


def test_a_parameter_that_others_leave_out_has_a_default_too() -> None:
    project = {"pyproject.toml": '[project]\nname = "shop"\n'}
    before = "class Client:\n    def get(self, url, timeout=5, *, verify=True, _own=1):\n        pass\n"
    found = changed(project | {"shop/a.py": before}, project | {"shop/a.py": before.replace("timeout=5",
                                                                                            "timeout=30").replace("_own=1",
                                                                                                                  "_own=2")})
    assert ("Client.get(timeout)", "5", "30", "") in found


def test_two_changes_that_take_each_other_back_are_nothing() -> None:
    from indexer.changes.flags import flags_of
    from tests.indexer.changes.flags.made import reader, step_of, story_of

    texts = {"config.yaml": "a: 1\n"}, {"config.yaml": "a: 2\n"}
    read = reader(("before1", texts[0]), ("after1", texts[1]), ("before2", texts[1]), ("after2", texts[0]))
    assert flags_of(story_of("after2", "after1"), (step_of(1, *texts), step_of(2, *texts[::-1])), read) == ()


@given(st.lists(st.sampled_from(["MAX_A", "=", "1", '"', "'", "\n", ":", "default", "(", ")", "add_argument(", "--x", "[a]",
                                 "{", "}", "- ", "a: &a", "*a",
                                 "#define", " ", "é", "\t", "Flag(\"a\""]), max_size=50).map("".join))  # fmt: skip
def test_no_text_breaks_the_reading_of_defaults(text: str) -> None:
    for language in ("python", "go", "java", "c", "typescript"):
        assert all(value and line > 0 for value, line in defaults_in(text, language).values())
    for path in ("config.yaml", "config.json", "config.toml", ".env.example"):
        found = settings_in(path, text)
        assert found is None or all(line > 0 for _value, line in found.values())


def test_anchors_that_multiply_are_read_once() -> None:
    bomb = "a: &a {x: 1}\n" + "".join(f"{chr(98 + at)}: &{chr(98 + at)} {{p: *{chr(97 + at)}, q: *{chr(97 + at)}}}\n" for at in range(20))
    assert len(settings_in("config.yaml", bomb) or {}) < 100
