"""Holdings: what somebody built rolled up to folders, what nobody else present knows, and what entries decide."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.holdings import Held, Holdings, decided_by
from indexer.config import PersonSettings
from indexer.declared.github import read_github
from indexer.declared.gitlab import read_gitlab
from indexer.declared.types import OwnersFile
from indexer.types import CommitFacts, Person, Touch
from indexer.vcs.identity import Identities

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ADA, BOB, CAROL = Person("Ada Lovelace", "ada@a.org"), Person("Bob Baker", "bob@b.org"), Person("Carol Clay", "carol@c.org")
ROBOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
_numbers = itertools.count()


def touch(who: Person, path: str, lines: int = 50, days_ago: float = 30, *, reviewers: Iterable[Person] = ()) -> Touch:
    when = NOW - timedelta(days=days_ago)
    commit = CommitFacts(f"{next(_numbers)}", who, when, when, reviewers=tuple(reviewers), added=lines)
    return Touch(path, commit, lines, 0)


def holdings(touches: list[Touch], worth: Iterable[str] = (), settings: tuple[PersonSettings, ...] = ()) -> Holdings:
    seen = [(one, 1, item.commit.committed_at) for item in touches for one in (item.commit.author, *item.commit.reviewers)]
    identities = Identities(seen, settings)
    return Holdings(touches, identities, NOW, set(worth) or {item.path for item in touches})


def paths(found: Iterable[Held]) -> list[str]:
    return [held.path for held in found]


def test_a_folder_stands_for_its_files_where_half_of_them_are_theirs():
    mine = [touch(ADA, f"src/pay/{name}.py") for name in "ab"]
    other = [touch(BOB, f"src/pay/{name}.py") for name in "cd"] + [touch(BOB, f"src/find/{name}.py") for name in "efg"]
    found = holdings(mine + other).built_by({ADA})
    assert paths(found) == ["src/pay"]
    assert found[0].files == ("src/pay/a.py", "src/pay/b.py") and len(found[0].of_files) == 4


def test_where_less_than_half_is_theirs_the_files_are_named():
    touches = [touch(ADA, "src/pay/a.py"), *(touch(BOB, f"src/pay/{name}.py") for name in "bcd")]
    assert paths(holdings(touches).built_by({ADA})) == ["src/pay/a.py"]


def test_nothing_is_named_twice_and_the_largest_comes_first():
    touches = [touch(ADA, f"a/deep/{name}.py", 100) for name in "xyz"] + [touch(ADA, f"b/{name}.py", 5) for name in "xy"]
    touches += [touch(BOB, f"c/{name}.py") for name in "vwxyz"]
    found = holdings(touches).built_by({ADA})
    assert paths(found) == ["a/deep", "b"]
    listed = [path for held in found for path in held.files]
    assert len(listed) == len(set(listed)) == 5


def test_a_folder_that_is_most_of_the_repository_is_told_by_its_parts():
    touches = [touch(ADA, f"src/{part}/{name}.py") for part in ("pay", "find", "ship") for name in "ab"]
    assert sorted(paths(holdings(touches).built_by({ADA}))) == ["src/find", "src/pay", "src/ship"]


def test_one_folder_inside_another_is_named_by_where_its_files_are():
    touches = [touch(ADA, f"lib/core/inner/{name}.py") for name in "ab"] + [touch(BOB, f"doc/{name}.py") for name in "abcd"]
    assert paths(holdings(touches).built_by({ADA})) == ["lib/core/inner"]


def test_only_files_worth_naming_are_named_and_counted():
    touches = [*(touch(ADA, path) for path in ("src/a.py", "src/b.py", "tests/test_a.py")), touch(BOB, "web/c.py"), touch(BOB, "web/d.py")]
    found = holdings(touches, worth={"src/a.py", "src/b.py", "web/c.py", "web/d.py"}).built_by({ADA})
    assert [(held.path, len(held.of_files)) for held in found] == [("src", 2)]


def test_the_first_author_is_an_author_beside_somebody_who_added_more():
    touches = [touch(ADA, "a.py", 40, 400), touch(BOB, "a.py", 60, 10)]
    known = holdings(touches)
    assert paths(known.built_by({ADA})) == paths(known.built_by({BOB})) == ["a.py"]


def test_lost_is_what_nobody_else_who_is_present_knows():
    touches = [touch(ADA, "alone.py"), touch(ADA, "shared.py"), touch(BOB, "shared.py"), touch(ADA, "read.py", reviewers=[BOB])]
    assert paths(holdings(touches).lost_without({ADA})) == ["alone.py"]


def test_who_is_long_gone_or_has_left_knows_it_no_more():
    touches = [touch(ADA, "a.py"), touch(BOB, "a.py", days_ago=400), touch(ADA, "b.py"), touch(CAROL, "b.py", days_ago=5)]
    assert paths(holdings(touches).lost_without({ADA})) == ["a.py"]
    left = (PersonSettings(name="Carol Clay", emails=("carol@c.org",), left=True),)
    assert sorted(paths(holdings(touches, settings=left).lost_without({ADA}))) == ["a.py", "b.py"]


def test_whoever_is_at_work_elsewhere_in_the_repository_is_still_there_to_ask():
    touches = [touch(ADA, "a.py"), touch(BOB, "a.py", days_ago=400), touch(BOB, "b.py", days_ago=5), touch(BOB, "tests/t.py", days_ago=1)]
    assert holdings(touches, worth={"a.py"}).lost_without({ADA}) == ()


def test_a_small_part_of_a_file_is_not_knowing_it():
    touches = [touch(ADA, "a.py", 1000, 5), *(touch(ADA, "a.py", 100, day) for day in range(10, 30)), touch(BOB, "a.py", 1, 300)]
    assert paths(holdings(touches).lost_without({ADA})) == ["a.py"]


def test_a_folder_is_lost_only_when_all_of_it_is():
    touches = [touch(ADA, "src/pay/a.py"), touch(ADA, "src/pay/b.py"), touch(BOB, "src/pay/c.py"), touch(BOB, "src/d.py")]
    assert sorted(paths(holdings(touches).lost_without({ADA}))) == ["src/pay/a.py", "src/pay/b.py"]
    assert paths(holdings(touches[:2] + [touch(BOB, f"e/{n}.py") for n in "ab"]).lost_without({ADA})) == ["src/pay"]


def test_a_team_loses_what_only_its_people_know_together():
    touches = [touch(ADA, "a.py"), touch(BOB, "a.py"), touch(ADA, "b.py"), touch(CAROL, "b.py")]
    assert paths(holdings(touches).lost_without({ADA, BOB})) == ["a.py"]


def test_bots_build_nothing():
    touches = [touch(ROBOT, "a.py", 500), touch(ADA, "a.py", 5), touch(ROBOT, "b.py")]
    assert paths(holdings(touches).built_by({ADA})) == ["a.py"]
    assert holdings(touches).built_by({ROBOT}) == ()


def test_who_built_most_of_nothing_is_told_with_the_files_they_know_best():
    touches = [touch(BOB, path, 100, 300) for path in ("a.py", "b.py", "c.py")] + [touch(BOB, "a.py", 60, day) for day in (200, 250)]
    touches += [touch(ADA, "a.py", 30), touch(ADA, "b.py", 40), touch(ADA, "c.py", 1, 299)]
    known = holdings([*touches, *(touch(BOB, "c.py", 90, day) for day in range(10, 90, 5))])
    assert known.built_by({ADA}) == ()
    assert paths(known.parts_of({ADA})) == ["b.py", "a.py"]


def test_somebody_unknown_built_nothing():
    assert holdings([touch(ADA, "a.py")]).built_by({CAROL}) == ()
    assert holdings([]).built_by({ADA}) == holdings([]).lost_without({ADA}) == ()


_people = st.sampled_from([ADA, BOB, CAROL, ROBOT])
_files = st.sampled_from(["a.py", "s/a.py", "s/b.py", "s/t/c.py", "s/t/d.py", "u/v/e.py"])
_reviewers = st.lists(_people, max_size=2)
_touches = st.lists(st.builds(touch, _people, _files, st.integers(0, 500), st.integers(0, 900), reviewers=_reviewers), max_size=25)


@given(_touches)
def test_whatever_was_done_holdings_are_disjoint_and_the_lost_is_part_of_the_built(touches: list[Touch]):
    known = holdings(touches)
    for person in (ADA, BOB):
        built, lost = known.built_by({person}), known.lost_without({person})
        files = [path for held in built for path in held.files]
        assert len(files) == len(set(files))
        assert {path for held in lost for path in held.files} <= set(files)
        assert all(set(held.files) <= set(held.of_files) for held in built)
        assert all(held.files == held.of_files for held in lost)


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (read_github, "* @ada\n/src/ @bob\n/src/pay/ @ada @bob\n", {"*": ["README"], "/src/pay/": ["src/pay/a.py"]}),
        (read_gitlab, "[Code]\n/src/ @ada\n[Security]\n/src/pay/ @bob\n", {"/src/": ["src/b.py", "src/pay/a.py"]}),
    ],
)
def test_entries_are_told_with_the_files_that_they_decide(read, text: str, expected: dict[str, list[str]]):
    owners_file: OwnersFile = read("CODEOWNERS", text.encode())
    found = decided_by(owners_file, ["README", "src/b.py", "src/pay/a.py"], lambda entry: any(one.handle == "ada" for one in entry.holders))
    assert {entry.pattern: files for entry, files in found.items()} == expected
