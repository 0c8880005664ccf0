"""Fixtures that every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.git_repo import GitRepo

settings.register_profile("docent", deadline=None)  # a busy machine is no failure
settings.load_profile("docent")


@pytest.fixture
def git_repo(tmp_path: Path) -> GitRepo:
    """A fresh, empty working copy of its own."""
    return GitRepo(tmp_path / "work")
