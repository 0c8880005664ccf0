"""Questions that name a time or a release, asked of a real repository with tags."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.answers.types import Question
from bot.config import load_settings
from bot.service import Docent
from bot.when import with_time
from bot.wiring import open_docent
from indexer.questions.query import parse_query
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
TOPICS = ("invoices", "parcels", "coupons", "refunds")


@pytest.fixture
def shop(tmp_path: Path) -> GitRepo:
    """Retries are changed every year from 2018 on, each time for something else; 1.0, 1.1 and 2.0 are released in between."""
    repo = GitRepo(tmp_path / "shop")
    repo.commit("README.md", "# Shop\n\nThe shop sells tea.\n", message="Begin the shop", date=datetime(2017, 5, 1, tzinfo=UTC))
    for year, topic in enumerate(TOPICS, start=2018):
        text = "".join(f"def retry_{topic}_{n}():\n    return {n}\n" for n in range(5))
        repo.commit(f"{topic}.py", text, message=f"Retry failed payments of {topic}", date=datetime(year, 6, 1, tzinfo=UTC))
        if year < 2021:
            repo.git("tag", ("v1.0.0", "v1.1.0", "v2.0.0")[year - 2018])
    return repo


@pytest.fixture
def docent(tmp_path: Path, shop: GitRepo) -> Iterator[Docent]:
    path = tmp_path / "docent.toml"
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n")
    one = open_docent(load_settings(path))
    one.refresh()
    yield one
    one.close()


def subjects(docent: Docent, text: str) -> list[str]:
    return [hit.chunk.subject for hit in docent.search(text).hits if hit.chunk.commit]


@pytest.mark.parametrize(
    ("text", "topics", "notice"),
    [
        ("Why were failed payments retried in 2019?", ["parcels"], "Changes in 2019 come first."),
        ("Why were failed payments retried in early summer, between May 2020 and 2021?", ["coupons", "refunds"],
         "Changes from 1 May 2020 to 31 Dec 2021 come first."),
        ("Why were failed payments retried in version 1.1?", ["parcels"], "Changes in v1.1.0, after v1.0.0, come first."),
        ("Why were failed payments retried between 1.0 and 2.0?", ["parcels", "coupons"], "Changes between v1.0.0 and v2.0.0 come first."),
        ("Why were failed payments retried after 2.0?", ["refunds"], "Changes after v2.0.0 come first."),
        ("Why were failed payments retried before 1.1?", ["invoices", "parcels"], "Changes before v1.1.0 come first."),
        ("Why were failed payments retried since the 2.0 release?", ["coupons", "refunds"], "Changes after v1.1.0 come first."),
        ("Why were failed payments retried since the last release?", ["refunds"], "Changes after v2.0.0 come first."),
    ],
)  # fmt: skip
def test_commits_of_the_time_come_first_and_it_is_said_so(docent: Docent, text: str, topics: list[str], notice: str) -> None:
    found = docent.search(text)
    first = [subject.rsplit(" ", 1)[-1] for subject in subjects(docent, text)]
    assert set(first[: len(topics)]) == set(topics) and set(TOPICS) <= set(first)
    assert found.notices == (notice,)
    together = docent.search_many([text, "How are refunds retried?"])
    assert [(hit.chunk.id, hit.rank) for hit in together[0].hits] == [(hit.chunk.id, hit.rank) for hit in found.hits]
    assert (together[0].notices, together[1].notices) == ((notice,), ())


def test_what_is_no_time_of_this_history_is_left_aside_and_said_so(docent: Docent) -> None:
    usual = subjects(docent, "Why were failed payments retried?")
    for text, notice in (
        ("Why were failed payments retried in 1999?", "No change was found in 1999, so “in 1999” was left aside."),
        ("Why were failed payments retried in version 7.7?", "“in version 7.7” is no release known here, so it was searched for as words."),
    ):
        assert docent.search(text).notices == (notice,)
        assert set(subjects(docent, text)) == set(usual)
    assert docent.search("When did we drop support for 3.7?").notices == ()


def test_an_answer_keeps_to_the_time(docent: Docent) -> None:
    found = docent.ask(Question("Why were failed payments retried in 2019?", ("shop",)))
    assert "1 Jun 2019" in found.statements[0].text and "parcels" in found.statements[0].text
    assert not [one for one in found.statements if "2018" in one.text or "2020" in one.text or "2021" in one.text]
    assert "Changes in 2019 come first." in found.notices


def test_a_year_makes_a_question_one_about_history_and_last_week_alone_does_not(docent: Docent) -> None:
    for text, history in (("Something broke payments in 2019", True), ("Show what I bought last week", False), ("How do we pay?", False)):
        query = with_time(docent.index, parse_query(text), NOW)
        assert (query.wants_history, query.when is not None) == (history, history)
