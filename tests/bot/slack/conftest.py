"""docent in a local Slack workspace: the real SlackBot, the real SDK, a scripted answerer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.answers.types import Answer, Checked, Evidence, Part, Question, RepoVersion, Statement, Status
from bot.config import AccessSettings, SlackSecrets
from bot.owners.types import OwnersReport
from bot.slack.app import SlackBot
from bot.slack.work import Work
from bot.state import State
from bot.told import Shows
from indexer.config import PersonSettings
from indexer.types import Kind
from tests.bot.slack.digest_scenes import page_of
from tests.bot.slack.owner_scenes import place_report
from tests.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.slack_socket import SlackSocket

SHA = "46e939b0c0ffee46e939b0c0ffee46e939b0c0ff"


def evidence(number: int, path: str = "src/requests/sessions.py", start: int = 127, end: int = 132) -> Evidence:
    name = path.rsplit("/", 1)[-1]
    url = f"https://github.com/psf/requests/blob/{SHA}/{path}#L{start}-L{end}"
    return Evidence(number, "psf/requests", path, start, end, SHA, url, "def x(): ...", Kind.CODE, f"{name} {start}–{end}")


def answer(text: str = "Redirects pass through `rebuild_auth`.", *more: Statement, **changes) -> Answer:
    statements = (Statement(text, (1,), Part.LEAD), *more)
    values = {
        "question": "q",
        "status": Status.ANSWERED,
        "statements": statements,
        "evidence": tuple(evidence(number) for number in sorted({n for one in statements for n in one.evidence})),
        "checked": Checked(len(statements), len(statements)),
        "repositories": (RepoVersion("psf/requests", SHA, datetime(2026, 11, 22, 12, tzinfo=UTC)),),
    }
    return Answer(**{**values, **changes})


class Scripted:
    """Answers from a function; remembers what it was asked. `gate` holds answers back until it is set."""

    def __init__(self, reply: Callable[[Question], Answer] | None = None) -> None:
        self.reply = reply or (lambda question: answer(f"You asked: {question.text}"))
        self.asked: list[Question] = []
        self.events: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.started = threading.Semaphore(0)
        self.owners: Callable[[str, tuple[str, ...]], OwnersReport] = lambda query, repos: place_report(query)
        self.owners_asked: list[tuple[str, tuple[str, ...]]] = []

    def whoowns(self, query: str, repos: Sequence[str] = ()) -> OwnersReport:
        assert query.strip()
        self.owners_asked.append((query, tuple(repos)))
        self.started.release()
        assert self.gate.wait(20)
        return self.owners(query, tuple(repos))

    def page(self, place: Shows) -> str | None:
        return page_of(place)

    def ask(self, question: Question, *, use_llm: bool = True, on_text=None) -> Answer:
        self.asked.append(question)
        self.events.append(f"begin {question.text}")
        self.started.release()
        assert self.gate.wait(20)
        self.events.append(f"end {question.text}")
        return self.reply(question)


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    server = SlackServer()
    yield server
    server.close()


@pytest.fixture
def socket(slack) -> Iterator[SlackSocket]:
    server = SlackSocket(slack)
    yield server
    server.close()


@pytest.fixture
def docent() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    scripted.gate.set()


def secrets_for(slack: SlackServer, *, socket_mode: bool = True, **changes) -> SlackSecrets:
    values = {
        "bot_token": SecretStr(BOT_TOKEN),
        "app_token": SecretStr(APP_TOKEN) if socket_mode else None,
        "signing_secret": SecretStr(SIGNING_SECRET),
        "api_url": slack.url,
    }
    return SlackSecrets(**{**values, **changes})


@pytest.fixture
def serve(slack, docent, tmp_path: Path) -> Iterator[Callable[..., SlackBot]]:
    """Starts docent; several share one state database, as replicas do."""
    bots: list[SlackBot] = []

    def start(
        *,
        socket_mode: bool = True,
        answerer=None,
        work: Work | None = None,
        people: Sequence[PersonSettings] = (),
        access: AccessSettings | None = None,
        **changes,
    ) -> SlackBot:
        state = State.open(f"sqlite:///{tmp_path}/state.sqlite")
        secrets = secrets_for(slack, socket_mode=socket_mode, **changes)
        bot = SlackBot(secrets, answerer or docent, state, port=0, work=work, people=people, access=access)
        bot.start()
        bots.append(bot)
        return bot

    yield start
    docent.gate.set()
    threads = [threading.Thread(target=bot.close) for bot in bots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
