"""What docent can do, in the words of its users. The command line and Slack call these methods and nothing below them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers.types import Answer, Question, SearchResult, TextSink
from bot.batch import search_batch, search_one
from bot.config import Settings
from bot.known import KnownRepositories
from bot.logs import log_question, log_refresh
from bot.places import is_local_url, repository_around
from bot.progress import Stoppable, Stopped
from bot.readiness import unusable
from bot.told import Shows
from indexer.config import RepositorySettings
from indexer.errors import DocentError, IndexLocked, IndexMissing, StoreError, UnknownRepo, unknown_repo
from indexer.index import Index
from indexer.progress import Progress
from indexer.questions.query import parse_query, well_formed
from indexer.types import IndexState, RefreshReport, RepoStatus, Skipped
from indexer.vcs.repository import Repository
from indexer.vcs.source import find_source
from indexer.workspace import Workspace

if TYPE_CHECKING:
    from bot.changes.types import ChangeCard, ChangesReport, Period
    from bot.llm.base import LanguageModel
    from bot.llm.rewriter import Rewriter
    from bot.owners.types import OwnersReport
    from bot.planning import Planning
    from indexer.analysis.history import History


class Docent:
    """Answers questions about the configured repositories, and keeps their index up to date. Safe for many threads."""

    def __init__(
        self,
        settings: Settings,
        workspace: Workspace,
        open_model: Callable[[], LanguageModel | None],
        patience: float | None = None,
    ) -> None:
        """`open_model` is called once, at the first question that may use the model.

        `patience` (seconds) is for a service: how long a question waits for a refresh of something that has an index.
        """
        self.settings = settings
        self._workspace = workspace
        self._open_model = open_model
        self._known = KnownRepositories(settings.data_dir)
        self._refreshing = threading.Lock()
        self._adding = threading.RLock()
        self._patience = patience
        self._stopping = threading.Event()
        self._background = ThreadPoolExecutor(1, thread_name_prefix="refresh")
        self._running: dict[str, Future[RefreshReport]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return self._workspace.names

    @property
    def index(self) -> Index:
        """The facts behind the answers."""
        return self._workspace.index

    @cached_property
    def model(self) -> LanguageModel | None:
        """The configured language model. ConfigError where a setting or a key is missing."""
        return self._open_model()

    # questions

    def ask(self, question: Question, *, use_llm: bool = True, deep: bool = False, on_text: TextSink | None = None) -> Answer:
        """Answer one question from what is indexed. QueryError, UnknownRepo, IndexMissing, StoreError.

        Without `question.repos` it is about the configured repositories, and never about others that somebody on this machine
        asked about by path: who asks in Slack may not know of those.
        """
        from bot.answers.compose import answer
        from bot.answers.intent import search_text

        started = time.monotonic()
        question = replace(question, text=well_formed(question.text), repos=self.allowed(question.repos))
        parse_query(search_text(question), question.repos)  # an empty question, or a filter for a repository not asked about
        found = answer(
            self.index,
            question,
            self.model if use_llm else None,
            timeout=self.settings.llm.timeout,
            deep=deep,
            on_text=on_text,
            people=self.settings.people,
            rewrite=self._rewriter.added_to if use_llm else None,
            planning=self.planning,
        )
        found = replace(found, took_ms=(time.monotonic() - started) * 1000)
        log_question(question, found)
        return found

    def search(self, text: str, repos: Sequence[str] = (), k: int = 10) -> SearchResult:
        """The ranking alone that an answer rests on, of `repos` or else the configured ones.

        QueryError, UnknownRepo, IndexMissing, StoreError.
        """
        return search_one(self.index, well_formed(text), self.allowed(repos), k, self._rewriter.added_to)

    def search_many(self, texts: Sequence[str], repos: Sequence[str] = (), k: int = 10) -> list[SearchResult | DocentError]:
        """What `search` gives for each text, or the error that it raises, for a part of the time. UnknownRepo."""
        return search_batch(self.index, list(map(well_formed, texts)), self.allowed(repos), k, self._rewriter.added_to)

    def whoowns(self, query: str, repos: Sequence[str] = ()) -> OwnersReport:
        """Who owns a path, folder, glob, symbol or topic, or what a person or team owns; of `repos` or else the configured ones.

        QueryError, UnknownRepo, IndexMissing, StoreError.
        """
        from bot.owners.report import who_owns

        started = time.monotonic()
        report = who_owns(self.index, well_formed(query), self.allowed(repos), self.settings.people, datetime.now(UTC))
        return replace(report, took_ms=(time.monotonic() - started) * 1000)

    @cached_property
    def _rewriter(self) -> Rewriter:
        from bot.llm.rewriter import open_rewriter

        return open_rewriter(self.settings, self.model)

    @cached_property
    def planning(self) -> Planning:
        """The map, hotspots and impact."""
        from bot.planning import Planning

        return Planning(self.index, self.settings, self.allowed)

    # changes

    def changes(
        self, period: Period, repos: Sequence[str] = (), *, topic: str = "", limit: int = 5, use_llm: bool = True
    ) -> ChangesReport:
        """What changed in a period, of `repos` or else the configured ones, narrowed to a `topic` if there is one.

        QueryError, UnknownRepo, IndexMissing, RepoError, StoreError.
        """
        from bot.changes.report import period_report
        from bot.changes.wording import worded_report

        allowed, now = self.allowed(repos), datetime.now(UTC)
        found = period_report(self.index, period, allowed, topic=well_formed(topic), limit=limit, now=now, people=self.settings.people)
        return worded_report(found, self.model if use_llm else None, self.settings.llm.timeout, begun=now)

    def news(
        self, repos: Sequence[str], told: Mapping[str, str], since: datetime, *, limit: int = 5, use_llm: bool = True
    ) -> ChangesReport:
        """What landed in each of `repos` since the commit told of last (name -> SHA); since a moment where none was, or it is gone.

        UnknownRepo, IndexMissing, RepoError, StoreError.
        """
        from bot.changes.report import news_report
        from bot.changes.wording import worded_report

        now = datetime.now(UTC)
        found = news_report(self.index, self.allowed(repos), told, since, limit=limit, now=now)
        return worded_report(found, self.model if use_llm else None, self.settings.llm.timeout, begun=now)

    def explain(self, text: str, repos: Sequence[str] = (), *, use_llm: bool = True) -> ChangeCard:
        """One commit, range or pull request. QueryError, UnknownRepo, IndexMissing, RepoError, StoreError."""
        from bot.changes.card import change_card
        from bot.changes.finding import find_change
        from bot.changes.wording import worded_card

        now = datetime.now(UTC)
        card = change_card(self.index, text, find_change(self.index, well_formed(text), self.allowed(repos)), now)
        return worded_card(card, self.model if use_llm else None, self.settings.llm.timeout, begun=now)

    def page(self, place: Shows) -> str | None:
        """Where a place that shows something can be seen; None where its host is not known."""
        from bot.changes.links import page_of_place

        return page_of_place(self.index, place)

    def allowed(self, repos: Sequence[str]) -> tuple[str, ...]:
        """The repositories that a question about `repos` is put to: these, or else the configured ones. UnknownRepo, IndexMissing."""
        for name in repos:
            self._workspace.repository(name)
        allowed = tuple(repos) or tuple(item.name for item in self.settings.repositories)
        if not allowed:
            raise IndexMissing("No repository is configured yet.", "Add [[repositories]] to docent.toml.")
        return allowed

    def status(self, repos: Collection[str] = ()) -> tuple[RepoStatus, ...]:
        """Where each repository's index stands. UnknownRepo."""
        return self.index.statuses(repos)

    def skipped(self, repo: str) -> list[Skipped]:
        """The files of a repository that are not in its index, and why."""
        return self.index.skipped(repo)

    # repositories

    def resolve(self, given: str, path: str = "") -> str:
        """The name of the repository that `--repo given` means: a known name, a path (`path`: the same made absolute), or a URL.

        One that was never asked about gets a name and is remembered. UnknownRepo, ConfigError, StoreError.
        """
        if given in self.names:
            return given
        if "\0" in given + path or well_formed(given + path) != given + path:
            raise UnknownRepo(well_formed(given), "The path of a repository must be UTF-8 text.", "Rename its folder.")
        remembered = self._known.all()
        if given in remembered:
            return self._add(given, remembered[given])
        if not is_local_url(given):
            return self._add_url(given)
        folder = Path(path or given).expanduser().absolute()
        looks_like_path = "/" in given or given.startswith((".", "~"))
        if not folder.exists() and not looks_like_path:
            raise unknown_repo(given, {*self.names, *remembered})
        if not folder.exists():
            raise UnknownRepo(given, f"There is no folder {folder}.", "Check the path given with --repo.")
        root = repository_around(folder)
        if root is None:
            raise UnknownRepo(given, f"{folder} is not in a git repository.", "Give a git working copy or a bare repository.")
        return self._add_url(str(root.resolve()))

    def remembered(self) -> tuple[str, ...]:
        """Make every repository that was ever asked about by path answerable again; returns their names."""
        return tuple(self._add(name, url) for name, url in self._known.all().items())

    def history(self, name: str, progress: Progress | None = None) -> History:
        """A repository's history at its newest commit, read from git alone. RepoError, ConfigError, StoreError."""
        from indexer.analysis.history import History

        repository, head = self.fetched(name)
        limit = self.settings.indexing.max_commits
        return History.read(repository, head, people=self.settings.people, max_commits=limit, progress=progress)

    def repository(self, name: str) -> Repository:
        """A repository as it was last fetched, which may be never. UnknownRepo."""
        return self._workspace.repository(name)

    def fetched(self, name: str) -> tuple[Repository, str]:
        """A repository brought up to date, to read from git alone, and its newest commit. RepoError, ConfigError, StoreError."""
        repository = self._workspace.repository(name)
        return repository, repository.fetch().sha

    def reach(self, name: str) -> None:
        """Try whether a repository can be read, by bringing its mirror up to date. RepoError, ConfigError, StoreError."""
        self._workspace.repository(name).fetch()

    def _add_url(self, url: str) -> str:
        for name in self.names:
            configured = self._workspace.repository(name).settings.url
            if configured == url or (is_local_url(configured) and Path(configured).resolve() == Path(url)):
                return name
        if not is_local_url(url):
            find_source(RepositorySettings(name="repository", url=url))  # one that is refused, for a password in it, is not kept
        return self._add(self._known.name_of(url, {item.name for item in self.settings.repositories}), url)

    def _add(self, name: str, url: str) -> str:
        with self._adding:
            if name not in self.names:
                settings = RepositorySettings(name=name, url=url)
                self._workspace.add(Repository(settings, self.settings.indexer.mirrors))
        return name

    # refreshing

    def refresh(
        self, repos: Collection[str] = (), *, full: bool = False, progress: Progress | None = None
    ) -> list[RefreshReport]:
        """Bring repositories up to their newest commit; what fails is in its report and the rest go on. IndexLocked."""
        self._own(rebuild=full)
        reports = []
        for name in repos or self.names:
            try:
                reports.append(self.refresh_one(name, full=full, progress=progress))
            except DocentError as exc:
                reports.append(RefreshReport(name, self.index.status(name).commit, error=str(exc), changed=False))
        return reports

    def refresh_one(self, name: str, *, full: bool = False, progress: Progress | None = None) -> RefreshReport:
        """Bring one repository up to its newest commit, after a refresh under way. RepoError, ModelError, StoreError."""
        self._own(rebuild=full)
        with self._refreshing:
            return self._refresh(name, full, progress)

    def ready(
        self, repos: Collection[str] = (), *, refresh: bool = True, progress: Progress | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Before a question: index what never was, refresh what changed. Returns the repositories to ask, and notices.

        A repository that cannot be refreshed just now is answered from its index, and one without an index is left out where
        others have one, for its first reading can take long; the notices say so. When none is left, its error is raised.
        """
        usable, notices, errors = [], [], []
        statuses = {name: self.index.status(name) for name in repos or self.names}
        some_ready = any(status.state is IndexState.READY for status in statuses.values())
        for name, status in statuses.items():
            try:
                if not status.commit and some_ready:
                    raise unusable(status)
                if refresh and self._is_behind(name, status):
                    self._refresh_behind(name, status, progress)
                elif status.state is not IndexState.READY:
                    raise unusable(status)
                usable.append(name)
            except StoreError:
                raise
            except DocentError as exc:
                if status.state is IndexState.READY:
                    usable.append(name)
                    notices.append(f"{name} could not be refreshed, so this is its state at {status.commit[:7]}: {exc.message}")
                else:
                    errors.append(exc)
                    notices.append(f"{name} is left out: {exc.message}")
        if errors and not usable:
            raise errors[0]
        return tuple(usable), tuple(notices)

    def _is_behind(self, name: str, status: RepoStatus) -> bool:
        """Whether a refresh has something to do. A remote is not asked again within the schedule's interval."""
        if status.state is not IndexState.READY:
            return True
        repository = self._workspace.repository(name)
        age = time.time() - status.indexed_at.timestamp() if status.indexed_at else math.inf
        if not is_local_url(repository.settings.url) and age < self.settings.schedule.refresh_seconds:
            return False
        return repository.fetch().sha != status.commit

    def _refresh_behind(self, name: str, status: RepoStatus, progress: Progress | None) -> None:
        """Refresh before a question. A service waits only shortly for one that has an index; the refresh goes on by itself."""
        self._own(rebuild=False)
        if self._patience is None:
            self.refresh_one(name, progress=progress)
            return
        try:
            self._begun(name).result(self._patience if status.state is IndexState.READY else None)
        except TimeoutError as exc:
            raise IndexLocked("it is being refreshed right now.", "Ask again in a minute.") from exc

    def _begun(self, name: str) -> Future[RefreshReport]:
        """A refresh in the background, shared by all questions that wait for it."""
        with self._adding:
            running = self._running.get(name)
            if running is None or running.done():
                running = self._running[name] = self._background.submit(self.refresh_one, name)
            return running

    def _refresh(self, name: str, full: bool, progress: Progress | None) -> RefreshReport:
        try:
            report = self._workspace.refresh(name, full=full, progress=Stoppable(self._stopping, progress))
        except Stopped as exc:
            raise IndexLocked("docent is being stopped.", "The next refresh goes on where this one ended.") from exc
        except DocentError as exc:
            log_refresh(RefreshReport(name, "", error=exc.message))
            raise
        log_refresh(report)
        return report

    def _own(self, *, rebuild: bool) -> None:
        """Become the writer of the data folder, where this process only reads so far. IndexLocked."""
        with self._adding:
            if self._workspace.is_owner:
                return
            reader = self._workspace
            typed = ""  # the lock then names the command as it was typed
            owner = Workspace.open_owner(self.settings.indexer, typed, reader.embedder, describer=reader.describer, rebuild=rebuild)
            for name in reader.names:
                if name not in owner.names:
                    owner.add(Repository(reader.repository(name).settings, self.settings.indexer.mirrors))
            self._workspace = owner
            reader.close()

    def warm_up(self) -> None:
        """Load what a first question would wait for: the model, and each index's vectors."""
        self._workspace.warm_up()
        self._rewriter.prepare()
        for status in self.index.statuses():
            if status.state is IndexState.READY:
                self.index.warm_up(status.repo)

    def close(self) -> None:
        """End a refresh under way at its next step, which loses nothing, and give everything back."""
        self._stopping.set()
        self._background.shutdown(cancel_futures=True)
        with self._refreshing:
            self._workspace.close()
