"""Labelled questions as people also write them: the same cases with typos, in other order, shortened, wrapped in talk, inside a paste.

    python -m tests.benchmarks.robust_questions CASES.jsonl… > robust.jsonl
    docent eval robust.jsonl --mirrors DIR

writes every file question once as it is ("clean") and once in each way of `WAYS`, which becomes its kind, so that `docent eval` prints
one line for each way beside the clean one. The same cases give the same lines on every machine.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from indexer.tokens import STOP_WORDS

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*[A-Za-z]|[A-Za-z]")
_ONE_IN = 4  # words of meaning that get a typo, and always one
_SHORTEST = 4  # letters of a word that gets one
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

_TALK = (
    "Hi everyone, hope you are all well! Sorry if this is a silly one, I am new here and not technical at all. {} Thanks a lot in advance, "
    "and have a great weekend :)",
    "hey team 👋 quick question from the support desk before my next meeting, maybe somebody knows: {} Would really appreciate any "
    "pointers!! cheers, Anna",
    "Good morning! I was talking to a customer yesterday and could not tell them. {} Could you please let me know when you have a minute? "
    "Many thanks and kind regards",
)
_TEMPLATE = """### Describe the bug
<!-- A clear and concise description of what the bug is. Please search existing issues first. -->

{question}

### Steps to reproduce
1. Install the newest version
2. Start it with the default settings
3. See below

### Environment
| Name | Version |
| --- | --- |
| Operating system | Ubuntu 22.04.3 LTS (x86_64, kernel 6.5.0-14-generic) |
| Browser | Firefox 121.0 |
| Installed with | the package manager |

- [x] I have searched the existing issues
- [x] I have read the contribution guidelines and agree to the Code of Conduct

### Logs
```
{log}
```

### Additional context
Add any other context about the problem here.
"""
_LOGGED = (
    "worker heartbeat ok latency=12ms queue=0", "GET /healthz 200 1ms", "connection from 10.0.3.{n} accepted", "cache warm, 512 entries",
    "scheduled task finished in {n}ms", "memory usage 41%, 3 threads idle", "reloading configuration", "POST /api/items 201 {n}ms",
)  # fmt: skip


def swapped(word: str, dice: random.Random) -> str:
    """Two letters beside each other exchanged, never the first."""
    places = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    at = dice.choice(places) if places else 0
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def missing(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def doubled(word: str, dice: random.Random) -> str:
    at = dice.randrange(0, len(word))
    return word[: at + 1] + word[at:]


def neighbouring(word: str, dice: random.Random) -> str:
    """One letter, not the first, hit on the key beside it."""
    at = dice.randrange(1, len(word))
    row = next((keys for keys in _KEYS if word[at].lower() in keys), _KEYS[0])
    place = max(row.find(word[at].lower()), 0)
    near = [row[other] for other in (place - 1, place + 1) if 0 <= other < len(row)]
    return word[:at] + dice.choice(near) + word[at + 1 :]


def other_number(word: str, dice: random.Random) -> str:
    """A noun's other number, as far as its ending tells: "cookies" and "cookie"."""
    lower = word.lower()
    if lower.endswith("ies"):
        return word[:-3] + "y"
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return word[:-1]
    if lower.endswith(("ed", "ing", "ly", "ss", "us", "is")):
        return word
    return word[:-1] + "ies" if lower.endswith("y") and lower[-2] not in "aeiou" else f"{word}s"


def _with_typos(change: Callable[[str, random.Random], str], one_in: int = _ONE_IN) -> Callable[[str, random.Random], str]:
    def changed(question: str, dice: random.Random) -> str:
        found = [match for match in _WORD.finditer(question) if _tells(match.group())]
        chosen = dice.sample(found, min(len(found), max(1, len(found) // one_in)))
        for match in sorted(chosen, key=lambda item: -item.start()):
            question = question[: match.start()] + change(match.group(), dice) + question[match.end() :]
        return question

    return changed


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word.lower() not in STOP_WORDS and word[1:].islower() and "'" not in word and "’" not in word


def plain(question: str, dice: random.Random) -> str:
    """Small letters, no punctuation but what holds names of code together."""
    return " ".join(re.sub(r"[?!,;:\"“”]|\.(?=\s|$)", " ", question).lower().split())


def other_order(question: str, dice: random.Random) -> str:
    words = question.rstrip("?!. ").split()
    at = dice.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[at:] + words[:at])


def keywords(question: str, dice: random.Random) -> str:
    words = [word.strip("?!.,;:") for word in question.split()]
    return " ".join(word for word in words if word.lower().partition("'")[0] not in STOP_WORDS) or question


def in_talk(question: str, dice: random.Random) -> str:
    return dice.choice(_TALK).format(question)


def in_paste(question: str, dice: random.Random) -> str:
    lines = (
        f"2024-03-{dice.randrange(10, 29)}T{dice.randrange(10, 24)}:{dice.randrange(10, 60)}:07.{dice.randrange(100, 999)}Z "
        f"INFO [main-{dice.randrange(9)}] {dice.choice(_LOGGED).format(n=dice.randrange(2, 250))}"
        for _ in range(60)
    )
    return _TEMPLATE.format(question=question, log="\n".join(lines))


def one_word(question: str, dice: random.Random) -> str:
    """The longest word: of those that mean something the one that is rarest as a rule."""
    return max((word.strip("?!.,;:\"'()") for word in keywords(question, dice).split()), key=len)


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "clean": lambda question, dice: question,
    "swapped": _with_typos(swapped),
    "missing": _with_typos(missing),
    "doubled": _with_typos(doubled),
    "neighbour": _with_typos(neighbouring),
    "number": _with_typos(other_number, 1),
    "plain": plain,
    "order": other_order,
    "keywords": keywords,
    "talk": in_talk,
    "paste": in_paste,
    "word": one_word,
}
"""The name of a way to write -> the question written so. Long and pasted questions are left as they are but for "clean"."""


def written(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines that one case becomes."""
    short = "\n" not in case["question"].strip() and len(case["question"]) < 400
    for way, change in WAYS.items():
        if way == "clean" or short:
            question = change(case["question"], random.Random(f"{case['id']} {way}"))
            yield {**case, "id": f"{case['id']}/{way}", "kind": way, "question": question}


def main(paths: list[str]) -> None:
    for path in paths:
        for line in Path(path).read_text("utf-8").splitlines():
            case = json.loads(line)
            if "gold_files" in case:
                for one in written(case):
                    print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
