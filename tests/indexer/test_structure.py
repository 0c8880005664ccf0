"""One repository as a whole, as the map, hotspots and impact see it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from indexer.config import IndexerSettings
from indexer.types import Role
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo


def test_a_repository_is_seen_as_a_whole(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("shop/cart.py", "def total():\n    return 1\n", message="Add a cart\n\nFor Ada.")
    git_repo.commit({"shop/pay.py": "from shop.cart import total\nimport json\n", "tests/test_pay.py": "from shop import pay\n"})
    git_repo.rename("shop/pay.py", "shop/payment.py")
    last = git_repo.commit("shop/cart.py", "def total():\n    return 2\n")
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("shop"),))
    with closing(Workspace.open_owner(settings, "docent index", HashEmbedder())) as workspace:
        workspace.refresh("shop")
        found = workspace.index.structure("shop")
        assert workspace.index.structure("shop") is found
        git_repo.commit("new.py", "x = 1\n")
        workspace.refresh("shop")
        assert "new.py" in workspace.index.structure("shop").files
    assert found.head == last
    assert {path: one.role for path, one in found.files.items() if path.endswith(".py")} == {
        "shop/cart.py": Role.SOURCE, "shop/payment.py": Role.SOURCE, "tests/test_pay.py": Role.TEST,
    }  # fmt: skip
    assert [(item.path, item.line) for item in found.imported_by["shop/cart.py"]] == [("shop/payment.py", 1)]
    assert [item.target for item in found.imports_in["shop/payment.py"]] == ["shop/cart.py"]
    assert [(item.path, item.name) for item in found.symbols] == [("shop/cart.py", "total")]
    assert [[touch.path for touch in one.touches] for one in found.changes] == [
        ["shop/cart.py"], ["shop/payment.py"], ["shop/payment.py", "tests/test_pay.py"], ["shop/cart.py"],
    ]  # fmt: skip
    assert (found.changes[-1].subject, found.changes[-1].body) == ("Add a cart", "For Ada.")
