"""The parts of a repository that people would name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.areas import DOCS, TESTS, Areas


def files(folder: str, count: int, ending: str = ".py") -> list[str]:
    return [f"{folder}/file{number}{ending}" if folder else f"file{number}{ending}" for number in range(count)]


SHOP = [*files("src/shop/billing", 9), *files("src/shop/ledger", 4), "src/shop/app.py", "setup.py", *files("tests/billing", 20)]
SERVICES = [*files("services/checkout/src", 5, ".ts"), *files("services/search/src", 5, ".ts"), *files("libs/money", 3, ".ts"), "build.ts"]
JAVA = [
    *files("shop/src/main/java/com/acme/shop/billing", 6, ".java"),
    *files("shop/src/main/java/com/acme/shop/api", 6, ".java"),
    "shop/src/main/java/com/acme/shop/Shop.java",
    *files("shop/src/test/java/com/acme/shop/api", 9, ".java"),
    *files("extras/src/main/java/com/acme/extras", 2, ".java"),
]
LARGE = [
    *files("kernel/sched", 40, ".c"), *files("kernel/memory", 40, ".c"), *files("kernel/net", 40, ".c"), *files("userland", 130, ".c"),
    *files("boot", 60, ".c"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("paths", "path", "area"),
    [
        (SHOP, "src/shop/billing/file1.py", "src/shop/billing"),
        (SHOP, "src/shop/billing/deep/down/new.py", "src/shop/billing"),
        (SHOP, "src/shop/app.py", "src/shop"),
        (SHOP, "src/shop/refunds/gone.py", "src/shop/refunds"),  # a folder that is no more was a part as well
        (SHOP, "src/shop/ledger/tables.sql", "src/shop/ledger"),
        (SHOP, "setup.py", ""),
        (SHOP, "tests/billing/file3.py", TESTS),
        (SHOP, "src/shop/billing/test_refund.py", TESTS),
        (SHOP, "docs/billing.rst", DOCS),
        (SHOP, "README.md", DOCS),
        (SHOP, "deploy/helm/values.yaml", "deploy"),
        (SERVICES, "services/checkout/src/file1.ts", "services/checkout"),
        (SERVICES, "services/search/package.json", "services/search"),
        (SERVICES, "libs/money/file0.ts", "libs"),  # the one folder of its kind
        (JAVA, "shop/src/main/java/com/acme/shop/billing/file1.java", "shop/src/main/java/com/acme/shop/billing"),
        (JAVA, "shop/src/main/java/com/acme/shop/Shop.java", "shop/src/main/java/com/acme/shop"),
        (JAVA, "shop/src/test/java/com/acme/shop/api/file2.java", TESTS),
        (JAVA, "extras/src/main/java/com/acme/extras/file1.java", "extras"),
        (LARGE, "kernel/net/file1.c", "kernel/net"),  # a good part of everything
        (LARGE, "boot/file1.c", "boot"),
        (["main.go", "render/json.go", "binding/form.go"], "main.go", ""),
        (["main.go", "render/json.go", "binding/form.go"], "render/json.go", "render"),
        ([], "a/b/c.py", "a"),
        ([], "c.py", ""),
    ],
)
def test_a_file_has_the_area_that_people_would_name(paths: list[str], path: str, area: str) -> None:
    assert Areas(paths).of(path) == area


def test_what_nobody_writes_does_not_decide_what_the_areas_are() -> None:
    vendored = files("vendor/github.com/acme/lib", 500, ".go") + files("api/generated/client", 500, ".go")
    assert Areas([*files("pkg/a", 3, ".go"), *files("pkg/b", 3, ".go"), *vendored]).of("pkg/b/file1.go") == "pkg/b"


paths = st.lists(st.sampled_from(["src", "lib", "a", "b", "core", "x.py", "y.go", "é", " "]), min_size=1, max_size=6).map("/".join)


@given(st.lists(paths, max_size=30), paths)
def test_an_area_is_a_folder_around_the_file_or_one_of_the_two(known: list[str], path: str) -> None:
    area = Areas(known).of(path)
    assert area in (TESTS, DOCS, "") or path.startswith(f"{area}/")
    assert Areas(list(reversed(known))).of(path) == area
