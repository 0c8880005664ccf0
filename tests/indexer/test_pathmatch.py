"""Which files a path, a folder or a pattern means."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.pathmatch import files_matching

PATHS = (
    "README.md",
    "app/[slug]/page.tsx",
    "app/s/page.tsx",
    "docs/index.md",
    "docs/guide/start.md",
    "lib/docs/old.md",
    "src/main.c",
    "src/net/main.c",
    "src/net/tcp.c",
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("README.md", ["README.md"]),
        ("/README.md", ["README.md"]),
        ("./README.md", ["README.md"]),
        ("docs", ["docs/index.md", "docs/guide/start.md"]),
        ("docs/", ["docs/index.md", "docs/guide/start.md"]),
        ("/docs/", ["docs/index.md", "docs/guide/start.md"]),
        ("docs/*", ["docs/index.md"]),
        ("docs/**", ["docs/index.md", "docs/guide/start.md"]),
        ("docs/**/*", ["docs/index.md", "docs/guide/start.md"]),
        ("net/", ["src/net/main.c", "src/net/tcp.c"]),
        ("net", ["src/net/main.c", "src/net/tcp.c"]),
        ("/net/", []),
        ("main.c", ["src/main.c", "src/net/main.c"]),
        ("/main.c", []),
        ("*.c", ["src/main.c", "src/net/main.c", "src/net/tcp.c"]),
        ("/src/*.c", ["src/main.c"]),
        ("src/**/main.c", ["src/main.c", "src/net/main.c"]),
        ("src/n*", ["src/net/main.c", "src/net/tcp.c"]),
        ("app/[slug]", ["app/[slug]/page.tsx"]),
        ("app/[slug]/page.tsx", ["app/[slug]/page.tsx"]),
        ("app/[a-z]/page.tsx", ["app/s/page.tsx"]),
        ("README.md/", []),
        ("gone.py", []),
        ("!README.md", []),
        ("# README.md", []),
        ("src\\", []),
        ("..", []),
    ],
)
def test_a_pattern_means_these_files(pattern: str, expected: list[str]) -> None:
    assert files_matching(pattern, PATHS) == tuple(expected)


@pytest.mark.parametrize("everything", ["", ".", "/", "./", "*", "**"])
def test_the_whole_tree_can_be_meant(everything: str) -> None:
    assert files_matching(everything, PATHS) == PATHS


@example("[[-?]")
@given(st.text(st.sampled_from("ab/.*?[]!#\\- \n{}"), max_size=12))
def test_any_pattern_means_some_of_the_files_once(pattern: str) -> None:
    found = files_matching(pattern, PATHS)
    assert list(found) == [path for path in PATHS if path in set(found)]
