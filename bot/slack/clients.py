"""Three Web API clients for three kinds of call: repeating is right for some, wrong or useless for others."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.http_retry import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.http_retry.builtin_handlers import ServerErrorRetryHandler

from bot.config import SlackSecrets
from bot.slack.errors import SlackError


@dataclass(frozen=True, slots=True)
class Clients:
    """`patient` repeats whatever may be repeated; `posting` repeats only what Slack certainly refused (429), as a repeated post
    is a second post; `quick` never repeats and gives up after seconds: working sign and thread context must not delay an answer.
    """

    patient: WebClient
    posting: WebClient
    quick: WebClient


def open_clients(secrets: SlackSecrets) -> Clients:
    """Clients for the bot token. Raises SlackError without one; no I/O."""
    if secrets.bot_token is None:
        raise SlackError("SLACK_BOT_TOKEN is not set.", "Install the app in your workspace and copy its Bot User OAuth Token.")
    token = secrets.bot_token.get_secret_value()
    url = api_url(secrets)
    limited = RateLimitErrorRetryHandler(max_retry_count=3)
    everything = [ConnectionErrorRetryHandler(max_retry_count=2), limited, ServerErrorRetryHandler(max_retry_count=2)]
    return Clients(
        patient=WebClient(token=token, base_url=url, timeout=15, retry_handlers=everything),
        posting=WebClient(token=token, base_url=url, timeout=15, retry_handlers=[limited]),
        quick=WebClient(token=token, base_url=url, timeout=4, retry_handlers=[]),
    )


def api_url(secrets: SlackSecrets) -> str:
    """SLACK_API_URL with the slash at its end that the SDK needs."""
    return secrets.api_url.rstrip("/") + "/"
