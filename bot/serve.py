"""`docent serve`: the owner of the data folder, with Slack, the refresh schedule, health and the local socket in one process."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from bot.commands import COMMANDS, execute
from bot.config import Settings, load_settings
from bot.digest.opening import refuse_unenforced
from bot.digest.plans import settings_channels
from bot.health import Health
from bot.local_server import LocalServer
from bot.logs import set_up_logs
from bot.request import DECLINED, Outcome, Request
from bot.schedule import RefreshSchedule
from bot.service import Docent
from bot.stopping import StopSignal
from bot.wiring import open_docent
from indexer.errors import DocentError
from indexer.memory import settle
from indexer.types import IndexState, RefreshReport

if TYPE_CHECKING:
    from bot.digest.schedule import DigestSchedule
    from bot.slack.app import SlackBot

log = logging.getLogger(__name__)

_PATIENCE = 3.0  # seconds a question waits for a refresh before it is answered from the index as it is


def serve(request: Request, stopped: threading.Event | None = None) -> int:
    """Run until SIGTERM or Ctrl-C, or until `stopped` is set. Raises DocentError for whatever keeps it from starting."""
    set_up_logs(verbose=True)
    settings = load_settings(request.config, named=request.named)
    refuse_unenforced(settings)
    with ExitStack() as closing:
        stop = stopped or closing.enter_context(StopSignal())
        docent = open_docent(settings, owner="docent serve", patience=_PATIENCE)
        closing.callback(docent.close)
        _check_model(docent)
        docent.warm_up()
        settle()
        names = [item.name for item in settings.repositories]
        schedule = RefreshSchedule(docent, names, settings.schedule.refresh_seconds, lambda report: _warm_again(docent, report))
        socket = LocalServer(settings.data_dir, lambda asked: answer_local(docent, asked))
        socket.start()
        closing.callback(socket.close)
        slack, digests = _start_slack(settings, docent, closing)
        health = Health(_checks(docent, settings, slack, digests), settings.serve.host, settings.serve.health_port)
        health.start()
        closing.callback(health.close)
        schedule.start()
        closing.callback(schedule.stop)
        if digests is not None:
            digests.start()
            closing.callback(digests.stop)
        _say(_ready_line(settings, health, slack))
        for line in digests.ready_lines() if digests else ():
            _say(line)
        stop.wait()
        _say("Stopping.")
    return 0


def _warm_again(docent: Docent, report: RefreshReport) -> None:
    """Read what a refresh has changed before the next question waits for it."""
    if report.changed and not report.error:
        docent.index.warm_up(report.repo)
        settle()


def answer_local(docent: Docent, asked: Mapping[str, Any]) -> Outcome:
    """Carry out a command that another process of the same user was given."""
    try:
        request = Request.from_json(asked)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Outcome(DECLINED)  # another version of docent asks
    ours = str(docent.settings.path) if docent.settings.path else None
    if request.command not in COMMANDS or (request.config is not None and request.config != ours):
        return Outcome(DECLINED)
    return execute(lambda: docent, request)


def _start_slack(settings: Settings, docent: Docent, closing: ExitStack) -> tuple[SlackBot | None, DigestSchedule | None]:
    """The bot, which listens from now on, and the schedule of the digests, which is not yet started."""
    secrets = settings.slack
    if secrets.bot_token is None:
        _say("Slack is off: SLACK_BOT_TOKEN is not set. Questions are answered on this machine only (`docent ask`).")
        if settings_channels(settings.digest):
            _say("No digest is posted: digests need Slack. `docent digest --dry-run` shows what they would say.")
        return None, None
    from bot.digest.compose import FreshNews
    from bot.digest.opening import JOBS, open_digests, state_url
    from bot.digest.schedule import DigestSchedule
    from bot.slack.app import SlackBot
    from bot.slack.digest_post import open_poster
    from bot.state import State

    state = State.open(state_url(settings))
    closing.callback(state.close)
    digests = open_digests(settings, docent, state, open_poster(secrets, settings.access, docent.page))
    schedule = DigestSchedule(digests, settings.data_dir / JOBS)
    where = settings.serve
    slack = SlackBot(
        secrets, docent, state, access=settings.access, people=settings.people, host=where.host, port=where.slack_port
    )
    closing.callback(slack.close)
    as_it_is = FreshNews(docent, refresh=False)  # who asks for a preview waits for it
    slack.serve_digests(digests.plans, lambda plan: digests.preview(plan, as_it_is))
    slack.start()
    return slack, schedule


def _check_model(docent: Docent) -> None:
    """A key that is missing is better known now than at the first question."""
    if docent.model is not None:
        log.info("answers are written by %s", docent.model.name)


def _checks(
    docent: Docent, settings: Settings, slack: SlackBot | None, digests: DigestSchedule | None
) -> dict[str, Callable[[], tuple[bool, str]]]:
    def index() -> tuple[bool, str]:
        names = [item.name for item in settings.repositories]
        try:
            states = {status.repo: status.state for status in (docent.status(names) if names else ())}
        except DocentError as exc:
            return False, exc.message
        unready = [name for name, state in states.items() if state is not IndexState.READY]
        return not unready or len(unready) < len(states), f"{len(states) - len(unready)} of {len(states)} repositories ready"

    checks: dict[str, Callable[[], tuple[bool, str]]] = {"index": index}
    if slack is not None:
        checks["slack"] = slack.connected
    if digests is not None:
        checks["digest"] = digests.check
    return checks


def _ready_line(settings: Settings, health: Health, slack: SlackBot | None) -> str:
    repositories = f"{len(settings.repositories)} repositories, refreshed every {settings.schedule.refresh}"
    where = "in Slack and on this machine" if slack else "on this machine"
    return f"docent is ready {where}: {repositories}; health at http://{settings.serve.host}:{health.port}/healthz"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")  # at once: print writes the line's end by itself, and a log line of another thread may come between
    sys.stderr.flush()
