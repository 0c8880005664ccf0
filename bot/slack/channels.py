"""Whether a channel is shared with other organisations: the payloads of commands and clicks do not tell."""

from __future__ import annotations

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.config import AccessSettings
from bot.slack.errors import NETWORK_ERRORS

log = logging.getLogger(__name__)


class Channels:
    """Asks Slack (conversations.info) each time: a channel can become shared at any moment."""

    def __init__(self, client: WebClient, rules: AccessSettings) -> None:
        self._client = client
        self.allow_shared = rules.externals == "allow"

    def is_closed(self, channel: str) -> bool | None:
        """True where others may not read what is posted there, False where they may, None where it cannot be known: a private
        conversation without docent, a missing scope, or Slack's silence. Where the settings allow others, all is fine."""
        if self.allow_shared:
            return True
        try:
            info = self._client.conversations_info(channel=channel).get("channel") or {}
        except SlackApiError as exc:
            log.info("whether a channel is shared is not known (%s)", str(exc.response.get("error"))[:100])
            return None
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("whether a channel is shared is not known (%s)", type(exc).__name__)
            return None
        return not (info.get("is_ext_shared") or info.get("is_pending_ext_shared") or info.get("pending_connected_team_ids"))
