"""What a person or a team owns: declared and built apart, what would be lost, and where the two contradict each other."""

from __future__ import annotations

import pytest

from bot.owners.types import SubjectReport
from tests.bot.owners.conftest import BOB, EVE, JANE, ago, module

PEOPLE = """
[[people]]
name = "Jane Marsh"
handles = ["jmarsh"]
[[people]]
name = "Eve Moss"
emails = ["eve@example.com"]
slack = "U0EVE"
teams = ["@acme/search"]
"""


def subject(docent, query: str) -> SubjectReport:
    report = docent.whoowns(query)
    assert isinstance(report, SubjectReport), report
    return report


@pytest.fixture
def grown(company):
    """The company, with a shop that Bob built alone and a helper that Jane reviewed."""
    for name in ("cart", "order", "stock"):
        company.commit(f"src/shop/{name}.py", module(name, 12), message=f"Add the {name}", author=BOB, date=ago(100))
    reviewed = "Add a helper\n\nReviewed-by: Eve Moss <eve@example.com>"
    company.commit("src/helper.py", module("helper", 12), message=reviewed, author=BOB, date=ago(90))
    company.commit("tests/test_shop.py", module("test", 50), message="Test the shop", author=BOB, date=ago(89))
    return company


def test_a_person_is_told_with_what_they_built_largest_first(grown, opened):
    report = subject(opened(PEOPLE), "what does Bob Roe own?")
    assert (report.who.name, report.who.kind, report.who.active, report.who.handle) == ("Bob Roe", "person", True, "bobroe")
    assert [(held.path, held.files, held.of_files) for held in report.built] == [
        ("src/shop/", 3, 3), ("src/billing/retry.py", 1, 1), ("src/helper.py", 1, 1),
    ]  # fmt: skip
    assert report.built[0].share == 1.0 and "wrote 100 % of it in 3 changes" in report.built[0].reason
    assert not any("test" in held.path for held in report.built)


def test_what_would_be_lost_is_what_nobody_else_present_knows(grown, opened):
    report = subject(opened(PEOPLE), "what would be lost if Bob left?")
    assert [held.path for held in report.lost] == ["src/shop/", "src/billing/retry.py"]
    assert all(held.sole for held in report.lost)
    assert report.lost[0].others == () and [owner.name for owner in report.lost[1].others] == ["Jane Marsh"]
    assert [(held.path, held.sole) for held in report.built if not held.sole] == [("src/helper.py", False)]
    assert [owner.name for owner in report.built[2].others] == ["Eve Moss"]


def test_somebody_who_is_gone_can_still_be_asked_about(company, opened):
    report = subject(opened(PEOPLE), "@jmarsh")
    assert not report.who.active and "last seen 14 months ago" in report.who.reasons
    assert "src/billing/" in [held.path for held in report.built]
    assert report.lost[0].path == "src/billing/refund.py"  # Bob changed the other file


def test_declared_entries_are_told_with_the_files_they_decide(company, opened):
    report = subject(opened(PEOPLE), "what does Jane Marsh own?")
    assert [(entry.pattern, entry.line, entry.files) for entry in report.declared] == [("/src/billing/", 2, 2)]
    assert [owner.name for owner in report.declared[0].owners] == ["Jane Marsh"]


def test_an_entry_that_a_later_line_takes_over_decides_nothing(company, opened):
    company.commit("CODEOWNERS", "/src/billing/ @jmarsh\n/src/ @bobroe\n", message="Hand over", author=EVE, date=ago(10))
    docent = opened(PEOPLE)
    assert subject(docent, "@jmarsh").declared == ()
    assert [entry.pattern for entry in subject(docent, "@bobroe").declared] == ["/src/"]


def test_what_is_declared_but_built_by_somebody_else_is_said_with_names(company, opened):
    report = subject(opened(PEOPLE), "@jmarsh")
    assert report.contradictions == (
        "CODEOWNERS gives /src/billing/ to Jane Marsh, who last changed it 14 months ago; Bob Roe made 100 % of the changes since.",
    )


def test_a_team_owns_what_is_declared_and_its_members_are_told(company, opened):
    company.commit("src/search/rank.py", module("rank", 5), message="Rank products", author=BOB, date=ago(20))
    report = subject(opened(PEOPLE), "@acme/search")
    assert (report.who.name, report.who.kind) == ("@acme/search", "team")
    assert [(entry.pattern, entry.files) for entry in report.declared] == [("/src/search/", 2)]
    assert [owner.name for owner in report.members] == ["Eve Moss", "Bob Roe"]
    assert report.members[0].slack == "U0EVE" and "in this team, as the settings say" in report.members[0].reasons
    assert [held.path for held in report.built] == ["src/search/find.py"]
    assert report.contradictions == ()


def test_a_team_that_nobody_is_known_of_still_has_its_entries_and_who_works_there(company, opened):
    report = subject(opened(), "what does the search team own?")
    assert [entry.pattern for entry in report.declared] == ["/src/search/"]
    assert report.built == () and report.lost == ()
    assert report.members == ()  # Eve changed it 300 days ago, and nobody since


def test_a_person_who_never_changed_what_is_declared_theirs_is_contradicted(company, opened):
    company.commit("CODEOWNERS", "/src/search/ @bobroe\n", message="Hand over", author=EVE, date=ago(10))
    assert subject(opened(), "@bobroe").contradictions == (
        "CODEOWNERS gives /src/search/ to Bob Roe, who never changed it; Eve Moss made 100 % of the changes.",
    )


def test_a_team_contradicts_nobody_for_the_settings_may_not_know_all_of_it(company, opened):
    people = "[[people]]\nname = 'Bob Roe'\nhandles = ['bobroe']\nteams = ['@acme/search']\n"
    assert subject(opened(people), "@acme/search").contradictions == ()


def test_somebody_whom_only_a_file_names_has_no_history(company, opened):
    company.commit("CODEOWNERS", "/src/ @stranger\n", message="Name a stranger", author=EVE, date=ago(10))
    report = subject(opened(), "@stranger")
    assert (report.who.name, report.who.active, report.who.last_active) == ("@stranger", False, None)
    assert [entry.files for entry in report.declared] == [3] and report.built == ()


def test_filters_narrow_what_is_told(grown, opened):
    report = subject(opened(PEOPLE), "Bob Roe path:src/shop/cart.py")
    assert [held.path for held in report.built] == ["src/shop/cart.py"]


def test_who_has_left_leaves_nothing_to_others(grown, opened):
    left = "[[people]]\nname = 'Eve Moss'\nemails = ['eve@example.com']\nleft = true\n"
    report = subject(opened(left), "what would be lost if Bob left?")
    assert {"src/shop/", "src/helper.py"} <= {held.path for held in report.lost}


def test_the_smallest_places_are_counted_when_there_are_too_many(company, opened):
    for number in range(14):
        files = {f"lib{number}/a.py": module("a", 5), f"lib{number}/b.py": module("b", 5)}
        company.commit(files, message=f"Add library {number}", author=JANE, date=ago(50))
    report = subject(opened(), "Jane Marsh")
    assert len(report.built) == 12
    assert report.notices == ("3 smaller places are left out.",)
