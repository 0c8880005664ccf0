"""Ranking one question by several recipes at once gives what asking by each alone gives."""

from __future__ import annotations

from contextlib import closing

from bot.evaluation.signals import variants
from indexer.config import IndexerSettings
from indexer.questions.query import parse_query
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.golden import rental


def test_rankings_are_those_of_each_recipe_alone(git_repo, tmp_path):
    rental.build(git_repo)
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("rental"),))
    recipes = [variant.recipe for variant in variants()]
    with closing(Workspace.open_owner(settings, "test", HashEmbedder())) as owner:
        owner.refresh("rental")
    with closing(Workspace.open_reader(settings, HashEmbedder())) as reader:
        for text in ("How does `refund` give money back?", "When did we stop hashing with md5?", "path:lock how is it opened", "Table"):
            query = parse_query(text)
            together = reader.index.rankings(query, recipes, 20)
            assert together == [reader.index.search(query, 20, recipe=recipe) for recipe in recipes]
            assert any(one != together[0] for one in together)
