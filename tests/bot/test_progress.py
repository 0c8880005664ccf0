"""Progress where there is no terminal, and refreshes that stay in the foreground."""

from __future__ import annotations

import os
import signal
import threading
from io import StringIO

import pytest

from bot.cli import main
from bot.commands import _shard
from bot.progress import PlainProgress, Stoppable, Stopped
from bot.render.tables import reports_text
from tests.git_repo import GitRepo


def test_plain_lines_are_few_and_name_the_stage():
    said = StringIO()
    progress = PlainProgress(said)
    progress.stage("shop", "fetching", None)
    progress.stage("shop", "reading files", 20)
    progress.advance(20)
    progress.stage("shop", "embedding", 2000)
    for _ in range(2000):
        progress.advance(1)
    assert said.getvalue() == "shop: embedding 0 of 2,000\n"


def test_a_stopped_refresh_ends_at_its_next_step():
    stopping = threading.Event()
    progress = Stoppable(stopping, None)
    progress.stage("shop", "embedding", 10)
    progress.advance(1)
    stopping.set()
    with pytest.raises(Stopped):
        progress.advance(1)


@pytest.mark.parametrize("first", [0, 1])
def test_shards_counted_from_zero_or_one_are_all_repositories(first):
    names = [f"repo-{number}" for number in range(10)]
    shards = [_shard(names, (number, 3)) for number in range(first, first + 3)]
    assert sorted(name for shard in shards for name in shard) == sorted(names)
    assert _shard(names, None) == tuple(names)


def test_watching_refreshes_until_it_is_ended(home, embedder, shop: GitRepo, tmp_path, capsys, monkeypatch):
    path = tmp_path / "docent.toml"
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n[schedule]\nrefresh = '1s'\n")
    heads = [shop.head]

    def shown(reports, screen) -> str:
        """Commit once the first state was reported, and end the command when the second one is."""
        if reports[0].head == heads[-1]:
            if len(heads) == 2:
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                heads.append(shop.commit("shop/gifts.py", '"""Gifts."""\n'))
        return reports_text(reports, screen)

    monkeypatch.setattr("bot.foreground.reports_text", shown)
    assert main(["index", "--watch", "--config", str(path)]) == 0
    assert len(heads) == 2
    assert "Watching shop: a refresh every 1s" in capsys.readouterr().err
