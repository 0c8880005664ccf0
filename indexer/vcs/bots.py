"""Which names in a history are no person: bots, AI assistants, and hosts that commit in somebody's stead."""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.types import Person

_BOT_NAME = re.compile(
    r"\[bot\]$|[-_](ro)?bot$|^(dependabot|renovate|greenkeeper|pre-commit-ci|github-actions|github actions|(hosted )?weblate|snyk"
    r"|mergify|codecov|allcontributors|imgbot|semantic-release|release-please|travis ci|circleci|gitlab ci|azure pipelines"
    r"|translatewiki|build ?bot|kernel test robot|bors|travis bot|rust-bors|homu|crowdin"
    r"|transifex|copybara)\b|\b(auto-?merger|merge queue|auto-?roller?)$|^(jenkins( ci)?|zuul|ci|buildkite)$|\(jenkins\)$"
    r"|[- ](ci|prow)[- ]robot$",
    re.IGNORECASE,
)
_SMALL_BOT = re.compile(r" bot$|\w \w+ Bot$")  # "pytest bot", "Azure SDK Bot": a surname would have a capital after one name
_BOT_MAIL = re.compile(
    r"\[bot\]@|^([^@]*[-_])?bot@|^([^@]*[-_.])?robot@|@(bots?\.|renovateapp\.com|dependabot\.com)", re.IGNORECASE
)

# Vendors' own people commit too, so of their domains only the addresses that the tools sign with count.
_AI_MAIL = re.compile(
    r"^(noreply|no-reply|claude)@anthropic\.com$|^(noreply|no-reply|codex)@openai\.com$|^cursoragent@cursor\.com$"
    r"|@cursor\.sh$|^aider@aider\.chat$|^amp@ampcode\.com$|^openhands@all-hands\.dev$"
    r"|^(\d+\+)?(copilot|copilot-swe-agent|devin-ai-integration|gemini-code-assist|google-labs-jules|chatgpt-codex-connector"
    r"|claude|openhands-agent|sweep-ai|cursoragent)(\[bot\])?@users\.noreply\.",
    re.IGNORECASE,
)
_AI_NAME = re.compile(
    r"^((anthropic )?claude (code|opus|sonnet|haiku)\b.*|(github )?copilot|copilot-swe-agent|cursor( (agent|ai|grok|claude|gpt)\b.*)?"
    r"|cursoragent|openai codex|devin ai|gemini cli|gemini code assist|openhands|aider(\s+\(.*\))?|.*\(aider\))(\[bot\])?$",
    re.IGNORECASE,
)

# What a host signs with when somebody presses a button on its pages: GitHub's web-flow and its like.
_HOST = re.compile(
    r"^(github|gitlab|gitea|forgejo|bitbucket) <(noreply|no-reply|web-flow)@|^gerrit code review <", re.IGNORECASE
)

_MANY = 32_768  # names in a large history, each of which is looked at many times


def is_bot(person: Person) -> bool:
    """Whether this is a program: dependency updates, CI, translations. A surname such as "Bot" alone does not make one."""
    name = person.name.strip()
    return bool(_BOT_NAME.search(name) or _SMALL_BOT.search(name) or _BOT_MAIL.search(person.email.strip()))


def is_assistant(person: Person) -> bool:
    """Whether this is an AI assistant, which nobody can ask; a person called Claude is none."""
    return bool(_AI_MAIL.search(person.email.strip()) or _AI_NAME.match(person.name.strip()))


def is_host(person: Person) -> bool:
    """Whether this is the host itself, as the committer of what people do on its pages."""
    return bool(_HOST.match(f"{person.name.strip()} <{person.email.strip()}"))


@lru_cache(maxsize=_MANY)
def is_person(person: Person) -> bool:
    """Whether somebody can be asked."""
    named = person.name.strip() or person.email.strip()
    return bool(named) and not is_bot(person) and not is_assistant(person) and not is_host(person)
