"""Notes each question before it is acknowledged, so that none is answered twice and none is lost."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from bot.slack.incoming import Incoming, read_event
from bot.slack.once import Once
from bot.state import Received, State, Unfinished
from indexer.errors import StoreError

log = logging.getLogger(__name__)


class Inbox:
    """What arrived, over all processes that share the state database.

    When that fails, for example on a full disk, this process's memory stands in for it: an answer is worth more than the books.
    """

    def __init__(self, state: State, bot_user: str) -> None:
        self._state = state
        self._bot_user = bot_user
        self._memory = Once()

    def read(self, body: Mapping[str, Any]) -> Incoming | None:
        """The question in an envelope, if it holds one."""
        return read_event(body, self._bot_user)

    def first_time(self, body: Mapping[str, Any]) -> bool:
        """True when the envelope holds a question that nobody has taken yet; the caller now has."""
        question = self.read(body)
        if question is None:
            return False
        kept = {key: body[key] for key in ("api_app_id", "team_id", "event_id", "event", "is_ext_shared_channel") if key in body}
        received = Received(question.app, question.team, question.event_id, question.channel, question.ts, json.dumps(kept))
        try:
            first = self._state.first_time(received)
        except StoreError as exc:
            log.error("question %s is handled from memory: %s", question.id, exc)
            return self._memory.first(question.id)
        self._memory.first(question.id)
        return first

    def left_behind(self) -> list[tuple[Incoming, Unfinished]]:
        """Questions that a process took and did not answer before it died; they are ours now."""
        try:
            taken = self._state.take_over()
        except StoreError as exc:
            log.error("questions left by other processes cannot be read: %s", exc)
            return []
        found = []
        for unfinished in taken:
            question = self.read(json.loads(unfinished.payload or "{}"))
            if question is not None:
                found.append((question, unfinished))
        return found
