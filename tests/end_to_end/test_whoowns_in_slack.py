"""/whoowns from the command to the thread: the real docent over a real repository, in a local Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.service import Docent
from bot.slack.app import SlackBot
from bot.state import State
from bot.wiring import open_docent
from tests.bot.conftest import embedder, home  # noqa: F401
from tests.bot.owners.conftest import EVE, JANE, company  # noqa: F401
from tests.bot.slack.conftest import secrets_for, slack, socket  # noqa: F401
from tests.bot.slack.owner_scenes import answered, buttons_of, click, opened, submit, words_of
from tests.git_repo import GitRepo
from tests.slack_server import SlackServer
from tests.slack_socket import SlackSocket


@pytest.fixture
def docent(tmp_path: Path, company: GitRepo, home: Path, embedder: object) -> Iterator[Docent]:  # noqa: F811
    settings = tmp_path / "docent.toml"
    person = "[[people]]\nname = 'Bob Roe'\nslack = 'U0BOB'\nemails = ['17+bobroe@users.noreply.github.com']\n"
    web = "https://github.com/acme/company"
    settings.write_text(f"[[repositories]]\nname = 'company'\nurl = '{company.path}'\nweb_url = '{web}'\n{person}")
    opened_docent = open_docent(load_settings(settings))
    opened_docent.ready()
    yield opened_docent
    opened_docent.close()


@pytest.fixture
def door(slack: SlackServer, socket: SlackSocket, docent: Docent, tmp_path: Path) -> Iterator[SlackSocket]:  # noqa: F811
    slack.add_user("U0EVE", real_name="Eve Moss", email=EVE[1])
    slack.add_user("U0JANE", real_name="Jane Marsh", email="jane.marsh@corner.example")
    slack.add_user("U0BOB", real_name="Bob Roe")
    bot = SlackBot(secrets_for(slack), docent, State.open(f"sqlite:///{tmp_path}/s.sqlite"), people=docent.settings.people)
    bot.start()
    socket.wait_connected()
    yield socket
    bot.close()


def test_declared_built_and_ask_now_then_a_thread_with_who_is_at_work(slack: SlackServer, door: SlackSocket) -> None:  # noqa: F811
    message = answered(slack, door, "src/billing")
    words = words_of(message)
    assert "*`src/billing/` in company, 2 files*" in words
    assert "https://github.com/acme/company/blob/" in words
    assert f"{JANE[0]}" in words
    assert "*Ask now:* <https://home.slack.com/team/U0BOB|Bob Roe>" in words
    click(slack, door, message, "Ask Bob Roe")
    modal = opened(slack)
    assert modal.view["blocks"][1]["element"]["initial_value"].startswith("Hi Bob, docent says you are the one to ask about `src/billing/`")
    assert submit(slack, door, modal) is None
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)
    question, report = slack.posted("C1")
    assert (report["thread_ts"], "*Ask now:*" in words_of(report)) == (question["ts"], True)


def test_sharing_repeats_the_same_words(slack: SlackServer, door: SlackSocket) -> None:  # noqa: F811
    message = answered(slack, door, "who owns the search?")
    told = words_of(message).split("\n")[0]
    click(slack, door, message, "Share in channel")
    slack.wait_until(lambda: message.replaced)
    assert told in words_of(slack.posted("C1")[0])
    assert "<https://home.slack.com/team/U0EVE|Eve Moss>" in words_of(slack.posted("C1")[0])


@pytest.mark.parametrize(("mention", "name"), [("<@U0BOB>", "Bob Roe"), ("<@U0JANE|jane>", "Jane Marsh"), ("<@U0EVE>", "Eve Moss")])
def test_a_mentioned_member_is_who_they_are_in_the_code(
    slack: SlackServer, door: SlackSocket, mention: str, name: str  # noqa: F811
) -> None:
    """By the settings, by the name in Slack, by the e-mail."""
    message = answered(slack, door, mention)
    assert name in words_of(message).split("\n")[0]
    assert "*Built:*" in words_of(message)


def test_nothing_called_so_offers_what_is(slack: SlackServer, door: SlackSocket) -> None:  # noqa: F811
    message = answered(slack, door, "src/biling/retry.py")
    [nearest, *_] = buttons_of(message)
    click(slack, door, message, nearest)
    slack.wait_until(lambda: message.replaced)
    assert f"`{nearest}`" in words_of(message)
