"""An owner as one word of a file: "@jane", "@acme/payments", "jane@example.com", "Jane Doe <jane@example.com>"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from indexer.declared.types import Holder, HolderKind

_HANDLE = re.compile(r"@(\w[\w.+-]{0,254})")
_TEAM = re.compile(r"@(\w[\w.+-]{0,254}(?:/\w[\w.+-]{0,254}){1,20})")
_MAIL = re.compile(r"[^\s@<>()\[\],;:\"]{1,254}@[\w-][\w.-]{0,254}")
_NAMED = re.compile(r"\"?([^<>\"]{0,200}?)\"?\s*<\s*([^<>\s]{1,500})\s*>")
_BARE_NAME = re.compile(r"[^\W\d_][\w.'-]{0,40}(?: [\w.'-]{1,40}){1,4}")


@lru_cache(maxsize=8192)
def holder_of(word: str) -> Holder | None:
    """The owner that a word names: "@user", "@org/team" (nested groups too) or an address; None for anything else."""
    if word.startswith("@"):
        if found := _HANDLE.fullmatch(word):
            return Holder(word, HolderKind.PERSON, handle=found[1])
        found = _TEAM.fullmatch(word)
        return Holder(word, HolderKind.TEAM, handle=found[1]) if found else None
    return Holder(word, HolderKind.PERSON, email=word) if _MAIL.fullmatch(word) else None


def named_holder(text: str, role: str = "") -> Holder | None:
    """The person of "Jane Doe <jane@example.com>", of a bare address, or of a bare name; None where neither can be seen."""
    text = text.strip()
    if found := _NAMED.match(text):
        name, mail = found[1].strip() or None, found[2]
        if not _MAIL.fullmatch(mail):
            return Holder(text, HolderKind.PERSON, name=name, role=role) if name else None
        return Holder(text, HolderKind.PERSON, email=mail, name=name, role=role)
    holder = holder_of(text.split()[0]) if text else None
    if holder is None and _BARE_NAME.fullmatch(text):
        return Holder(text, HolderKind.PERSON, name=text, role=role)
    return replace(holder, role=role) if holder else None


def is_mail(text: str) -> bool:
    """Whether this is one e-mail address and nothing else."""
    return _MAIL.fullmatch(text) is not None
