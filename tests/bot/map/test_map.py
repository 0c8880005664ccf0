"""The map of a small shop of several services, end to end."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.drawing.svg import PAPER
from bot.map.report import source_of
from indexer.systems.build import system_map
from tests.bot.map.tea_shop import build
from tests.git_repo import GitRepo
from tests.golden.maps.lines import map_lines

pytestmark = pytest.mark.usefixtures("home", "embedder")
GOLDEN = Path(__file__).parent / "tea_shop.txt"
SYSTEM = {"name", "kind", "repository", "paths", "files", "languages", "owners"}  # the contract
LINK = {"from", "to", "kind", "count", "evidence"}


@pytest.fixture
def tea(tmp_path: Path) -> GitRepo:
    return build(GitRepo(tmp_path / "tea"))


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def mapped(capsys: pytest.CaptureFixture[str], repo: GitRepo, *more: str) -> dict[str, Any]:
    status, out, err = run(capsys, "map", *more, "--repo", str(repo.path), "--json")
    assert status == 0, err
    return json.loads(out)


def ends(found: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(link["from"], link["kind"], link["to"]) for link in found["links"]}


def test_the_map_is_the_golden_one(tea: GitRepo, tmp_path: Path) -> None:
    from contextlib import closing

    from indexer.config import IndexerSettings
    from indexer.workspace import Workspace
    from tests.embedders import HashEmbedder

    settings = IndexerSettings(data_dir=tmp_path / "own", repositories=(tea.settings("tea"),))
    with closing(Workspace.open_owner(settings, "docent index", HashEmbedder())) as workspace:
        workspace.refresh("tea")
        found = map_lines(system_map([source_of(workspace.index, "tea")]))
    assert found == GOLDEN.read_text("utf-8")


def test_the_machine_form_keeps_the_contract_and_says_how_each_link_is_known(capsys, tea: GitRepo) -> None:
    found = mapped(capsys, tea)
    assert all(one.keys() >= SYSTEM for one in found["systems"]) and all(one.keys() >= LINK for one in found["links"])
    assert {one["kind"] for one in found["systems"]} <= {"service", "package", "app", "library", "datastore", "external"}
    assert all(one["evidence"] and {"path", "line"} <= one["evidence"][0].keys() for one in found["links"])
    by_ends = {(link["from"], link["kind"], link["to"]): link for link in found["links"]}
    assert by_ends["web", "http", "orders"]["declared"]
    assert not by_ends["orders", "queue", "billing"]["declared"]
    assert by_ends["orders", "queue", "billing"]["evidence"][0]["path"] == "services/orders/orders/messages.py"
    billing = next(one for one in found["systems"] if one["name"] == "billing")
    assert [owner["name"] for owner in billing["owners"]] == ["@tea/money", "Bob Baker"]
    assert billing["about"]["path"] == "services/billing/README.md"
    assert "sut" not in {one["name"] for one in found["systems"]}


def test_a_system_is_shown_with_its_parts_and_its_neighbours(capsys, tea: GitRepo) -> None:
    found = mapped(capsys, tea, "the", "orders", "service")
    assert found["focus"] == ["orders"]
    assert {one["name"] for one in found["systems"]} == {"orders", "web", "billing", "db", "queue"}
    assert {link["from"] for link in found["links"]} | {link["to"] for link in found["links"]} <= {one["name"] for one in found["systems"]}
    assert all("orders" in (link["from"], link["to"]) for link in found["links"])
    parts = {one["name"].rsplit("/", 1)[-1] for one in found["parts"]["systems"]}
    assert {"api.py", "messages.py", "models.py"} <= parts
    assert ("services/orders/orders/api.py", "imports", "services/orders/orders/messages.py") in ends(found["parts"])


def test_words_find_systems_by_what_is_said_of_them(capsys, tea: GitRepo) -> None:
    assert mapped(capsys, tea, "invoices")["focus"] == ["billing"]
    assert mapped(capsys, tea, "database")["focus"] == ["db"]


def test_the_way_from_one_system_to_another_has_evidence_for_each_step(capsys, tea: GitRepo) -> None:
    status, out, _ = run(capsys, "map", "--from", "web", "--to", "the database", "--repo", str(tea.path), "--json")
    found = json.loads(out)
    assert status == 0
    assert [(step["from"], step["to"]) for step in found["steps"]] == [("web", "orders"), ("orders", "db")]
    assert all(step["evidence"][0]["line"] for step in found["steps"])
    status, out, _ = run(capsys, "map", "--from", "database", "--to", "web", "--repo", str(tea.path))
    assert status == 0 and out.startswith("web → orders → db") and "Nothing leads from db to web" in out
    status, out, _ = run(capsys, "map", "--from", "stripe", "--to", "billing", "--repo", str(tea.path))
    assert status == 1 and "Nothing that can be read leads" in out


def test_pictures_are_saved_and_say_in_words_what_they_show(capsys, tea: GitRepo, tmp_path: Path) -> None:
    for ending, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("mmd", b"%% ")):
        file = tmp_path / f"map.{ending}"
        status, out, err = run(capsys, "map", "--out", str(file), "--repo", str(tea.path))
        assert status == 0 and "Links, and where each is seen" in out and str(file) in err
        assert file.read_bytes().startswith(begins)
    root = ElementTree.fromstring((tmp_path / "map.svg").read_text("utf-8"))
    described = root.find("{http://www.w3.org/2000/svg}desc")
    assert described is not None and "orders sends messages to billing" in (described.text or "")
    shown = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"web", "orders", "billing", "db", "queue"} <= shown
    assert PAPER in (tmp_path / "map.svg").read_text("utf-8")
    assert '-.->|messages|' in (tmp_path / "map.mmd").read_text("utf-8")


def test_mistakes_end_in_one_sentence(capsys, tea: GitRepo, tmp_path: Path) -> None:
    repo = ("--repo", str(tea.path))
    assert "ends in .png, .svg or .mmd" in run(capsys, "map", "--out", "map.gif", *repo)[2]
    status, _, err = run(capsys, "map", "--from", "web", *repo)
    assert status == 2 and "--from and --to" in err
    status, _, err = run(capsys, "map", "--out", str(tmp_path / "nowhere" / "map.svg"), *repo)
    assert status == 2 and "cannot be written" in err


def test_a_repository_of_one_package_is_told_by_its_parts(capsys, shop: GitRepo) -> None:
    found = mapped(capsys, shop)
    assert found["are_parts"]
    assert ("shop/shipping.py", "imports", "shop/refund.py") in ends(found)
    status, out, _ = run(capsys, "map", "--repo", str(shop.path))
    assert status == 0 and "these are the main parts of the one" in " ".join(out.split())


def test_links_go_across_repositories(capsys, tea: GitRepo, tmp_path: Path) -> None:
    app = GitRepo(tmp_path / "app")
    app.commit({
        "package.json": '{"name": "tea-app", "description": "The app for phones", "dependencies": {"@tea/money": "1"}}',
        "src/api.ts": 'export const load = () => fetch("https://orders/orders/checkout");\n',
    })  # fmt: skip
    status, out, err = run(capsys, "map", "--repo", str(tea.path), "--repo", str(app.path), "--json")
    assert status == 0, err
    found = json.loads(out)
    assert {("tea-app", "depends", "@tea/money"), ("tea-app", "http", "orders")} <= ends(found)
    link = next(one for one in found["links"] if (one["from"], one["to"]) == ("tea-app", "orders"))
    assert link["evidence"][0]["repository"] == "app" and not link["declared"]
