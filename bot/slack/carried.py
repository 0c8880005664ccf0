"""What a button remembers from one click to the next: docent keeps nothing of a private answer itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.blocks import units

LONGEST_QUERY = 400
MOST = 1_900  # Slack: 2,000 characters a button's value, 3,000 a modal's private_metadata; counted in UTF-16 units
MOST_OF_MODAL = 2_900
MOST_PEOPLE = 5
_NAME, _WHY = 60, 72


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Somebody who can be asked in Slack, and why it is them."""

    slack: str
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """A question about owners that can be asked again: `repos` are those it was answered from. `people` can be asked about
    `about`, which is how the places are called; `answer_to` is the response_url of the click that opened a modal."""

    query: str
    repos: tuple[str, ...] = ()
    people: tuple[ToAsk, ...] = ()
    about: str = ""
    answer_to: str = ""

    def written(self, most: int = MOST) -> str:
        """As the value of a button; what does not fit is left out, the least needed first. "" where the query alone does not."""
        return next((text for one in self._smaller() if units(text := one._json()) <= most), "")

    def _smaller(self) -> Iterator[Carried]:
        short = replace(
            self, people=tuple(ToAsk(one.slack, one.name[:_NAME], one.why[:_WHY]) for one in self.people[:MOST_PEOPLE])
        )
        yield short
        yield replace(short, people=tuple(replace(one, why="") for one in short.people))
        yield replace(short, people=tuple(replace(one, why="") for one in short.people), repos=())
        yield replace(short, people=short.people[:1], repos=(), about=short.about[:100])
        yield Carried(self.query, answer_to=self.answer_to)

    def _json(self) -> str:
        people = [[one.slack, one.name, one.why] for one in self.people]
        more = {"r": list(self.repos), "p": people, "a": self.about, "u": self.answer_to}
        kept = {"q": self.query, **{key: value for key, value in more.items() if value}}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def read_carried(text: str) -> Carried | None:
    """What a button or modal carried; None for what no version of docent wrote."""
    try:
        kept: dict[str, Any] = json.loads(text)
        return Carried(
            query=str(kept["q"]),
            repos=tuple(str(repo) for repo in kept.get("r", ())),
            people=tuple(ToAsk(*(str(part) for part in one)) for one in kept.get("p", ())),
            about=str(kept.get("a", "")),
            answer_to=str(kept.get("u", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
