"""A company's repository with declared owners, people who came and went, and a docent that has read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.service import Docent
from bot.wiring import open_docent
from tests.bot.conftest import embedder, home  # noqa: F401
from tests.git_repo import GitRepo

JANE = ("Jane Marsh", "jane@example.com")
BOB = ("Bob Roe", "17+bobroe@users.noreply.github.com")
EVE = ("Eve Moss", "eve@example.com")
NOW = datetime.now(UTC)

Opened = Callable[[], Docent]


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def module(name: str, size: int) -> str:
    """A file of `size` short functions."""
    return "\n\n".join(f"def {name}_{number}():\n    return {number}" for number in range(size)) + "\n"


@pytest.fixture
def company(tmp_path: Path) -> GitRepo:
    """`src/billing` was built by Jane, who left 14 months ago; Bob works on it since. Eve alone wrote `src/search`."""
    repo = GitRepo(tmp_path / "company")
    owners = "# who reviews what\n/src/billing/ @jmarsh\n/src/search/ @acme/search\n/docs/\n"
    repo.commit({"CODEOWNERS": owners, "README.md": "# Company\n"}, message="Begin", author=EVE, date=ago(800))
    repo.commit("src/billing/retry.py", module("retry", 40), message="Retry payments", author=JANE, date=ago(700))
    repo.commit("src/billing/refund.py", module("refund", 20), message="Pay refunds", author=JANE, date=ago(430))
    repo.commit("src/search/find.py", module("find", 30), message="Find products", author=EVE, date=ago(300))
    repo.commit("docs/guide.md", "# Guide\n\nHow to buy.\n", message="Write the guide", author=EVE, date=ago(200))
    for number in range(4):
        repo.commit("src/billing/retry.py", module("retry", 44 + 4 * number), message="Wait longer", author=BOB, date=ago(40 - number))
    return repo


@pytest.fixture
def opened(tmp_path: Path, company: GitRepo, home: Path, embedder: object) -> Iterator[Opened]:  # noqa: F811
    """Opens docent over the company as it is now, with settings that `people` may have been written to."""
    docents: list[Docent] = []
    settings = tmp_path / "docent.toml"
    settings.write_text(f"[[repositories]]\nname = 'company'\nurl = '{company.path}'\n")

    def open_one(people: str = "") -> Docent:
        settings.write_text(settings.read_text() + people)
        docents.append(open_docent(load_settings(settings)))
        docents[-1].ready()
        return docents[-1]

    yield open_one
    for each in docents:
        each.close()
