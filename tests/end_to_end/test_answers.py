"""Questions to answers with the real model, real git and real stores: what a person reads, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answers.compose import answer
from bot.answers.types import Answer, Part, Question, Status, Turn
from indexer.config import IndexerSettings
from indexer.errors import QueryError
from indexer.workspace import Workspace
from tests.end_to_end.shop import build
from tests.git_repo import GitRepo


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[GitRepo, dict[str, str]]:
    repo = GitRepo(tmp_path_factory.mktemp("shop") / "work")
    return repo, build(repo)


@pytest.fixture(scope="module")
def workspace(shop: tuple[GitRepo, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    web = "https://github.com/corner/shop"
    settings = IndexerSettings(
        data_dir=tmp_path_factory.mktemp("data"), repositories=(shop[0].settings("shop", web_url=web),)
    )
    opened = Workspace.open_owner(settings, "docent index")
    opened.refresh("shop")
    yield opened
    opened.close()


def ask(workspace: Workspace, text: str, *thread: Turn) -> Answer:
    found = answer(workspace.index, Question(text, thread=thread))
    assert found.checked.statements == found.checked.supported
    words = sum(len(statement.text.split()) for statement in found.statements)
    assert words <= 200
    cited = {number for statement in found.statements for number in statement.evidence}
    assert cited == {item.number for item in found.evidence}
    return found


def part(found: Answer, wanted: Part) -> str:
    return " ".join(statement.text for statement in found.statements if statement.part is wanted)


def test_a_lay_question_gets_the_words_of_the_source(workspace: Workspace) -> None:
    found = ask(workspace, "How does a customer get their money back?")
    assert found.status is Status.ANSWERED
    lead = part(found, Part.LEAD)
    assert "Give the money of a receipt back to the customer who paid it" in lead
    assert "`refund` in `refunds.py`" in lead
    first = found.evidence[0]
    assert (first.path, first.start_line) == ("shop/refunds.py", 6)
    assert first.url == f"https://github.com/corner/shop/blob/{first.commit}/shop/refunds.py#L6-L{first.end_line}"


def test_it_says_how_the_pieces_connect_and_whom_to_ask(workspace: Workspace) -> None:
    found = ask(workspace, "How does a customer get their money back?")
    assert "`cancel_order` in `checkout.py` calls `refund`" in part(found, Part.LINK)
    assert "Ada Lovelace" in part(found, Part.WHO)


def test_why_is_answered_by_the_commit_that_changed_it(workspace: Workspace, shop: tuple[GitRepo, dict[str, str]]) -> None:
    found = ask(workspace, "Why did we change the retry logic?")
    assert "Retry payments three times instead of ten" in part(found, Part.LEAD)
    assert "because the provider blocks us after the fourth attempt anyway" in part(found, Part.WHY)
    assert found.evidence[0].commit == shop[1]["retry"]
    assert found.evidence[0].url == f"https://github.com/corner/shop/commit/{shop[1]['retry']}"


def test_who_knows_gets_a_name_first(workspace: Workspace) -> None:
    found = ask(workspace, "Who knows about refunds?")
    assert found.statements[0].text.startswith("Ada Lovelace")
    assert "`refunds.py`" in found.statements[-1].text


def test_what_the_whole_thing_is(workspace: Workspace) -> None:
    found = ask(workspace, "What is this project?")
    assert "sells bicycles on the internet" in part(found, Part.LEAD)


@pytest.mark.parametrize(
    "question",
    [
        "How do we recognise faces in photographs?",
        "Which database holds the patients' blood pressure?",
        "How does the compiler inline functions?",
    ],
)
def test_it_says_when_it_does_not_know(workspace: Workspace, question: str) -> None:
    found = ask(workspace, question)
    assert found.status is Status.NOT_FOUND
    assert found.statements[0].text.startswith("I don't know")


def test_a_follow_up_leans_on_the_question_before_it(workspace: Workspace) -> None:
    earlier = Turn("What happens when the payment provider does not answer?", by_docent=False)
    found = ask(workspace, "and who wrote that?", earlier, Turn("…", by_docent=True))
    assert found.status is Status.ANSWERED
    assert "retry.py" in " ".join(item.path or "" for item in found.evidence)


def test_an_empty_question_is_refused(workspace: Workspace) -> None:
    with pytest.raises(QueryError):
        answer(workspace.index, Question("  ?! "))


def test_what_a_folder_is_for(workspace: Workspace) -> None:
    found = ask(workspace, "What does shop do?")
    assert "`shop` holds 4 files" in part(found, Part.LEAD)
    assert "Giving money back to customers" in " ".join(statement.text for statement in found.statements)


def test_who_asks_for_a_name_gets_its_definition(workspace: Workspace) -> None:
    found = ask(workspace, "What is `write_entry` for?")
    assert "Write one movement of money into the book" in part(found, Part.LEAD)


def test_what_changed_lately(workspace: Workspace) -> None:
    found = ask(workspace, "What changed recently?")
    assert part(found, Part.LEAD).startswith("What changed in shop in the 30 days up to 9 Jan 2025: ")
    assert [item.text for item in found.statements[1:]] and found.checked.supported == found.checked.statements
    assert any(item.path is None for item in found.evidence)


def test_a_filter_is_no_part_of_the_question(workspace: Workspace) -> None:
    assert ask(workspace, "repo:shop what is this project?").statements == ask(workspace, "what is this project?").statements


def test_a_pasted_trace_is_answered_by_its_innermost_place_here(workspace: Workspace) -> None:
    trace = (
        "Our customers see this since noon, what is it?\n\nTraceback (most recent call last):\n"
        '  File "/srv/shop/checkout.py", line 9, in cancel_order\n    refund(receipt, reason)\n'
        '  File "/srv/shop/refunds.py", line 14, in refund\n    write_entry(receipt.customer, -receipt.amount, reason)\n'
        '  File "/usr/lib/python3/site-packages/sqlalchemy/engine.py", line 402, in refund\n    raise Gone\n'
        "sqlalchemy.exc.Gone: connection lost\n"
    )
    found = ask(workspace, trace)
    assert found.status is Status.ANSWERED
    assert part(found, Part.LEAD).startswith("What was pasted leads to the function `refund` in `refunds.py`")
    assert found.evidence[0].path == "shop/refunds.py"
