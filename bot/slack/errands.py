"""What people ask for by a command, a click or a modal: done in threads of its own, and ended with words, each once."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Hashable

from bot.slack.access import Access
from bot.slack.invocation import Invocation
from bot.slack.replies import Replies
from bot.slack.work import Work
from indexer.errors import DocentError

log = logging.getLogger(__name__)

FULL = "There are too many questions waiting right now. Please ask again in a minute."
RESTARTED = "I was restarted before I could answer this. Please ask again."

_END_SECONDS = 1.5


class Errands:
    """Slack sends a command once, and no other process takes it over: what is not answered when this one ends is told so."""

    def __init__(self, name: str, access: Access, replies: Replies, work: Work | None = None) -> None:
        """`name` stands in the log."""
        self._name = name
        self._access = access
        self._replies = replies
        self._work = work or Work()
        self._open: set[Invocation] = set()
        self._lock = threading.Lock()

    def begin(self, asked: Invocation, key: Hashable, job: Callable[[], str]) -> bool:
        """Run a job for who asked, if they may; jobs of one `key` run one after the other. It returns its outcome for the log.

        False when too much is waiting.
        """
        with self._lock:
            self._open.add(asked)
        if self._work.submit(key, lambda: self._run(asked, job)):
            return True
        self.mine(asked)
        return False

    def tell(self, asked: Invocation, words: str, outcome: str) -> str:
        """End it with words in private."""
        if self.mine(asked):
            self._replies.words(asked.response_url, words, asked.id)
        return outcome

    def mine(self, asked: Invocation) -> bool:
        """True for the first caller only, who may reply."""
        with self._lock:
            mine = asked in self._open
            self._open.discard(asked)
            return mine

    def close(self, seconds: float) -> None:
        """Begin nothing more, let what runs end within `seconds`, and tell the rest in a moment more."""
        self._work.close(seconds)
        with self._lock:
            left, self._open = self._open, set()
        telling = threading.Thread(
            target=lambda: [self._replies.words(one.response_url, RESTARTED, one.id) for one in left], daemon=True
        )
        telling.start()
        telling.join(_END_SECONDS)

    def _run(self, asked: Invocation, job: Callable[[], str]) -> None:
        started = time.monotonic()
        try:
            refusal = self._access.refusal(asked)
            outcome = self.tell(asked, refusal, "refused") if refusal else job()
        except DocentError as exc:
            log.warning("%s %s: %s", self._name, asked.id, type(exc).__name__, exc_info=exc.__cause__)
            outcome = self.tell(asked, str(exc), "error")
        except Exception:  # whatever it is, the asker gets words and the log the rest
            reference = secrets.token_hex(4)
            log.exception("%s %s failed, reference %s", self._name, asked.id, reference)
            words = f"Something went wrong on my side, and I have no answer. The log has the details under reference {reference}."
            outcome = self.tell(asked, words, "error")
        finally:
            self.mine(asked)
        log.info("%s %s: %s in %.0f ms", self._name, asked.id, outcome, (time.monotonic() - started) * 1000)
