"""A commit as a chunk: its message without the noise of tools, and the names of the files it touched."""

from __future__ import annotations

import re

from indexer.types import Chunk, Commit, Kind

_TRAILER = re.compile(
    r"^(?:signed-off-by|reviewed-by|acked-by|tested-by|co-authored-by|co-developed-by|reported-by|suggested-by|approved-by|cc|change-id"
    r"|git-svn-id|reviewed-on|commit-queue|bug|cr-commit-position|pull-request|differential revision|test plan|pr-url|auto-submit"
    r"|tryBot-result|lucI-tryBot-result|run-trybot|gitorigin-revid|piperorigin-revid|claude-session|generated-by)\s*:.*$"
    r"|^\(cherry picked from commit .*\)$|^git-svn-id:.*$|^updates? \S+ from \S+ to \S+$|^---+$|^\s*<!--.*-->\s*$", re.IGNORECASE)
_EMBED_CHARACTERS = 480  # about 96 to 128 tokens: what measured best for messages
_STEMS = 12


def commit_chunk(repo: str, commit: Commit) -> Chunk:
    """The chunk of one commit. `text` is what a person wrote; the model also sees which files were touched."""
    body = clean_body(commit.body)
    text = f"{commit.subject}\n\n{body}" if body else commit.subject
    message = " ".join(text.split())[:_EMBED_CHARACTERS]
    stems = dict.fromkeys(_stem(change.path) for change in commit.changes)
    touched = " ".join(list(stems)[:_STEMS])
    embed = f"{message}\n{touched}" if touched else message
    return Chunk(commit_chunk_id(repo, commit.sha), repo, None, 1, text.count("\n") + 1, text, Kind.COMMIT, embed, doc=body,
                 commit=commit.sha)


def commit_chunk_id(repo: str, sha: str) -> str:
    return f"{repo}:{sha}"


def _stem(path: str) -> str:
    """A file's name without its ending, as pathlib gives it, in a tenth of the time."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


def clean_body(body: str) -> str:
    """A message's body without trailers and marks of tools."""
    lines = [line.rstrip() for line in body.replace("\r\n", "\n").split("\n") if not _TRAILER.match(line.strip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
