"""What a change would touch, asked of a real repository with a real history."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.impact.types import Affected, ImpactReport, Why
from bot.impact.words import lines
from bot.render.impact import impact_json, impact_text
from bot.render.screen import Screen
from bot.service import Docent
from indexer.errors import QueryError
from tests.git_repo import GitRepo

GOLDEN = Path(__file__).parents[2] / "golden" / "impact_report.txt"


def one(report: ImpactReport, path: str) -> Affected:
    (found,) = [item for item in report.affected if item.path == path]
    return found


def reasons(report: ImpactReport, path: str) -> dict[Why, str]:
    return {reason.why: reason.text for reason in one(report, path).reasons}


def test_a_file_touches_what_imports_it_what_changed_with_it_and_what_names_it(docent: Docent) -> None:
    report = docent.planning.impact("shop/billing/charge.py")
    assert (report.plan, report.dependents) == (False, 2)
    assert reasons(report, "shop/api/routes.py")[Why.IMPORTS] == "imports it"
    assert reasons(report, "shop/reports/monthly.py") == {Why.THROUGH: "depends on it through `shop/api/routes.py`"}
    assert reasons(report, "shop/reconcile/nightly.py") == {Why.HIDDEN: "changed together with it 6 of 7 times"}
    assert reasons(report, "tests/test_charge.py") == {Why.IMPORTS: "imports it", Why.TEST: "tests it, by its name"}
    assert reasons(report, "README.md") == {Why.DOCS: "is documentation that names `shop/billing/charge.py`"}
    assert {item.path for item in report.affected} == {
        "README.md", "shop/api/routes.py", "shop/reports/monthly.py", "shop/reconcile/nightly.py", "tests/test_charge.py",
    }  # fmt: skip


def test_reasons_show_the_line_and_the_commit(docent: Docent) -> None:
    report = docent.planning.impact("shop/billing/charge.py")
    (place,) = one(report, "shop/api/routes.py").reasons[0].shown_by
    assert (place.path, place.line) == ("shop/api/routes.py", 1)
    chain = one(report, "shop/reports/monthly.py").reasons[0].shown_by
    assert [(item.path, item.line) for item in chain] == [("shop/reports/monthly.py", 1), ("shop/api/routes.py", 1)]
    commits = [item.commit for item in one(report, "shop/reconcile/nightly.py").reasons[0].shown_by]
    known = docent.index.commits("payments", commits)
    assert [known[sha].subject for sha in commits] == ["Change how limit 5 is kept (#15)", "Change how limit 4 is kept (#14)"]


def test_a_table_and_an_address_tie_files_that_no_import_does(docent: Docent) -> None:
    found = reasons(docent.planning.impact("migrations/0001_ledger.sql"), "shop/billing/ledger.py")
    assert found[Why.TABLE] == "uses the table `ledger_entries`"
    found = reasons(docent.planning.impact("shop/api/routes.py"), "shop/web/checkout.js")
    assert found == {Why.ROUTE: "names the same address `/orders/{id}/charge`"}


def test_a_symbol_touches_those_that_use_it(docent: Docent) -> None:
    report = docent.planning.impact("What would changing charge_card touch?")
    assert [place.label for place in report.resolved.places] == ["charge_card in charge.py"]
    assert Why.USES in reasons(report, "shop/api/routes.py")
    assert "shop/reports/monthly.py" not in {item.path for item in report.affected}


def test_a_plan_in_words_finds_the_last_times_it_was_done(docent: Docent, payments: tuple[GitRepo, dict[str, str]]) -> None:
    _, made = payments
    report = docent.planning.impact("What would adding a payment provider touch?")
    assert report.plan
    assert [(item.title, item.pull_request) for item in report.precedents[:2]] == [
        ("Add Klarna as a payment provider", 50), ("Add PayPal as a payment provider", 40),
    ]  # fmt: skip
    klarna, paypal = report.precedents[:2]
    assert klarna.commits[0] == made["klarna"] and (klarna.files, klarna.days, klarna.authors) == (4, 3, ("Bob Baker",))
    assert set(klarna.areas) == {"shop/providers", "shop/reconcile", "shop/api"}
    assert (klarna.fixes, klarna.settled) == ((), False)
    assert [sha for sha, _ in paypal.fixes] == [made["mended"]] and paypal.settled
    assert Why.PRECEDENT in reasons(report, "shop/reconcile/nightly.py")
    assert "Bob Baker" in {item.owner.name for item in report.owners}


def test_a_folder_is_taken_as_all_its_files(docent: Docent) -> None:
    report = docent.planning.impact("shop/billing")
    assert not any(item.path.startswith("shop/billing/") for item in report.affected)
    assert reasons(report, "shop/api/routes.py")[Why.IMPORTS] == "imports them"


def test_the_precedents_of_a_file_are_the_changes_that_brought_something(docent: Docent) -> None:
    report = docent.planning.impact("shop/providers/klarna.py")
    assert [(item.title, item.why) for item in report.precedents] == [
        ("Add Klarna as a payment provider", "changed it"), ("Add PayPal as a payment provider", "made `paypal.py` beside it"),
    ]  # fmt: skip


def test_the_answer_is_told_as_it_always_was(docent: Docent) -> None:
    told = impact_text(docent.planning.impact("shop/billing/charge.py"), Screen(100), docent.page)
    plan = impact_text(docent.planning.impact("add a payment provider"), Screen(100), docent.page)
    found = f"{told}\n{plan}"
    for item in docent.index.recent_commits("payments"):
        found = found.replace(item.sha[:7], "SHA")
    found = re.sub(r"Involve: .*?(?=Not seen:)", "Involve …\n", found, flags=re.DOTALL)  # how long ago somebody was seen grows
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_json_has_the_fields_of_the_contract(docent: Docent) -> None:
    found = json.loads(json.dumps(impact_json(docent.planning.impact("add a payment provider"), docent.page)))
    assert {"query", "resolved", "affected", "areas", "precedents", "owners"} <= found.keys()
    assert {"repository", "path", "area", "score", "reasons"} <= found["affected"][0].keys()
    assert {"commits", "title", "files", "areas", "days", "follow_up_fixes"} <= found["precedents"][0].keys()
    assert found["precedents"][1]["follow_up_fixes"] == 1
    assert {"name", "email", "reasons", "areas"} <= found["owners"][0].keys()
    assert [item["score"] for item in found["affected"]] == sorted((item["score"] for item in found["affected"]), reverse=True)
    commit = next(place for item in found["affected"] for place in item["evidence"] if place["commit"])
    assert commit["url"] == f"https://github.com/corner/payments/commit/{commit['commit']}"


def test_what_it_cannot_see_is_said(docent: Docent) -> None:
    (line,) = [line for line in lines(docent.planning.impact("shop/billing/charge.py")) if line.label == "Not seen"]
    assert "repositories that are not indexed here" in line.text


def test_what_is_not_there_is_said_with_the_nearest_names(docent: Docent) -> None:
    report = docent.planning.impact("shop/billing/chrage.py")
    told = lines(report)
    assert report.affected == () and told[0].text.startswith("Nothing here is called")
    assert "shop/billing/charge.py" in told[1].text


@pytest.mark.parametrize(
    ("asked", "said"), [("Bob Baker", "people are not changed"), ("everything", "all of it"), ("???", "Nothing was asked")]
)
def test_a_question_that_is_none_ends_in_a_sentence(docent: Docent, asked: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        docent.planning.impact(asked)
