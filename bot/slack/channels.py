"""What Slack tells of a channel: above all whether it is shared with other organisations, which no command or click says."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.config import AccessSettings
from bot.slack.errors import NETWORK_ERRORS

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that docent may see: `closed` where nobody of another organisation reads along, `member` where docent is in it."""

    id: str
    name: str = ""
    closed: bool = True
    member: bool = True

    @property
    def called(self) -> str:
        return f"#{self.name}" if self.name else self.id


class Channels:
    """Asks Slack (conversations.info) each time: a channel can become shared at any moment."""

    def __init__(self, client: WebClient, rules: AccessSettings) -> None:
        self._client = client
        self.allow_shared = rules.externals == "allow"

    def look(self, channel: str) -> Channel:
        """What is known of it. Raises SlackApiError and network errors: a private channel without docent is not found."""
        info = self._client.conversations_info(channel=channel).get("channel") or {}
        shared = info.get("is_ext_shared") or info.get("is_pending_ext_shared") or info.get("pending_connected_team_ids")
        member = bool(info.get("is_member", True)) or bool(info.get("is_im"))
        return Channel(channel, str(info.get("name") or ""), closed=not shared, member=member)

    def is_closed(self, channel: str) -> bool | None:
        """True where others may not read what is posted there, False where they may, None where it cannot be known: a private
        conversation without docent, a missing scope, or Slack's silence. Where the settings allow others, all is fine."""
        if self.allow_shared:
            return True
        try:
            return self.look(channel).closed
        except SlackApiError as exc:
            log.info("whether a channel is shared is not known (%s)", str(exc.response.get("error"))[:100])
            return None
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("whether a channel is shared is not known (%s)", type(exc).__name__)
            return None
