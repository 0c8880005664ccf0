"""Slack's errors in words, translated at this one door; nothing here ever holds a token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from socket import gaierror
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from indexer.errors import DocentError


class SlackError(DocentError):
    """Slack refused or could not be reached."""


NETWORK_ERRORS = (OSError, HTTPException)  # urllib's URLError and time-outs are OSErrors

_BAD_TOKEN = ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive")


@contextmanager
def slack_errors(doing: str, token: str) -> Iterator[None]:
    """Translate what fails while `doing`; `token` is the environment variable whose value was used."""
    try:
        yield
    except SlackApiError as exc:
        raise explain(exc, doing, token) from exc
    except SlackClientError as exc:
        raise SlackError(f"Slack gave an answer that could not be read while {doing}.", "Try again in a minute.") from exc
    except NETWORK_ERRORS as exc:
        raise unreachable(doing, exc) from exc


def explain(exc: SlackApiError, doing: str, token: str) -> SlackError:
    """One refusal of Slack's as our error."""
    error = str(exc.response.get("error") or "unknown_error").split("\n")[0][:100]
    if error in _BAD_TOKEN:
        return SlackError(f"Slack does not accept {token} ({error}).", f"Copy it again from the app's page and set {token}.")
    if error == "missing_scope":
        needed = str(exc.response.get("needed") or "a scope")
        return SlackError(f"The Slack app lacks {needed} for {doing}.", "Add it under OAuth & Permissions and reinstall the app.")
    if error == "not_allowed_token_type":
        return SlackError(f"{token} holds another kind of token.", "Bot tokens start with xoxb-, app tokens with xapp-.")
    if error == "ratelimited":
        return SlackError(f"Slack asks docent to slow down while {doing}.", "Try again in a minute.")
    return SlackError(f'Slack answered "{error}" while {doing}.', "Run `docent doctor`.")


def unreachable(doing: str, exc: BaseException) -> SlackError:
    """The network's failure as our error."""
    hint = "Check the network, the proxy (HTTPS_PROXY) and SLACK_API_URL."
    return SlackError(f"Slack could not be reached while {doing} ({type(exc).__name__}).", hint)


def never_left(exc: BaseException) -> bool:
    """The connection was not even opened, so nothing can have been posted."""
    return isinstance(exc, URLError) and isinstance(exc.reason, (ConnectionRefusedError, gaierror))
