"""Ordinary questions of planning, asked of real repositories: the same functions answer, and every statement is checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answers.types import Answer, Question, Status
from bot.service import Docent
from indexer.errors import QueryError
from tests.bot.answers.planned import opened


@pytest.fixture(scope="module")
def docent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    with opened(tmp_path_factory.mktemp("planned")) as docent:
        yield docent


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
    assert answer.statements[0].text.startswith("Data lives in 1 data store, db, and in 1 table of checkout")
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


def test_a_command_answers_the_same_and_says_where_there_is_nothing(docent: Docent) -> None:
    said = docent.planning.answer("hotspots", "", ("payments",))
    assert words(said) == words(asked(docent, "what is fragile?", "payments"))
    way = docent.planning.answer("map", "from checkout to the database", ("services",))
    assert way.statements[0].text.startswith("**checkout → db**")
    nothing = docent.planning.answer("impact", "xyzzy_unknown", ("services",))
    assert nothing.status is Status.NOT_FOUND and "cannot say what it would touch" in words(nothing)
    with pytest.raises(QueryError):
        docent.planning.answer("impact", "?", ("services",))


def test_pictures_come_with_words(docent: Docent) -> None:
    for text, repo, name in (("which systems do we have?", "services", "map.png"), ("what is fragile?", "payments", "hotspots.png")):
        drawing = asked(docent, text, repo).drawing
        picture = drawing and docent.planning.picture(drawing)
        assert picture is not None and picture.data.startswith(b"\x89PNG") and picture.name == name
        assert picture.alt and picture.title
