"""Commits that are said to be of no account."""

from __future__ import annotations

from indexer.vcs.ignored import ignored_revisions


def test_full_names_count_and_nothing_else() -> None:
    a, b, c = "a" * 40, "B" * 40, "c" * 64
    text = f"\ufeff# Reformat\n{a}\n\n  {b}  # black\n{c}\r\n#{'d' * 40}\n{'e' * 12}\nnot a commit\n{'f' * 41}\n"
    assert ignored_revisions(text) == {a, b.lower(), c}
