"""The doctor's look at what lies outside: git, the language model and Slack."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

from bot.checks import Check, Level
from bot.config import Settings
from bot.request import Request

_OLDEST_GIT = (2, 32)
_PATIENCE = 20.0  # seconds for one word from the language model


def check_git() -> Iterator[Check]:
    """Whether git is there and new enough."""
    wanted = f"{_OLDEST_GIT[0]}.{_OLDEST_GIT[1]}"
    try:
        told = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        yield Check("git", Level.ERROR, "not found", f"Install git {wanted} or newer.")
        return
    found = re.search(r"(\d+)\.(\d+)[\d.]*", told)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST_GIT:
        yield Check("git", Level.ERROR, f"{told.strip() or 'unknown version'} is too old", f"Install git {wanted} or newer.")
    else:
        yield Check("git", Level.OK, found[0])


def check_llm(settings: Settings, _request: Request) -> Iterator[Check]:
    """Ask the configured model for one word; without one, docent composes its answers itself."""
    from bot.wiring import open_model

    model = open_model(settings)
    if model is None:
        mend = "To have answers written by one, set [llm] in docent.toml."
        yield Check("language model", Level.OPTIONAL, "none; answers are composed from the evidence", mend)
        return
    said = "".join(model.stream("You check a connection.", "Answer with the word: ready", deadline=_PATIENCE))
    silent = "" if said.strip() else ", but says nothing"
    yield Check("language model", Level.OK, f"{model.name} answers{silent}")


def check_slack_tokens(settings: Settings, _request: Request) -> Iterator[Check]:
    """The tokens and their scopes, as Slack itself sees them."""
    if settings.slack.bot_token is None:
        mend = "For Slack, make the app from deploy/slack-manifest.yaml and set SLACK_BOT_TOKEN and SLACK_APP_TOKEN."
        yield Check("Slack", Level.OPTIONAL, "no tokens, so `docent serve` answers on this machine only", mend)
        return
    from bot.slack.checks import check_slack

    if settings.access.rules:
        mend = "Remove them; `docent serve` does not start in Slack while they stand there."
        yield Check("access", Level.ERROR, "[[access.rules]] are not enforced by this version", mend)
    for found in check_slack(settings.slack):
        yield Check(f"Slack {found.name}", Level.OK if found.ok else Level.ERROR, found.detail, found.hint)
