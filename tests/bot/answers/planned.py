"""What the tests of planning's answers ask: a history of payments, and two services with their database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.config import Settings
from bot.service import Docent
from bot.wiring import open_docent
from indexer.config import RepositorySettings
from tests.bot.impact.payments import build_payments
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

COMPOSE = """\
services:
  checkout:
    build: ./checkout
    environment:
      DATABASE_URL: postgres://db/shop
      MAIL_URL: http://mailer:8080
    depends_on: [db, mailer]
  mailer:
    build: ./mailer
  db:
    image: postgres:16
"""
MODEL = "CREATE TABLE orders (\n    id INTEGER PRIMARY KEY\n);\n"


@contextmanager
def opened(folder: Path) -> Iterator[Docent]:
    """docent over both, indexed."""
    payments = GitRepo(folder / "payments")
    build_payments(payments)
    services = GitRepo(folder / "services")
    services.commit(
        {
            "compose.yaml": COMPOSE,
            "checkout/README.md": "# Checkout\n\nTakes orders and asks for their payment.\n",
            "checkout/Dockerfile": "FROM python:3.12\n",
            "checkout/app.py": "import os\n\nDATABASE = os.environ['DATABASE_URL']\n\n\ndef order(cart):\n    return cart\n",
            "checkout/migrations/0001.sql": MODEL,
            "mailer/Dockerfile": "FROM node:22\n",
            "mailer/README.md": "# Mailer\n\nSends the mails of the shop.\n",
            "mailer/index.js": "export const send = (mail) => mail\n",
        },
        message="Begin",
    )
    with pytest.MonkeyPatch.context() as patch:
        one = HashEmbedder()
        patch.setattr("indexer.workspace.open_embedder", lambda settings: one)
        repositories = tuple(
            RepositorySettings(name=repo.path.name, url=str(repo.path), web_url=f"https://github.com/corner/{repo.path.name}")
            for repo in (payments, services)
        )
        docent = open_docent(Settings(data_dir=folder / "data", repositories=repositories))
        docent.refresh()
        yield docent
        docent.close()
