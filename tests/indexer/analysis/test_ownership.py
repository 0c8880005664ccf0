"""Ownership: builders and active people apart, mass changes and moved code weighed down, reviews where they are common."""

from __future__ import annotations

import random
from math import log1p, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.ownership import Contributor, Ownership, ownership, whom_to_ask, work_since
from indexer.config import PersonSettings
from indexer.types import Person, Sureness, Touch
from tests.indexer.analysis.touches import ADA, BOB, CAROL, NOW, identities, touch


def owned(touches: list[Touch], settings: list[PersonSettings] | None = None) -> Ownership:
    return ownership(touches, identities(touches, settings or []), NOW)


def by_name(touches: list[Touch]) -> dict[str, Contributor]:
    return {one.person.name: one for one in owned(touches).contributors}


def test_the_builder_and_the_active_person_are_told_apart() -> None:
    found = owned([touch(ADA, 800, 900, created=True), *(touch(BOB, 10, day) for day in (5, 15, 40))])
    assert [one.person for one in found.contributors] == [ADA, BOB]
    ada, bob = found.contributors
    assert not ada.active and bob.active and bob.active_share > 0.9 > 0.5 < ada.share
    assert ada.reasons == ("wrote 96 % of it in 1 change, last change 2 years ago",)
    assert bob.reasons == ("wrote 4 % of it in 3 changes, last change 5 days ago",)
    assert [one.person for one in whom_to_ask(found)] == [BOB]


def test_whoever_only_merged_stands_behind_all_who_worked_on_it() -> None:
    changes = [touch(Person(f"Helper {letter}", f"{letter}@x.org"), 5, day, integrators=[BOB]) for day, letter in enumerate("abcdefgh")]
    assert owned(changes).contributors[-1].person == BOB


def test_formula_of_a_change() -> None:
    """(√fresh + 2 ln(1 + lines) ½^(age / 4 years) + 2 if new) / √files, worked out by hand."""
    found = by_name([touch(ADA, 3, 1460, files=4, created=True), touch(BOB, 1, 0)])
    ada, bob = (sqrt(3) + 2 * log1p(3) / 2 + 2) / 2, 1 + 2 * log1p(1)
    assert found["Ada Lovelace"].share == pytest.approx(ada / (ada + bob))
    assert found["Bob Baker"].share == pytest.approx(bob / (ada + bob))


def test_reviews_weigh_as_much_as_work_where_half_of_it_is_reviewed() -> None:
    reviewed = by_name([touch(ADA, days_ago=day, reviewers=[CAROL] if day <= 400 else []) for day in range(1, 801)])
    assert reviewed["Carol Clay"].share == pytest.approx(0.5, abs=0.002)
    assert reviewed["Carol Clay"].reasons == ("reviewed 400 changes, last review yesterday",)


def test_one_review_of_the_only_change_is_less_than_the_change() -> None:
    young = by_name([touch(ADA, reviewers=[CAROL], integrators=[CAROL])])
    r, m = 1 / 3, 1 / 9
    assert young["Carol Clay"].share == pytest.approx((r + m) / (1 + r + m))


def test_a_few_reviews_among_many_changes_decide_nothing() -> None:
    changes = [touch(ADA, days_ago=day) for day in range(39)]
    found = by_name([*changes, touch(BOB, days_ago=3, reviewers=[CAROL])])
    assert found["Carol Clay"].share < 0.06
    assert found["Ada Lovelace"].share > 0.9


def test_who_merges_everything_owns_less_than_who_reviews() -> None:
    changes = [touch(ADA, days_ago=day, reviewers=[CAROL], integrators=[BOB]) for day in range(10)]
    found = by_name(changes)
    assert found["Carol Clay"].share == pytest.approx(3 * found["Bob Baker"].share)
    assert found["Bob Baker"].reasons == ("merged 10 changes of others, last merge today",)
    assert not found["Bob Baker"].active and BOB not in [one.person for one in whom_to_ask(owned(changes))]


def test_a_review_by_somebody_seen_everywhere_counts_less() -> None:
    here = [touch(ADA, days_ago=1, reviewers=[BOB, CAROL])]
    elsewhere = [touch(ADA, days_ago=day, path="z.py", reviewers=[BOB]) for day in range(2, 400)]
    found = {one.person: one for one in ownership(here, identities(here + elsewhere), NOW).contributors}
    assert found[CAROL].share > 3 * found[BOB].share


def test_a_mass_review_says_little_of_each_file() -> None:
    mass = touch(ADA, files=400, reviewers=[BOB], days_ago=1)
    found = by_name([mass, touch(ADA, reviewers=[CAROL], days_ago=2)])
    assert found["Carol Clay"].share > 10 * found["Bob Baker"].share


def test_a_mass_change_makes_nobody_the_person_to_ask() -> None:
    found = by_name([touch(ADA, 40, 10), touch(BOB, 40, 10, files=400)])
    assert found["Ada Lovelace"].active_share > 0.9 < found["Ada Lovelace"].share


def test_who_moves_code_did_not_write_it() -> None:
    moved = touch(BOB, 1000, 5, created=True, files=2, of_commit=(1000, 995))
    found = by_name([touch(ADA, 100, 400), moved])
    assert found["Ada Lovelace"].share > 0.5
    assert found["Bob Baker"].added_share == pytest.approx(5 / 105)


def test_who_began_a_file_counts_for_more_than_the_lines() -> None:
    found = by_name([touch(ADA, 30, 90, created=True), touch(BOB, 30, 90)])
    assert found["Ada Lovelace"].share > found["Bob Baker"].share


def test_a_co_author_has_a_part_of_the_credit() -> None:
    found = by_name([touch(ADA, 50, 10, co_authors=[BOB])])
    assert found["Bob Baker"].share == pytest.approx(0.2)
    assert found["Bob Baker"].commits == 1 and found["Bob Baker"].active
    assert found["Bob Baker"].reasons == ("made 1 change, last change 10 days ago",)


def test_one_commit_over_many_files_counts_once_for_commits_and_reviews() -> None:
    found = by_name([touch(ADA, 5, 3, path=f"{number}.py", files=3, reviewers=[CAROL], sha="same") for number in range(3)])
    assert found["Ada Lovelace"].commits == found["Carol Clay"].reviews == 1


def test_bots_and_assistants_never_own() -> None:
    bot, assistant = Person("renovate[bot]", "x@y.z"), Person("Claude", "noreply@anthropic.com")
    found = owned([touch(bot, 500, 1), touch(assistant, 500, 1), touch(ADA, 1, 1)])
    assert [one.person for one in found.contributors] == [ADA]
    nobody = owned([touch(bot, 500, 1)])
    assert nobody.contributors == () and nobody.bus_factor == 0 and nobody.nobody_around and whom_to_ask(nobody) == ()
    assert nobody.sureness is Sureness.UNCLEAR


def test_identities_of_one_person_are_added_up() -> None:
    other = Person("Ada Lovelace", "ada@home.example")
    assert [one.commits for one in owned([touch(ADA), touch(other)]).contributors] == [2]


def test_no_review_of_ones_own_change_under_another_address() -> None:
    other = Person("Ada Lovelace", "ada@home.example")
    (ada,) = owned([touch(ADA, reviewers=[other], integrators=[other], co_authors=[other])]).contributors
    assert (ada.commits, ada.reviews, ada.integrated) == (1, 0, 0)


def test_binary_files_and_empty_ones_have_an_owner() -> None:
    assert [one.person for one in owned([touch(ADA, None), touch(BOB, 0, 9)]).contributors] == [ADA, BOB]
    assert [one.share for one in owned([touch(BOB, 0)]).contributors] == [1.0]


def test_who_left_is_neither_active_nor_asked() -> None:
    changes = [touch(ADA, 500, 3), touch(BOB, 5, 300)]
    found = owned(changes, [PersonSettings(name="Ada Lovelace", emails=("ada@a.org",), left=True)])
    assert found.contributors[0].person.name == "Ada Lovelace" and found.contributors[0].left
    assert found.nobody_around
    assert [one.person for one in whom_to_ask(found)] == [BOB]
    assert whom_to_ask(owned(changes[:1], [PersonSettings(name="Ada Lovelace", emails=("ada@a.org",), left=True)])) == ()


def test_when_all_have_gone_the_builder_is_named_as_inactive() -> None:
    found = owned([touch(ADA, 90, 800), touch(BOB, 5, 700)])
    assert found.nobody_around
    assert whom_to_ask(found)[0].person == ADA


def test_nobody_stands_out_names_three() -> None:
    people = [Person(f"Person Number{letter}", f"{letter}@x.org") for letter in "abcdef"]
    assert len(whom_to_ask(owned([touch(person, 10, 3) for person in people]))) == 3


def test_likely_takes_a_clear_lead_by_several_changes_of_the_last_years() -> None:
    def sureness(*touches: Touch) -> Sureness:
        return owned([*touches, *(touch(BOB, 2, 50 + day) for day in range(5))]).sureness

    several = [touch(ADA, 200, day) for day in (10, 20, 30)]
    assert sureness(*several) is Sureness.LIKELY
    assert sureness(*several[:2]) is Sureness.MAYBE, "too short a history"
    assert sureness(touch(ADA, 90_000, 10, created=True), *(touch(CAROL, 1, day) for day in (1, 2))) is Sureness.MAYBE, "one import"
    assert sureness(*(touch(ADA, 900, 1100 + day) for day in range(9))) is Sureness.MAYBE, "who left long ago"
    assert sureness(*several, *(touch(CAROL, 60, day) for day in (1, 2, 3))) is Sureness.MAYBE, "no clear lead"
    reviewed = [touch(BOB, 60, day, reviewers=[ADA]) for day in range(9)]
    assert owned([*reviewed, *(touch(ADA, 1, day) for day in (1, 2, 3))]).sureness is Sureness.MAYBE, "by reviews alone"
    crowd = [Person(f"Person Number{letter}", f"{letter}@x.org") for letter in "abcdef"]
    assert owned([touch(person, 10, 3) for person in crowd]).sureness is Sureness.UNCLEAR


@pytest.mark.parametrize(("folder", "expected"), [("billing", Sureness.LIKELY), ("third_party/zlib", Sureness.UNCLEAR)])
def test_of_copied_code_nothing_is_sure(folder: str, expected: Sureness) -> None:
    own = [touch(ADA, 20, day, path=f"{folder}/a.c") for day in range(20)]
    assert owned([*own, touch(ADA, 20, 30, path=f"{folder}/b.c"), touch(ADA, 20, 30, path="billing/c.c")]).sureness is expected


def test_work_since_a_date_leaves_out_what_was_before() -> None:
    changes = [touch(ADA, 900, 500), touch(BOB, 10, 40), touch(BOB, 10, 20), touch(CAROL, 1, 10)]
    done = work_since(changes, identities(changes), NOW.replace(year=2025, month=1))
    assert [(person, commits) for person, _, commits in done] == [(BOB, 2), (CAROL, 1)]
    assert done[0][1] == pytest.approx(2 * log1p(10) / (2 * log1p(10) + log1p(1)))
    assert work_since(changes, identities(changes), NOW) == []


_people = st.sampled_from([ADA, BOB, CAROL])
_some = st.lists(_people, max_size=2)
_touches = st.builds(
    touch,
    _people,
    st.none() | st.integers(0, 10**6),
    st.floats(-10, 20_000),
    path=st.sampled_from(["a.py", "b.py"]),
    deleted=st.integers(0, 1000),
    created=st.booleans(),
    files=st.integers(0, 5000),
    of_commit=st.none() | st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    co_authors=_some,
    reviewers=_some,
    integrators=_some,
)
_histories = st.lists(_touches, min_size=1, max_size=12)


@given(_histories)
def test_shares_are_shares(touches: list[Touch]) -> None:
    found = owned(touches)
    assert sum(one.share for one in found.contributors) == pytest.approx(1.0)
    assert sum(one.active_share for one in found.contributors) == pytest.approx(1.0) or not any(
        one.active_share for one in found.contributors
    )
    assert list(found.contributors) == sorted(found.contributors, key=lambda one: (not (one.commits or one.reviews), -one.share))
    assert 1 <= found.bus_factor <= 3
    assert 1 <= len(whom_to_ask(found)) <= 3


@given(_histories, st.randoms(use_true_random=False))
def test_the_order_of_the_touches_does_not_matter(touches: list[Touch], order: random.Random) -> None:
    shuffled = list(touches)
    order.shuffle(shuffled)
    assert owned(shuffled) == owned(touches)


@given(_histories, _people, st.none() | st.integers(0, 10**6), st.floats(0, 20_000), st.booleans())
def test_a_further_change_never_lowers_ones_share(
    touches: list[Touch], who: Person, added: int | None, days_ago: float, created: bool
) -> None:
    further = touch(who, added, days_ago, created=created, sha="further")
    people = identities([*touches, further])
    before, after = (
        {one.person: one.share for one in ownership(of, people, NOW).contributors} for of in (touches, [*touches, further])
    )
    assert after[who] >= before.get(who, 0.0) - 1e-9
