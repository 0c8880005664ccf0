"""What changes together, counted over real histories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.analysis.coupling import Coupling
from indexer.config import IndexerSettings
from indexer.structure import Structure
from indexer.structure_git import StructureReader
from indexer.vcs.repository import Repository
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

CART, PAY, TAX = "shop/cart.py", "shop/pay.py", "shop/tax.py"


@pytest.fixture
def shop(git_repo: GitRepo) -> Iterator[tuple[GitRepo, Repository]]:
    """Cart and payment change together five times of seven and six; the tax once; a sweep over many files counts for nothing."""
    git_repo.commit({CART: "import json\n", "shop/old_pay.py": "from shop.cart import total\n", "shop/__init__.py": "# shop\n"})
    git_repo.rename("shop/old_pay.py", PAY)
    for number in range(4):
        git_repo.commit({CART: f"import json\ntotal = {number}\n", PAY: f"x = {number}\n"}, message=f"Both, {number}")
    git_repo.commit({CART: "import json\ntotal = 5\n", TAX: "from shop.cart import total\n"}, message="Tax")
    git_repo.commit({CART: "import json\ntotal = 6\n"}, message="Cart alone")
    many = {f"notes/{number}.md": "x\n" for number in range(30)}
    git_repo.commit({CART: "import json\ntotal = 7\n", TAX: "from shop.cart import total\n# x\n"} | many, message="Everywhere")
    repository = git_repo.opened()
    repository.fetch()
    yield git_repo, repository
    repository.close()


@pytest.fixture
def structure(shop: tuple[GitRepo, Repository]) -> Structure:
    git_repo, repository = shop
    return StructureReader(repository).at(git_repo.head)


def test_common_changes_are_counted_renames_followed_and_sweeps_left_out(structure: Structure) -> None:
    found = {one.path: one for one in Coupling(structure.changes).of([CART])}
    assert {path: (one.together, one.of, one.of_other) for path, one in found.items()} == {
        PAY: (5, 7, 6), TAX: (1, 7, 1), "shop/__init__.py": (1, 7, 1),
    }  # fmt: skip
    subjects = {one.commit.sha: one.subject for one in structure.changes}
    assert [subjects[sha] for sha in found[PAY].latest] == ["Both, 3", "Both, 2", "Both, 1"]


def test_only_what_reaches_the_thresholds_is_told(structure: Structure) -> None:
    (told,) = Coupling(structure.changes).telling([CART])
    assert (told.path, round(told.degree, 3)) == (PAY, round(5 / 6.5, 3))
    earlier = Coupling(structure.changes[4:])  # before their newest common change
    assert next((one.path, one.together) for one in earlier.of([CART])) == (PAY, 4)
    assert earlier.telling([CART]) == ()


def test_what_changes_with_any_of_several_files_is_none_of_them(structure: Structure) -> None:
    found = Coupling(structure.changes).of([CART, PAY])
    assert [(one.path, one.together, one.of) for one in found] == [("shop/__init__.py", 1, 8), (TAX, 1, 8)]


def test_pairs_without_an_import_are_a_finding_of_their_own(structure: Structure) -> None:
    coupling = Coupling(structure.changes)
    (pair,) = coupling.pairs(structure)
    assert (pair.first, pair.second, pair.together, pair.of_first, pair.of_second, pair.imported) == (CART, PAY, 5, 7, 6, False)
    assert coupling.without_import(structure) == (pair,)


def test_an_import_explains_a_pair(git_repo: GitRepo) -> None:
    for number in range(5):
        git_repo.commit({"a.py": f"x = {number}\n", "b.py": f"from a import x\ny = {number}\n"})
    with closing(git_repo.opened()) as repository:
        repository.fetch()
        found = StructureReader(repository).at(git_repo.head)
    coupling = Coupling(found.changes)
    assert [pair.imported for pair in coupling.pairs(found)] == [True]
    assert coupling.without_import(found) == ()


def test_a_structure_from_git_is_the_one_of_the_index(shop: tuple[GitRepo, Repository], structure: Structure, tmp_path: Path) -> None:
    git_repo, _ = shop
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("demo"),))
    with closing(Workspace.open_owner(settings, "docent index", HashEmbedder())) as workspace:
        workspace.refresh("demo")
        indexed = workspace.index.structure("demo")
    assert dict(structure.files) == dict(indexed.files)
    assert (structure.head, structure.imports, structure.symbols) == (indexed.head, indexed.imports, indexed.symbols)
    assert _told(structure) == _told(indexed)


def test_an_older_commit_knows_nothing_of_what_came_after(shop: tuple[GitRepo, Repository]) -> None:
    git_repo, repository = shop
    reader = StructureReader(repository, log=list(repository.log(git_repo.head)))
    begun = git_repo.git("rev-list", "--reverse", "HEAD").splitlines()[0]
    newest, oldest = reader.at(git_repo.head), reader.at(begun)
    assert sorted(oldest.files) == ["shop/__init__.py", CART, "shop/old_pay.py"]
    assert [(item.path, item.target) for item in oldest.imports if item.target] == [("shop/old_pay.py", CART)]
    assert [sorted(touch.path for touch in one.touches) for one in oldest.changes] == [["shop/__init__.py", CART, "shop/old_pay.py"]]
    assert _told(StructureReader(repository).at(begun)) == _told(oldest)
    assert PAY in newest.files and PAY not in oldest.files


def _told(structure: Structure) -> list[tuple[str, str, str, list[str]]]:
    return [
        (one.commit.sha, one.subject, one.body.strip(), sorted(touch.path for touch in one.touches)) for one in structure.changes
    ]
