"""Pictures in Slack: drawn, uploaded with their alt text into a channel or thread, and done without where that does not work.

files.getUploadURLExternal, the bytes to the address that it gives, files.completeUploadExternal
(docs.slack.dev/messaging/working-with-files). What only one person sees can hold no upload.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.answers.types import Drawing
from bot.pictures import Picture
from bot.slack.clients import Clients
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.manifest import SCOPES
from indexer.errors import DocentError

log = logging.getLogger(__name__)

NO_PICTURE = "The picture did not get there: {}"
_NO_SCOPE = "the app lacks the scope `files:write`, which whoever runs me can add."
_NOT_IN = "I am not in that conversation. In a channel, `/invite @docent` brings me there."
_FAILED = "Slack did not take it. The log has the reason."
_NOT_DRAWN = "it could not be drawn. The log has the reason."
_OUTSIDE = frozenset({"not_in_channel", "channel_not_found", "invalid_channel"})
_MOST_ALT, _MOST_TITLE = 1_000, 200  # characters; a screen reader reads all of it aloud

Draw = Callable[[Drawing], Picture | None]
"""Draws a picture; None where there is nothing to be seen. Any DocentError."""


class Uploads:
    """Never raises: an answer is worth having without its picture."""

    def __init__(self, clients: Clients, draw: Draw) -> None:
        self._clients = clients
        self._draw = draw

    def put(self, drawing: Drawing, channel: str, thread: str, ref: str) -> str:
        """Upload the picture into a channel, or into its `thread` ("" for none); in words why it is not there, "" where it is."""
        try:
            picture = self._draw(drawing)
        except DocentError as exc:
            log.warning("no picture for %s (%s)", ref, type(exc).__name__, exc_info=exc.__cause__)
            return NO_PICTURE.format(_NOT_DRAWN)
        except Exception:  # whatever it is, the answer stands without its picture
            log.exception("no picture for %s", ref)
            return NO_PICTURE.format(_NOT_DRAWN)
        if picture is None:
            return ""
        try:
            self._upload(picture, channel, thread)
            return ""
        except SlackApiError as exc:
            return NO_PICTURE.format(_refused(str(exc.response.get("error"))[:100], ref))
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.warning("no picture for %s (%s)", ref, type(exc).__name__)
            return NO_PICTURE.format(_FAILED)

    def _upload(self, picture: Picture, channel: str, thread: str) -> None:
        self._clients.posting.files_upload_v2(
            content=picture.data,
            filename=picture.name,
            title=_cut(picture.title, _MOST_TITLE),
            alt_txt=_cut(picture.alt, _MOST_ALT),
            channel=channel,
            thread_ts=thread or None,
        )


def _refused(error: str, ref: str) -> str:
    if error == "missing_scope":
        log.warning("no picture for %s: the Slack app lacks files:write, so docent cannot %s", ref, SCOPES["files:write"])
        return _NO_SCOPE
    log.warning("no picture for %s (%s)", ref, error)
    return _NOT_IN if error in _OUTSIDE else _FAILED


def _cut(text: str, most: int) -> str:
    """Cut between words."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"
