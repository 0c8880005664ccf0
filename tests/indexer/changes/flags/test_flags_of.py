"""All flags of a story, from a real repository: in which order they come, and that their places show them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer.changes.flags import flags_of
from indexer.changes.steps import steps_of
from indexer.changes.types import FlagKind, Story
from indexer.vcs.repository import Repository
from tests.git_repo import GitRepo

BEFORE = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "httpx>=0.24",\n]\n',
    "shop/client.py": "def refund(order):\n    return order\n\n\ndef pay(order, *, wait=5):\n    return order\n",
    "shop/vouchers.py": "".join(f"def voucher_{number}(order):\n    return order\n\n\n" for number in range(60)),
    "shop/billing/cycle.py": "def run():\n    pass\n",
    "config.toml": "[server]\ntimeout = 30\n",
}
AFTER: dict[str, str | bytes | None] = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = [\n  "httpx>=0.24",\n  "stripe>=9",\n]\n',
    "shop/client.py": "def pay(order, currency, *, wait=9):\n    return order\n",
    "shop/vouchers.py": None,
    "shop/billing/cycle.py": "def run():\n" + "".join(f"    step_{number}()\n" for number in range(60)),
    "shop/migrations/0002_x.py": "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    '    operations = [migrations.DeleteModel("Voucher")]\n',
    "config.toml": "[server]\ntimeout = 60\n",
}


@pytest.fixture
def repository(git_repo: GitRepo) -> Iterator[Repository]:
    opened = git_repo.opened()
    yield opened
    opened.close()


def read(repository: Repository, commit: str, path: str) -> str | None:
    data = repository.read_at(commit, path)
    return None if data is None else data.decode()


def test_flags_are_weightiest_first_and_each_is_shown_by_its_places(git_repo: GitRepo, repository: Repository) -> None:
    before = git_repo.commit(dict(BEFORE))
    after = git_repo.commit(AFTER, message="feat!: no more vouchers")
    commits = [commit for commit in repository.log(repository.fetch().sha) if commit.sha == after]
    story = Story("feat!: no more vouchers", "", tuple(commits))
    found = flags_of(story, steps_of(story, repository), lambda commit, path: read(repository, commit, path))
    kinds = list(dict.fromkeys(flag.kind for flag in found))
    assert kinds == [FlagKind.BREAKING, FlagKind.API_REMOVED, FlagKind.SCHEMA, FlagKind.DELETION, FlagKind.MONEY, FlagKind.DEPENDENCY_NEW,
                     FlagKind.DEFAULT, FlagKind.API_CHANGED]  # fmt: skip
    for flag in found:
        assert flag.places
        for place in flag.places:
            assert place.commit in (before, after)
            text = read(repository, place.commit, place.path) if place.path else ""
            assert text is not None
            name = flag.subject.split("(")[0].split(".")[-1]
            assert not place.line or name in text.split("\n")[place.line - 1] or flag.kind is FlagKind.MONEY


def test_the_first_commit_of_a_repository_is_no_flood(git_repo: GitRepo, repository: Repository) -> None:
    git_repo.commit(dict(BEFORE))
    story = Story("Begin", "", tuple(repository.log(repository.fetch().sha)))
    found = flags_of(story, steps_of(story, repository), lambda commit, path: read(repository, commit, path))
    assert [flag.kind for flag in found] in ([], [FlagKind.MONEY])


def test_no_story_without_steps_has_flags() -> None:
    assert flags_of(Story("Nothing", "", ()), (), lambda commit, path: None) == ()


def test_texts_that_nest_or_repeat_without_end_are_passed_over() -> None:
    from tests.indexer.changes.flags.made import flags

    for path, text in (("a.proto", "{" * 90_000), ("shop/a.py", "(" * 90_000), ("migrations/1_a.sql", "\n" * 90_000),
                       ("db/migrate/1_a.rb", "ActiveRecord::Migration" + "\n" * 90_000), ("config.yaml", "[" * 90_000)):
        project = {"pyproject.toml": '[project]\nname = "shop"\n'}
        assert flags({path: text[:50_000], **project}, {path: text, **project}) == []
