"""A file that is nothing but a list of people: "Jane Doe <jane@example.com> (@jane)", one a line."""

from __future__ import annotations

import re

from indexer.declared.holders import is_mail
from indexer.declared.types import Holder, HolderKind

_PERSON = re.compile(
    r"(?:[*+-] +)?(?P<name>[^\W\d_][^<>@|:]{1,80}?)\s*<(?P<mail>[^<>\s]{3,200})>\s*(?:\(?@(?P<handle>\w[\w-]{0,100})\)?)?"
)
_PASSED_OVER = re.compile(r"\s*|#.*|[-=~*_ ]{3,}|\[[^\]]*\]: .*")


def listed_people(lines: list[str]) -> list[tuple[int, Holder]]:
    """The people with their lines; [] where anything else stands among them but headings and rulers.

    Strict on purpose: a file that says who looks after which part says nothing of the whole.
    """
    people: list[tuple[int, Holder]] = []
    for number, line in enumerate(lines, start=1):
        found = _PERSON.fullmatch(line.rstrip())
        if found is not None and is_mail(found["mail"]):
            name, mail, handle = found["name"].strip(), found["mail"], found["handle"]
            holder = Holder(f"{name} <{mail}>", HolderKind.PERSON, handle=handle, email=mail, name=name, role="maintainer")
            people.append((number, holder))
        elif not _PASSED_OVER.fullmatch(line) and not _heading(lines, number):
            return []
    return people


def _heading(lines: list[str], number: int) -> bool:
    """Whether a line is a heading that the line below it underlines, as in reStructuredText."""
    return number < len(lines) and re.fullmatch(r"[-=~]{3,}\s*", lines[number]) is not None
