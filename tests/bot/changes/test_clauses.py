"""What to look at twice, in words, each with the places that show it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.changes.clauses import commits, flag_lines, missing_lines, risk_lines, size_line, surprises, touches_line
from bot.told import Shows
from indexer.changes.types import (
    Against,
    Flag,
    FlagKind,
    Fragile,
    Missing,
    Nature,
    Newcomer,
    Place,
    Rated,
    Size,
    Story,
    Usual,
)
from indexer.types import Commit, FileChange, Person

PLACE = Place("c" * 40, "shop/refund.py", 12)
ADA = Person("Ada Lovelace", "ada@example.com")
LARGE = Size(source=420, files=7, all_files=9, added=400, deleted=20)


def rated(size: Size = LARGE) -> Rated:
    return Rated(Story("Add refunds", "", ()), 5.0, Nature.FEATURE, size)


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (Flag(FlagKind.SCHEMA, "refunds", detail="table created"), "changes the database: table created `refunds`"),
        (Flag(FlagKind.API_REMOVED, "Desk.refund"), "takes `Desk.refund` away from what others may call"),
        (Flag(FlagKind.DEPENDENCY_NEW, "stripe", after=">=5"), "new dependency `stripe` >=5"),
        (Flag(FlagKind.DEPENDENCY_REMOVED, "six", before="1.16"), "no longer needs `six` 1.16"),
        (
            Flag(FlagKind.DEPENDENCY_CHANGED, "django", "4.2", "5.0", "major version"),
            "dependency `django` from 4.2 to 5.0 (major version)",
        ),
        (Flag(FlagKind.DEFAULT, "timeout", "30", "60"), "changes the default of `timeout` from `30` to `60`"),
        (Flag(FlagKind.REVERT, "Add refunds"), "takes back an earlier change: “Add refunds”"),
        (Flag(FlagKind.BREAKING, ""), "marked as breaking by its author"),
        (Flag(FlagKind.DELETION, "legacy/", detail="12 files"), "deletes `legacy/` (12 files)"),
        (Flag(FlagKind.MONEY, "shop/refund.py"), "touches money: `shop/refund.py`"),
    ],
)
def test_each_flag_is_one_clause(flag: Flag, words: str) -> None:
    assert [line.text for line in flag_lines("shop", [flag])] == [words]


def test_every_kind_of_flag_has_words() -> None:
    assert all(line.text for line in flag_lines("shop", [Flag(kind, "x") for kind in FlagKind]))


def test_a_flag_is_shown_by_its_lines() -> None:
    line = flag_lines("shop", [Flag(FlagKind.DEFAULT, "timeout", "30", "60", places=(PLACE,))])[0]
    assert line.shown_by == (Shows("shop", "c" * 40, "shop/refund.py", 12, "timeout"),)


def test_a_value_cannot_leave_its_backticks() -> None:
    text = flag_lines("shop", [Flag(FlagKind.DEFAULT, "a`b", "x" * 200, "<!channel>")])[0].text
    assert text.count("`") == 6 and len(text) < 200


def test_several_of_a_kind_are_one_clause() -> None:
    removed = [Flag(FlagKind.API_REMOVED, name, places=(PLACE,)) for name in ("a", "b", "c", "d")]
    removed.append(Flag(FlagKind.API_REMOVED, "e", detail="deprecated before, and 18 more", places=(PLACE,)))
    new = [Flag(FlagKind.DEPENDENCY_NEW, "stripe", after=">=5"), Flag(FlagKind.DEPENDENCY_NEW, "rich")]
    lines = flag_lines("shop", [*removed, *new])
    assert [line.text for line in lines] == [
        "takes `a`, `b`, `c` and 20 more away from what others may call",
        "new dependencies `stripe` >=5 and `rich`",
    ]
    assert len(lines[0].shown_by) == 3


def test_of_two_long_signatures_only_what_differs_is_told() -> None:
    before = "request(method: str, url: URL | str, *, params: Params = None, cert: Cert = None, verify: str = '')"
    after = before.replace("cert: Cert = None, ", "")
    flag = Flag(FlagKind.API_CHANGED, "request", before, after)
    assert flag_lines("shop", [flag])[0].text == "changes how `request` is called: `…, cert: Cert = None, …` is now `…, …`"
    assert surprises(rated(), [flag], Against()) == ("changes how `request` is called",)


def test_many_changed_signatures_are_one_clause_with_an_example() -> None:
    flags = [Flag(FlagKind.API_CHANGED, name, f"{name}(a)", f"{name}(b)", places=(PLACE,)) for name in ("x", "y", "z", "u")]
    text = flag_lines("shop", flags)[0].text
    assert text == "changes how `x`, `y`, `z` and 1 more are called, `x` from `x(a)` to `x(b)`"
    assert len(flag_lines("shop", flags[:2])) == 2


def test_far_above_the_usual_no_number_is_told() -> None:
    line = size_line("shop", rated(), Against(usual=Usual("billing", 420, 2, 40)))
    assert "more than 20 times what is usual" in line.text


def test_the_commit_that_does_most_is_shown_however_many_came_after_it() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    small = [Commit(str(number) * 40, (), ADA, ADA, when, when, "wip") for number in range(5)]
    large = Commit("f" * 40, (), ADA, ADA, when, when, "Add refunds", "Because.", (FileChange("a.py"), FileChange("b.py")))
    many = Rated(Story("Add refunds", "", (*small, large)), 5.0, Nature.FEATURE, LARGE)
    assert [place.commit[:1] for place in commits("shop", many)] == ["0", "1", "f"]


def test_size_is_told_against_what_is_usual() -> None:
    line = size_line("shop", rated(), Against(usual=Usual("billing", 420, 105, 40)))
    assert line.text == "420 lines of source in 7 files; 4 times what is usual for `billing` (105 lines, by 40 earlier changes)"


def test_without_history_nothing_is_called_usual() -> None:
    assert size_line("shop", rated(), Against()).text.endswith("too little history to say what is usual here")
    assert surprises(rated(), (), Against()) == ()


def test_systems_are_named_with_how_many_are_usual() -> None:
    line = touches_line("shop", rated(), Against(areas=("billing", "ledger", "api"), areas_usually=1))
    assert line is not None and line.text == "`billing`, `ledger` and `api`; usually one"
    assert touches_line("shop", rated(), Against(areas=("billing",), areas_usually=1)).text == "`billing`"  # type: ignore[union-attr]
    assert touches_line("shop", rated(), Against()) is None


def test_what_usually_goes_with_it_is_missing_with_the_times_it_did() -> None:
    against = Against(missing=(Missing("ledger/", "billing/", 14, 17, ("a" * 40,)),), tests_usually=(18, 24))
    lines = missing_lines("shop", rated(), against)
    assert [line.text for line in lines] == [
        "`ledger/` usually changes with `billing/` (14 of 17 times), and did not",
        "no test changed; 18 of 24 earlier changes here came with one",
    ]
    assert lines[0].shown_by == (Shows("shop", "a" * 40),)


@pytest.mark.parametrize(
    "size", [Size(source=420, tests=3, files=1), Size(source=2, files=1)], ids=["a test changed", "too small to need one"]
)
def test_no_test_is_missed_where_none_is_due(size: Size) -> None:
    assert missing_lines("shop", rated(size), Against(tests_usually=(18, 24))) == ()


def test_no_test_is_missed_where_changes_rarely_bring_one() -> None:
    assert missing_lines("shop", rated(), Against(tests_usually=(3, 24))) == ()


def test_a_newcomer_in_a_fragile_place_is_a_risk() -> None:
    against = Against(
        fragile=(Fragile("billing/retry.py", 30, 9, 4, ("b" * 40,)),), newcomers=(Newcomer(ADA, "billing", 3),)
    )
    assert [line.text for line in risk_lines("shop", rated(), against)] == [
        "`billing/retry.py` needs mending often: 9 fixes among 30 changes in a year by 4 people",
        "first change of `billing` by Ada Lovelace, where mending is frequent (they made 3 changes elsewhere before)",
    ]


def test_the_weightiest_surprise_comes_first() -> None:
    against = Against(
        areas=("billing", "ledger", "api"), areas_usually=1, usual=Usual("billing", 420, 105, 40),
        missing=(Missing("docs/", "api/", 9, 10),),
    )
    found = surprises(rated(), [Flag(FlagKind.BREAKING, "")], against)
    assert [one.split(" ")[0] for one in found] == ["marked", "`docs/`", "4", "touches"]
