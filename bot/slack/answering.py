"""From a received question to the one message that ends it: who may ask, the sign, the thread, the answer, or words instead."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from slack_sdk.errors import SlackClientError

from bot.answers.types import Answer, Drawing, Question, TextSink
from bot.owners.types import OwnersReport
from bot.slack.access import Access
from bot.slack.blocks import Message, answer_message, words_message
from bot.slack.clients import Clients
from bot.slack.docent_command import Planner
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.incoming import Incoming
from bot.slack.outgoing import Outgoing, answer_block_id
from bot.slack.sign import NO_SIGN, Sign, Signs
from bot.slack.thread import read_thread
from bot.slack.uploads import Uploads
from bot.slack.work import Work
from bot.state import State, Unfinished
from bot.told import Shows
from indexer.errors import DocentError, StoreError

log = logging.getLogger(__name__)

FRESH_SECONDS = 600.0  # an older question is not answered after a restart: nobody waits for it any more, but words are due
MAX_ATTEMPTS = 2  # a question that ended two processes shall not end a third
LONGEST_QUESTION = 4_000

HELP = (
    "Ask me about the code in plain words, for example: *How does somebody sign in?* or *Who knows the billing code best?* "
    "I answer in this thread and link each statement to the lines behind it."
)
FULL = "There are too many questions waiting right now. Please ask again in a minute."
STOPPED = "Stopped, as you asked. Nothing more comes to this question."
RESTARTED = "I was restarted before I could answer this. Please ask again."
TOO_LONG = f"That is longer than I can read at once. Please ask in at most {LONGEST_QUESTION:,} characters."


class Answerer(Protocol):
    """What Slack needs of docent: a question in, an answer out."""

    def ask(self, question: Question, *, use_llm: bool = True, on_text: TextSink | None = None) -> Answer: ...

    def whoowns(self, query: str, repos: Sequence[str] = ()) -> OwnersReport: ...

    def page(self, place: Shows) -> str | None: ...

    @property
    def planning(self) -> Planner: ...


@dataclass(slots=True, eq=False)
class _Job:
    """A question on its way. Whoever settles it, the answer, the stop button or the end of the process, has the last word."""

    question: Incoming
    sign: Sign = NO_SIGN
    attempts: int = 1
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)
    settled: bool = False

    def settle(self) -> bool:
        """True for the first caller only."""
        with self.lock:
            first = not self.settled
            self.settled = True
            return first


class Answering:
    """Answers questions in a pool of its own; `take` returns as soon as the asker sees that work has begun."""

    def __init__(
        self, docent: Answerer, clients: Clients, state: State, access: Access, bot_user: str, work: Work | None = None
    ) -> None:
        self._docent = docent
        self._clients = clients
        self._state = state
        self._bot_user = bot_user
        self._work = work or Work()
        self._access = access
        self._signs = Signs(clients)
        self._outgoing = Outgoing(clients)
        self._uploads = Uploads(clients, lambda drawing: docent.planning.picture(drawing))
        self._jobs: set[_Job] = set()
        self._lock = threading.Lock()

    def take(self, question: Incoming) -> None:
        """Begin with a question that was not seen before."""
        job = self._begun(_Job(question))
        words = self._words_at_once(question)
        if words is None:
            job.sign = self._signs.show(question)
            self._keep_sign(job)
            if self._work.submit((question.channel, question.thread), lambda: self._answer(job)):
                return
            words = FULL
        self._end(job, words_message(words, block_id=answer_block_id(question)), "refused")

    def resume(self, question: Incoming, unfinished: Unfinished) -> None:
        """Go on with a question that another process left: answer it if it is fresh, else say what happened; never twice."""
        sign = Sign("message", unfinished.sign_ts) if unfinished.sign_ts else NO_SIGN
        job = self._begun(_Job(question, sign=sign, attempts=unfinished.attempts))
        if self._posted_before(job):
            return
        stale = unfinished.age > FRESH_SECONDS or unfinished.attempts > MAX_ATTEMPTS
        words = RESTARTED if stale else self._words_at_once(question)
        if words is None:
            job.sign = sign if sign.ts else self._signs.show(question)
            self._keep_sign(job)
            if self._work.submit((question.channel, question.thread), lambda: self._answer(job)):
                return
            words = FULL
        self._end(job, words_message(words, block_id=answer_block_id(question)), "restarted" if stale else "refused")

    def stop(self, channel: str, thread: str) -> None:
        """The stop button: end what runs in this thread, with words."""
        with self._lock:
            jobs = [job for job in self._jobs if (job.question.channel, job.question.thread) == (channel, thread)]
        for job in jobs:
            self._end(job, words_message(STOPPED, block_id=answer_block_id(job.question)), "stopped")

    def close(self, seconds: float) -> None:
        """Take nothing more, let what runs end within `seconds`, and leave the rest to the next process."""
        self._work.close(seconds)
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            if job.settle():
                question = job.question
                self._tolerating(partial(self._state.release, question.team, question.channel, question.ts))
                self._signs.clear(question, job.sign)

    def _words_at_once(self, question: Incoming) -> str | None:
        refusal = self._access.refusal(question)
        if refusal:
            return refusal
        if not question.text:
            return HELP
        return TOO_LONG if len(question.text) > LONGEST_QUESTION else None

    def _answer(self, job: _Job) -> None:
        question = job.question
        if job.settled:
            return
        message, outcome, repos, drawing = self._composed(question)
        if self._end(job, message, outcome, repos):
            if drawing is not None:
                self._uploads.put(drawing, question.channel, question.thread, question.id)
            took = (time.monotonic() - job.started) * 1000
            log.info("question %s: %s in %.0f ms", question.id, outcome, took)

    def _composed(self, question: Incoming) -> tuple[Message, str, tuple[str, ...], Drawing | None]:
        """The answer as a message with its picture, or the words for what went wrong."""
        block_id = answer_block_id(question)
        try:
            turns = read_thread(self._clients.quick, question, self._bot_user)
            answer = self._docent.ask(Question(question.text, thread=turns))
            repos = tuple(version.name for version in answer.repositories)
            return answer_message(answer, block_id=block_id), answer.status.value, repos, answer.drawing
        except DocentError as exc:
            log.warning("question %s: %s", question.id, type(exc).__name__, exc_info=exc.__cause__)
            return words_message(str(exc), block_id=block_id), "error", (), None
        except Exception:  # whatever it is, the asker gets words and the log the rest
            reference = secrets.token_hex(4)
            log.exception("question %s failed, reference %s", question.id, reference)
            words = f"Something went wrong on my side, and I have no answer. The log has the details under reference {reference}."
            return words_message(words, block_id=block_id), "error", (), None

    def _end(self, job: _Job, message: Message, outcome: str, repos: tuple[str, ...] = ()) -> bool:
        """Post the one message that ends a question; False where it was ended already, here or by another process."""
        question = job.question
        if not job.settle():
            return False
        key = (question.team, question.channel, question.ts)
        try:
            if not self._tolerating(lambda: self._state.still_mine(*key), failing=True):
                log.warning("question %s was taken over by another process", question.id)
                return False
            ts = self._outgoing.deliver(question, message, job.sign)
            self._tolerating(lambda: self._state.finish(*key, outcome))
            if ts:
                self._tolerating(lambda: self._record(question, ts, repos))
            return True
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            reason = exc.response.get("error") if hasattr(exc, "response") else type(exc).__name__
            log.error("the answer to question %s could not be posted (%s)", question.id, reason)
            self._tolerating(lambda: self._state.finish(*key, "not posted"))
            return False
        finally:
            self._signs.clear(question, job.sign)
            with self._lock:
                self._jobs.discard(job)

    def _posted_before(self, job: _Job) -> bool:
        """The process that died may have posted and not noted it. When that cannot be known, answering wins over silence."""
        question = job.question
        if job.sign.ts:
            return False  # the answer goes over that message, so it cannot stand there twice
        try:
            ts = self._outgoing.find_posted(question)
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("question %s is answered again after a restart (%s)", question.id, type(exc).__name__)
            return False
        if ts is None:
            return False
        job.settle()
        with self._lock:
            self._jobs.discard(job)
        self._tolerating(lambda: self._state.finish(question.team, question.channel, question.ts, "answered"))
        self._tolerating(lambda: self._record(question, ts, ()))
        return True

    def _record(self, question: Incoming, ts: str, repos: tuple[str, ...]) -> None:
        self._state.record_answer(
            question.id, team=question.team, channel=question.channel, thread_ts=question.thread, ts=ts, repos=repos
        )

    def _keep_sign(self, job: _Job) -> None:
        question, ts = job.question, job.sign.ts
        if ts:
            self._tolerating(lambda: self._state.keep_sign(question.team, question.channel, question.ts, ts))

    def _begun(self, job: _Job) -> _Job:
        with self._lock:
            self._jobs.add(job)
        return job

    def _tolerating(self, call: Callable[[], object], failing: object = None) -> object:
        """A failing state database costs bookkeeping, not the answer."""
        try:
            return call()
        except StoreError as exc:
            log.error("%s", json.dumps(str(exc))[1:-1])
            return failing
