"""Docent itself: which repositories are meant, when they are refreshed, and what a question says about it."""

from __future__ import annotations

import random
import threading

import pytest

from bot.answers.types import Question
from bot.config import load_settings
from bot.known import KnownRepositories
from bot.schedule import RefreshSchedule, next_delay
from bot.service import Docent
from bot.wiring import open_docent
from indexer.errors import ConfigError, DocentError, IndexMissing, QueryError, RepoError, StoreError, UnknownRepo
from indexer.types import IndexState
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")


@pytest.fixture
def settings(tmp_path, shop):
    """The shop, and a repository that does not exist."""
    path = tmp_path / "docent.toml"
    gone = tmp_path / "gone"
    path.write_text(
        f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n[[repositories]]\nname = 'gone'\nurl = '{gone}'\n"
        "[schedule]\nrefresh = '1h'\n"
    )
    return load_settings(path)


@pytest.fixture
def docent(settings):
    one = open_docent(settings)
    yield one
    one.close()


def test_one_bad_repository_does_not_stop_the_others(docent: Docent):
    reports = docent.refresh()
    assert [(report.repo, bool(report.error)) for report in reports] == [("shop", False), ("gone", True)]
    assert [status.state for status in docent.status()] == [IndexState.READY, IndexState.FAILED]
    assert "gone" in docent.status(["gone"])[0].failure


def test_a_question_leaves_out_what_cannot_be_indexed_and_says_so(docent: Docent):
    names, notices = docent.ready()
    assert names == ("shop",)
    assert len(notices) == 1 and notices[0].startswith("gone is left out: There is no folder")
    assert docent.ask(Question("How does a refund work?", names)).statements


def test_when_nothing_is_left_the_error_is_raised(docent: Docent):
    with pytest.raises(UnknownRepo):
        docent.ready(["gone"])
    with pytest.raises(IndexMissing):
        docent.ready(["shop"], refresh=False)


def test_an_empty_question_and_an_unknown_repository(docent: Docent):
    with pytest.raises(QueryError):
        docent.ask(Question("   "))
    with pytest.raises(UnknownRepo, match="Did you mean shop"):
        docent.ask(Question("x", ("shopp",)))


def test_a_batch_finds_what_each_text_finds_alone(docent: Docent):
    docent.ready(["shop"])
    texts = ["who approves a refund?", "cheapest carrier path:shipping", "when did refunds come?", "repo:other x", "  ", "x \ud800"]
    results = docent.search_many(texts, ["shop"], 3)
    for text, one in zip(texts, results, strict=True):
        if isinstance(one, DocentError):
            with pytest.raises(QueryError) as caught:
                docent.search(text, ["shop"], 3)
            assert str(caught.value) == str(one)
        else:
            alone = docent.search(text, ["shop"], 3)
            assert [hit.chunk for hit in one.hits] == [hit.chunk for hit in alone.hits] and one.hits
            assert (one.query, one.urls, one.notices) == (alone.query, alone.urls, alone.notices)
    assert [isinstance(one, DocentError) for one in results] == [False, False, False, True, True, False]


def test_a_question_never_reaches_repositories_that_are_not_configured(docent: Docent, git_repo: GitRepo):
    git_repo.commit("secret.py", '"""The secret refund plan."""\n\n\ndef plan():\n    """Plan refunds."""\n    return 1\n')
    private = docent.resolve(str(git_repo.path))
    docent.ready(["shop", private])
    assert docent.search("secret refund plan", [private]).hits
    assert {hit.chunk.repo for hit in docent.search("secret refund plan", ["shop"]).hits} == {"shop"}
    answer = docent.ask(Question("How does the secret refund plan work?"))
    assert {version.name for version in answer.repositories} == {"shop"}
    for text in (f"repo:{private} refund", f'refund repo:"{private}"'):
        with pytest.raises(QueryError, match="There is no repository") as caught:
            docent.ask(Question(text))
        assert private not in caught.value.hint


def test_nothing_new_keeps_the_process_a_reader(settings, docent: Docent):
    docent.ready(["shop"])
    docent.close()
    reader = open_docent(settings)
    try:
        assert reader.ready(["shop"]) == (("shop",), ())
        owner = open_docent(settings, owner="another command")  # would be refused if the reader had taken the lock
        owner.close()
    finally:
        reader.close()


def test_a_path_means_the_configured_repository(docent: Docent, shop: GitRepo):
    assert docent.resolve(".", str(shop.path / "shop")) == "shop"
    assert docent.resolve("shop") == "shop"


def test_repositories_asked_by_path_get_names_of_their_own(docent: Docent, tmp_path):
    one, two = GitRepo(tmp_path / "a" / "web"), GitRepo(tmp_path / "b" / "web")
    first, second = docent.resolve(str(one.path)), docent.resolve(str(two.path))
    assert first == "web" and second.startswith("web-") and second != first
    assert docent.resolve(str(two.path / ".git" / "..")) == second
    assert KnownRepositories(docent.settings.data_dir).all() == {first: str(one.path), second: str(two.path)}


def test_a_name_comes_from_the_origin(docent: Docent, tmp_path):
    repo = GitRepo(tmp_path / "checkout")
    repo.git("remote", "add", "origin", "git@git.example.com:team/Big Shop.git")
    assert docent.resolve(str(repo.path)) == "Big-Shop"


def test_an_address_that_is_refused_is_not_kept(docent: Docent, home):
    with pytest.raises(ConfigError, match="holds a password") as caught:
        docent.resolve("https://bob:hunter2@git.example.com/shop.git")
    assert "hunter2" not in str(caught.value)
    assert not (home / "repositories.json").exists()


@pytest.mark.parametrize("given", ["./b\udcffd", "a\0b"])
def test_a_path_that_is_no_text_is_said(docent: Docent, given):
    with pytest.raises(UnknownRepo, match="must be UTF-8"):
        docent.resolve(given)


def test_broken_characters_in_a_question_are_no_failure(docent: Docent):
    names, _ = docent.ready(["shop"])
    broken = "How does a \udcff refund \ud800 work?"
    assert docent.search(broken, names).hits
    assert docent.ask(Question(broken, names)).question == "How does a ? refund ? work?"


def test_a_damaged_list_of_repositories_is_said(docent: Docent, home):
    (home / "repositories.json").write_text("{")
    with pytest.raises(StoreError, match="Delete it"):
        docent.resolve("anything")


def test_in_a_service_a_question_does_not_wait_for_a_long_refresh(settings, shop: GitRepo, embedder, monkeypatch):
    docent = open_docent(settings, owner="docent serve", patience=0.05)
    go_on = threading.Event()
    embed = embedder.embed

    def slow(texts, on_done=None):
        if any("Gift" in text for text in texts):
            go_on.wait(30)
        return embed(texts, on_done)

    try:
        docent.refresh(["shop"])
        old = shop.head
        shop.commit("shop/gifts.py", '"""Gift wrapping."""\n\n\ndef wrap(gift):\n    """Wrap a gift."""\n    return gift\n')
        monkeypatch.setattr(embedder, "embed", slow)
        names, notices = docent.ready(["shop"])
        assert names == ("shop",) and old[:7] in notices[0] and "being refreshed" in notices[0]
        assert docent.ask(Question("How does a refund work?", names)).repositories[0].commit == old
        go_on.set()
        docent._begun("shop").result(30)
        assert docent.ready(["shop"]) == (("shop",), ())
        assert docent.status(["shop"])[0].commit == shop.head
    finally:
        go_on.set()
        docent.close()


def test_closing_ends_a_refresh_at_its_next_step(settings, embedder, monkeypatch):
    docent = open_docent(settings, owner="docent serve", patience=0.05)
    entered = threading.Event()
    embed = embedder.embed

    def waiting(texts, on_done=None):
        entered.set()
        docent._stopping.wait(30)
        return embed(texts, on_done)

    monkeypatch.setattr(embedder, "embed", waiting)
    running = docent._begun("shop")
    assert entered.wait(30)
    docent.close()
    assert "stopped" in str(running.exception())
    monkeypatch.setattr(embedder, "embed", embed)
    again = open_docent(settings)
    try:
        assert again.ready(["shop"])[0] == ("shop",)
    finally:
        again.close()


def test_failures_back_off_with_jitter_up_to_a_limit():
    assert next_delay(600, 0, random.random()) == 600
    assert [next_delay(600, n, 0.5) for n in (1, 2, 3)] == [1200, 2400, 4800]
    assert next_delay(600, 50, 0.5) == 6 * 3600
    assert next_delay(86_400, 3, 0.5) == 86_400
    assert next_delay(600, 1, 0.0) == 960 and next_delay(600, 1, 1.0) == 1440


def test_the_schedule_refreshes_each_and_goes_on_after_a_failure(settings):
    docent = open_docent(settings, owner="docent index --watch")
    seen: list[tuple[str, bool]] = []
    enough = threading.Event()

    def heard(report):
        seen.append((report.repo, bool(report.error)))
        if sum(repo == "shop" for repo, _ in seen) >= 2:
            enough.set()

    schedule = RefreshSchedule(docent, ["gone", "shop"], 0.05, heard)
    schedule.start()
    try:
        assert enough.wait(30)
    finally:
        schedule.stop()
        docent.close()
    assert ("gone", True) in seen and ("shop", False) in seen


def test_the_schedule_can_be_stopped_while_it_starts_a_refresh(docent: Docent, monkeypatch):
    schedule = RefreshSchedule(docent, ["shop"], 3600)
    scheduler = schedule._scheduler
    find, stopping, died = scheduler._lookup_executor, threading.Thread(target=schedule.stop), []
    looked = threading.Event()

    def stop_meanwhile(alias):
        stopping.start()
        while scheduler.running:
            looked.wait(0.001)
        looked.set()
        return find(alias)

    monkeypatch.setattr(scheduler, "_lookup_executor", stop_meanwhile)
    monkeypatch.setattr(threading, "excepthook", died.append)
    schedule.start()
    assert looked.wait(30)
    stopping.join(30)
    assert not stopping.is_alive() and died == []


def test_errors_of_repositories_carry_their_name(docent: Docent):
    with pytest.raises(RepoError) as caught:
        docent.refresh_one("gone")
    assert caught.value.repo == "gone"
