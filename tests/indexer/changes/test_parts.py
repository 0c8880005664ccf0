"""What the lines of a file count as, by its path."""

from __future__ import annotations

import pytest

from indexer.changes.parts import is_shipped_setting, part_of
from indexer.changes.sizes import size_of
from indexer.changes.types import Size
from indexer.types import Role
from tests.indexer.changes.commits import lines


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("src/shop/cart.py", Role.SOURCE),
        ("arch/arm/entry.S", Role.SOURCE),
        ("shop/texinputs/shop.sty", Role.SOURCE),
        ("tests/test_cart.py", Role.TEST),
        ("docs/cart.md", Role.DOCS),
        ("README", Role.DOCS),
        ("requirements.txt", None),
        ("LICENSE", None),
        ("shop/locale/de/LC_MESSAGES/shop.po", None),
        (".github/workflows/ci.yml", None),
        (".gitignore", None),
        ("poetry.lock", None),
        ("vendor/github.com/a/b.go", None),
        ("charts/shop/values.yaml", None),
    ],
)
def test_what_a_file_counts_as(path: str, part: Role | None) -> None:
    assert part_of(path) is part


@pytest.mark.parametrize("path", ["charts/shop/values.yaml", "deploy/main.tf", "config/crd/shop.yaml", "Dockerfile"])
def test_settings_that_ship(path: str) -> None:
    assert is_shipped_setting(path)


@pytest.mark.parametrize(
    "path", ["package.json", "pyproject.toml", ".github/workflows/ci.yml", "go.mod", "tests/values.yaml", "a/.eslintrc"]
)
def test_settings_of_tools(path: str) -> None:
    assert not is_shipped_setting(path)


def test_settings_are_the_source_where_no_code_changes() -> None:
    assert size_of([lines("charts/values.yaml", 9)]) == Size(source=9, files=1, all_files=1, added=9)
    assert size_of([lines("charts/values.yaml", 9), lines("a.go", 1)]) == Size(source=1, files=1, all_files=2, added=10)
