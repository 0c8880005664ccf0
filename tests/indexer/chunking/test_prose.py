"""Documentation by headings, text by lines, commits by their messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from indexer.chunking import commit_chunk, parse_file
from indexer.chunking.prose import asciidoc_headings, markdown_headings, rst_headings
from indexer.symbols import syntax
from indexer.types import Commit, FileChange, Kind, Person
from tests.indexer.chunking.samples import source

GUIDE = """---
title: "The Guide"
---
[![build](https://ci/x.svg)](https://ci)

# Getting *started*

Install the package with one command. Then run it.

```sh
# not a heading
docent demo
```

## Settings

All settings live in one file, which is read at the start.

Setext title
------------

More words about this that make a paragraph.
"""


def test_markdown_sections_carry_their_trail() -> None:
    parsed = parse_file(source("docs/guide.md", GUIDE))
    assert [chunk.symbol for chunk in parsed.chunks] == [
        "The Guide", "The Guide > Getting started", "The Guide > Getting started > Settings",
        "The Guide > Getting started > Setext title"]
    started = parsed.chunks[1]
    assert started.enclosing == ("The Guide",) and started.symbol_kind == "section" and started.kind is Kind.DOC
    assert started.doc == "Install the package with one command."
    assert "# not a heading" in started.text
    assert parsed.about == "The Guide"


def test_editing_one_section_changes_exactly_its_chunk() -> None:
    before = {chunk.symbol: chunk.id for chunk in parse_file(source("a.md", GUIDE)).chunks}
    after = {chunk.symbol: chunk.id for chunk in parse_file(source("a.md", GUIDE.replace("one file,", "one file now,"))).chunks}
    assert [name for name in before if before[name] != after[name]] == ["The Guide > Getting started > Settings"]


def titles(headings: list) -> list[tuple[int, str]]:
    return [(heading.level, heading.title) for heading in headings]


def test_markdown_fences_rules_and_lists_are_no_headings() -> None:
    text = "~~~\n# a\n```\n# b\n~~~\n\n# C #\n\n- item\n---\n\n| a |\n---\n\nTwo lines\nof text\n---\n\n#no\n\n####### no\n"
    assert titles(markdown_headings(text.split("\n"))) == [(1, "C")]


def test_rst_levels_follow_the_order_of_adornments() -> None:
    text = ("=====\nTitle\n=====\n\nFirst\n-----\n\nInner `x`\n~~~~~~~~~\n\nSecond\n------\n\n"
            "+---+---+\n| a | b |\n+---+---+\n\n- item\n\n----\n\ntext\n")
    assert titles(rst_headings(text.split("\n"))) == [(1, "Title"), (2, "First"), (3, "Inner x"), (2, "Second")]


def test_asciidoc_headings_outside_of_blocks() -> None:
    lines = ["= Doc", "", "----", "== no", "----", "", "== Yes", ""]
    assert titles(asciidoc_headings(lines)) == [(1, "Doc"), (2, "Yes")]


def test_lines_break_before_what_begins_anew() -> None:
    text = "".join(f"service_{number}:\n" + "  key: value\n" * 12 + "\n" for number in range(12))
    found = parse_file(source("deploy/app.yaml", "# How the shop is deployed.\n" + text))
    assert found.about == "How the shop is deployed."
    assert all(chunk.text.startswith(("# How", "service_")) and chunk.kind is Kind.CONFIG for chunk in found.chunks)
    text = text.replace("service_0:", "service_0:\n  new: 1")
    edited = parse_file(source("deploy/app.yaml", "# How the shop is deployed.\n" + text))
    assert len({chunk.id for chunk in edited.chunks} - {chunk.id for chunk in found.chunks}) == 1


def test_a_licence_is_not_what_a_file_is_about() -> None:
    licence = "// Copyright 2020 Shop Ltd. All rights reserved.\n// Licensed under Apache.\n\n"
    text = licence + "// Package cart keeps what is bought.\npackage cart\n"
    assert parse_file(source("cart.go", text)).about == "Package cart keeps what is bought."
    express = "/*!\n * shop\n * Copyright(c) 2009 me\n */\n\n'use strict'\n\n/** Module dependencies. */\n"
    assert parse_file(source("a.js", express)).about == ""


def commit(subject: str, body: str = "", *paths: str) -> Commit:
    person, when = Person("Ada", "ada@example.com"), datetime(2024, 5, 1, tzinfo=UTC)
    return Commit("c0ffee" * 6 + "abcd", (), person, person, when, when, subject, body, tuple(FileChange(path) for path in paths))


def test_a_commit_is_its_message_and_what_it_touched() -> None:
    body = "The bank rounds half up.\n\nSigned-off-by: Ada <ada@example.com>\nCo-authored-by: Bo <bo@example.com>\nFixes: #12\n"
    found = commit_chunk("shop", commit("Round like the bank does", body, "src/billing.py", "docs/billing.md", "src/tax.py"))
    assert found.text == "Round like the bank does\n\nThe bank rounds half up.\n\nFixes: #12"
    assert found.embed_text == "Round like the bank does The bank rounds half up. Fixes: #12\nbilling tax"
    assert (found.id, found.path, found.kind) == ("shop:" + "c0ffee" * 6 + "abcd", None, Kind.COMMIT)
    assert found.commit == "c0ffee" * 6 + "abcd"


def test_a_notebook_is_its_cells() -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# Churn\n", "\n", "Why customers leave."]},
             {"cell_type": "code", "metadata": {}, "outputs": [{"data": {"image/png": "aGVsbG8="}}],
              "source": ["import shop\n", "shop.load()"]},
             {"cell_type": "code", "metadata": {}, "outputs": [], "source": []}]
    parsed = parse_file(source("churn.ipynb", json.dumps({"cells": cells, "nbformat": 4}, indent=1)))
    assert [(chunk.symbol, chunk.doc) for chunk in parsed.chunks] == [("Churn", "Why customers leave."), ("Churn", "")]
    assert parsed.chunks[1].embed_text == "churn ipynb\nChurn\nimport shop\nshop.load()"
    assert '"import shop\\n"' in parsed.chunks[1].text and "image/png" not in parsed.chunks[1].text
    assert parsed.about == "Churn"


def test_a_damaged_notebook_is_cut_by_lines() -> None:
    assert [chunk.text for chunk in parse_file(source("a.ipynb", '{"cells": [')).chunks] == ['{"cells": [']


def test_code_that_takes_too_long_to_read_is_cut_by_lines(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(syntax, "PARSE_SECONDS", -1.0)
    parsed = parse_file(source("long.py", "x = [1, 2, 3]\n" * 5_000))
    assert parsed.chunks[-1].end_line == 5_000 and parsed.symbols == ()
    assert "long.py takes too long to parse" in caplog.text
