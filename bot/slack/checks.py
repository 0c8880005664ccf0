"""What Slack says about the tokens: at start-up, and line by line for `docent doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.config import SlackSecrets
from bot.slack.access import Home
from bot.slack.clients import api_url, open_clients
from bot.slack.errors import SlackError, slack_errors
from bot.slack.manifest import REQUIRED_SCOPES, SCOPES
from indexer.errors import DocentError


@dataclass(frozen=True, slots=True)
class Identity:
    """Who docent is in this workspace, and what it may do there."""

    home: Home
    team_name: str
    bot_user: str
    scopes: frozenset[str]
    workspace: str = ""  # its address, under which people have their profiles

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(sorted(set(SCOPES) - self.scopes))


@dataclass(frozen=True, slots=True)
class SlackCheck:
    """One line of `docent doctor`: what was looked at, whether it holds, what was found, and the mend."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def identify(client: WebClient) -> Identity:
    """Ask Slack whose token this is (auth.test; the header x-oauth-scopes lists what was granted). Raises SlackError."""
    with slack_errors("checking the bot token", "SLACK_BOT_TOKEN"):
        answer = client.auth_test()
    if not answer.get("bot_id"):
        raise SlackError("SLACK_BOT_TOKEN is no bot token.", "Copy the Bot User OAuth Token, which starts with xoxb-.")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = frozenset(scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",") if scope.strip())
    home = Home(team=str(answer["team_id"]), enterprise=str(answer.get("enterprise_id") or ""))
    return Identity(home, str(answer.get("team") or ""), str(answer["user_id"]), granted, str(answer.get("url") or ""))


def refuse_without_scopes(identity: Identity) -> None:
    """Raise SlackError where docent could not even hear or answer."""
    lacking = sorted(REQUIRED_SCOPES - identity.scopes)
    if lacking:
        message = f"The Slack app lacks the scope{'s' if len(lacking) > 1 else ''} {', '.join(lacking)}."
        raise SlackError(message, "Add them under OAuth & Permissions (or paste the manifest again) and reinstall the app.")


def check_slack(secrets: SlackSecrets) -> list[SlackCheck]:
    """Try the tokens against Slack; never raises, each problem is a line with its mend."""
    checks: list[SlackCheck] = []
    try:
        identity = identify(open_clients(secrets).quick)
    except DocentError as exc:
        return [SlackCheck("bot token", False, exc.message, exc.hint)]
    checks.append(SlackCheck("bot token", True, f"valid for workspace {identity.team_name or identity.home.team}"))
    checks.extend(_scope_lines(identity))
    checks.append(_delivery(secrets))
    return checks


def _scope_lines(identity: Identity) -> list[SlackCheck]:
    if not identity.missing:
        return [SlackCheck("scopes", True, f"all {len(SCOPES)} granted")]
    hint = "Add it under OAuth & Permissions and reinstall the app."
    return [SlackCheck("scopes", False, f"{scope} is missing: docent cannot {SCOPES[scope]}", hint) for scope in identity.missing]


def _delivery(secrets: SlackSecrets) -> SlackCheck:
    if secrets.app_token is None:
        if secrets.signing_secret is None:
            hint = "Set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET (HTTP mode)."
            return SlackCheck("events", False, "neither an app token nor a signing secret is set", hint)
        return SlackCheck("events", True, "HTTP mode; Slack's requests are checked with the signing secret")
    try:
        with slack_errors("opening a Socket Mode connection", "SLACK_APP_TOKEN"):
            client = WebClient(base_url=api_url(secrets), timeout=10)
            client.apps_connections_open(app_token=secrets.app_token.get_secret_value())
    except SlackError as exc:
        needs = "The app-level token needs connections:write, and Socket Mode has to be on."
        return SlackCheck("app token", False, exc.message, exc.hint if "SLACK_APP_TOKEN" in str(exc) else needs)
    return SlackCheck("app token", True, "Socket Mode connections can be opened")
