"""Says what git's error texts mean, with what to do about it, and removes credentials from them."""

from __future__ import annotations

import re

from indexer.errors import DocentError, MissingObject, RepoUnreachable, StoreError

_USERINFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/@\s'\"]+@")
_HEADER = re.compile(r"(?i)(authorization:\s*)\S+(\s+\S+)?")

# What `git fetch` says when upload-pack on the other side dies of an object it does not have.
_INCOMPLETE = (
    r"possible repository corruption|lazy fetching disabled|promisor remote|did not send all necessary objects"
    r"|remote: (fatal|error): (unable to read|bad object|bad tree|missing|Could not read|loose object|packed object)"
)

_DISK = (
    (
        r"No space left on device|Disk quota exceeded|Errno 28",
        "The disk is full.",
        "Free some space in docent's data folder and try again.",
    ),
    (
        r"Read-only file system|insufficient permission for adding|could not create (work tree|leading)"
        r"|Unable to create '|cannot mkdir",
        "docent's copy of {repo} cannot be written.",
        "Check the permissions of the data folder.",
    ),
)

_DAMAGE = (
    (
        r"object file .* is empty|loose object .* is corrupt|packfile .* (cannot|is far too|index unavailable)|bad object"
        r"|missing blob object|inflate: data stream error|unable to read (tree )?[0-9a-f]{40}"
        r"|Could not read [0-9a-f]{40}|Failed to traverse parents",
        "docent's copy of {repo} is damaged or incomplete.",
        "Delete its folder under mirrors/ in the data folder; the next refresh makes it anew.",
    ),
)

_REMOTE = (
    (r"git: command not found", "git is not installed.", "Install git 2.32 or newer."),
    (
        r"Authentication failed|could not read (Username|Password)|terminal prompts disabled|HTTP Basic: Access denied"
        r"|error: 40[13]",
        "{url} wants a login.",
        "Set DOCENT_GIT_TOKEN to a token that may read it, or use its ssh address with a deploy key.",
    ),
    (
        r"Permission denied \(|publickey",
        "{url} does not accept this machine's ssh key.",
        "Add a deploy key, or load the key into the ssh agent.",
    ),
    (
        r"Host key verification failed",
        "The ssh host key of {url} is not known here.",
        "Connect once with ssh and accept the key, or add it to known_hosts.",
    ),
    (r"Could not resolve host", "The host of {url} cannot be found.", "Check the address and this machine's network."),
    (
        r"timed out|Operation too slow|Connection refused|Failed to connect|Network is unreachable|early EOF",
        "{url} does not answer.",
        "Check the network; docent tries again at the next refresh.",
    ),
    (
        r"filtering not recognized",
        "{url} cannot send a part of itself.",
        "Give docent the address it was cloned from instead.",
    ),
    (
        r"[Rr]epository .*not found|does not appear to be a git repository|not a git repository|error: 404",
        "There is no repository at {url}, or this login may not see it.",
        "Check the address and the rights of the token or key.",
    ),
    (r"transport '.*' not allowed", "{url} leads to a protocol that docent does not allow.", "Use an https or ssh address."),
)


def redact(text: str) -> str:
    """`text` without user names, passwords and tokens in URLs and headers."""
    return _HEADER.sub(r"\1***", _USERINFO.sub(r"\g<scheme>", text))


def explain(repo: str, url: str, stderr: str) -> DocentError:
    """The error to raise for what git wrote on stderr.

    MissingObject when the source lacks objects, StoreError for our own disk, RepoUnreachable for the rest.
    """
    shown = redact(url) or repo
    if found := _match(_DISK, stderr):  # first, since the other side then complains of a reader that hung up
        message, hint = found
        return StoreError(message.format(repo=repo), hint)
    if re.search(_INCOMPLETE, stderr):
        return incomplete(repo, shown)
    if found := _match(_DAMAGE, stderr):
        message, hint = found
        return StoreError(message.format(repo=repo), hint)
    if found := _match(_REMOTE, stderr):
        message, hint = found
        return RepoUnreachable(repo, message.format(url=shown), hint)
    return RepoUnreachable(repo, f"git could not read {shown}: {_gist(stderr)}", "Check its url in docent.toml.")


def _match(table: tuple[tuple[str, str, str], ...], stderr: str) -> tuple[str, str] | None:
    """Message and hint of the first entry whose pattern occurs."""
    return next(((message, hint) for pattern, message, hint in table if re.search(pattern, stderr)), None)


def incomplete(repo: str, shown: str) -> MissingObject:
    """The error for a source, shown by its address without credentials, that lacks objects."""
    if shown.startswith("/"):
        message = f"{shown} lacks some of its objects: it is a partial or damaged clone."
        return MissingObject(repo, message, "Run `git fetch --refetch` in it, or clone it anew.")
    message = f"The repository at {shown} is damaged or incomplete, so it cannot be copied."
    return MissingObject(repo, message, "Have it checked there with `git fsck`, or give docent the address of a whole copy.")


def _gist(stderr: str) -> str:
    """The first fatal line, which says most; else the last line."""
    lines = [line.strip() for line in redact(stderr).replace("\r", "\n").split("\n") if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR"))] or lines[-1:] or ["no reason given"]
    return told[0].removeprefix("fatal: ").removeprefix("error: ")[:300]
