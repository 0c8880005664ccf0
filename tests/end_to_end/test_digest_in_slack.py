"""The digest from a commit to the channel: the real docent over a real repository and state, in a local Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.digest.opening import open_digests
from bot.digest.run import Digests
from bot.digest.schedule import DigestSchedule
from bot.digest.types import Ended
from bot.service import Docent
from bot.slack.app import SlackBot
from bot.slack.digest_command import OFF
from bot.slack.digest_post import open_poster
from bot.state import State
from bot.wiring import open_docent
from tests.bot.conftest import embedder, home  # noqa: F401
from tests.bot.slack.conftest import secrets_for, slack, socket  # noqa: F401
from tests.bot.slack.digest_scenes import press, save, told, window
from tests.bot.slack.owner_scenes import words_of
from tests.bot.slack.scenes import ask, settled, text_of
from tests.git_repo import BOB, GitRepo
from tests.slack_server import BOT_TOKEN, SlackServer, Trouble
from tests.slack_socket import SlackSocket

WEB = "https://github.com/corner/shop"
REFUND = "def refund(order, part=None):\n    return order.card.credit(part or order.total)\n"


def noon_zone(now: datetime) -> str:
    """A zone in which it is about noon, so that no test runs over midnight."""
    ahead = 12 - now.hour
    return "Etc/GMT" if not ahead else f"Etc/GMT{-ahead:+d}"  # its signs are turned round


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made, now = GitRepo(tmp_path / "shop"), datetime.now(UTC)
    files = {"README.md": "# Shop\n", "billing/refund.py": "def refund(order):\n    return order.total\n"}
    made.commit(files, date=now - timedelta(days=90))
    for week in range(8):
        made.commit("search/find.py", f"LIMIT = {week}\n" * 6, message="Tune the search", date=now - timedelta(days=80 - week))
    return made


def land(repo: GitRepo) -> str:
    message = "Add refunds in parts (#7)\n\nCustomers asked to be paid back only for what they send back.\n"
    docs = "# Shop\n\nOrders can be refunded in parts.\n" * 5
    files = {"billing/refund.py": REFUND * 9, "README.md": docs}
    return repo.commit(files, message=message, author=BOB, date=datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def docent(tmp_path: Path, repo: GitRepo, home: Path, embedder: object) -> Iterator[Docent]:  # noqa: F811
    settings = tmp_path / "docent.toml"
    entry = f"[[repositories]]\nname = 'shop'\nurl = '{repo.path}'\nweb_url = '{WEB}'\n"
    zone = noon_zone(datetime.now(UTC))
    digest = f"[digest]\nchannel = 'C1'\ntime = '00:01'\ntimezone = '{zone}'\ndays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']\n"
    settings.write_text(entry + digest)
    opened = open_docent(load_settings(settings), owner="docent serve")
    opened.ready()
    yield opened
    opened.close()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State.open(f"sqlite:///{tmp_path}/state.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def engine(slack: SlackServer, docent: Docent, state: State) -> Callable[[], Digests]:  # noqa: F811
    """The digests of one more process on the same state."""
    slack.epoch = int(time.time())
    slack.names["C1"] = "product"

    def opened() -> Digests:
        poster = open_poster(secrets_for(slack), docent.settings.access, docent.page)
        poster._sleep = lambda seconds: None
        return open_digests(docent.settings, docent, state, poster)

    return opened


@pytest.fixture
def schedule(
    slack: SlackServer, socket: SlackSocket, docent: Docent, state: State, engine: Callable[[], Digests], tmp_path: Path  # noqa: F811
) -> Iterator[DigestSchedule]:
    """docent as `docent serve` runs it, all but the clock of its digests, which a test starts."""
    digests = engine()
    made = DigestSchedule(digests, tmp_path / "jobs.sqlite")
    bot = SlackBot(secrets_for(slack), docent, state, access=docent.settings.access)
    bot.serve_digests(digests.plans, digests.preview)
    bot.start()
    socket.wait_connected()
    yield made
    bot.close()


@pytest.fixture
def started(schedule: DigestSchedule) -> Iterator[Callable[[], None]]:
    """Starts the clock."""
    yield schedule.start
    schedule.stop()


def posted(slack: SlackServer) -> tuple[list[dict], list[dict]]:  # noqa: F811
    """The digests in the channel, and what stands in threads."""
    messages = slack.posted("C1")
    return [one for one in messages if "thread_ts" not in one], [one for one in messages if "thread_ts" in one]


def test_a_digest_arrives_once_with_its_details_in_its_thread(
    slack: SlackServer, started: Callable[[], None], repo: GitRepo, engine: Callable[[], Digests]  # noqa: F811
) -> None:
    sha = land(repo)
    started()
    slack.wait_until(lambda: len(slack.posted("C1")) >= 2, seconds=30)
    [main], [details] = posted(slack)
    assert details["thread_ts"] == main["ts"]
    words = text_of(main)
    assert words.startswith("What changed in shop")
    assert f"<{WEB}/pull/7|New: refunds in parts>" in words
    assert "(Bob Baker)" in words
    assert f"<{WEB}/commit/{sha}|shop @ {sha[:7]}>" in words
    assert "only for what they send back" in text_of(details)
    assert f"{WEB}/commit/{sha}" in text_of(details)
    assert engine().run("C1").ended is Ended.NOT_DUE  # another process, or this one started again
    assert len(slack.posted("C1")) == 2


def test_a_day_without_changes_is_silent(slack: SlackServer, engine: Callable[[], Digests]) -> None:  # noqa: F811
    assert engine().run("C1").ended is Ended.QUIET
    assert slack.posted("C1") == []


def test_an_answer_that_is_lost_makes_no_second_digest(
    slack: SlackServer, engine: Callable[[], Digests], repo: GitRepo  # noqa: F811
) -> None:
    land(repo)
    slack.trouble["chat.postMessage"] += [Trouble(drop=True, effective=True)] * 2  # the digest's, then its details'
    assert engine().run("C1").ended is Ended.POSTED
    mains, details = posted(slack)
    assert (len(mains), len(details)) == (1, 1)


def test_what_slack_posts_long_after_the_connection_broke_is_found_before_the_next_attempt(
    slack: SlackServer, engine: Callable[[], Digests], repo: GitRepo  # noqa: F811
) -> None:
    land(repo)
    slack.trouble["chat.postMessage"].append(Trouble(drop=True))
    outcome = engine().run("C1")
    assert (outcome.ended, slack.posted("C1")) == (Ended.FAILED, [])
    [sent] = slack.called("chat.postMessage")
    slack.handle("chat.postMessage", sent.arguments, BOT_TOKEN)
    later = engine()
    later._clock = lambda: datetime.now(UTC) + timedelta(minutes=2)
    assert later.run("C1").ended is Ended.POSTED
    mains, details = posted(slack)
    assert (len(mains), len(details)) == (1, 1)


def test_what_a_dying_process_posted_is_found_by_the_next_one(
    slack: SlackServer, engine: Callable[[], Digests], repo: GitRepo, state: State, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    land(repo)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(type(state.digests), "posted", die)
        engine().run("C1")
    assert len(slack.posted("C1")) == 1
    later = engine()
    later._clock = lambda: datetime.now(UTC) + timedelta(minutes=5)  # its lease has ended by then
    outcome = later.run("C1")
    assert (outcome.ended, outcome.ts) == (Ended.POSTED, slack.posted("C1")[0]["ts"])
    mains, details = posted(slack)
    assert (len(mains), len(details)) == (1, 1)


def test_off_stops_it_and_on_brings_it_back(
    slack: SlackServer, socket: SlackSocket, schedule: DigestSchedule, started: Callable[[], None], repo: GitRepo  # noqa: F811
) -> None:
    assert words_of(told(slack, socket, "off")) == OFF
    land(repo)
    started()
    assert schedule.next_runs() == []
    assert slack.posted("C1") == []
    assert "Next digest here: " in words_of(told(slack, socket, "on"))
    [(plan, moment)] = schedule.next_runs()
    assert (plan.channel, plan.source) == ("C1", "slack")
    assert moment > datetime.now(UTC)  # what was due while it was off is not owed
    assert slack.posted("C1") == []


def test_the_modal_changes_the_plan_and_the_button_of_a_digest_stops_it(
    slack: SlackServer, socket: SlackSocket, schedule: DigestSchedule, started: Callable[[], None], repo: GitRepo  # noqa: F811
) -> None:
    land(repo)
    started()
    slack.wait_until(lambda: len(slack.posted("C1")) >= 2, seconds=30)
    reply = save(slack, socket, window(slack, socket), time="16:30", zone="Tokyo", days=["fri"], every="week", quiet="post")
    assert "every week on Fri at 16:30 (Asia/Tokyo), about shop" in str(reply["view"])
    [(plan, moment)] = schedule.next_runs()
    assert (plan.zone, plan.days, plan.every, f"{moment:%a %H:%M}") == ("Asia/Tokyo", ("fri",), "week", "Fri 16:30")
    press(slack, socket, posted(slack)[0][0], "Stop this digest")
    slack.wait_until(lambda: slack.interactions.private["U0ANNA"])
    assert words_of(slack.interactions.private["U0ANNA"][-1]) == OFF
    assert schedule.next_runs() == []


def test_now_shows_what_the_digest_would_say_and_takes_nothing_from_it(
    slack: SlackServer, socket: SlackSocket, started: Callable[[], None], repo: GitRepo  # noqa: F811
) -> None:
    land(repo)
    words = words_of(told(slack, socket, "now"))
    assert f"<{WEB}/pull/7|New: refunds in parts>" in words
    assert "Only you see this." in words
    assert slack.posted("C1") == []
    started()
    slack.wait_until(lambda: len(slack.posted("C1")) >= 2, seconds=30)
    assert "New: refunds in parts" in text_of(posted(slack)[0][0])


@pytest.mark.usefixtures("schedule")
def test_a_question_with_a_link_to_a_change_is_answered_about_that_change(
    slack: SlackServer, socket: SlackSocket, repo: GitRepo, docent: Docent  # noqa: F811
) -> None:
    sha = land(repo)
    docent.refresh()
    for link in (f"<{WEB}/commit/{sha}>", f"<{WEB}/pull/7|pull/7>"):
        count = len(slack.posted("C2"))
        ask(slack, socket, f"what does {link} do?", channel="C2")
        assert "refunds in parts" in text_of(settled(slack, "C2", count + 1)[-1])
