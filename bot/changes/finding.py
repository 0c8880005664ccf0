"""Finds the change that somebody names: a commit, a range, a pull request, or a link to one of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.changes.naming import Kind, Named, names_in, read_name
from bot.changes.releases import revision_of
from bot.changes.webpages import page_key
from bot.render.screen import counted
from indexer.changes.merges import merged_title
from indexer.changes.stories import group_stories, pull_request_number
from indexer.changes.types import Story
from indexer.errors import IndexMissing, QueryError
from indexer.index import Index
from indexer.questions.query import parse_query
from indexer.times.releases import newest_release, release_before, tag_of
from indexer.types import Commit

_WHAT_TO_NAME = "Name a commit such as 1a2b3c4, a range such as v1.0..v1.1, a pull request such as #123, or a link to one."
_FEW_WORDS = 8  # around a link to another repository, if it is the link that is asked about
_ONE_COMMIT = 12  # digits of a SHA that no other repository's commit shares by chance

# How hosts and tools note a pull request beside what `pull_request_number` reads.
_NOTED = re.compile(
    r"^(?:Pull[- ]?Request(?:[- ]?URL)?|PR(?:[- ]?URL)?|Merge[- ]?Request|MR|Closes-PR)\s*:?\s+(?:\S*[#!/])?(\d+)/?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_BITBUCKET = re.compile(r"^Pull request #(\d+)\b")  # Data Center: "Pull request #12: Title"


@dataclass(frozen=True, slots=True)
class FoundChange:
    """A change and where it stands: all that is in `head` and not in `base` ("" for nothing before it), both SHAs.

    With `is_range` the story is of several, put together; `part_of` is the pull request that a single commit came with.
    """

    repository: str
    story: Story
    base: str
    head: str
    is_range: bool = False
    part_of: int | None = None


def find_change(index: Index, text: str, repos: Sequence[str]) -> FoundChange:
    """The change that `text` names, in one of `repos`.

    IndexMissing; QueryError where it names none, one that is not there, or one that is in several repositories.
    """
    asked, repos = _without_filter(index, text, repos)
    named = read_name(asked) or next(names_in(asked), None)
    if named is None:
        raise QueryError(f"“{_shown(asked)}” names no commit, range or pull request.", _WHAT_TO_NAME)
    among = _indexed(index, _repositories(index, named, repos))
    holding = [repo for repo in among if _holds(index, repo, named)]
    if len(holding) > 1:
        hint = f"Say which one is meant, with --repo {holding[0]} or repo:{holding[0]}."
        raise QueryError(f"{_shown(named.written)} is in several repositories: {', '.join(holding)}.", hint)
    found = (look(index, repo, named) for repo in holding for look in _LOOKS[named.kind])
    change = next((one for one in found if one is not None), None)
    if change is None:
        raise _nowhere(index, named, among)
    return change


def change_link(index: Index, text: str, repos: Sequence[str]) -> str | None:
    """The words of a question that name a commit, range or pull request beyond doubt; None where there are none.

    What is only a number or looks like a SHA counts when there is such a change; "PR 12" and links count in any case.
    """
    for named in names_in(text):
        if named.page:
            around = text.replace(named.written, " ").split()
            if len(around) <= _FEW_WORDS or _owners_of(index, named, repos):
                return named.written
        elif named.sure or _is_there(index, named, repos):
            return named.written
    return None


def _is_there(index: Index, named: Named, repos: Sequence[str]) -> bool:
    try:
        among = _indexed(index, _repositories(index, named, repos))
    except (QueryError, IndexMissing):
        return False
    return any(_holds(index, repo, named) for repo in among)


def _holds(index: Index, repo: str, named: Named) -> bool:
    """Whether an indexed repository knows what is named."""
    if named.kind in (Kind.PULL_REQUEST, Kind.UNCLEAR) and _commits_of(index, repo, named.number):
        return True
    if named.kind is Kind.RELEASE and not named.tip:
        return bool(index.tags(repo))
    sides = [side for side in (named.base, named.tip) if side]
    return bool(sides) and all(_known(index, repo, side) for side in sides)


def _known(index: Index, repo: str, text: str) -> bool:
    try:
        return revision_of(index, repo, text) is not None
    except QueryError:  # the first digits of several commits, which is told when it comes to finding it
        return True


# Where to look


def _without_filter(index: Index, text: str, repos: Sequence[str]) -> tuple[str, Sequence[str]]:
    if "repo:" not in text.casefold():
        return text.strip(), repos
    query = parse_query(text, repos or index.names)
    return query.text, query.repos or repos


def _repositories(index: Index, named: Named, repos: Sequence[str]) -> Sequence[str]:
    """The repositories that may hold it. QueryError where a link, or the name before "#12", is of none of them."""
    if not named.page and not named.repository:
        return repos
    own = _owners_of(index, named, repos)
    if own:
        return own
    if named.kind is Kind.COMMIT and len(named.tip) >= _ONE_COMMIT:
        return repos  # a fork's page, or another host's, of a commit that may be here
    where = named.page or named.repository
    hint = f"It must be of {' or '.join(repos[:5])}; where a page is not known, set web_url." if repos else ""
    raise QueryError(f"{where} is not among the repositories here.", hint)


def _owners_of(index: Index, named: Named, repos: Sequence[str]) -> list[str]:
    """The repositories whose page a link belongs to, or that are called as the name says."""
    pages = {repo: page_key(index.web_url(repo)) for repo in repos}
    if named.page:
        own = [repo for repo in repos if pages[repo] == named.page]
        last = named.page.rpartition("/")[2]
        return own or [repo for repo in repos if not pages[repo] and repo.casefold() == last]  # a clone without a remote
    wanted = named.repository.casefold()
    return [repo for repo in repos if wanted == repo.casefold() or f"/{pages[repo]}".endswith(f"/{wanted}")]


def _indexed(index: Index, repos: Sequence[str]) -> list[str]:
    """Those that can be looked into. IndexMissing where none can."""
    indexed = [repo for repo in repos if index.version(repo)[0]]
    if not indexed:
        raise IndexMissing(f"There is no index of {', '.join(repos) or 'any repository'} yet.", "Run `docent index` first.")
    return indexed


def _nowhere(index: Index, named: Named, repos: Sequence[str]) -> QueryError:
    where = repos[0] if len(repos) == 1 else f"None of {len(repos)} repositories"
    has = f"{where} has no" if len(repos) == 1 else f"{where} has a"
    if named.kind is Kind.PULL_REQUEST:
        hint = "It may still be open, or was merged without its number: then name its commit instead."
        if any(index.version(repo)[2] for repo in repos):
            hint = "The clone is shallow, so it may lie in the history that is missing."
        of = repos[0] if len(repos) == 1 else f"these {len(repos)} repositories"
        return QueryError(f"No commit of {of} says that it merges #{named.number}.", hint)
    if named.kind is Kind.RANGE:
        sides = [side for side in (named.base, named.tip) if side and not any(_known(index, repo, side) for repo in repos)]
        missing = _shown((sides or [named.written])[0])
        return QueryError(f"{has} commit, tag or branch called “{missing}”.", "Check how it is written.")
    return QueryError(f"{has} commit, tag or branch called “{_shown(named.tip or named.written)}”.", _WHAT_TO_NAME)


# One repository


def _commit(index: Index, repo: str, named: Named) -> FoundChange | None:
    sha = revision_of(index, repo, named.tip)
    commit = index.commit_from_git(repo, sha) if sha else None
    if commit is None:
        return None
    if len(commit.parents) > 1:
        return _merged(index, repo, commit)
    bringing = index.brought_by(repo, commit.sha)
    merge = index.commit_from_git(repo, bringing) if bringing else None
    number = _number(merge) if merge else None
    return FoundChange(repo, _single(commit), _parent(commit), commit.sha, part_of=number)


def _pull_request(index: Index, repo: str, named: Named) -> FoundChange | None:
    commits = _commits_of(index, repo, named.number)
    if not commits:
        return None
    merge = next((commit for commit in commits if len(commit.parents) > 1), None)
    if merge:
        return _merged(index, repo, merge)
    whole = [one for commit in commits if (one := index.commit_from_git(repo, commit.sha))]
    if not whole:
        return None
    story = _single(whole[0]) if len(whole) == 1 else _together(whole)
    return FoundChange(repo, replace(story, pull_request=named.number), _parent(whole[-1]), whole[0].sha)


def _range(index: Index, repo: str, named: Named) -> FoundChange | None:
    head = revision_of(index, repo, named.tip) if named.tip else index.head(repo)
    base = revision_of(index, repo, named.base) if named.base else ""
    if head is None or base is None:
        return None
    first, last = (_shortened(side) for side in (named.base or "the beginning", named.tip or "now"))
    commits = index.landed(repo, base, head)
    if not commits:
        hint = "Name two commits, the older one first."
        if base != head and (other := len(index.landed(repo, head, base))):
            hint = f"The other way round, {named.tip or 'HEAD'}..{named.base} holds {counted(other, 'commit')}."
        raise QueryError(f"Nothing landed in {repo} between {first} and {last}.", hint)
    return _of_commits(repo, commits, base, head, f"from {first} to {last}")


def _release(index: Index, repo: str, named: Named) -> FoundChange | None:
    """What a release brought, where there is one before it; else the commit it names."""
    tags = index.tags(repo)
    tag = tag_of(named.tip, tags) if named.tip else newest_release(tags)
    before = release_before(tag, tags) if tag else ""
    if not before:
        return _commit(index, repo, replace(named, tip=tag or named.tip)) if tag or named.tip else None
    return _range(index, repo, replace(named, base=before, tip=tag))


def _merged(index: Index, repo: str, merge: Commit) -> FoundChange:
    """All that a merge brought in, as one story where it is one."""
    base = merge.parents[0]
    commits = index.landed(repo, base, merge.sha)
    number = _number(merge)
    found = _of_commits(repo, commits, base, merge.sha, f"merged by {merge.short}")
    if not found.is_range:
        return replace(found, story=replace(found.story, pull_request=number or found.story.pull_request))
    title, body = merged_title(merge)
    story = replace(found.story, title=title or merge.subject, body=body, pull_request=number) if number else found.story
    return replace(found, story=story)


def _of_commits(repo: str, commits: Sequence[Commit], base: str, head: str, which: str) -> FoundChange:
    stories = group_stories(commits)
    if len(stories) == 1 and len(stories[0].commits) == len(commits):
        return FoundChange(repo, stories[0], base, head)
    if not stories:  # merges that brought nothing
        return FoundChange(repo, Story(commits[0].subject, commits[0].body, tuple(commits)), base, head)
    issues = tuple(dict.fromkeys(issue for story in stories for issue in story.issues))
    story = Story(f"{counted(len(stories), 'change')} {which}", "", tuple(commits), issues=issues)
    return FoundChange(repo, story, base, head, is_range=len(stories) > 1)


def _commits_of(index: Index, repo: str, number: int) -> list[Commit]:
    """The merge of a pull request, or the commits it was squashed or rebased to; newest first."""
    return [commit for commit in index.commits_naming(repo, number) if _number(commit) == number]


def _number(commit: Commit) -> int | None:
    number = pull_request_number(commit)
    if number is not None:
        return number
    match = _BITBUCKET.match(commit.subject) or next(iter(list(_NOTED.finditer(commit.body))[-1:]), None)
    return int(match[1]) if match else None


def _single(commit: Commit) -> Story:
    return group_stories([commit])[0]


def _together(commits: Sequence[Commit]) -> Story:
    """Commits that name the same pull request; the one that says most names it."""
    stories = group_stories(commits)
    best = max(stories, key=lambda story: len(story.body))
    return replace(best, commits=tuple(commits))


def _parent(commit: Commit) -> str:
    return commit.parents[0] if commit.parents else ""


def _shortened(side: str) -> str:
    return side[:7] if re.fullmatch(r"[0-9a-fA-F]{12,64}", side) else side


def _shown(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:80]


_Look = Callable[[Index, str, Named], FoundChange | None]
_LOOKS: dict[Kind, tuple[_Look, ...]] = {
    Kind.COMMIT: (_commit,),
    Kind.RANGE: (_range,),
    Kind.PULL_REQUEST: (_pull_request,),
    Kind.RELEASE: (_release,),
    Kind.UNCLEAR: (_pull_request, _commit),
}
