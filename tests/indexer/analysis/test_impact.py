"""What is tied to what, over real histories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from indexer.analysis.impact import Surrounding, bare_name
from indexer.structure_git import StructureReader
from tests.git_repo import GitRepo


@pytest.fixture
def surrounding(git_repo: GitRepo) -> Iterator[Surrounding]:
    """Cart and tax change together; the API imports the cart, and a page the API; notes change with every commit."""
    git_repo.commit(
        {
            "shop/cart.py": "def total():\n    return 1\n",
            "shop/tax.py": "RATE = 0\n",
            "shop/stock.py": "FREE = 0\n",
            "api/orders.py": "from shop.cart import total\n",
            "web/page.py": "from api.orders import total\n",
            "tests/test_cart.py": "CASES = 1\n",
            "other/cart_rules.py": "RULES = 1\n",
            "far/away.py": "x = 1\n",
            "NOTES.md": "Notes.\n",
        }
    )
    for number in range(6):
        cart, tax = f"def total():\n    return {number}\n", f"RATE = {number}.5\n"
        git_repo.commit({"shop/cart.py": cart, "shop/tax.py": tax, "NOTES.md": f"{number}\n"})
        git_repo.commit({"far/away.py": f"x = {number}\ny = 1\n", "NOTES.md": f"far {number}\n"})
    with closing(git_repo.opened()) as repository:
        repository.fetch()
        yield Surrounding(StructureReader(repository).at(git_repo.head))


def test_what_changed_together_comes_first_then_what_imports_it(surrounding: Surrounding) -> None:
    ties = {tie.path: tie for tie in surrounding.ties(["shop/cart.py"])}
    order = list(ties)
    assert order[0] == "shop/tax.py"
    assert order.index("api/orders.py") < order.index("web/page.py")
    assert "far/away.py" in order and order.index("far/away.py") > order.index("tests/test_cart.py")
    together = ties["shop/tax.py"].together
    assert together is not None and (together.together, together.of, together.of_other) == (7, 7, 7)


def test_reasons_are_told_apart(surrounding: Surrounding) -> None:
    ties = {tie.path: tie for tie in surrounding.ties(["shop/cart.py"])}
    assert [item.line for item in ties["api/orders.py"].imports] == [1]
    assert [item.path for item in ties["web/page.py"].imports] == ["web/page.py", "api/orders.py"]
    assert ties["tests/test_cart.py"].namesake and not ties["other/cart_rules.py"].namesake
    assert ties["other/cart_rules.py"].words and ties["shop/stock.py"].neighbour
    back = {tie.path: tie for tie in surrounding.ties(["api/orders.py"])}
    assert [item.path for item in back["shop/cart.py"].imported] == ["api/orders.py"]


def test_several_files_are_asked_about_at_once_and_are_not_among_the_answers(surrounding: Surrounding) -> None:
    paths = [tie.path for tie in surrounding.ties(["shop/cart.py", "shop/tax.py"])]
    assert "shop/cart.py" not in paths and "shop/tax.py" not in paths and "api/orders.py" in paths


def test_a_file_without_history_is_told_by_what_imports_it(git_repo: GitRepo) -> None:
    git_repo.commit({f"many/file_{number}.py": "x = 1\n" for number in range(40)})
    git_repo.commit({"new.py": "x = 1\n"})
    git_repo.commit({"user.py": "from new import x\n"})
    with closing(git_repo.opened()) as repository:
        repository.fetch()
        found = Surrounding(StructureReader(repository).at(git_repo.head)).ties(["new.py"])
    assert [tie.path for tie in found] == ["user.py"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tests/test_cart.py", "cart"), ("src/cart_test.go", "cart"), ("x/CartTest.java", "cart"), ("web/cart.spec.ts", "cart"),
        ("app/Cart.vue", "cart"), ("tests.py", "tests"), (".env", ".env".strip(".")), ("cart.e2e.ts", "cart"),
    ],
)  # fmt: skip
def test_a_name_is_bared_of_endings_and_marks_of_tests(path: str, name: str) -> None:
    assert bare_name(path) == name
