"""Who-questions end to end: a repository with declared owners, the real model, and answers whose every line cites what shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.answers.types import Answer, Part, Question, Status
from bot.config import Settings
from bot.owners.types import PlaceReport
from bot.service import Docent
from bot.wiring import open_docent
from indexer.config import PersonSettings, RepositorySettings
from tests.end_to_end.shop import LEDGER, README, REFUNDS, RETRY
from tests.git_repo import GitRepo

ANNA, BEN = ("Anna Berg", "anna@example.com"), ("Ben Cole", "ben@example.com")
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def docent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    repo = GitRepo(tmp_path_factory.mktemp("shop"))
    begun = {"README.md": README, "CODEOWNERS": "/shop/ @anna-berg\n", "shop/ledger.py": LEDGER, "shop/retry.py": RETRY}
    repo.commit(begun, message="Begin the shop", author=ANNA, date=NOW - timedelta(days=600))
    for number in range(9):
        text = REFUNDS + f"\n\nLIMIT = {number}\n"
        repo.commit("shop/refunds.py", text, message="Pay refunds", author=BEN, date=NOW - timedelta(days=50 - number))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        repositories=(RepositorySettings(name="shop", url=str(repo.path), web_url="https://github.com/corner/shop"),),
        people=(PersonSettings(name="Anna Berg", handles=("anna-berg",)),),
    )
    one = open_docent(settings)
    one.refresh()
    yield one
    one.close()


def ask(docent: Docent, text: str) -> Answer:
    return docent.ask(Question(text))


def test_who_to_ask_names_who_is_at_work_on_it(docent: Docent) -> None:
    found = ask(docent, "Who should I ask about refunds this week?")
    assert found.status is Status.ANSWERED
    assert found.statements[0].text.startswith("Ben Cole: wrote 100 % of it in 9 changes")
    assert found.checked.statements == found.checked.supported >= 3


def test_who_owns_begins_with_what_is_declared_and_cites_the_line(docent: Docent) -> None:
    found = ask(docent, "Who owns shop/refunds.py?")
    assert found.statements[0].text.startswith("Declared: Anna Berg (CODEOWNERS line 1")
    cited = [item for item in found.evidence if item.number in found.statements[0].evidence]
    assert [(item.path, item.start_line, item.excerpt) for item in cited] == [("CODEOWNERS", 1, "/shop/ @anna-berg")]
    assert any("CODEOWNERS names Anna Berg, who was last active 20 months ago" in item.text for item in found.statements)
    assert [owner.name for owner in found.owners] == ["Anna Berg", "Ben Cole"]


def test_what_somebody_owns_is_answered_with_places(docent: Docent) -> None:
    found = ask(docent, "What does Ben Cole own?")
    assert found.statements[0].text.startswith("Ben Cole: last seen")
    assert any("shop/" in item.text and "wrote" in item.text for item in found.statements if item.part is Part.POINT)


def test_plain_words_find_the_place_and_say_so(docent: Docent) -> None:
    report = docent.whoowns("giving customers their money back")
    assert isinstance(report, PlaceReport) and report.resolved.guessed
    assert "shop/refunds.py" in report.resolved.places[0].files


def test_an_ordinary_answer_names_the_same_person_to_ask(docent: Docent) -> None:
    found = ask(docent, "How does a customer get their money back?")
    who = next(item.text for item in found.statements if item.part is Part.WHO)
    report = docent.whoowns("shop/refunds.py")
    assert isinstance(report, PlaceReport)
    assert who.startswith(report.ask[0].name)
