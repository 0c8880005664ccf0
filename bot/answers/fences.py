"""Marks untrusted text as data in a prompt: between fences with a random word in them, which no text can close."""

from __future__ import annotations

import secrets
from collections.abc import Iterable


def nonce_for(texts: Iterable[str]) -> str:
    """A word that none of the texts contains."""
    everything = "\n".join(texts)
    while (nonce := secrets.token_hex(6)) in everything:
        pass
    return nonce


def fenced(nonce: str, name: str, text: str) -> str:
    """A text between fences; `name` must hold nothing that could end one."""
    return f"<<<{name} {nonce}>>>\n{text}\n<<<end {nonce}>>>"


def clipped(text: str, longest: int) -> str:
    """At most `longest` characters, cut after a line where there is one."""
    if len(text) <= longest:
        return text
    head = text[: longest - 2]
    at = head.rfind("\n")
    return (head[:at] if at > longest // 2 else head) + "\n…"
