"""What its author says of a story: reverts, and marks for what breaks."""

from __future__ import annotations

import pytest

from indexer.changes.types import FlagKind, Place
from tests.indexer.changes.flags.made import flags, lines_shown

SHA = "0123456789abcdef0123456789abcdef01234567"
CODE = {"shop/a.py": "x = 1\n"}, {"shop/a.py": "x = 2\n"}


def reverted(title: str, body: str = "") -> list[tuple[str, str]]:
    return [(flag.subject, flag.detail) for flag in flags({}, {}, FlagKind.REVERT, title=title, body=body)]


def broken(title: str, body: str = "") -> list[str]:
    return [flag.subject for flag in flags({}, {}, FlagKind.BREAKING, title=title, body=body)]


@pytest.mark.parametrize(("title", "body", "expected"), [
    ('Revert "Add refunds (#12)" (#13)', f"This reverts commit {SHA}.", [("Add refunds (#12)", "0123456")]),
    ('Revert "Add refunds"', "", [("Add refunds", "")]),
    ("revert: feat(shop): refunds", "", [("feat(shop): refunds", "")]),
    ("Reverts the new refunds (#14)", "", [("the new refunds", "")]),
    ('Revert "Revert "Add refunds""', f"This reverts commit {SHA}.", []),
    ("Revert to plain text in mails", "", []),
    ("Fix what reverting a refund does", "", []),
    ("Add refunds", f"* Try it\n* Revert \"Try it\"\n\nThis reverts commit {SHA}.", []),
])  # fmt: skip
def test_a_revert_names_what_it_takes_back(title: str, body: str, expected: list[tuple[str, str]]) -> None:
    assert reverted(title, body) == expected


def test_a_revert_is_shown_by_its_commit() -> None:
    assert [flag.places for flag in flags({}, {}, FlagKind.REVERT, title='Revert "Add refunds"')] == [(Place("after1"),)]


@pytest.mark.parametrize(("title", "body", "expected"), [
    ("feat!: refunds need a reason", "", "refunds need a reason"),
    ("feat(shop)!: refunds need a reason", "", "refunds need a reason"),
    ("Refunds", "Text.\n\nBREAKING CHANGE: refund() needs a reason\n", "refund() needs a reason"),
    ("Refunds", "## Breaking changes\n\n- `refund()` needs a reason\n\n## Tests\nnone", "- `refund()` needs a reason"),
    ("Refunds", "- [x] Breaking change (fix or feature that changes behaviour)", "Refunds"),
    ("Refunds", "Refunds need a reason now. This is a breaking change for callers of refund().",
     "This is a breaking change for callers of refund()"),
    ("Backwards incompatible: drop vouchers", "", "Backwards incompatible: drop vouchers"),
])  # fmt: skip
def test_what_is_marked_as_breaking_is_told_in_its_words(title: str, body: str, expected: str) -> None:
    assert broken(title, body) == [expected]


@pytest.mark.parametrize(("title", "body"), [
    ("Refunds", "## Breaking changes\n\nNone\n"),
    ("Refunds", "- [ ] Breaking change (fix or feature)\n- [x] New feature"),
    ("Refunds", "BREAKING CHANGE: no\n"),
    ("Refunds", "This is not a breaking change."),
    ("Refunds", "It should be backwards compatible."),
    ("Refunds", "This keeps us backwards compatible."),
    ("Refunds", "<!-- BREAKING CHANGE: say here what breaks -->"),
    ("Detect breaking changes in CI", ""),
    ("Fix breaking change in parser", "This fixes a breaking change."),
])
def test_what_is_denied_asked_or_a_template_is_not_breaking(title: str, body: str) -> None:
    assert broken(title, body) == []


def test_a_changelog_marks_what_breaks_by_its_heading() -> None:
    changelog = "# 2.0\n\n## Added\n\n- vouchers\n\n## Breaking changes\n\n- old\n"
    before, after = CODE
    found = flags(before | {"CHANGELOG.md": changelog}, after | {"CHANGELOG.md": changelog + "- refund() needs a reason\n"},
                  FlagKind.BREAKING)
    assert [flag.subject for flag in found] == ["refund() needs a reason"]
    assert lines_shown(found) == [("after1", "CHANGELOG.md", 10)]
    other = changelog.replace("- vouchers\n", "- vouchers\n- refunds\n")
    assert flags(before | {"CHANGELOG.md": changelog}, after | {"CHANGELOG.md": other}, FlagKind.BREAKING) == []


def test_fragments_and_notes_for_upgrading_mark_what_breaks() -> None:
    before, after = CODE
    found = flags(before, after | {"changelog/12.breaking.rst": "``refund()`` needs a reason.\n"}, FlagKind.BREAKING)
    assert lines_shown(found) == [("after1", "changelog/12.breaking.rst", 1)]
    notes = flags(before | {"UPGRADING.md": "# 1.0\n"},
                  after | {"UPGRADING.md": "# 2.0\n\nPass a reason to refund().\n\n# 1.0\n"},
                  FlagKind.BREAKING)  # fmt: skip
    assert [(flag.subject, flag.detail) for flag in notes] == [("Pass a reason to refund().", "upgrade note")]


def test_how_to_install_is_no_note_for_upgrading() -> None:
    before, after = CODE
    guide = "docs/upgrading.md"
    assert flags(before | {guide: "# Upgrading\n\n"}, after | {guide: "# Upgrading\n\nFirst copy the folder to a safe place.\n"},
                 FlagKind.BREAKING) == []  # fmt: skip


def test_a_release_that_gathers_its_notes_breaks_nothing_itself() -> None:
    assert flags({}, {"CHANGELOG.md": "# 2.0\n\n## Breaking changes\n\n- refund() needs a reason\n"}, FlagKind.BREAKING) == []
