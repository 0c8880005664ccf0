"""Small things said in all of them."""

from __future__ import annotations


def number(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def plain(text: str) -> str:
    """Without marks of code and quotation: names of systems, areas and titles, which the cited places need not hold as they are told."""
    return text.translate({ord(mark): None for mark in '`“”"'})


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
