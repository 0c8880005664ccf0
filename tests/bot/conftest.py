"""Fixtures for the commands: a clean environment, a fast embedder, and a small shop as repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedders import HashEmbedder
from tests.git_repo import BOB, GitRepo

REFUND = '''"""Refunds: money goes back to the customer."""


class RefundDesk:
    """Decides whether a refund is paid out, and pays it."""

    def approve(self, order):
        """Approve a refund when the order is younger than thirty days."""
        return order.age_days < 30

    def pay(self, order):
        """Pay the money back to the card that was charged."""
        return order.card.credit(order.total)
'''

SHIPPING = '''"""Shipping: parcels and their carriers."""

from shop.refund import RefundDesk


def choose_carrier(parcel):
    """Choose the cheapest carrier that takes a parcel of this weight."""
    return min(parcel.offers, key=lambda offer: offer.price)
'''


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and current folder; nothing of the real user's settings or secrets is seen. Returns the data folder."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ANTHROPIC_API_KEY", "RERANK_API_KEY", "DOCENT_GIT_TOKEN", "DOCENT_CONFIG", "DOCENT_DEBUG", "DOCENT_LLM__PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    empty = tmp_path / "home"
    empty.mkdir()
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("DOCENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(empty)
    return tmp_path / "data"


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> HashEmbedder:
    """Every workspace opened in this test embeds with this one."""
    one = HashEmbedder()
    monkeypatch.setattr("indexer.workspace.open_embedder", lambda settings: one)
    return one


@pytest.fixture
def shop(tmp_path: Path) -> GitRepo:
    """A small repository with two files, three commits and two people."""
    repo = GitRepo(tmp_path / "shop")
    readme = "# Shop\n\nThe shop sells tea and pays refunds.\n"
    repo.commit({"README.md": readme, "shop/__init__.py": ""}, message="Begin the shop")
    repo.commit("shop/refund.py", REFUND, message="Add refunds\n\nCustomers may send tea back within thirty days.")
    repo.commit("shop/shipping.py", SHIPPING, message="Add shipping with the cheapest carrier", author=BOB)
    return repo
