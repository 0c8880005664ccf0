"""Ordinary questions of planning, asked of real repositories: the same functions answer, and every statement is checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answers.types import Answer, Question, Status
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


@pytest.fixture(scope="module")
def docent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    """A history of payments, and two services with their database."""
    payments = GitRepo(tmp_path_factory.mktemp("payments") / "payments")
    build_payments(payments)
    services = GitRepo(tmp_path_factory.mktemp("services") / "services")
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
        docent = open_docent(Settings(data_dir=tmp_path_factory.mktemp("data"), repositories=repositories))
        docent.refresh()
        yield docent
        docent.close()


def asked(docent: Docent, text: str, repo: str) -> Answer:
    answer = docent.ask(Question(text, (repo,)))
    assert answer.status is Status.ANSWERED
    assert answer.checked.supported == answer.checked.statements == len(answer.statements) > 1, answer
    assert all(statement.evidence for statement in answer.statements)
    return answer


def words(answer: Answer) -> str:
    return "\n".join(statement.text for statement in answer.statements)


def test_which_systems_there_are_and_how_they_talk(docent: Docent) -> None:
    answer = asked(docent, "which systems do we have and how do they talk?", "services")
    said = words(answer)
    assert "**checkout** (service)" in said and "keeps data in db" in said
    assert "Takes orders and asks for their payment" in said
    assert {item.path for item in answer.evidence} >= {"compose.yaml", "checkout/README.md"}
    assert answer.drawing is not None and (answer.drawing.kind, answer.drawing.words) == ("map", "")


def test_a_map_of_one_system(docent: Docent) -> None:
    answer = asked(docent, "draw me a map of checkout", "services")
    assert answer.drawing is not None and answer.drawing.words == "checkout"


def test_how_a_request_flows(docent: Docent) -> None:
    answer = asked(docent, "how does a request flow from checkout to the database?", "services")
    assert answer.statements[0].text.startswith("**checkout → db**")
    assert "compose.yaml" in {item.path for item in answer.evidence}


def test_where_data_lives(docent: Docent) -> None:
    answer = asked(docent, "where does data live?", "services")
    assert answer.statements[0].text.startswith("Data lives in 1 data store")
    assert "has the tables orders" in words(answer)


def test_what_is_fragile(docent: Docent) -> None:
    answer = asked(docent, "what is fragile?", "payments")
    assert "shop/billing/charge.py" in words(answer)
    assert answer.drawing is not None and answer.drawing.kind == "hotspots"
    assert all(item.path is None or item.path for item in answer.evidence)


def test_which_parts_depend_on_one_person(docent: Docent) -> None:
    answer = docent.ask(Question("which parts depend on one person?", ("payments",)))
    assert answer.status is Status.ANSWERED
    assert answer.checked.supported == answer.checked.statements


def test_what_a_plan_would_touch_with_the_last_times(docent: Docent) -> None:
    answer = asked(docent, "what would adding a payment provider touch?", "payments")
    said = words(answer)
    assert "Before: Add Klarna as a payment provider (#50)" in said
    assert "`shop/reconcile/nightly.py`" in said
    assert any(notice.startswith("Not seen:") for notice in answer.notices)
    assert any(item.path is None for item in answer.evidence)


def test_what_breaks_if_a_file_is_changed(docent: Docent) -> None:
    answer = asked(docent, "what breaks if we change shop/billing/charge.py?", "payments")
    assert "`shop/api/routes.py` imports it" in words(answer)


def test_a_guess_at_what_a_map_is_asked_of_is_told(docent: Docent) -> None:
    answer = docent.ask(Question("draw me a map of unicorns", ("services",)))
    assert any('Nothing is called "unicorns"' in notice for notice in answer.notices)


@pytest.mark.parametrize("text", ["what happens if a payment fails?", "how does a request flow from rainbows to unicorns?"])
def test_what_only_looks_like_it_is_answered_as_usual(docent: Docent, text: str) -> None:
    answer = docent.ask(Question(text, ("services",)))
    assert answer.drawing is None
    assert "hangs together" not in words(answer)
