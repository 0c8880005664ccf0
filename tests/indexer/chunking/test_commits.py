"""What the model reads of a commit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexer.chunking import commit_chunk
from indexer.types import Commit, FileChange, Person

ANN, DATE = Person("Ann", "ann@example.com"), datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/app.py", "app"), (".bashrc", ".bashrc"), ("a/.env", ".env"), ("a.b/read.me.txt", "read.me"), ("a/b.", "b."),
        ("Makefile", "Makefile"), ("x/..hidden", "."), ("é/ü.ö", "ü"),
    ],
)  # fmt: skip
def test_files_are_named_without_their_ending(path: str, name: str) -> None:
    commit = Commit("1" * 40, (), ANN, ANN, DATE, DATE, "Charge once", "", (FileChange(path),))
    assert commit_chunk("shop", commit).embed_text == f"Charge once\n{name}"
