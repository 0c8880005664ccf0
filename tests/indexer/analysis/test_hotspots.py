"""Where fixes land, in real repositories read from git."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from indexer.analysis.hotspots import Hotspot, hotspots
from indexer.analysis.knowledge import Knowledge, knowledge
from indexer.structure import Structure
from indexer.structure_git import StructureReader
from indexer.types import CommitFacts
from indexer.vcs.identity import Identities
from tests.git_repo import ADA, BOB, GitRepo

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")
CAROL = ("Carol Clay", "carol@example.com")
PAY, TAX = "shop/pay.py", "shop/tax.py"


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def code(size: int, word: str = "x") -> str:
    return "".join(f"{word}_{number} = {number}\n" for number in range(size))


class Past:
    """A repository that is read as it is."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo

    def structure(self) -> Structure:
        opened = self.repo.opened()
        opened.fetch()
        found = StructureReader(opened).at(self.repo.head)
        opened.close()
        return found

    def spots(self) -> dict[str, Hotspot]:
        structure = self.structure()
        return {one.path: one for one in hotspots(structure, _people(one.commit for one in structure.changes), NOW)}

    def knowledge(self, *paths: str) -> Knowledge:
        structure = self.structure()
        touches = [touch for change in structure.changes for touch in change.touches]
        people = _people(one.commit for one in structure.changes)
        return knowledge([touch for touch in touches if touch.path in paths], people, NOW)


def _people(commits: Iterator[CommitFacts]) -> Identities:
    return Identities((one.author, 1, one.committed_at) for one in commits)


@pytest.fixture
def past(git_repo: GitRepo) -> Past:
    return Past(git_repo)


def test_of_two_files_changed_as_often_the_larger_is_hotter_and_of_as_large_ones_the_one_changed_more(past):
    past.repo.commit({"a.py": code(400), "b.py": code(100), "c.py": code(100)}, date=ago(90))
    past.repo.commit({"a.py": code(401), "b.py": code(101)}, date=ago(80))
    found = past.spots()
    assert list(found) == ["a.py", "b.py", "c.py"]
    assert found["a.py"].score == 1.0
    assert found["b.py"].score == pytest.approx((102 / 402) ** 0.75, rel=0.02)


def test_old_changes_fade(past):
    past.repo.commit({"old.py": code(100), "new.py": code(100)}, date=ago(2000))
    for number in range(3):
        past.repo.commit("old.py", code(100, f"y{number}"), date=ago(1900 - number))
    past.repo.commit("new.py", code(100, "z"), date=ago(20))
    assert list(past.spots()) == ["new.py", "old.py"]


def test_only_code_of_the_product_has_hotspots(past):
    past.repo.commit({
        PAY: code(9), "tests/test_pay.py": code(9), "docs/pay.md": "# Pay\n", "vendor/lib/x.py": code(9), "package.json": "{}\n",
        "build/pay.js": code(9),
    }, date=ago(9))  # fmt: skip
    assert list(past.spots()) == [PAY]


def test_bots_and_sweeps_tell_nothing_and_renames_are_followed(past):
    past.repo.commit({"shop/old.py": code(50), TAX: code(50)}, date=ago(50))
    past.repo.rename("shop/old.py", PAY)
    past.repo.commit(PAY, code(51), message="Bump x", author=BOT, date=ago(30))
    sweep = {f"shop/part_{number}.py": code(3) for number in range(30)}
    past.repo.commit({PAY: code(52)} | sweep, message="Format everything", date=ago(20))
    found = past.spots()[PAY]
    assert (found.changes, found.authors) == (2, 1)


def test_fixes_are_counted_by_the_year_with_their_commits(past):
    past.repo.commit({PAY: code(10), TAX: code(10)}, date=ago(500))
    old = past.repo.commit(PAY, code(11), message="Fix rounding", date=ago(400))
    new = past.repo.commit(PAY, code(12), message="Don't charge twice", author=BOB, date=ago(40))
    last = past.repo.commit(PAY, code(13), message="Add a currency", date=ago(3))
    found = past.spots()[PAY]
    assert (found.fixes, found.fixed_lately) == ((new, old), 1)
    assert (found.changes, found.lately, found.latest) == (4, 2, last)
    assert found.trend == (0,) * 10 + (1, 1)
    assert past.spots()[TAX].fixes == ()


def test_a_repository_without_code_has_none(past):
    past.repo.commit("README.md", "# Shop\n")
    assert past.spots() == {}


def test_one_person_alone_knows_what_nobody_else_who_is_there_worked_on(past):
    past.repo.commit(PAY, code(80), author=CAROL, date=ago(600))
    past.repo.commit(PAY, code(200, "y"), author=ADA, date=ago(60))
    past.repo.commit(TAX, code(5), author=BOB, date=ago(10))
    found = past.knowledge(PAY)
    assert (found.main.person.name, found.alone, found.lost) == ("Ada Lovelace", True, False)


def test_knowledge_is_lost_where_everybody_is_gone_and_shared_where_two_are_there(past):
    past.repo.commit(PAY, code(80), author=CAROL, date=ago(600))
    past.repo.commit(TAX, code(80), author=ADA, date=ago(60))
    past.repo.commit(TAX, code(160, "y"), author=BOB, date=ago(10))
    assert (past.knowledge(PAY).alone, past.knowledge(PAY).lost) == (False, True)
    assert (past.knowledge(TAX).alone, past.knowledge(TAX).lost) == (False, False)


def test_what_only_programs_made_is_nobodys(past):
    past.repo.commit(PAY, code(8), author=BOT, date=ago(6))
    assert past.knowledge(PAY).main is None
