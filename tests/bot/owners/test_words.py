"""What a report says: the words that a product manager reads, from values made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answers.types import Owner
from bot.owners.types import Declared, Holding, Place, PlaceKind, PlaceReport, Resolved, Subject, SubjectReport
from bot.owners.words import lines
from indexer.declared.types import Holder, HolderKind
from indexer.types import Person, Sureness

SEEN = datetime(2026, 1, 5, tzinfo=UTC)
FOLDER = Place("shop", "src/pay", PlaceKind.FOLDER, "src/pay/", ("src/pay/a.py", "src/pay/b.py"))
AREA = Place("shop", "", PlaceKind.AREA, "part of src/", ("src/a.py", "src/b.py", "lib/c.py", "lib/d.py"))


def owner(name: str, share: float, *reasons: str, active: bool = True) -> Owner:
    return Owner(name, f"{name.split()[0].lower()}@example.com", share, reasons or (f"wrote {share:.0%}",), SEEN, active)


def entry(*owners: Owner, **values) -> Declared:
    return replace(Declared("shop", "CODEOWNERS", 3, "/src/pay/", owners, 2), **values)


JANE, BOB, EVE = owner("Jane Marsh", 0.7), owner("Bob Roe", 0.2), owner("Eve Moss", 0.05)


def report(**values) -> PlaceReport:
    made = PlaceReport("src/pay", Resolved("src/pay", (FOLDER,), topic="src/pay"), built=(JANE, BOB, EVE), ask=(BOB,), bus_factor=2)
    return replace(made, **values)


def said(found, label: str) -> list[str]:
    return [line.text for line in lines(found) if line.label == label]


@pytest.mark.parametrize(
    ("sureness", "begins", "names"),
    [
        (Sureness.LIKELY, "likely Jane Marsh: wrote 70%", ["Bob Roe"]),
        (Sureness.MAYBE, "probably Jane Marsh", ["Bob Roe"]),
        (Sureness.UNCLEAR, "not clear, several share it: Jane Marsh", ["Bob Roe", "Eve Moss"]),
    ],
)
def test_how_sure_it_is_is_said_and_decides_how_many_are_named(sureness, begins, names):
    built = said(report(sureness=sureness), "Built it")[0]
    assert built.startswith(begins)
    assert [name for name in ("Bob Roe", "Eve Moss") if name in built] == names


def test_a_second_person_with_little_of_it_is_not_named_beside_a_likely_one():
    assert "Eve" not in said(report(built=(JANE, EVE), sureness=Sureness.LIKELY), "Built it")[0]


def test_reasons_are_not_told_twice():
    assert said(report(sureness=Sureness.LIKELY), "Ask now") == ["Bob Roe"]
    assert said(report(sureness=Sureness.LIKELY, ask=(EVE,)), "Ask now") == ["Eve Moss: wrote 5%"]


def test_a_guess_is_called_one_with_the_words_and_the_files_it_was_taken_for():
    resolved = Resolved("who owns the payment retries?", (AREA,), guessed=True, topic="the payment retries", alternatives=(FOLDER,))
    head = said(report(resolved=resolved), "")[0]
    assert head == "I took “the payment retries” for `part of src/` in shop, 4 files: `a.py`, `b.py`, `c.py` and 1 more."
    assert said(report(resolved=resolved), "Or did you mean") == ["`src/pay/`"]


def test_what_nothing_is_called_says_so_and_no_more():
    nothing = report(resolved=Resolved("src/pey", topic="src/pey", alternatives=(FOLDER,)), built=(), ask=())
    assert [(line.label, line.text) for line in lines(nothing)] == [("", "Nothing here is called “src/pey”."), ("Nearest", "`src/pay/`")]


def test_an_entry_tells_where_it_stands_and_what_the_dialect_adds():
    told = entry(JANE, section="Payments", approvals=2, optional=True, url="https://example.com/CODEOWNERS#L3")
    assert said(report(declared=(told,)), "Declared") == [
        "Jane Marsh ([CODEOWNERS line 3](https://example.com/CODEOWNERS#L3), `/src/pay/`, section Payments, 2 approvals needed, optional)"
    ]
    assert "status “Orphan”" in said(report(declared=(entry(JANE, status="Orphan"),)), "Declared")[0]
    assert "status" not in said(report(declared=(entry(JANE, status="Maintained"),)), "Declared")[0]


def test_many_entries_are_counted():
    told = said(report(declared=tuple(entry(JANE, line=number) for number in range(6)), undeclared=1), "Declared")
    assert told[3:] == ["and 3 more entries", "nobody for 1 file"]


@pytest.mark.parametrize(
    ("values", "risk"),
    [
        ({"bus_factor": 2}, []),
        ({"bus_factor": 1}, ["bus factor 1: if one person left, half of it or more would have nobody who wrote it"]),
        ({"bus_factor": 1, "built": ()}, []),
        ({"nobody_active": True}, ["nobody who worked on it is active any more"]),
        ({"nobody_active": True, "quiet_since": SEEN}, ["all of it is at rest: the newest change is of January 2026"]),
    ],
)
def test_the_risk_is_said_where_there_is_one(values, risk):
    assert said(report(**values), "Risk") == risk


def test_a_main_author_who_is_gone_is_a_risk_of_its_own():
    gone = owner("Jane Marsh", 0.7, active=False)
    assert "the one is gone" in said(report(built=(gone, BOB), bus_factor=1), "Risk")[0]


def subject(**values) -> SubjectReport:
    who = Subject(Holder("Jane Marsh", HolderKind.PERSON), Person("Jane Marsh", "jane@example.com"))
    return replace(SubjectReport("Jane Marsh", Resolved("Jane Marsh", subject=who), owner("Jane Marsh", 0.0, "last seen today")), **values)


def holding(path: str, *others: Owner) -> Holding:
    return Holding("shop", path, 3, 4, 0.8, not others, "wrote 80 % of it", others)


def test_what_would_be_lost_names_the_closest():
    assert said(subject(lost=(holding("src/pay/", BOB, EVE),)), "Would be lost") == [
        "`src/pay/`: nobody else who is active knows it; the closest are Bob Roe and Eve Moss"
    ]
    assert said(subject(lost=(holding("src/pay/"),)), "Would be lost") == [
        "`src/pay/`: nobody else who is active knows it; nobody else worked on it"
    ]


def test_what_somebody_who_is_gone_took_along_is_lost_already():
    gone = subject(who=owner("Jane Marsh", 0.0, active=False), lost=(holding("src/pay/", BOB),))
    assert said(gone, "Would be lost") == [] and len(said(gone, "Lost with them")) == 1


def test_somebody_whom_no_commit_knows_is_told_how_to_become_known():
    unknown = subject(resolved=Resolved("@x", subject=Subject(Holder("@x", HolderKind.PERSON, handle="x"))))
    assert "[[people]]" in said(unknown, "Built")[0]
    assert said(subject(), "Built") == ["nothing of which they did a main part"]
