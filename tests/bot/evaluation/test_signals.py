"""Every signal of the recipe is measured: whoever adds one to `Recipe` has to say how it is switched off."""

from __future__ import annotations

from dataclasses import fields, replace

from bot.evaluation.signals import LEGS, SIGNALS, SIZES, WHOLE, variants
from indexer.retrieval.recipe import RECIPE, Recipe


def test_every_field_of_the_recipe_is_a_signal_a_leg_or_a_size():
    known = SIGNALS.keys() | {field for leg in LEGS.values() for field in leg} | SIZES
    assert {field.name for field in fields(Recipe)} == known, "give a new field of Recipe its line in bot/evaluation/signals.py"
    assert not SIGNALS.keys() & SIZES


def test_each_variant_differs_from_the_whole_and_from_the_others():
    found = variants()
    assert (found[0].name, found[0].recipe) == (WHOLE, RECIPE)
    assert len({variant.recipe for variant in found}) == len({variant.name for variant in found}) == len(found)
    assert len(found) == 1 + 2 * len(LEGS) + 1 + len(SIGNALS)


def test_a_leg_alone_has_nothing_beside_it():
    by_name = {variant.name: variant.recipe for variant in variants()}
    alone = by_name["meaning alone"]
    assert (alone.words, alone.names, alone.commit_legs) == ((1, 0), (1, 0), (1, 0))
    assert all(getattr(alone, field) == off for field, (_, off) in SIGNALS.items())
    assert by_name["without words"] == replace(RECIPE, **LEGS["meaning"])


def test_what_a_recipe_does_not_use_is_not_measured():
    names = {variant.name for variant in variants(replace(RECIPE, path=0.0))}
    assert "without paths" not in names and "without file means" in names
