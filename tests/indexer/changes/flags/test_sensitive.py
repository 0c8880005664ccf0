"""Code that decides who may do what, or that handles money, known by its words."""

from __future__ import annotations

import pytest

from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import Files, flags, lines_shown

BODY = "".join(f"    value_{number} = compute({number})\n" for number in range(8))


def kinds(before: Files, after: Files, title: str = "Change things") -> set[FlagKind]:
    return {flag.kind for flag in flags(before, after, FlagKind.SECURITY, FlagKind.MONEY, title=title)}


@pytest.mark.parametrize(("path", "kind"), [
    ("shop/auth/backend.py", FlagKind.SECURITY),
    ("shop/PasswordReset.java", FlagKind.SECURITY),
    ("shop/access_tokens.py", FlagKind.SECURITY),
    ("internal/OAuth2Provider.go", FlagKind.SECURITY),
    ("shop/billing/cycle.py", FlagKind.MONEY),
    ("shop/taxRates.ts", FlagKind.MONEY),
    ("shop/orders/checkout.py", FlagKind.MONEY),
])
def test_a_path_tells_by_its_words(path: str, kind: FlagKind) -> None:
    assert kinds({path: "def run():\n    pass\n"}, {path: "def run():\n" + BODY}) == {kind}


@pytest.mark.parametrize("path", [
    "shop/authors.py", "shop/author_list.py", "lang/tokenizer.py", "lang/parser/token_keys.py", "db/session.py",
    "shop/taxonomy.py", "power/charge.py",
    "util/order.py", "git/checkout.py", "shop/keyboard.py", "tests/auth/test_login.py", "docs/auth.md", "examples/login.py",
    "shop/certain.py",
])
def test_words_of_other_trades_do_not(path: str) -> None:
    assert kinds({path: "def run():\n    pass\n"}, {path: "def run():\n" + BODY}) == set()


def test_a_definition_tells_where_its_file_does_not() -> None:
    before = "def other():\n    pass\n\n\ndef check_password(user):\n    pass\n"
    found = flags({"shop/util.py": before}, {"shop/util.py": before.replace("(user):\n    pass\n", "(user):\n" + BODY)},
                  FlagKind.SECURITY)
    assert [(flag.subject, flag.detail) for flag in found] == [("shop/util.py", "password")]
    assert lines_shown(found) == [("after1", "shop/util.py", 6)]
    assert kinds({"shop/util.py": before}, {"shop/util.py": before.replace("other():\n    pass", "other():\n" + BODY)}) == set()


def test_comments_imports_and_a_line_or_two_are_a_detail() -> None:
    before = "def login():\n    pass\n"
    assert kinds({"shop/auth.py": before}, {"shop/auth.py": "import os\n# why\n# so\n# it is\nimport sys\n" + before}) == set()
    assert kinds({"shop/auth.py": before}, {"shop/auth.py": before.replace("pass", "return 1")}) == set()


def test_in_a_mass_change_a_few_lines_of_it_are_a_detail_unless_the_title_says_so() -> None:
    before = {f"shop/m{number}.py": "" for number in range(9)} | {"shop/auth.py": ""}
    after = {path: "def run():\n" + BODY for path in before}
    assert kinds(before, after) == set()
    assert kinds(before, after, title="Check permissions everywhere") == {FlagKind.SECURITY}


def test_the_file_that_changes_most_is_named_first() -> None:
    before = {"shop/auth/a.py": "", "shop/auth/b.py": ""}
    found = flags(before, {"shop/auth/a.py": "def a():\n" + BODY, "shop/auth/b.py": "def b():\n" + BODY * 2}, FlagKind.SECURITY)
    assert [flag.subject for flag in found] == ["shop/auth/b.py"]
    assert [path for _commit, path, _line in lines_shown(found)] == ["shop/auth/b.py", "shop/auth/a.py"]
