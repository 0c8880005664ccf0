"""docent demo: everything is chosen from the repository it is shown on."""

from __future__ import annotations

import json

import pytest

from bot.cli import main
from bot.demo_questions import area_questions, change_question, definition_questions, history_questions, main_areas
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.config import IndexerSettings
from indexer.workspace import Workspace
from tests.git_repo import BOB, GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

CASE = '''"""Cases of support: what a customer asked."""


class SupportCase:
    """Keeps what a customer asked until somebody answers."""

    def open(self, words):
        """Open the case with the customer's words."""
        self.words = words

    def close(self):
        """Close the case."""
        self.words = ""


class CaseError(Exception):
    """A case that cannot be closed.

    It has methods, but it is an error.
    """

    def one(self): ...
    def two(self): ...
    def three(self): ...
'''


@pytest.fixture
def index(home, shop: GitRepo, tmp_path):
    support = {"support/__init__.py": '"""Support."""\n', "support/case.py": CASE}
    shop.commit(support, message="Introduce support cases", author=BOB)
    shop.commit("shop/desk.py", "from shop.refund import RefundDesk\n\ndesk = RefundDesk()\n", message="wip")
    workspace = Workspace.open_owner(IndexerSettings(data_dir=tmp_path / "other", repositories=(shop.settings("shop"),)), "test")
    workspace.refresh("shop")
    yield workspace.index
    workspace.close()


def test_areas_are_the_folders_with_most_source(index):
    assert main_areas(index, "shop") == ["shop", "support"]
    assert list(area_questions(index, "shop")) == ["What does shop do?", "What does support do?"]


def test_definitions_are_types_with_methods_of_the_most_imported_files(index):
    assert list(definition_questions(index, "shop"))[:2] == ["How does RefundDesk work?", "How does SupportCase work?"]


def test_changes_are_asked_about_by_their_author_and_title(index):
    questions = list(history_questions(index, "shop"))
    assert "Why did Bob Baker introduce support cases?" in questions
    commits = index.recent_commits("shop")
    stories = group_stories([commit for commit in commits if commit.subject == "Introduce support cases"])
    odd = rate(stories, index.identities(["shop"]))[0]
    assert change_question(odd) == "Why did Bob Baker introduce support cases?"


def test_the_demo_answers_shows_people_and_changes_and_ends_without_a_terminal(capsys, shop: GitRepo):
    assert main(["demo", str(shop.path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Reading shop for the first time")
    assert out.count("\n> ") == 3 and "statements checked" in out
    assert "Whom to ask\n  shop: " in out and "Bob Baker" in out
    assert "Add refunds (Ada Lovelace" in out
    assert f'docent ask --repo {shop.path} "' in out
    assert main(["demo", str(shop.path)]) == 0
    assert "first time" not in capsys.readouterr().out


def test_the_demo_runs_on_the_repository_around(capsys, shop: GitRepo, monkeypatch):
    monkeypatch.chdir(shop.path / "shop")
    assert main(["demo", "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["repository"] == "shop" and len(value["answers"]) == 3
    assert {item["name"] for item in value["owners"]} == {"Ada Lovelace", "Bob Baker"}
    assert value["changes"][0]["title"]


def test_a_repository_without_code_still_ends_in_words(capsys, git_repo: GitRepo):
    git_repo.commit("notes.txt", "Buy milk.\n")
    assert main(["demo", str(git_repo.path)]) in (0, 1)
    out, err = capsys.readouterr()
    assert "What next" in out and "Traceback" not in err
