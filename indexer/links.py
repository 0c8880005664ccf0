"""Web addresses of files and commits, inferred from a git remote. Pure functions; "" or None where a host is unknown.

The forms follow each host's own permalinks: GitHub, GitLab, Bitbucket Cloud and Data Center, Gitea/Forgejo, Azure DevOps,
sourcehut.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit

_SCP_LIKE = re.compile(r"^(?:[^@/:\s]+@)?(?P<host>[A-Za-z0-9][\w.-]*):(?P<path>[^\s]+)$")
_SAFE = "/-._~!$&'()*+,;=:@"  # RFC 3986, section 3.3: what a path may hold as it is


class Host(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    BITBUCKET_SERVER = "bitbucket-server"
    GITEA = "gitea"
    AZURE = "azure"
    SOURCEHUT = "sourcehut"


_GITEA_HOSTS = frozenset({"codeberg.org", "gitea.com", "opendev.org", "git.disroot.org"})
_GITEA_WORDS = ("gitea", "forgejo", "gogs", "codeberg")


def infer_web_url(remote: str) -> str:
    """The web page of a repository from its git remote (https, ssh or scp-like), without user and ".git"; "" if unknown."""
    host, port, path = _split(remote)
    if not host or not path:
        return ""
    if host == "ssh.dev.azure.com" or host.endswith("dev.azure.com") or host.endswith("visualstudio.com"):
        return _azure_page(host, unquote(path))
    if _host_kind(host, path) is Host.BITBUCKET_SERVER:
        return _bitbucket_server_page(host, port, path)
    path = re.sub(r"\.git$", "", path)
    if host in ("altssh.bitbucket.org", "ssh.github.com"):
        host = host.split(".", 1)[1]
    return f"https://{host}{port}/{_escaped(path)}" if path else ""


def file_url(web_url: str, commit: str, path: str, start: int = 0, end: int = 0) -> str | None:
    """A permalink to a file, or to lines `start` to `end` of it (from 1, both included); None where the host is unknown."""
    kind = _kind_of_page(web_url)
    base, file = web_url.rstrip("/"), _escaped(path)
    last = max(start, end)
    span = f"{start}-{last}" if last > start else f"{start}"
    match kind:
        case Host.GITHUB:
            plain = "?plain=1" if start and path.lower().endswith((".md", ".markdown", ".rst", ".adoc", ".ipynb")) else ""
            return f"{base}/blob/{commit}/{file}{plain}" + _anchor(start, f"L{start}", f"-L{last}", last)
        case Host.GITLAB:
            plain = "?plain=1" if start and path.lower().endswith((".md", ".markdown", ".rst", ".adoc", ".ipynb")) else ""
            return f"{base}/-/blob/{commit}/{file}{plain}" + _anchor(start, f"L{start}", f"-{last}", last)
        case Host.GITEA:
            return f"{base}/src/commit/{commit}/{file}" + _anchor(start, f"L{start}", f"-L{last}", last)
        case Host.BITBUCKET:
            return f"{base}/src/{commit}/{file}" + _anchor(start, f"lines-{start}", f":{last}", last)
        case Host.BITBUCKET_SERVER:
            return f"{base}/browse/{file}?at={commit}" + (f"#{span}" if start else "")
        case Host.SOURCEHUT:
            return f"{base}/tree/{commit}/item/{file}" + _anchor(start, f"L{start}", f"-{last}", last)
        case Host.AZURE:
            lines = f"&line={start}&lineEnd={last + 1}&lineStartColumn=1&lineEndColumn=1" if start else ""
            return f"{base}?path=/{quote(path, safe='/-._~')}&version=GC{commit}{lines}"
    return None


def commit_url(web_url: str, commit: str) -> str | None:
    """The page of a commit; None where the host is unknown."""
    base = web_url.rstrip("/")
    match _kind_of_page(web_url):
        case Host.GITHUB | Host.GITEA | Host.AZURE | Host.SOURCEHUT:
            return f"{base}/commit/{commit}"
        case Host.GITLAB:
            return f"{base}/-/commit/{commit}"
        case Host.BITBUCKET | Host.BITBUCKET_SERVER:
            return f"{base}/commits/{commit}"
    return None


def pull_request_url(web_url: str, number: int) -> str | None:
    """The page of a pull or merge request; None where the host is unknown or has none."""
    base = web_url.rstrip("/")
    match _kind_of_page(web_url):
        case Host.GITHUB:
            return f"{base}/pull/{number}"
        case Host.GITLAB:
            return f"{base}/-/merge_requests/{number}"
        case Host.GITEA:
            return f"{base}/pulls/{number}"
        case Host.BITBUCKET | Host.BITBUCKET_SERVER:
            return f"{base}/pull-requests/{number}"
        case Host.AZURE:
            return f"{base}/pullrequest/{number}"
    return None


def host_kind(web_url: str) -> str:
    """The software behind a page, as `Host` names it; "" where it is unknown."""
    return _kind_of_page(web_url) or ""


def _anchor(start: int, first: str, rest: str, last: int) -> str:
    return "" if not start else f"#{first}{rest if last > start else ''}"


def _escaped(path: str) -> str:
    return quote(path, safe=_SAFE)


def _kind_of_page(web_url: str) -> Host | None:
    try:
        parts = urlsplit(web_url)
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return None
    return _host_kind(parts.hostname, parts.path)


def _host_kind(host: str, path: str) -> Host | None:
    """The software behind a host, known or guessed from its name; a self-hosted one of another name needs `web_url`."""
    host = host.lower()
    words = re.split(r"[.-]", host)
    if host.endswith("dev.azure.com") or host.endswith("visualstudio.com") or "/_git/" in path:
        return Host.AZURE
    if host.endswith("bitbucket.org"):
        return Host.BITBUCKET
    if "bitbucket" in words or "stash" in words or re.match(r"^/?(projects|users)/[^/]+/repos/", path):
        return Host.BITBUCKET_SERVER
    if host == "github.com" or "github" in words or "ghe" in words:
        return Host.GITHUB
    if "gitlab" in words:
        return Host.GITLAB
    if host in _GITEA_HOSTS or any(word in words for word in _GITEA_WORDS):
        return Host.GITEA
    if host == "git.sr.ht" or host.endswith(".sr.ht"):
        return Host.SOURCEHUT
    return None


def _split(remote: str) -> tuple[str, str, str]:
    """Host, ":port" of a web address ("" for ssh, whose port says nothing about the web) and path of a remote."""
    remote = remote.strip()
    if "://" in remote:
        try:
            parts = urlsplit(remote)
            port = f":{parts.port}" if parts.port and parts.scheme in ("https", "http") else ""
        except ValueError:
            return "", "", ""
        if parts.scheme not in ("https", "http", "ssh", "git", "git+ssh", "ssh+git"):
            return "", "", ""
        return (parts.hostname or "").lower(), port if port != ":443" else "", unquote(parts.path).strip("/")
    match = _SCP_LIKE.match(remote)
    if not match or len(match["host"]) == 1:  # one letter is a Windows drive
        return "", "", ""
    return match["host"].lower(), "", match["path"].strip("/")


def _azure_page(host: str, path: str) -> str:
    """Azure DevOps: v3/ORG/PROJECT/REPO over ssh, ORG/PROJECT/_git/REPO over https (the project may be left out)."""
    parts = path.removeprefix("v3/").split("/")
    if "_git" in parts:
        organisation = host.removeprefix("vs-ssh.") if host.endswith("visualstudio.com") else "dev.azure.com"
        return f"https://{organisation}/{_escaped('/'.join(parts))}"
    if len(parts) != 3:
        return ""
    return "https://dev.azure.com/" + "/".join(_escaped(part) for part in (*parts[:2], "_git", parts[2]))


def _bitbucket_server_page(host: str, port: str, path: str) -> str:
    """Bitbucket Data Center: scm/PROJECT/REPO.git over https, PROJECT/REPO.git over ssh; ~user is a personal project."""
    match = re.fullmatch(r"(?P<context>(?:[^/]+/)*?)(?:scm/)?(?P<project>~?[^/]+)/(?P<name>[^/]+?)(?:\.git)?", path)
    if not match:
        return ""
    project = match["project"]
    place = f"users/{project[1:]}" if project.startswith("~") else f"projects/{project.upper()}"
    return f"https://{host}{port}/{_escaped(match['context'])}{_escaped(place)}/repos/{_escaped(match['name'])}"
