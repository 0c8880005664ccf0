"""What a change says of itself for its users, read from changelogs and news fragments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.fragments import fragment_type, is_changelog, is_fragment
from indexer.changes.notes import notes_of
from indexer.changes.plain import plain_note
from indexer.changes.types import Nature, Step
from indexer.types import FileChange

OLD = """Changes
=======

Features added
--------------

* #11: Carts can be
  shared.
  Patch by Ada Lovelace

Release 1.0
===========

* First release.
"""


def added(path: str, before: str | None, after: str) -> list[tuple[str, str, int]]:
    """The notes of one step that makes `before` of a file into `after`: text, path, line."""
    texts = {("new", path): after} | ({("old", path): before} if before is not None else {})
    step = Step("old", "new", (FileChange(path, "M" if before is not None else "A", None, 1, 0), FileChange("a.py")))
    found = notes_of([step], lambda sha, name: texts.get((sha, name)))
    assert all(note.place.commit == "new" for note in found)
    return [(note.text, note.place.path, note.place.line) for note in found]


def test_the_entry_added_to_a_changelog() -> None:
    entry = "* #12, #13: invoices: Add :meth:`~shop.Invoice.refund` for returned\n  goods.\n  Patch by Bob Baker.\n"
    new = OLD.replace("* #11", entry + "* #11")
    assert added("CHANGES.rst", OLD, new) == [("invoices: Add refund for returned goods", "CHANGES.rst", 7)]


def test_an_entry_that_is_only_reworded_is_not_added() -> None:
    assert added("CHANGES.rst", OLD, OLD.replace("Patch by Ada Lovelace", "Patch by Ada King")) == []


def test_what_a_release_gathers_is_no_note_of_its_own() -> None:
    many = "".join(f"* Entry number {number} of many.\n" for number in range(20))
    assert added("CHANGES.rst", OLD, OLD.replace("* #11", many + "* #11")) == []


@pytest.mark.parametrize(
    ("path", "text", "note", "line"),
    [
        ("changelog/12.feature.rst", "\nAdded ``refund()``\nto invoices.\n\nMore about it.\n", "Added refund() to invoices.", 2),
        (".changeset/brave-cats-sing.md", '---\n"shop": minor\n---\n\nAdd refunds to invoices\n', "Add refunds to invoices", 5),
        (
            "releasenotes/notes/refunds.yaml",
            "apiVersion: release-notes/v2\nkind: feature\nreleaseNotes:\n  - |\n    **Added** refunds to [invoices](https://a.b/c).\n",
            "Added refunds to invoices.",
            5,
        ),
        ("releasenotes/notes/refunds-1234.yaml", "---\nfeatures:\n  - Adds refunds to all invoices.\n", "Adds refunds to all invoices.", 3),
    ],
)
def test_news_fragments_of_each_layout(path: str, text: str, note: str, line: int) -> None:
    assert is_fragment(path)
    assert added(path, None, text) == [(note, path, line)]


def test_broken_yaml_says_nothing() -> None:
    assert added("releasenotes/notes/a.yaml", None, "features: [\n - 'x") == []


def test_what_a_later_step_rewords_or_takes_away_is_told_as_it_is_in_the_end() -> None:
    one, two = "* Add refunds to all invoices.\n", "* Allow carts to be shared by many.\n"
    texts = [OLD, OLD.replace("* #11", one + two + "* #11"), OLD.replace("* #11", one.replace("all", "most") + "* #11")]
    change = (FileChange("CHANGES.rst"),)
    steps = [Step("1", "2", change), Step("0", "1", change)]
    found = notes_of(steps, lambda sha, path: texts[int(sha)])
    assert [(note.text, note.place.commit) for note in found] == [("Add refunds to most invoices.", "2")]


def test_the_note_that_says_most_comes_first() -> None:
    new = OLD.replace("* #11", "* Add more carts.\n* Add refunds to invoices, and to carts.\n* #11")
    assert [text for text, _, _ in added("CHANGES.rst", OLD, new)] == ["Add refunds to invoices, and to carts.", "Add more carts."]


@pytest.mark.parametrize(
    ("entry", "plain"),
    [
        ("- [FEATURE] PromQL: Add `start()`. #18619 #18620", "PromQL: Add start()."),
        ("* [#12](https://a.b/12) - Honor a `default` when saving", "Honor a default when saving"),
        ("* Add refunds by @ada in https://github.com/acme/shop/pull/12", "Add refunds"),
        ("* **Breaking:** `Cart` is gone ([#12](https://a.b/12))", "Breaking: Cart is gone"),
        ("* :issue:`12` :pr:`13`: Add :confval:`refunds` and `a guide <https://a.b>`_. Patch by Ada Lovelace.", "Add refunds and a guide"),
        ("- Fix snake_case in `__init__` (_sic_). Thanks to @ada!", "Fix snake_case in __init__ (sic)"),
        ("- A crash is fixed by asking twice", "A crash is fixed by asking twice"),
        ("* Use the ``:no-index:`` and ``:members:`` options", "Use the :no-index: and :members: options"),
        ("1. The number 12 and C# stay", "The number 12 and C# stay"),
    ],
)
def test_an_entry_as_people_read_it(entry: str, plain: str) -> None:
    assert plain_note(entry) == plain


@given(st.text(alphabet=st.sampled_from("ab #12*_`[]()<>:\n-.|@/"), max_size=80))
def test_plain_notes_are_one_line_of_the_entrys_own_words(text: str) -> None:
    plain = plain_note(text)
    assert "\n" not in plain
    assert set(plain) <= set(text) | {" "}


@pytest.mark.parametrize("path", ["CHANGES.rst", "CHANGELOG", "docs/release-notes/version-4.6.md", "packages/a/HISTORY.md", "NEWS"])
def test_changelogs(path: str) -> None:
    assert is_changelog(path)
    assert not is_fragment(path)


@pytest.mark.parametrize("path", ["pkg/history.go", "docs/changes-in-law.md", "tests/CHANGES.txt", "news/12.feature.py", "news.json"])
def test_other_files_are_no_changelogs(path: str) -> None:
    assert not is_changelog(path)
    assert not is_fragment(path)


def test_a_fragment_names_what_kind_of_change_it_is() -> None:
    assert fragment_type("changelog/12.bugfix.rst") is Nature.FIX
    assert fragment_type("newsfragments/+x.removal.1.md") is Nature.REMOVAL
    assert fragment_type("changelog/README.rst") is None
