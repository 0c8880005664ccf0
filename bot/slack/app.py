"""docent in Slack: connects, listens, answers, and ends cleanly. Everything is built here; the steps live in the files beside."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress

from slack_bolt import App

from bot.config import AccessSettings, SlackSecrets
from bot.digest.types import Desk
from bot.slack.access import Access
from bot.slack.answering import Answerer, Answering
from bot.slack.ask_them import AskThem
from bot.slack.channels import Channels
from bot.slack.checks import Identity, identify, refuse_without_scopes
from bot.slack.clients import Clients, open_clients
from bot.slack.commands import register_commands
from bot.slack.connection import Connection, HttpConnection, SocketConnection
from bot.slack.digest_command import DigestCommand, Preview
from bot.slack.docent_command import DocentCommand
from bot.slack.errors import SlackError, slack_errors
from bot.slack.inbox import Inbox
from bot.slack.manifest import SCOPES
from bot.slack.mentions import register
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.sharing import Posting
from bot.slack.whoowns import WhoOwns
from bot.slack.work import DaemonExecutor, Work
from bot.state import State
from indexer.config import PersonSettings
from indexer.errors import StoreError

log = logging.getLogger(__name__)

_INTAKE_THREADS = 16  # checks the asker and shows the sign, some network calls each; answers have threads of their own
_TEND_SECONDS = 5.0
_LONGEST_LOOK_UP = 0.5  # seconds that who owns something may take when the process ends; questions have had theirs by then


class SlackBot:
    """Answers in Slack what `docent` knows. Socket Mode when there is an app token, else HTTP mode on `host`:`port`.

    `start` returns once it listens; `close` ends within ten seconds and leaves unanswered questions to the next process.
    """

    def __init__(
        self,
        secrets: SlackSecrets,
        docent: Answerer,
        state: State,
        *,
        port: int = 3000,
        host: str = "127.0.0.1",
        access: AccessSettings | None = None,
        people: Sequence[PersonSettings] = (),
        work: Work | None = None,
    ) -> None:
        self._secrets = secrets
        self._docent = docent
        self._state = state
        self._address = (host, port)
        self._settings = access or AccessSettings()
        self._people = people
        self._work = work
        self._connection: Connection | None = None
        self._answering: Answering | None = None
        self._owners: WhoOwns | None = None
        self._digests: DigestCommand | None = None
        self._planning: DocentCommand | None = None
        self._serving: tuple[Desk, Preview] | None = None
        self._inbox: Inbox | None = None
        self._intake = DaemonExecutor(_INTAKE_THREADS)
        self._closing = threading.Event()
        self._lost_access = ""

    def start(self) -> None:
        """Check the tokens and begin to listen. Raises SlackError or ConfigError, each with what to do."""
        _without_contents(logging.getLogger("slack_sdk"))
        clients = open_clients(self._secrets)
        if self._secrets.app_token is None and self._secrets.signing_secret is None:
            hint = "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode."
            raise SlackError("Slack has no way to reach docent.", hint)
        identity = identify(clients.patient)
        refuse_without_scopes(identity)
        _warn(identity)
        app = self._bolt_app(clients.patient)
        self._inbox = Inbox(self._state, identity.bot_user)
        access = Access(clients.quick, identity.home, self._settings)
        self._answering = Answering(self._docent, clients, self._state, access, identity.bot_user, self._work)
        register(app, self._inbox, self._answering, self._on_lost_access)
        self._register_commands(app, clients, access, identity)
        if self._secrets.app_token is not None:
            self._connection = SocketConnection(app, self._secrets.app_token.get_secret_value(), clients.patient)
        else:
            self._connection = HttpConnection(app, *self._address)
        self._connection.open()
        threading.Thread(target=self._tend, name="slack-tend", daemon=True).start()
        log.info("listening in Slack workspace %s", identity.team_name or identity.home.team)

    def close(self, seconds: float = 5.0) -> None:
        """Take no more questions, let running answers end within `seconds`, release the rest."""
        self._closing.set()
        if self._connection is not None:
            self._connection.close()
        if self._answering is not None:
            self._answering.close(seconds)
        if self._owners is not None:
            self._owners.close(min(seconds, _LONGEST_LOOK_UP))
        if self._digests is not None:
            self._digests.close(min(seconds, _LONGEST_LOOK_UP))
        if self._planning is not None:
            self._planning.close(min(seconds, _LONGEST_LOOK_UP))
        self._intake.shutdown(wait=False)

    def serve_digests(self, desk: Desk, preview: Preview) -> None:
        """What /digest and the buttons of digests set and show; without this they ask for patience."""
        self._serving = (desk, preview)
        if self._digests is not None:
            self._digests.serve(desk, preview)

    @property
    def port(self) -> int:
        """The port of HTTP mode."""
        return self._connection.port if isinstance(self._connection, HttpConnection) else self._address[1]

    def connected(self, within: float = 60.0) -> tuple[bool, str]:
        """For the health endpoint: whether Slack can reach docent, or could less than `within` seconds ago."""
        if self._connection is None:
            return False, "not started"
        if self._lost_access:
            return False, f"Slack took the app's access away ({self._lost_access}); install it again"
        silent = self._connection.silent_for()
        return (True, "connected") if silent <= within else (False, f"no connection to Slack for {silent:.0f} s")

    def _bolt_app(self, client) -> App:
        secret = self._secrets.signing_secret
        with slack_errors("starting", "SLACK_BOT_TOKEN"):
            return App(
                name="docent",
                logger=_bolt_logger(),
                client=client,
                signing_secret=secret.get_secret_value() if secret else "",
                listener_executor=self._intake,
            )

    def _register_commands(self, app: App, clients: Clients, access: Access, identity: Identity) -> None:
        people = People(clients.quick, self._people, identity.workspace, access.profile)
        channels = Channels(clients.quick, self._settings)
        replies = Replies()
        self._owners = WhoOwns(self._docent, clients, access, people, channels, replies, identity.bot_user)
        asking = AskThem(self._owners, clients, access, people, channels, replies)
        self._digests = DigestCommand(clients, access, channels, replies, self._docent.page)
        if self._serving is not None:
            self._digests.serve(*self._serving)
        posting = Posting(clients, channels, people, replies)
        self._planning = DocentCommand(lambda: self._docent.planning, access, posting, identity.bot_user)
        register_commands(app, self._owners, asking, self._digests, self._planning)

    def _tend(self) -> None:
        """Every few seconds: say that this process lives, take up what others left, watch the connection."""
        turns = 0
        while not self._closing.is_set():
            try:
                self._state.renew()
            except StoreError as exc:
                log.error("the state database cannot be written: %s", exc)
            if turns % 3 == 0:
                self._take_up_what_was_left()
            if self._connection is not None:
                self._connection.tend()
            turns += 1
            self._closing.wait(_TEND_SECONDS)

    def _take_up_what_was_left(self) -> None:
        if self._inbox is None or self._answering is None:
            return
        for question, unfinished in self._inbox.left_behind():
            log.info("taking up question %s, left %.0f s ago", question.id, unfinished.age)
            with suppress(RuntimeError):  # closing: the next process takes it
                self._intake.submit(self._answering.resume, question, unfinished)

    def _on_lost_access(self, reason: str) -> None:
        self._lost_access = reason
        log.error("Slack took the app's access away (%s); install it again and restart docent", reason)


def _warn(identity: Identity) -> None:
    for scope in identity.missing:
        log.warning("the Slack app lacks %s: docent cannot %s", scope, SCOPES[scope])


def _bolt_logger() -> logging.Logger:
    logger = logging.getLogger("bot.slack.bolt")
    # Bolt also looks at SLACK_BOT_TOKEN and warns that our client has the token already
    logger.addFilter(_is_no_token_advice)
    return _without_contents(logger)


def _is_no_token_advice(record: logging.LogRecord) -> bool:
    return "`token` will be unused" not in record.getMessage()


def _without_contents(logger: logging.Logger) -> logging.Logger:
    """At DEBUG the SDK prints whole requests and responses: what people wrote, and addresses that are secrets for a minute.
    At INFO it tells of each step of a connection; ours says what came of them."""
    logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
    return logger
