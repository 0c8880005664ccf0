"""Which repositories a command is about."""

from __future__ import annotations

from bot.request import Request
from bot.service import Docent
from indexer.errors import UnknownRepo


def scope(docent: Docent, request: Request) -> tuple[str, ...]:
    """The repositories a request is about: those named, else all configured ones, else the one it was typed in. UnknownRepo."""
    if request.repos:
        return tuple(dict.fromkeys(docent.resolve(given, path) for given, path in request.repos))
    if docent.settings.repositories:
        return tuple(repository.name for repository in docent.settings.repositories)
    if request.around:
        return (docent.resolve(request.around, request.around),)
    raise UnknownRepo("", "There is no git repository here.", "Go into one, name one with --repo PATH, or write a docent.toml.")
