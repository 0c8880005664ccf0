"""What each piece of evidence is worth: the recipes that leave one out, or use one alone.

A new field of `Recipe` gets a line here: in `SIGNALS` with the value that switches it off, or in `SIZES` where it is none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from indexer.retrieval.recipe import RECIPE, Recipe

SIGNALS: dict[str, tuple[str, Any]] = {
    "hints": ("likely words", 0.0),
    "commit_hints": ("likely words for commits", 0.0),
    "demotion": ("demotion of tests and docs", False),
    "definition": ("definitions", 0.0),
    "definition_alone": ("definitions of a name alone", 0.0),
    "path": ("paths", 0.0),
    "file_mean": ("file means", 0.0),
    "test_bridge": ("bridge of tests", 0.0),
    "commit_bridge": ("bridge of commits", 0.0),
    "docs_bridge": ("bridge of docs", 0.0),
    "repository": ("choice of repository", 0.0),
    "rewritten": ("terms of a language model", 0.0),
    "imagined": ("imagined answers", 0.0),
    "traced": ("stack traces", 0.0),
    "noise": ("demotion of upkeep commits", 1.0),
    "outside": ("times named in questions", 1.0),
    "later": ("the beginning of “since”", 1.0),
    "code_evidence": ("files of commits", 0.0),
    "size": ("sizes of commits", 0.0),
    "parts": ("source and tests in commits", 0.0),
    "removal": ("removals asked for", 0.0),
}
"""Field of the recipe -> what it is called, and the value that switches it off."""

LEGS: dict[str, dict[str, Any]] = {
    "meaning": {"words": (1.0, 0.0), "hinted": (1.0, 0.0), "names": (1.0, 0.0), "commit_legs": (1.0, 0.0)},
    "words": {"words": (0.0, 1.0), "hinted": (0.0, 1.0), "names": (0.0, 1.0), "commit_legs": (0.0, 1.0)},
}
"""Each leg -> the fields that leave it alone of all legs."""

SIZES = frozenset({"pool", "more", "commit_pool", "commit_pool_aside"})
"""Fields that say how much is looked at or shown."""

WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to rank: the whole, a part of it alone, or all but one part."""

    name: str
    recipe: Recipe


def variants(whole: Recipe = RECIPE) -> tuple[Variant, ...]:
    """The whole first; what `whole` does not use is in none of them."""
    used = {field: named for field, named in SIGNALS.items() if getattr(whole, field) != named[1]}
    bare = replace(whole, **{field: off for field, (_, off) in used.items()})
    alone = [Variant(f"{leg} alone", replace(bare, **fields)) for leg, fields in LEGS.items()]
    others = {leg: other for leg in LEGS for other in LEGS if other != leg}  # of two legs, leaving one out is using the other
    return (
        Variant(WHOLE, whole),
        *alone,
        Variant(f"{' and '.join(LEGS)} alone", bare),
        *(Variant(f"without {leg}", replace(whole, **LEGS[other])) for leg, other in others.items()),
        *(Variant(f"without {name}", replace(whole, **{field: off})) for field, (name, off) in used.items()),
    )
