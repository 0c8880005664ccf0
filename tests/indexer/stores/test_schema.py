"""A catalog of another format is made anew, but nothing is embedded again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from indexer.config import IndexerSettings
from indexer.errors import IndexMissing
from indexer.stores.schema import FORMAT_VERSION
from indexer.types import IndexState, Query
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

OLD = """
DROP TABLE commit_files; DROP TABLE commits; DROP TABLE people;
CREATE TABLE commits (id INTEGER PRIMARY KEY, repo_id INTEGER, sha TEXT);
CREATE TABLE gone (id INTEGER PRIMARY KEY, commit_id INTEGER REFERENCES commits (id));
INSERT INTO commits VALUES (1, 1, 'x');
INSERT INTO gone VALUES (1, 1);
UPDATE meta SET value = '1' WHERE key = 'format';
UPDATE vectors SET used_at = 0;
"""


def test_a_format_change_rebuilds_from_git_and_embeds_nothing(git_repo: GitRepo, tmp_path: Path) -> None:
    other = GitRepo(tmp_path / "other")
    git_repo.commit({"a.py": "def charge():\n    '''Take money.'''\n    return 1\n"})
    other.commit({"b.py": "def ride():\n    '''Ride a bike.'''\n    return 2\n"})
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("shop"), other.settings("bikes")))
    embedder = HashEmbedder()
    workspace = Workspace.open_owner(settings, "docent index", embedder)
    instance = workspace.catalog.instance()
    for name in workspace.names:
        workspace.refresh(name)
    before = [(row.id, row.name) for row in workspace.catalog.repo_rows()]
    workspace.close()
    with sqlite3.connect(tmp_path / "data" / "catalog.sqlite") as connection:
        connection.executescript(OLD)
    connection.close()
    embedder.seen.clear()

    workspace = Workspace.open_owner(settings, "docent index", embedder)
    assert workspace.catalog.instance() == instance
    assert [(row.id, row.name) for row in workspace.catalog.repo_rows()] == before
    assert workspace.index.status("shop").state is IndexState.MISSING
    with pytest.raises(IndexMissing):
        workspace.index.touches("shop")
    for name in workspace.names:
        workspace.refresh(name)
        assert workspace.index.status(name).state is IndexState.READY
    assert embedder.seen == []  # also of the second repository, whose vectors nothing used while the first was read
    assert workspace.index.search(Query("ride a bike"))[0].chunk.path == "b.py"
    assert len(_collections(workspace)) == 4  # those of the old format are gone
    workspace.close()
    with sqlite3.connect(tmp_path / "data" / "catalog.sqlite") as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == (FORMAT_VERSION,)
        assert not connection.execute("SELECT * FROM sqlite_master WHERE name = 'gone'").fetchall()
    connection.close()


def _collections(workspace: Workspace) -> list[str]:
    assert workspace._chroma is not None
    return [collection.name for collection in workspace._chroma._client.list_collections()]
