"""Source files that are taken away, and what is only moved."""

from __future__ import annotations

from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import Files, flags, lines_shown


def module(name: str, lines: int = 120) -> str:
    return "".join(f"def {name}_{number}(order):  # {name} number {number}\n" for number in range(lines))


def deleted(before: Files, after: Files) -> list[tuple[str, str]]:
    return [(flag.subject, flag.detail) for flag in flags(before, after, FlagKind.DELETION)]


def test_a_large_file_and_a_folder_of_files_are_told() -> None:
    found = flags({"shop/refunds.py": module("refund")}, {}, FlagKind.DELETION)
    assert [(flag.subject, flag.detail) for flag in found] == [("shop/refunds.py", "120 lines")]
    assert lines_shown(found) == [("before1", "shop/refunds.py", 0)]
    folder = {f"shop/vouchers/{name}.py": module(name, 40) for name in ("a", "b",
                                                                        "c")} | {"shop/vouchers/deep/d.py": module("d", 10)}
    assert deleted(folder, {}) == [("shop/vouchers/", "4 files, 130 lines")]


def test_small_files_tests_and_documents_are_not() -> None:
    for path, text in (("shop/small.py", module("a", 20)), ("tests/test_refunds.py", module("a")),
                       ("docs/refunds.md", module("a")),
                       ("vendor/github.com/a/b/c.go", module("a")), ("api.pb.go", module("a"))):  # fmt: skip
        assert deleted({path: text}, {}) == []


def test_what_lives_on_elsewhere_is_moved() -> None:
    text = module("refund")
    assert deleted({"shop/refunds.py": text}, {"shop/money.py": module("other", 5) + text}) == []
    assert deleted({"shop/refunds.js": text}, {"shop/refunds.ts": module("typed")}) == []
    assert deleted({"shop/refunds.py": text}, {"shop/refunds/__init__.py": "", "shop/refunds/full.py": module("full")}) == []
    assert deleted({"shop/refunds.py": text, "shop/money.py": ""}, {"shop/money.py": text}) == []
