"""Which names in a history are no person: bots, AI assistants, and hosts that commit in somebody's stead."""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.types import Person

_BOT_NAME = re.compile(
    r"\[bot\]$|[-_]bot$|^(dependabot|renovate|greenkeeper|pre-commit-ci|github-actions|github actions|(hosted )?weblate|snyk"
    r"|mergify|codecov|allcontributors|imgbot|semantic-release|release-please|travis ci|circleci|gitlab ci|azure pipelines"
    r"|translatewiki|build ?bot|kernel test robot|bors)\b|^jenkins( ci)?$|\(jenkins\)$|[- ](ci|prow)[- ]robot$|^zuul$",
    re.IGNORECASE,
)
_BOT_MAIL = re.compile(
    r"\[bot\]@|^([^@]*[-_])?bot@|^([^@]*[-_.])?robot@|@(bots?\.|renovateapp\.com|dependabot\.com)", re.IGNORECASE
)

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

# What a host signs with when somebody presses a button on its pages: GitHub's web-flow and its like.
_HOST_MAIL = re.compile(r"^(noreply|no-reply|web-flow|gerrit)@", re.IGNORECASE)
_HOST_NAME = re.compile(r"^(github|gitlab|gitea|forgejo|bitbucket|gerrit code review)$", re.IGNORECASE)

_MANY = 32_768  # names in a large history, each of which is looked at many times


def is_bot(person: Person) -> bool:
    """Whether this is a program: dependency updates, CI, translations. A surname such as "Bot" alone does not make one."""
    return bool(_BOT_NAME.search(person.name.strip()) or _BOT_MAIL.search(person.email.strip()))


def is_assistant(person: Person) -> bool:
    """Whether this is an AI assistant, which nobody can ask; a person called Claude is none."""
    return bool(_AI_MAIL.search(person.email.strip()) or _AI_NAME.match(person.name.strip()))


def is_host(person: Person) -> bool:
    """Whether this is the host itself, as the committer of what people do on its pages."""
    return bool(_HOST_MAIL.search(person.email.strip()) and _HOST_NAME.match(person.name.strip()))


@lru_cache(maxsize=_MANY)
def is_person(person: Person) -> bool:
    """Whether somebody can be asked."""
    named = person.name.strip() or person.email.strip()
    return bool(named) and not is_bot(person) and not is_assistant(person) and not is_host(person)
