"""Who is who: which addresses belong to one person, and which names are no person at all.

Hosts' noreply addresses and full names of two words or more join; one-word names never do, for too many people share them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from unicodedata import normalize

from indexer.types import Person

_NOREPLY = re.compile(r"^(?:\d+[+-])?(?P<handle>[^@+]+)@users\.noreply\.(?P<host>.+)$", re.IGNORECASE)
_NOBODY_MAILS = re.compile(r"^$|^(none|unknown|no-?reply|root|you|user|email)@|@(localhost|none)$|@\(none\)", re.IGNORECASE)
_NOBODY_NAMES = frozenset({"your name", "first last", "john doe", "jane doe", "unknown user", "no author", "no name"})

_BOT_NAME = re.compile(
    r"\[bot\]$|[-_]bot$|^(dependabot|renovate|greenkeeper|pre-commit-ci|github-actions|github actions|(hosted )?weblate|snyk"
    r"|mergify|codecov|allcontributors|imgbot|semantic-release|release-please|travis ci|circleci|gitlab ci|azure pipelines"
    r"|translatewiki)\b|^jenkins( ci)?$",
    re.IGNORECASE,
)
_BOT_MAIL = re.compile(r"\[bot\]@|^([^@]*[-_])?bot@|@(bots?\.|renovateapp\.com|dependabot\.com)", re.IGNORECASE)

# Vendors' own people commit too, so of their domains only the addresses that the tools sign with count.
_AI_MAIL = re.compile(
    r"^(noreply|no-reply)@(anthropic|openai)\.com$|^codex@openai\.com$|^cursoragent@cursor\.com$|@cursor\.sh$|^aider@aider\.chat$"
    r"|^amp@ampcode\.com$|^openhands@all-hands\.dev$"
    r"|^(\d+\+)?(copilot|copilot-swe-agent|devin-ai-integration|gemini-code-assist|google-labs-jules|chatgpt-codex-connector"
    r"|claude|openhands-agent|sweep-ai|cursoragent)(\[bot\])?@users\.noreply\.",
    re.IGNORECASE,
)
_AI_NAME = re.compile(
    r"^(claude (code|opus|sonnet|haiku)\b.*|(github )?copilot|copilot-swe-agent|cursor( (agent|ai|grok|claude|gpt)\b.*)?"
    r"|cursoragent|openai codex|devin ai|gemini cli|gemini code assist|openhands|aider(\s+\(.*\))?|.*\(aider\))(\[bot\])?$",
    re.IGNORECASE,
)


def is_bot(person: Person) -> bool:
    """Whether this is a program: dependency updates, CI, translations. A surname such as "Bot" alone does not make one."""
    return bool(_BOT_NAME.search(person.name.strip()) or _BOT_MAIL.search(person.email.strip()))


def is_assistant(person: Person) -> bool:
    """Whether this is an AI assistant, which nobody can ask; a person called Claude is none."""
    return bool(_AI_MAIL.search(person.email.strip()) or _AI_NAME.match(person.name.strip()))


def is_person(person: Person) -> bool:
    """Whether somebody can be asked."""
    return bool(person.name.strip() or person.email.strip()) and not is_bot(person) and not is_assistant(person)


def handle_of(person: Person) -> str | None:
    """The account name that a host's noreply address tells, without "@"; None where it tells none."""
    match = _NOREPLY.match(person.email.strip())
    return match["handle"] if match else None


def merge_people(seen: Iterable[tuple[Person, datetime]]) -> dict[Person, Person]:
    """Each identity seen, with when, to the one Person it belongs to.

    That Person has the fullest of the names in use (the most used one among those) and the address used most recently.
    """
    latest: dict[Person, datetime] = {}
    uses: Counter[Person] = Counter()
    for person, when in seen:
        uses[person] += 1
        latest[person] = max(when, latest.get(person, when))
    groups = _grouped(latest)
    merged: dict[Person, Person] = {}
    for members in groups:
        name = max(members, key=lambda person: (len(person.name.split()) > 1, uses[person], latest[person], person.name)).name
        newest = max(members, key=lambda person: (latest[person], uses[person], person.email))
        merged |= dict.fromkeys(members, Person(name, newest.email))
    return merged


def _grouped(people: Iterable[Person]) -> list[list[Person]]:
    """Union-find over the keys of `_keys`: whoever shares one is the same."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = key = parent[parent[key]]
        return key

    keyed = [(person, _keys(person)) for person in people]
    for _, keys in keyed:
        for key in keys[1:]:
            parent[root(key)] = root(keys[0])
    groups: dict[str, list[Person]] = {}
    for person, keys in keyed:
        groups.setdefault(root(keys[0]), []).append(person)
    return list(groups.values())


def _keys(person: Person) -> list[str]:
    mail, name = person.email.strip().lower(), _plain(person.name)
    keys = []
    if match := _NOREPLY.match(mail):
        keys.append(f"handle:{match['host']}/{match['handle']}")
    elif not _NOBODY_MAILS.search(mail):
        keys.append(f"mail:{mail}")
    if len(name.split()) >= 2 and name not in _NOBODY_NAMES and is_person(person):
        keys.append(f"name:{name}")
    return keys or [f"only:{name}/{mail}"]


def _plain(name: str) -> str:
    """A name without accents, case, dots and extra blanks, so that "José  García" is "jose garcia"."""
    letters = "".join(char for char in normalize("NFKD", name) if not 0x300 <= ord(char) < 0x370)
    return " ".join(letters.casefold().replace(".", " ").split())
