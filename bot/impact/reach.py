"""The files that a change would touch, each with its reasons, from everything that ties files together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from bot.impact import mentions
from bot.impact.mentions import Mention
from bot.impact.types import Affected, Precedent, Reason, Why
from bot.render.screen import listed
from bot.told import Shows
from indexer.analysis.coupling import LARGEST, Together
from indexer.analysis.impact import Surrounding, Tie
from indexer.index import Index
from indexer.types import Hit, Import, Role

_MOST = 100  # files of a report
_LEAST_COMMON, _LEAST_PART = 2, 0.2  # common changes, and of how many, from which they are a reason where history is short
_COMMITS = 2  # cited for one reason
_SCORE = {  # what a reason adds to the score of the ties, where no tie says it already
    Why.TABLE: 0.4, Why.ROUTE: 0.4, Why.USES: 0.4, Why.DOCS: 0.15, Why.PRECEDENT: 0.8, Why.FOUND: 1.0,
}  # fmt: skip
_BESIDE = frozenset({Why.IMPORTED})  # tells nothing by itself: what one depends on need not change
_MADE = (Role.VENDORED, Role.GENERATED)


class Reach:
    """The files of one question, as reasons for them come in."""

    def __init__(self, repo: str, asked: Collection[str]) -> None:
        self.repo = repo
        self.asked = frozenset(asked)
        self._scores: dict[tuple[str, str], float] = defaultdict(float)
        self._reasons: dict[tuple[str, str], list[Reason]] = defaultdict(list)

    def add(self, path: str, reason: Reason, score: float = 0.0, repo: str = "") -> None:
        """One more reason for a file; of each kind the first counts."""
        key = (repo or self.repo, path)
        if not any(known.why is reason.why for known in self._reasons[key]):
            self._reasons[key].append(reason)
            self._scores[key] += score or _SCORE.get(reason.why, 0.0)

    def add_ties(
        self, surrounding: Surrounding, *, symbol: str = "", weight: float = 1.0, name: str = "", without: Collection[Why] = ()
    ) -> None:
        """What history and imports tell; for a `symbol` alone, those importing its file under another name are no users of it.

        `name` is what the asked files are called where they are not "it"; reasons of the kinds `without` are left out.
        """
        it = name or ("it" if len(self.asked) == 1 else "them")
        for tie in surrounding.ties(self.asked):
            found = [reason for reason in _tie_reasons(self.repo, tie, surrounding, it, symbol) if reason.why not in without]
            if any(reason.why not in _BESIDE for reason in found):
                for reason in found:
                    self.add(tie.path, reason)
                self._scores[(self.repo, tie.path)] += weight * tie.score

    def add_names(self, index: Index, repos: Sequence[str], *, symbol: str = "", defined_in: str = "") -> None:
        """Who names them: documentation, code that uses a symbol, tables and routes that others share."""
        paths = sorted(self.asked)
        if symbol:
            for one in mentions.users_of(index, self.repo, symbol, defined_in):
                self.add(one.path, Reason(Why.USES, f"names `{symbol}`", _shown(one)))
        for one in mentions.documentation_of(index, self.repo, paths, [symbol] if symbol else []):
            self.add(one.path, Reason(Why.DOCS, f"is documentation that names `{one.name}`", _shown(one)))
        for one in mentions.tables_of(index, self.repo, paths, repos):
            self.add(one.path, Reason(Why.TABLE, f"uses the table `{one.name}`", _shown(one)), repo=one.repository)
        for one in mentions.routes_of(index, self.repo, paths, repos):
            self.add(one.path, Reason(Why.ROUTE, f"names the same address `{one.name}`", _shown(one)), repo=one.repository)

    def add_found(self, hits: Iterable[Hit]) -> None:
        """The places that the words of a plan find."""
        hits = list(hits)
        for hit in hits:
            place = Shows(self.repo, path=hit.chunk.path or "", line=hit.chunk.start_line)
            what = f"`{hit.chunk.symbol}` speaks of it" if hit.chunk.symbol else "speaks of it"
            self.add(hit.chunk.path or "", Reason(Why.FOUND, what, (place,)), hit.score / (hits[0].score or 1.0))

    def add_precedents(self, precedents: Sequence[Precedent], existing: Collection[str]) -> None:
        """The files that changed the last times something like it was done."""
        by_path: dict[str, list[Precedent]] = defaultdict(list)
        for one in precedents:
            for path in one.paths if one.files <= LARGEST else ():
                if path in existing:
                    by_path[path].append(one)
        for path, some in by_path.items():
            times = f"{len(some)} of the last {len(precedents)} times" if len(precedents) > 1 else "the last time"
            shown = tuple(Shows(self.repo, one.commits[0]) for one in some[:_COMMITS])
            score = _SCORE[Why.PRECEDENT] * len(some) / len(precedents)
            self.add(path, Reason(Why.PRECEDENT, f"changed {times} something like it was done", shown), score)

    def affected(self, known: Callable[[str, str], tuple[Role, str] | None], *, without: Collection[str] = ()) -> tuple[Affected, ...]:
        """The files best first, but for those `without`; `known` gives the role and the area of (repository, path), None for none."""
        found = []
        for (repo, path), reasons in self._reasons.items():
            told = None if repo == self.repo and path in without else known(repo, path)
            if told is None or told[0] in _MADE:
                continue
            ordered = tuple(sorted(reasons, key=lambda reason: _ORDER[reason.why]))
            found.append(Affected(repo, path, told[1], told[0], round(self._scores[(repo, path)], 4), ordered))
        return tuple(sorted(found, key=lambda one: (-one.score, one.repository, one.path))[:_MOST])


_ORDER = {why: number for number, why in enumerate(Why)}


def _tie_reasons(repo: str, tie: Tie, surrounding: Surrounding, it: str, symbol: str) -> Iterator[Reason]:
    if tie.imports and not (symbol and len(tie.imports) > 1) and _imports_symbol(tie.imports[0], symbol):
        yield _import_reason(repo, tie.imports, it)
    if tie.together is not None and (tie.together.telling or _often(tie.together)):
        yield _together_reason(repo, tie, it)
    if tie.namesake and surrounding.structure.files[tie.path].role is Role.TEST:
        yield Reason(Why.TEST, "tests it, by its name", (Shows(repo, path=tie.path),))
    if tie.imported:
        first = tie.imported[0]
        yield Reason(Why.IMPORTED, f"is imported by {it}", (Shows(repo, path=first.path, line=first.line),))


def _imports_symbol(item: Import, symbol: str) -> bool:
    """Whether an import may bring the symbol: those that list names bring these and no other."""
    return not symbol or not item.names or symbol in item.names or "*" in item.names


def _import_reason(repo: str, chain: Sequence[Import], it: str) -> Reason:
    shown = tuple(Shows(repo, path=item.path, line=item.line) for item in chain)
    if len(chain) == 1:
        return Reason(Why.IMPORTS, f"imports {it}", shown)
    through = listed([f"`{item.path}`" for item in chain[1:]], 3)
    return Reason(Why.THROUGH, f"depends on {it} through {through}", shown)


def _often(together: Together) -> bool:
    return together.together >= _LEAST_COMMON and together.together >= _LEAST_PART * together.of


def _together_reason(repo: str, tie: Tie, it: str) -> Reason:
    together = tie.together
    assert together is not None
    bare = together.telling and not (tie.imports or tie.imported or tie.namesake)
    text = f"changed together with {it} {together.together} of {together.of} times"
    shown = tuple(Shows(repo, sha) for sha in together.latest[:_COMMITS])
    return Reason(Why.HIDDEN if bare else Why.TOGETHER, text, shown)


def _shown(mention: Mention) -> tuple[Shows, ...]:
    return (Shows(mention.repository, path=mention.path, line=mention.line),)
