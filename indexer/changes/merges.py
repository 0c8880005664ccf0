"""Reads merges: which pull request a commit is, and which commits each merge brought in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indexer.types import Commit
from indexer.vcs.bots import is_person

_MERGES = (  # how each host words the merge of a pull request; the group is its number
    re.compile(r"^Merge pull request #(\d+) from "),  # GitHub, Gitea
    re.compile(r"^Merged in \S+ \(pull request #(\d+)\)"),  # Bitbucket
    re.compile(r"^Merge pull request '.*' \(#(\d+)\) from "),  # Forgejo
    re.compile(r"^Merged PR (\d+): "),  # Azure DevOps
    re.compile(r"^Merge (?:PR|pull request) #(\d+)\b"),  # merged by hand
)
_GITLAB_MERGE = re.compile(r"^Merge branch '.*' into '.*'$")
_GITLAB_NUMBER = re.compile(r"^See merge request \S*!(\d+)$", re.MULTILINE)
SQUASHED = re.compile(r"\s*\((?:#|!)(\d+)\)\s*$")

_BRANCH = re.compile(r"^Merge (?:remote-tracking )?branch '?(?P<name>[^'\s]+)'?(?: of \S+)?(?: into \S+)?$")
_SOURCE = re.compile(r"^Merge pull request #\d+ from [^/\s]+/(?P<name>\S+)")
_HAND_MERGED = re.compile(r"^(?:Merge (?:PR|pull request) #\d+\s*[,:-]\s*|Merged PR \d+:\s*)(?=\S)")
_TOPIC = re.compile(r'^Merge "(?P<title>.+)"(?: into \S+)?$')  # Gerrit
_LONG_LIVED = re.compile(
    r"^(?:(?:origin|upstream)/)?(?:HEAD|main|master|trunk|default|mainline|dev|devel|develop|development|next|staging|stable|production"
    r"|prod|beta|alpha|unstable|edge|features?|upstream|gh-pages|(?:release|stable|hotfix|maint|support|rel)[-_/.]?.*|v?\d[\w.]*)$",
    re.IGNORECASE,
)
_BRANCH_PEOPLE = 3  # a branch that more people worked on is where work is gathered, as custodians do, not one piece of work
_MANY_SQUASHES = 3


def pull_request_number(commit: Commit) -> int | None:
    """The number of the pull request that a commit merges or is the squash of; None where it names none."""
    for pattern in _MERGES:
        if match := pattern.match(commit.subject):
            return int(match[1])
    may_tell = len(commit.parents) < 2 or _GITLAB_MERGE.match(commit.subject)
    if may_tell and (match := _GITLAB_NUMBER.search(commit.body)):
        return int(match[1])
    match = SQUASHED.search(commit.subject)
    return int(match[1]) if match else None


def own_title(subject: str) -> str:
    """A subject as a title: without numbers and the words of merges; of a bare merge the name of its branch, as words."""
    text = SQUASHED.sub("", subject)
    if match := _HAND_MERGED.match(text):
        return text[match.end() :]
    if match := _SOURCE.match(text):
        words = re.sub(r"[-_/]+", " ", match["name"]).strip()
        return words[:1].upper() + words[1:]
    return text.rstrip(" ;,")


def merged_title(merge: Commit) -> tuple[str, str]:
    """The title and text of what a merge brought, as the host writes them into it; ("", "") where it says nothing."""
    if merge.subject.startswith("Merged PR "):
        return own_title(merge.subject), merge.body
    if match := _TOPIC.match(merge.subject):
        return match["title"], merge.body
    title, _, body = merge.body.partition("\n")
    return ("", "") if _GITLAB_NUMBER.match(title) else (title.strip(), body.strip())


def brought_in(commits: Sequence[Commit]) -> dict[str, list[Commit]]:
    """Merges that are one piece of work (a pull request, a topic branch) -> what they brought in, newest first; [] for nothing.

    `commits` are newest first. Any other merge gathers work (of a main or release branch, of many pull requests): what it brought
    is looked through for merges again. A commit belongs to the oldest merge on the main line that brought it.
    """
    by_sha = {commit.sha: commit for commit in commits}
    taken: set[str] = set()
    brought: dict[str, list[Commit]] = {}
    tips = [commits[0].sha] if commits else []
    waiting: list[Commit] = []
    while tips or waiting:
        if tips:
            line = _line(tips.pop(), by_sha, taken)
            waiting += [commit for commit in line if len(commit.parents) > 1]  # the oldest is taken up first
            continue
        merge = waiting.pop()
        found = _reachable(merge.parents[1:], by_sha, taken) if _one_work(merge) else None
        if found is None or _gathers(merge, found):
            tips = list(reversed(merge.parents[1:]))
        else:
            taken.update(commit.sha for commit in found)
            brought[merge.sha] = found
    return brought


def _line(tip: str, by_sha: Mapping[str, Commit], taken: set[str]) -> list[Commit]:
    """First parents from `tip` on, as far as they are known and not taken; now taken. Newest first."""
    line = []
    while tip in by_sha and tip not in taken:
        taken.add(tip)
        line.append(by_sha[tip])
        tip = by_sha[tip].parents[0] if by_sha[tip].parents else ""
    return line


def _reachable(start: Sequence[str], by_sha: Mapping[str, Commit], taken: set[str]) -> list[Commit]:
    """Commits reachable from `start` that nobody took; newest first."""
    found: dict[str, Commit] = {}
    waiting = list(start)
    while waiting:
        sha = waiting.pop()
        if sha in by_sha and sha not in taken and sha not in found:
            found[sha] = by_sha[sha]
            waiting.extend(by_sha[sha].parents)
    return sorted(found.values(), key=lambda commit: (commit.committed_at, commit.sha), reverse=True)


def _one_work(merge: Commit) -> bool:
    """Whether a merge's own words say that it is one piece of work."""
    if pull_request_number(merge) is not None or _TOPIC.match(merge.subject):
        return True
    branch = _BRANCH.match(merge.subject)
    return bool(branch and not _LONG_LIVED.match(branch["name"]))


def _gathers(merge: Commit, found: Sequence[Commit]) -> bool:
    """Whether what a merge brought is several pieces of work, whatever its words say: a release, a custodian's branch."""
    own = pull_request_number(merge)
    single = [commit for commit in found if len(commit.parents) < 2]
    merges = {pull_request_number(commit) for commit in found if len(commit.parents) > 1} - {own, None}
    squashes = {pull_request_number(commit) for commit in single} - {own, None}
    source = _SOURCE.match(merge.subject)
    if len(merges) > 1 or (merges and source and _LONG_LIVED.match(source["name"])):  # one alone: somebody helped on a fork
        return True
    if len(squashes) >= _MANY_SQUASHES and 2 * len(squashes) > len(single):
        return True
    return own is None and len({commit.author.email for commit in single if is_person(commit.author)}) > _BRANCH_PEOPLE
