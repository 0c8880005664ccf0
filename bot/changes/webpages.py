"""Web addresses of changes, as copied from a browser: commits, pull requests, comparisons, releases. Pure functions.

The forms are those of GitHub, GitLab, Bitbucket Cloud and Data Center, Gitea/Forgejo, Azure DevOps, sourcehut and cgit. They
are told apart by their paths alone, for a company's own server may have any name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_SHA = r"[0-9a-fA-F]{7,64}"
_PULL = re.compile(
    r"^(?P<repo>/.+?)/(?:-/)?(?:pull|pulls|merge_requests|pull-requests|pullrequest)/(?P<number>\d{1,9})"
    rf"(?:/commits?/(?P<sha>{_SHA}))?(?:/.*)?$"
)
_COMMIT = re.compile(rf"^(?P<repo>/.+?)(?<!/src)/(?:-/)?commits?/(?P<sha>{_SHA})(?:\.(?:diff|patch))?(?:/.*)?$")
_CGIT = re.compile(r"^(?P<repo>/.+?)/commit$")
_COMPARE = re.compile(r"^(?P<repo>/.+?)/(?:(?:-/)?compare|branches/compare)/(?P<what>.+)$", re.DOTALL)
_COMPARE_BY_QUERY = re.compile(r"^(?P<repo>/.+?)/(?:branchCompare|compare(?:/(?:commits|diff))?)$")
_RELEASE = re.compile(r"^(?P<repo>/.+?)/(?:-/)?(?:releases/tag|releases|tags)/(?P<tag>.+)$")
_AZURE = re.compile(r"^(?P<company>[\w-]+)\.visualstudio\.com/(?:defaultcollection/)?", re.IGNORECASE)
_ENDINGS = ").,;:!?]}>'\"*_"


@dataclass(frozen=True, slots=True)
class ChangePage:
    """What an address shows: a `commit`, the pull request `number`, a comparison of `tip` against `base`, or the release `tag`.

    `repository` is the address of the repository's own page, to be compared with `page_key`.
    """

    repository: str
    commit: str = ""
    number: int = 0
    base: str = ""
    tip: str = ""
    tag: str = ""


def addresses(text: str) -> list[str]:
    """The web addresses in a text, without what ends the sentence around them."""
    return [found.rstrip(_ENDINGS) for found in re.findall(r"https?://[^\s<>|`\"]+", text)]


def page_key(url: str) -> str:
    """Host and path of a repository's page, such that two addresses of one page are the same; "" where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/").removesuffix(".git")
    return _AZURE.sub(r"dev.azure.com/\g<company>/", f"{parts.netloc.rpartition('@')[2]}{path}".removeprefix("www.")).casefold()


def read_change_page(url: str) -> ChangePage | None:
    """What change an address shows; None where it shows none."""
    try:
        parts = urlsplit(url.rstrip(_ENDINGS))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    path, query = unquote(parts.path).rstrip("/"), {key: values[0] for key, values in parse_qs(parts.query).items()}

    def page(match: re.Match[str], **what: str | int) -> ChangePage:
        return ChangePage(page_key(f"//{parts.netloc}{match['repo']}"), **what)  # type: ignore[arg-type]

    if match := _PULL.match(path):
        sha = match["sha"] or query.get("commit_id", "")  # one commit of GitLab's "Changes"
        return page(match, commit=sha) if re.fullmatch(_SHA, sha) else page(match, number=int(match["number"]))
    if match := _COMMIT.match(path):
        return page(match, commit=match["sha"])
    if (match := _CGIT.match(path)) and re.fullmatch(_SHA, query.get("id", "")):
        return page(match, commit=query["id"])
    if (match := _COMPARE_BY_QUERY.match(path)) and (sides := _asked_sides(query)):
        return page(match, base=sides[0], tip=sides[1])
    if (match := _COMPARE.match(path)) and (sides := _written_sides(match["what"])):
        return page(match, base=sides[0], tip=sides[1])
    if match := _RELEASE.match(path):
        return page(match, tag=match["tag"])
    return None


def _written_sides(what: str) -> tuple[str, str] | None:
    """ "base...tip" of most hosts; Bitbucket Cloud has the tip first, and a carriage return or ".." between."""
    if "\r" in what:
        tip, _, base = what.partition("\r")
    else:
        base, dots, tip = what.partition("..")
        if not dots:
            return None
        tip = tip.removeprefix(".")
    sides = tuple(_without_fork(side) for side in (base, tip))
    return (sides[0], sides[1]) if all(sides) else None


def _asked_sides(query: dict[str, str]) -> tuple[str, str] | None:
    """Azure DevOps: versions with GB, GT or GC before a branch, tag or commit; Bitbucket Data Center: target and source."""
    if "baseVersion" in query and "targetVersion" in query:
        return query["baseVersion"][2:], query["targetVersion"][2:]
    if "targetBranch" in query and "sourceBranch" in query:
        return query["targetBranch"], query["sourceBranch"]
    return None


def _without_fork(side: str) -> str:
    """A branch of a fork is "owner:branch" or "owner:repository:branch"."""
    return side.rpartition(":")[2].split("#")[0].split("?")[0]
