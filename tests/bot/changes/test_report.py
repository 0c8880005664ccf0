"""What changed in a period and what one change is, from real git history up to the words and the machine form."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.answers.types import Part, Question, Status
from bot.changes.types import Period
from bot.changes.words import counted_line, headline, quiet_line, told
from bot.cli import main
from bot.service import Docent
from indexer.changes.types import FlagKind, Fold, Nature
from indexer.errors import QueryError
from tests.bot.changes.shop import NOW, WHY, days_ago

WEEK = Period("in the last 7 days", since=days_ago(7))


def test_a_merged_pull_request_is_told_and_the_rest_counted(docent: Docent, made) -> None:
    report = docent.changes(WEEK)
    assert [change.title for change in report.changes] == ["New: refunds in parts"]
    change = report.changes[0]
    assert change.url == "https://github.com/corner/shop/pull/41"
    assert change.rated.story.commits[0].sha == made[1]["refunds"] and len(change.rated.story.commits) == 2
    assert [person.name for person in change.rated.authors] == ["Cleo Diaz"]
    assert report.folded == {Fold.BOTS: 1, Fold.DOCS: 1} and report.others == 2
    assert headline(report) == "What changed in shop in the last 7 days"
    assert counted_line(report).startswith("and 2 other changes: ")


def test_why_is_its_authors_words(docent: Docent) -> None:
    change = docent.changes(WEEK).changes[0]
    assert change.why == WHY.rstrip(".")
    assert f"“{change.why}”" in told(change)


def test_a_change_stands_against_the_habits_before_it(docent: Docent) -> None:
    change = docent.changes(WEEK).changes[0]
    against = change.against
    assert against.usual is not None and against.usual.area.endswith("billing") and against.usual.times > 3
    assert against.tests_usually is not None and against.tests_usually[0] == against.tests_usually[1] >= 20
    assert {one.usual.strip("/").split("/")[-1] for one in against.missing} in ({"ledger"}, {"book.py"})
    texts = [line.text for line in change.lines]
    assert any("ledger" in text and "usually changes with" in text and "did not" in text for text in texts)
    assert any(text.startswith("no test changed") for text in texts)
    assert any("first change of" in text and "Cleo Diaz" in text for text in texts)


def test_flags_cite_the_lines_that_show_them(docent: Docent) -> None:
    change = docent.changes(WEEK).changes[0]
    flags = {flag.kind: flag for flag in change.flags}
    assert (flags[FlagKind.DEPENDENCY_NEW].subject, flags[FlagKind.DEPENDENCY_NEW].after) == ("stripe", ">=5")
    place = flags[FlagKind.DEPENDENCY_NEW].places[0]
    assert docent.index.read_lines("shop", place.commit, place.path, place.line, place.line) == '    "stripe>=5",'
    assert "refund_parts" in flags[FlagKind.SCHEMA].subject
    assert all(line.shown_by for line in change.lines)


def test_a_range_of_revisions_is_what_landed_between(docent: Docent, made) -> None:
    report = docent.changes(Period("between v1.0 and HEAD", base="v1.0"))
    assert [change.title for change in report.changes] == ["New: refunds in parts"]
    assert docent.changes(Period("", base=made[1]["refunds"])).quiet
    three = docent.changes(Period("", tip="v1.0", base="v1.0~3"))
    assert len(three.changes) + three.others == 3


def test_what_landed_counts_though_it_was_written_before(docent: Docent, made) -> None:
    """The branch's commit is three days old, its merge newer: a report that begins between them tells the whole story."""
    merged = docent.index.commit_from_git("shop", made[1]["refunds"])
    report = docent.changes(Period("", since=merged.committed_at - timedelta(minutes=1)))  # type: ignore[union-attr]
    assert report.changes[0].rated.size.source > 100


def test_a_report_is_narrowed_to_a_folder_or_a_person(docent: Docent) -> None:
    assert [change.title for change in docent.changes(WEEK, topic="shop/billing").changes] == ["New: refunds in parts"]
    assert docent.changes(WEEK, topic="shop/ledger").others == 0
    assert docent.changes(WEEK, topic="Cleo Diaz").changes[0].title == "New: refunds in parts"
    assert docent.changes(WEEK, topic="Bob Baker").quiet


def test_a_topic_that_nothing_is_called_is_a_mistake(docent: Docent) -> None:
    with pytest.raises(QueryError, match="Nothing here is called"):
        docent.changes(WEEK, topic="zzqx/nowhere")


def test_an_unknown_revision_is_a_mistake(docent: Docent) -> None:
    with pytest.raises(QueryError, match=r"v9\.9"):
        docent.changes(Period("", base="v9.9"))


def test_a_quiet_period_says_so(docent: Docent, made) -> None:
    report = docent.changes(Period("today", since=NOW + timedelta(hours=1)))
    assert report.quiet and quiet_line(report) == "Nothing changed in shop today."
    small = docent.changes(Period("lately", base=made[1]["refunds"]))
    assert quiet_line(small).startswith("Nothing that stands out changed in shop lately; there were 2 changes: ")


def test_news_are_told_once(docent: Docent, made) -> None:
    first = docent.news(["shop"], {}, days_ago(7))
    assert [change.title for change in first.changes] == ["New: refunds in parts"]
    assert first.spans[0].head == made[1]["head"]
    assert docent.news(["shop"], {"shop": first.spans[0].head}, days_ago(7)).others == 0
    forgotten = docent.news(["shop"], {"shop": "f" * 40}, days_ago(7))
    assert [change.title for change in forgotten.changes] == ["New: refunds in parts"]


def test_one_change_is_explained_by_number_commit_range_and_link(docent: Docent, made) -> None:
    asked = ("#41", made[1]["refunds"][:9], "https://github.com/corner/shop/pull/41")
    cards = [docent.explain(text) for text in asked]
    assert {card.change.title for card in cards} == {"New: refunds in parts"}
    labels = [line.label for line in cards[0].lines]
    assert labels[0] == "" and {"Why", "Size", "Look twice", "Missing", "Ask"} <= set(labels)
    assert cards[0].ask and any(line.text.startswith("Cleo Diaz about the change itself") for line in cards[0].lines)
    assert any(line.text.startswith("Bob Baker about `shop/billing`") for line in cards[0].lines)
    whole = docent.explain("v1.0..HEAD")
    assert len(whole.parts) == 3 and any("refunds in parts" in line.text for line in whole.lines)


def test_questions_about_changes_are_answered_with_checked_statements(docent: Docent) -> None:
    found = docent.ask(Question("What changed in shop/billing in the last 7 days?"))
    assert found.status is Status.ANSWERED and found.statements[0].part is Part.LEAD
    assert any("New: refunds in parts" in one.text for one in found.statements)
    assert found.checked.supported == found.checked.statements >= 3
    assert all(one.evidence for one in found.statements)


def test_a_link_in_a_question_gets_the_card(docent: Docent) -> None:
    found = docent.ask(Question("can you explain https://github.com/corner/shop/pull/41 to me?"))
    assert "New: refunds in parts" in found.statements[0].text
    assert any(one.part is Part.WHY and WHY.rstrip(".") in one.text for one in found.statements)
    assert found.checked.supported == found.checked.statements >= 6
    assert any(item.path == "pyproject.toml" and "stripe" in item.excerpt for item in found.evidence)


@pytest.mark.usefixtures("home", "embedder")
def test_the_commands_print_words_and_the_contract(capsys, made) -> None:
    path = str(made[0].path)
    assert main(["changes", "--repo", path, "--since", "7d"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("What changed in shop ") and "1. New: refunds in parts (Cleo Diaz)" in out
    assert main(["changes", "last", "3", "months", "--repo", path]) == 0
    assert capsys.readouterr().out.startswith("What changed in shop in the last 3 months")
    assert main(["changes", "--repo", path, "--since", "7d", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert {"since", "until", "quiet", "changes", "folded"} <= set(value)
    first = value["changes"][0]
    wanted = "rank title summary why score reasons surprises areas authors commits pull_request files added deleted url"
    assert set(wanted.split()) <= set(first)
    assert first["rank"] == 1 and first["pull_request"] == 41 and first["files"] == 5 and first["kind"] == Nature.FEATURE.value
    folded = value["folded"]
    assert (folded["count"], folded["kinds"]) == (2, {"bots": 1, "docs": 1})
    assert [(one["rank"], one["folded"], one["pull_request"]) for one in folded["stories"]] in (
        [(2, "bots", 42), (3, "docs", 43)], [(2, "docs", 43), (3, "bots", 42)],
    )
    assert main(["explain", "#41", "--repo", path, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["query"] == "#41" and card["title"] == "New: refunds in parts" and card["card"]
    assert main(["explain", "#41", "--repo", path]) == 0
    assert "Look twice:" in capsys.readouterr().out


@pytest.mark.usefixtures("home", "embedder")
def test_mistakes_are_one_sentence(capsys, made) -> None:
    path = str(made[0].path)
    for argv in (["explain"], ["explain", "#999"], ["explain", "v8..v9"], ["changes", "--since", "2026-02-31"], ["changes", "nowhere/zz"]):
        assert main([*argv, "--repo", path]) == 2, argv
        out, err = capsys.readouterr()
        assert not out and err.count("docent: ") == 1 and "Traceback" not in err
