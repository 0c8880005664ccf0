"""A refresh embeds what is new and nothing else, and whatever happens on the way leaves an index that answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import vectorizing
from indexer.config import ChromaSettings, IndexerSettings, IndexingSettings
from indexer.errors import IndexLocked, RepoError, StoreError
from indexer.types import IndexState, Query, Role
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

BILLING = '''\
"""Everything about money."""


def charge(customer, amount):
    """Take money from a customer's card.

    The card is charged once, even when the network fails in between.
    """
    receipt = gateway.take(customer.card, amount)
    ledger.write(receipt)
    return receipt


def refund(receipt, reason):
    """Give the money of a receipt back to the customer."""
    if not receipt.settled:
        raise NotSettled(receipt)
    gateway.give_back(receipt, reason)
    ledger.write_refund(receipt)
    mail.tell(receipt.customer, reason)
    return receipt


def surcharge(rate, amount):
    """Add a percentage for foreign cards."""
    base = amount * rate
    fee = base * 2
    rounded = round(fee)
    log.info(rounded)
    audit.note(rounded)
    return rounded
'''


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


def settings(git_repo: GitRepo, folder: Path, **indexing: int) -> IndexerSettings:
    return IndexerSettings(
        data_dir=folder, repositories=(git_repo.settings("shop"),), indexing=IndexingSettings(**indexing)
    )


@pytest.fixture
def owner(git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder) -> Iterator[Workspace]:
    workspace = Workspace.open_owner(settings(git_repo, tmp_path / "data"), "docent index", embedder)
    yield workspace
    workspace.close()


def found(workspace: Workspace, words: str) -> list[str | None]:
    return [hit.chunk.path for hit in workspace.index.search(Query(words)) if hit.chunk.commit is None]


def chroma_ids(workspace: Workspace, *, commits_only: bool = False) -> set[str]:
    row = workspace.catalog.repo("shop")
    assert row is not None and workspace._chroma is not None
    return workspace._chroma.ids(row, commits_only=commits_only)


def catalog_ids(workspace: Workspace, *, commits_only: bool = False) -> set[str]:
    row = workspace.catalog.repo("shop")
    assert row is not None
    return set(workspace.catalog.chunk_vectors(row.id, commits_only=commits_only))


def test_a_first_refresh_makes_everything_findable(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit({"billing.py": BILLING, "README.md": "# Shop\n\nSells things.\n"}, message="Open the shop")
    report = owner.refresh("shop")
    assert (report.files, report.commits, report.changed) == (2, 1, True)
    assert report.embedded > 0
    assert found(owner, "give the money back")[0] == "billing.py"
    assert owner.index.status("shop").state is IndexState.READY
    assert chroma_ids(owner) == catalog_ids(owner)


def test_a_file_plays_another_part_when_the_tree_around_it_changes(
    git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder
) -> None:
    git_repo.commit({"website/shop.js": "function pay() {}\n", "billing.py": BILLING})
    owner.refresh("shop")
    assert {row[0]: row[2] for row in owner.index.files("shop")} == {"billing.py": "source", "website/shop.js": "source"}
    embedder.seen.clear()
    git_repo.commit("website/docusaurus.config.js", "module.exports = {}\n", message="Make it a manual")
    assert owner.refresh("shop").embedded == len(embedder.seen) == 2  # the settings and the commit
    roles = {row[0]: row[2] for row in owner.index.files("shop")}
    assert roles == {"billing.py": "source", "website/shop.js": "docs", "website/docusaurus.config.js": "docs"}
    hits = owner.index.search(Query("function pay"))
    assert {hit.chunk.role for hit in hits if hit.chunk.path == "website/shop.js"} == {Role.DOCS}


def test_editing_one_function_embeds_one_chunk_and_its_commit(
    git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder
) -> None:
    git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    embedder.seen.clear()
    git_repo.commit("billing.py", BILLING.replace("base * 2", "base * factor"), message="Raise the fee for foreign cards")
    report = owner.refresh("shop")
    assert len(embedder.seen) == report.embedded == 2
    code = next(text for text in embedder.seen if text.startswith("billing py"))
    assert "surcharge" in code and "refund" not in code


def test_lines_move_without_embedding(git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder) -> None:
    git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    embedder.seen.clear()
    git_repo.commit("billing.py", BILLING.replace('money."""\n', 'money."""\n\nimport ledger\n'), message="Import the ledger")
    owner.refresh("shop")
    refund = next(chunk for chunk in owner.index.chunks_of_file("shop", "billing.py") if chunk.symbol == "refund")
    assert refund.text.splitlines()[0] == BILLING.splitlines()[refund.start_line - 3]
    assert not [text for text in embedder.seen if "def refund" in text]


def test_switching_a_branch_back_and_a_revert_embed_nothing(git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder) -> None:
    first = git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    git_repo.branch("new")
    git_repo.commit("billing.py", BILLING.replace("base * 2", "base * 9"), message="Try a higher fee")
    owner.refresh("shop")
    embedder.seen.clear()
    git_repo.checkout("main")
    report = owner.refresh("shop")
    assert (report.head, report.embedded, embedder.seen) == (first, 0, [])
    assert "base * 2" in "".join(chunk.text for chunk in owner.index.chunks_of_file("shop", "billing.py"))
    git_repo.checkout("new")
    assert owner.refresh("shop").embedded == 0
    assert chroma_ids(owner) == catalog_ids(owner)


def test_another_clone_of_the_same_content_embeds_nothing(
    git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder, owner: Workspace
) -> None:
    git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    embedder.seen.clear()
    report = owner.refresh("shop", full=True)
    assert report.embedded == 0 and report.reused > 0 and embedder.seen == []


def test_a_rename_embeds_at_most_the_renamed_file(git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder) -> None:
    git_repo.commit({"billing.py": BILLING, "other.py": BILLING.replace("charge", "levy")})
    owner.refresh("shop")
    embedder.seen.clear()
    git_repo.rename("billing.py", "payments/billing.py", message="Move billing")
    owner.refresh("shop")
    assert all(text.startswith("payments billing py") or "Move billing" in text for text in embedder.seen)
    assert "billing.py" not in found(owner, "give the money back")
    shas = owner.index.commits_touching("shop", "payments/billing.py")
    assert len(shas) == 2, "history follows the rename"


def test_a_force_push_leaves_nothing_behind(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit("billing.py", BILLING)
    git_repo.commit("secret.py", "def hidden():\n    '''The hidden recipe of the sauce.'''\n    return 42\n", message="Leak it")
    owner.refresh("shop")
    assert "secret.py" in found(owner, "hidden recipe")
    git_repo.git("reset", "--quiet", "--hard", "HEAD~1")
    git_repo.commit("clean.py", "def clean():\n    return 1\n", message="Go another way")
    owner.refresh("shop")
    assert "secret.py" not in found(owner, "hidden recipe")
    subjects = {commit.subject for commit in owner.index.recent_commits("shop")}
    assert subjects == {"Change things", "Go another way"}
    for commits_only in (False, True):
        assert chroma_ids(owner, commits_only=commits_only) == catalog_ids(owner, commits_only=commits_only)


@pytest.mark.parametrize("changed", [False, True])
def test_vectors_that_chroma_lost_are_there_again_after_the_next_refresh(git_repo: GitRepo, owner: Workspace, changed: bool) -> None:
    git_repo.commit({"billing.py": BILLING, "other.py": BILLING.replace("charge", "levy")})
    owner.refresh("shop")
    row = owner.catalog.repo("shop")
    assert row is not None and owner._chroma is not None
    for commits_only in (False, True):
        lost = sorted(catalog_ids(owner, commits_only=commits_only))[::2]
        owner._chroma.delete(row, lost, commits_only=commits_only)
        assert chroma_ids(owner, commits_only=commits_only) < catalog_ids(owner, commits_only=commits_only)
    if changed:
        git_repo.commit({"billing.py": BILLING.replace("base * 2", "base * 9"), "other.py": None})
    assert owner.refresh("shop").changed == changed
    for commits_only in (False, True):
        assert chroma_ids(owner, commits_only=commits_only) == catalog_ids(owner, commits_only=commits_only) != set()


def test_what_is_skipped_is_said(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit({"a.py": "x = 1\n", "logo.png": b"\x89PNG\r\n\x1a\n\0\0", "big.txt": "word " * 300_000})
    git_repo.symlink("link.py", "a.py")
    report = owner.refresh("shop")
    reasons = {item.path: item.reason.value for item in report.skipped}
    assert reasons == {"logo.png": "binary", "big.txt": "too large", "link.py": "symbolic link"}
    assert owner.index.status("shop").skipped == {"binary": 1, "too large": 1, "symbolic link": 1}
    git_repo.commit({"logo.png": None, "big.txt": "short\n"})
    assert {item.path for item in owner.refresh("shop").skipped} == {"link.py"}


def test_another_model_rebuilds_and_says_outdated_until_then(git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder) -> None:
    git_repo.commit("billing.py", BILLING)
    config = settings(git_repo, tmp_path / "data")
    first = Workspace.open_owner(config, "docent index", embedder)
    first.refresh("shop")
    first.close()
    other = HashEmbedder(dimensions=32, model_id="another-model")
    second = Workspace.open_owner(config, "docent index", other)
    try:
        assert second.index.status("shop").state is IndexState.OUTDATED
        report = second.refresh("shop")
        assert report.embedded > 0
        assert second.index.status("shop").state is IndexState.READY
        assert found(second, "give the money back")[0] == "billing.py"
        assert chroma_ids(second) == catalog_ids(second)
    finally:
        second.close()


def test_the_second_writer_is_told_who_holds_the_index_and_readers_go_on(
    git_repo: GitRepo, tmp_path: Path, owner: Workspace, embedder: HashEmbedder
) -> None:
    git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    with pytest.raises(IndexLocked, match=f"docent index.*{os.getpid()}"):
        Workspace.open_owner(owner.settings, "docent serve", embedder)
    reader = Workspace.open_reader(owner.settings, embedder)
    assert found(reader, "give the money back")[0] == "billing.py"
    reader.close()


def test_readers_find_what_the_owner_finds(git_repo: GitRepo, owner: Workspace, embedder: HashEmbedder) -> None:
    files = {f"area{n}/part{n}.py": BILLING.replace("charge", f"charge{n}").replace("fee", f"fee{n}") for n in range(12)}
    git_repo.commit(files)
    owner.refresh("shop")
    reader = Workspace.open_reader(owner.settings, embedder)
    assert found(owner, "charge7 a customer") == found(reader, "charge7 a customer")
    reader.close()


def test_damaged_chroma_files_are_made_again_from_the_catalog(git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder) -> None:
    git_repo.commit("billing.py", BILLING)
    config = settings(git_repo, tmp_path / "data")
    first = Workspace.open_owner(config, "docent index", embedder)
    first.refresh("shop")
    first.close()
    script = f"import pathlib; pathlib.Path({str(tmp_path / 'data' / 'chroma' / 'chroma.sqlite3')!r}).write_bytes(b'broken' * 2000)"
    subprocess.run([sys.executable, "-c", script], check=True)
    code = textwrap.dedent(f"""
        import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from indexer.config import *; from indexer.workspace import Workspace; from tests.embedders import HashEmbedder
        from tests.indexer.test_refresh import found, chroma_ids, catalog_ids
        settings = IndexerSettings.model_validate_json({config.model_dump_json()!r})
        embedder = HashEmbedder()
        workspace = Workspace.open_owner(settings, "docent index", embedder)
        workspace.refresh("shop")
        assert chroma_ids(workspace) == catalog_ids(workspace) != set()
        assert found(workspace, "give the money back")[0] == "billing.py"
        assert embedder.seen == []
    """)  # a fresh process, because Chroma keeps one client per folder and process
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "data").glob("chroma.damaged-*"))


def test_a_damaged_catalog_is_named_and_rebuilt_on_request(git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder) -> None:
    git_repo.commit("billing.py", BILLING)
    config = settings(git_repo, tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalog.sqlite").write_bytes(b"this is no database" * 500)
    with pytest.raises(StoreError, match="damaged"):
        Workspace.open_owner(config, "docent index", embedder)
    workspace = Workspace.open_owner(config, "docent index --full", embedder, rebuild=True)
    workspace.refresh("shop")
    assert found(workspace, "give the money back")[0] == "billing.py"
    workspace.close()
    assert list((tmp_path / "data").glob("catalog.damaged-*"))


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from indexer.config import IndexerSettings
from indexer.workspace import Workspace
from indexer.stores import writing
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ChromaVectors
from tests.embedders import HashEmbedder

def dies(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

moment = {moment!r}
if moment == "embedding":
    real = HashEmbedder.embed
    HashEmbedder.embed = lambda self, texts, on_done=None: dies()
elif moment == "chroma":
    real = ChromaVectors.upsert
    ChromaVectors.upsert = lambda self, row, ids, matrix, *, commits_only: (
        real(self, row, ids[:2], matrix[:2], commits_only=commits_only), dies())
elif moment == "catalog":
    real = writing.history.put
    writing.history.put = lambda *args: (real(*args), dies())
elif moment == "stale vectors":
    ChromaVectors.delete = dies
workspace = Workspace.open_owner(IndexerSettings.model_validate_json({settings!r}), "docent index", HashEmbedder())
workspace.refresh("shop")
"""


@pytest.mark.parametrize("moment", ["embedding", "chroma", "catalog", "stale vectors"])
def test_kill_9_at_any_moment_leaves_an_index_that_answers(
    git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder, moment: str
) -> None:
    git_repo.commit("billing.py", BILLING)
    config = settings(git_repo, tmp_path / "data")
    first = Workspace.open_owner(config, "docent index", embedder)
    first.refresh("shop")
    first.close()
    git_repo.commit({"billing.py": None, "bikes.py": "def ride(bike):\n    '''Ride a bike to work.'''\n    return bike.go()\n"})
    script = KILLED.format(root=str(Path(__file__).parents[2]), moment=moment, settings=config.model_dump_json())
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    reader = Workspace.open_reader(config, embedder)
    assert found(reader, "give the money back") or found(reader, "ride a bike")
    reader.close()

    again = Workspace.open_owner(config, "docent index", embedder)
    again.refresh("shop")
    assert found(again, "ride a bike")[0] == "bikes.py"
    assert "billing.py" not in found(again, "give the money back")
    for commits_only in (False, True):
        assert chroma_ids(again, commits_only=commits_only) == catalog_ids(again, commits_only=commits_only)
    again.close()


def test_an_unreachable_repository_keeps_its_index_and_its_failure_is_told(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit("billing.py", BILLING)
    owner.refresh("shop")
    git_repo.path.rename(git_repo.path.with_name("elsewhere"))
    with pytest.raises(RepoError):
        owner.refresh("shop")
    status = owner.index.status("shop")
    assert status.state is IndexState.READY and status.failure
    assert found(owner, "give the money back")[0] == "billing.py"


def test_vectors_nobody_uses_are_forgotten_after_their_time(git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder) -> None:
    git_repo.commit("billing.py", BILLING)
    workspace = Workspace.open_owner(settings(git_repo, tmp_path / "data", keep_vectors_days=0), "docent index", embedder)
    workspace.refresh("shop")
    git_repo.commit({"billing.py": None, "a.py": "x = 1\n"})
    workspace.refresh("shop")
    row = workspace.catalog.repo("shop")
    assert row is not None
    used = set(workspace.catalog.chunk_vectors(row.id, commits_only=False).values())
    used |= set(workspace.catalog.chunk_vectors(row.id, commits_only=True).values())
    assert set(workspace.catalog.vectors_by_id(range(1, 100))) == used
    workspace.close()


def test_a_file_missing_from_the_clone_is_said_and_read_once_it_is_there(git_repo: GitRepo, owner: Workspace) -> None:
    bikes = "def ride(bike):\n    '''Ride a bike to work.'''\n    return bike.go()\n"
    git_repo.commit({"billing.py": BILLING, "bikes.py": bikes})
    git_repo.commit({"package.json": '{"name": "shop"}\n', "extra.py": "import billing\n"}, message="Describe the package")
    lost = {}
    for name in ("bikes.py", "package.json"):
        sha = git_repo.git("rev-parse", f"HEAD:{name}")
        path = git_repo.path / ".git" / "objects" / sha[:2] / sha[2:]
        lost[path] = path.read_bytes()
        path.unlink()
    report = owner.refresh("shop")
    assert {item.path: item.reason.value for item in report.skipped} == dict.fromkeys(
        ("bikes.py", "package.json"), "missing from the clone"
    )
    assert owner.index.status("shop").skipped == {"missing from the clone": 2}
    assert (report.files, report.commits) == (2, 2)
    assert found(owner, "give the money back")[0] == "billing.py"
    assert not owner.refresh("shop").changed
    for path, content in lost.items():
        path.write_bytes(content)
    assert owner.refresh("shop").skipped == ()
    assert found(owner, "ride a bike")[0] == "bikes.py"
    assert not owner.refresh("shop").changed


def test_a_file_that_breaks_the_parser_costs_only_itself(
    git_repo: GitRepo, owner: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexer import reading

    real = reading.parse_file
    monkeypatch.setattr(reading, "parse_file", lambda source: 1 / 0 if source.path == "bad.py" else real(source))
    git_repo.commit({"billing.py": BILLING, "bad.py": "x = 1\n"})
    report = owner.refresh("shop")
    assert [(item.path, item.reason.value, item.detail) for item in report.skipped] == [
        ("bad.py", "could not be parsed", "ZeroDivisionError")
    ]
    assert found(owner, "give the money back")[0] == "billing.py"


def test_a_chroma_server_that_is_away_is_named_and_questions_are_answered_all_the_same(
    git_repo: GitRepo, tmp_path: Path, embedder: HashEmbedder
) -> None:
    git_repo.commit("billing.py", BILLING)
    config = settings(git_repo, tmp_path / "data")
    first = Workspace.open_owner(config, "docent index", embedder)
    first.refresh("shop")
    first.close()
    away = config.model_copy(update={"chroma": ChromaSettings(mode="server", port=9)})
    with pytest.raises(StoreError, match="Chroma server does not answer"):
        Workspace.open_owner(away, "docent index", embedder)
    reader = Workspace.open_reader(away, embedder)
    assert found(reader, "give the money back")[0] == "billing.py"
    reader.close()


def test_many_words_are_made_when_they_are_stored_and_files_keep_their_number_of_lines(
    git_repo: GitRepo, owner: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectorizing, "_BATCH", 1)
    monkeypatch.setattr(vectorizing, "_WORDS_KEPT", 1)
    git_repo.commit({"billing.py": BILLING, "README.md": "# Shop\n\nSells things.\n"})
    owner.refresh("shop")
    row = owner.catalog.repo("shop")
    assert row is not None
    for word in ("surcharge", "refund", "sells"):
        assert owner.catalog.lexical(row, word, 3, commits_only=False)
    assert {path: lines for path, _, _, _, lines in owner.index.files("shop")} == {"billing.py": BILLING.count("\n") + 1, "README.md": 4}


def test_imports_follow_what_they_mean_when_their_file_or_the_tree_changes(git_repo: GitRepo, owner: Workspace) -> None:
    def importers(path: str) -> set[str]:
        return {item.path for item in owner.index.importers_of("shop", path)}

    git_repo.commit({"a.py": "import shared\n", "b.py": "x = 1\n", "c.py": "import late\n", "shared.py": "y = 2\n"})
    owner.refresh("shop")
    assert (importers("shared.py"), importers("late.py")) == ({"a.py"}, set())
    git_repo.commit("b.py", "import shared\n")
    owner.refresh("shop")
    assert importers("shared.py") == {"a.py", "b.py"}, "only b.py is looked at, and a.py keeps what it means"
    git_repo.commit("late.py", "z = 3\n")
    owner.refresh("shop")
    assert importers("late.py") == {"c.py"}, "a file that came may be meant by any"
    git_repo.commit({"shared.py": None})
    owner.refresh("shop")
    assert importers("shared.py") == set()
