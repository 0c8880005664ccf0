"""Who owns a place: declared, built and ask-now are told apart, and their contradictions are said with names."""

from __future__ import annotations

from bot.owners.types import PlaceKind, PlaceReport
from bot.owners.words import lines
from indexer.types import Sureness
from tests.bot.owners.conftest import BOB, EVE, JANE, ago, module
from tests.git_repo import GitRepo

JANE_IS_JMARSH = "[[people]]\nname = 'Jane Marsh'\nhandles = ['jmarsh']\nslack = 'U0JANE'\n"


def place(docent, query: str) -> PlaceReport:
    report = docent.whoowns(query)
    assert isinstance(report, PlaceReport)
    return report


def told(report: PlaceReport, label: str) -> str:
    return "\n".join(line.text for line in lines(report) if line.label == label)


def test_declared_built_and_ask_now_are_three_different_things(opened):
    report = place(opened(JANE_IS_JMARSH), "src/billing")
    assert [(entry.file, entry.line, entry.pattern, entry.files) for entry in report.declared] == [("CODEOWNERS", 2, "/src/billing/", 2)]
    assert [owner.name for owner in report.declared[0].owners] == ["Jane Marsh"]
    assert report.built[0].name == "Jane Marsh"
    assert [owner.name for owner in report.ask] == ["Bob Roe"]
    assert {line.label for line in lines(report)} >= {"Declared", "Built it", "Ask now"}


def test_a_declared_owner_who_is_gone_is_contradicted_with_names_and_figures(opened):
    report = place(opened(JANE_IS_JMARSH), "src/billing")
    assert len(report.contradictions) == 1
    said = report.contradictions[0]
    assert "CODEOWNERS names Jane Marsh, who was last active 14 months ago" in said
    assert "Bob Roe made 100 % of the changes since" in said


def test_an_owner_who_is_at_work_elsewhere_is_not_called_gone(company, opened):
    company.commit("README.md", "# Company\n\nSells things.\n", author=JANE, date=ago(5))
    report = place(opened(JANE_IS_JMARSH), "src/billing")
    said = "CODEOWNERS names Jane Marsh, who last changed it 14 months ago; Bob Roe made 100 % of the changes since."
    assert report.contradictions == (said,)
    assert not place(opened(), "src/billing/refund.py").nobody_active


def test_each_entry_is_held_against_its_own_files_only(company, opened):
    company.commit({"CODEOWNERS": "/src/billing/retry.py 17+bobroe@users.noreply.github.com\n/src/search/ eve@example.com\n"}, author=EVE)
    assert place(opened(), "src").contradictions == ()


def test_a_handle_that_nobody_maps_is_shown_as_written_and_not_contradicted(opened):
    report = place(opened(), "src/billing")
    owner = report.declared[0].owners[0]
    assert (owner.name, owner.handle, owner.sources) == ("@jmarsh", "jmarsh", ("codeowners",))
    assert report.contradictions == ()


def test_everybody_is_named_once_declared_owners_first_with_all_their_sources(opened):
    owners = place(opened(JANE_IS_JMARSH), "src/billing").owners
    assert [owner.name for owner in owners] == ["Jane Marsh", "Bob Roe"]
    assert owners[0].sources == ("codeowners", "history")
    assert owners[0].slack == "U0JANE"
    assert "bobroe" in (owners[1].handle or "")


def test_a_handle_made_of_a_full_name_is_that_person(company, opened):
    company.commit({"CODEOWNERS": "/src/billing/ @evemoss\n"}, author=EVE, date=ago(1))
    assert [owner.name for owner in place(opened(), "src/billing").declared[0].owners] == ["Eve Moss"]


def test_a_repository_at_rest_as_a_whole_is_said_to_be(tmp_path, opened):
    old = GitRepo(tmp_path / "old")
    old.commit("tool.py", module("tool", 9), author=EVE, date=ago(900))
    docent = opened()
    name = docent.resolve(str(old.path), str(old.path))
    docent.ready([name])
    report = docent.whoowns("tool.py", [name])
    assert isinstance(report, PlaceReport) and report.quiet_since == ago(900).replace(microsecond=0)
    assert told(report, "Risk") == f"all of it is at rest: the newest change is of {ago(900):%B %Y}"


def test_a_team_is_a_team_and_contradicts_nobody(opened):
    report = place(opened(), "src/search/find.py")
    assert [(owner.name, owner.kind) for owner in report.declared[0].owners] == [("@acme/search", "team")]
    assert report.contradictions == ()
    assert report.bus_factor == 1


def test_an_entry_without_owners_is_deliberately_nobodys(opened):
    report = place(opened(), "docs/guide.md")
    assert report.declared[0].owners == ()
    assert "deliberately nobody" in told(report, "Declared")


def test_files_that_no_entry_covers_are_counted(opened):
    report = place(opened(), ".")
    assert report.undeclared == 2  # README.md and CODEOWNERS itself
    assert "nobody for 2 files" in told(report, "Declared")


def test_without_a_file_of_owners_history_alone_is_told(company, opened):
    company.commit({"CODEOWNERS": None}, author=EVE, date=ago(1))
    report = place(opened(), "src/billing/refund.py")
    assert report.declared == ()
    assert [(owner.name, owner.sources) for owner in report.owners] == [("Jane Marsh", ("history",))]
    assert told(report, "Declared") == "nobody"


def test_nobody_active_left_is_said(opened):
    report = place(opened(), "src/billing/refund.py")
    assert report.nobody_active
    assert "nobody who worked on it is active" in told(report, "Risk")
    assert "was active in the last 6 months" in told(report, "Ask now")


def test_somebody_whom_the_settings_say_has_left_is_nobody_to_ask(opened):
    gone = "[[people]]\nname = 'Bob Roe'\nleft = true\n"
    report = place(opened(gone), "src/billing/retry.py")
    assert report.nobody_active


def test_a_folder_of_documents_gives_way_to_code_of_its_name(company, opened):
    company.commit({"docs/find/intro.md": "# Finding\n\nHow to find.\n"}, author=EVE, date=ago(2))
    assert place(opened(), "find").resolved.places[0].path == "src/search/find.py"


def test_a_symbol_is_about_its_own_lines(company, opened):
    text = module("retry", 56) + "\n\nclass Backoff:\n    def wait(self):\n        return 1\n\n    def stop(self):\n        return 2\n"
    company.commit("src/billing/retry.py", text, author=EVE, date=ago(3))
    docent = opened()
    assert place(docent, "src/billing/retry.py").built[0].name != EVE[0]
    report = place(docent, "Backoff")
    assert report.resolved.places[0].kind is PlaceKind.SYMBOL
    assert report.built[0].name == EVE[0]


def test_somebody_who_keeps_working_alone_on_it_is_likely_and_one_line_tells_little(company, opened):
    for number in range(12):
        company.commit("src/cart/cart.py", module("cart", 10 + 3 * number), author=EVE, date=ago(60 - number))
    company.commit("src/new.py", "x = 1\n", author=BOB, date=ago(2))
    docent = opened()
    assert place(docent, "src/cart").sureness is Sureness.LIKELY
    assert "likely Eve Moss" in told(place(docent, "src/cart"), "Built it")
    assert place(docent, "src/new.py").sureness is not Sureness.LIKELY


def test_what_nobody_knows_is_said_and_names_the_nearest(opened):
    report = place(opened(), "src/biling/retry.py")
    assert not report.resolved.places or report.resolved.alternatives
    assert lines(report)


def test_a_shallow_clone_is_told_and_history_not_trusted(tmp_path, company, opened):
    clone = tmp_path / "shallow"
    company.git("clone", "--quiet", "--depth=2", f"file://{company.path}", str(clone))
    docent = opened()
    name = docent.resolve(str(clone), str(clone))
    docent.ready([name])
    report = docent.whoowns("src/search", [name])
    assert isinstance(report, PlaceReport)
    assert report.built == ()
    assert any("shallow" in notice for notice in report.notices)
    lines_of = docent.whoowns("src/billing/retry.py:1-200", [name])  # Bob's are the only lines whose author is known
    assert isinstance(lines_of, PlaceReport) and lines_of.built == ()


def test_two_files_that_name_different_people_contradict_each_other(company, opened):
    maintainers = "SEARCH\nM: Jane Marsh <jane@example.com>\nS: Maintained\nF: src/search/\n"
    owners = "/src/search/ eve@example.com\n"
    company.commit({"MAINTAINERS": maintainers, "CODEOWNERS": owners}, author=JANE, date=ago(1))
    report = place(opened(), "src/search/find.py")
    assert "CODEOWNERS names Eve Moss but MAINTAINERS names Jane Marsh." in report.contradictions
