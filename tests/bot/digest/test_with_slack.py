"""The engine and Slack's own side together: a process is killed while Slack's answer is on its way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import AccessSettings, SlackSecrets
from bot.digest.run import Digests
from bot.digest.types import Ended
from bot.slack.digest_post import open_poster
from bot.state.digests import LEASE_SECONDS
from tests.bot.digest.scenes import CHANNEL, Clock, Scene, at
from tests.slack_server import BOT_TOKEN, SlackServer

SLACKS_DAY = at("2026-09-21 14:00")  # where the local Slack's clock stands
LEASE = timedelta(seconds=LEASE_SECONDS + 1)


class HeldSlack(SlackServer):
    """Takes messages, and holds the answer to the `hold`-th of them back until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.hold = 0
        self.taken, self.let_go = threading.Event(), threading.Event()

    def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = super()._chat_postMessage(arguments)
        if len(self.posted(CHANNEL)) == self.hold:
            self.taken.set()
            self._changed.release()  # others may go on asking
            try:
                self.let_go.wait(30)
            finally:
                self._changed.acquire()
        return answer


    def close(self) -> None:
        self.let_go.set()
        super().close()


@pytest.fixture
def slack():
    server = HeldSlack()
    yield server
    server.close()


def digests(folder: Path, clock: Clock, url: str) -> Digests:
    scene = Scene(folder, clock)
    secrets = SlackSecrets(bot_token=SecretStr(BOT_TOKEN), api_url=url)
    poster = open_poster(secrets, AccessSettings(), lambda place: None)
    scene.plans.team = poster.team
    return Digests(scene.plans, scene.state.digests, poster, scene.composer, clock=clock)


def _child(folder: Path, clock: Clock, url: str) -> None:
    digests(folder, clock, url).run(CHANNEL)
    os._exit(0)


@pytest.mark.parametrize("held", [1, 2])  # the message, its details
def test_killed_while_slacks_answer_is_on_its_way(tmp_path, slack, held):
    clock = Clock(SLACKS_DAY)
    mine = digests(tmp_path, clock, slack.url)
    slack.hold = held
    process = multiprocessing.get_context("spawn").Process(target=_child, args=[tmp_path, clock, slack.url])
    process.start()
    assert slack.taken.wait(30)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(30)
    slack.let_go.set()
    (tmp_path / "head").write_text("4")  # what lands meanwhile belongs to the next digest
    assert mine.run(CHANNEL).ended in (Ended.ELSEWHERE, Ended.NOT_DUE)
    clock.now += LEASE
    mine.run(CHANNEL)
    message, *details = slack.posted(CHANNEL)
    assert "Change 1" in str(message) and "Change 2" not in str(message)
    assert [one.get("thread_ts") for one in details] == [message["ts"]]
    clock.now += timedelta(days=1)
    assert mine.run(CHANNEL).ended is Ended.POSTED
    later = [one for one in slack.posted(CHANNEL) if "thread_ts" not in one]
    assert len(later) == 2 and "Change 1" not in str(later[1]) and "Change 4" in str(later[1])


def test_without_the_scope_to_look_it_is_not_repeated(tmp_path, slack):
    slack.take_away("channels:history")
    clock = Clock(SLACKS_DAY)
    mine = digests(tmp_path, clock, slack.url)
    slack.hold = 1
    process = multiprocessing.get_context("spawn").Process(target=_child, args=[tmp_path, clock, slack.url])
    process.start()
    assert slack.taken.wait(30)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(30)
    slack.let_go.set()
    for _ in range(12):
        clock.now += timedelta(hours=1)
        outcome = mine.run(CHANNEL)
    assert outcome.ended is Ended.NOT_DUE and len(slack.posted(CHANNEL)) == 1
    assert mine.last().status == "unknown" and "channels:history" in mine.last().words
