"""Code chunks: what belongs together, what it is called, and what an edit changes."""

from __future__ import annotations

from itertools import pairwise

from indexer.chunking import parse_file
from indexer.types import Chunk
from tests.indexer.chunking.samples import source


def body(lines: int, indent: str = "    ") -> str:
    return "".join(f"{indent}value_{number} = {number}\n" for number in range(lines))


def method(name: str, lines: int = 16, above: str = "") -> str:
    return f"{above}    def {name}(self):\n" + body(lines, " " * 8)


BILLING = (
    '"""Billing of orders: prices, taxes and reminders."""\n\nimport os\n\n\n'
    'class Invoice(Document):\n    """What a customer owes."""\n\n    currency = "EUR"\n\n'
    + method("total", above="    # Adds up the lines.\n    @cached\n") + "\n" + method("remind") + "\n\n"
    + "# Rounds half up.\n@pure\ndef round_up(amount):\n" + body(20) + "\n\n"
    + "def split(amount):\n" + body(30)
)


def chunks(text: str, path: str = "src/billing.py") -> tuple[Chunk, ...]:
    return parse_file(source(path, text)).chunks


def by_symbol(text: str, path: str = "src/billing.py") -> dict[str | None, Chunk]:
    return {chunk.symbol: chunk for chunk in chunks(text, path)}


def test_functions_and_class_heads_are_chunks_with_what_stands_above_them() -> None:
    found = by_symbol(BILLING)
    assert list(found) == [None, "Invoice", "Invoice.total", "Invoice.remind", "round_up", "split"]
    assert found["Invoice"].text.startswith("class Invoice(Document):") and found["Invoice"].text.endswith('currency = "EUR"')
    assert found["Invoice"].doc == "What a customer owes."
    assert found["Invoice.total"].text.startswith("    # Adds up the lines.\n    @cached\n    def total(self):")
    assert found["Invoice.total"].enclosing == ("Invoice",) and found["Invoice.total"].symbol_kind == "method"
    assert found["round_up"].doc == "Rounds half up."
    assert {chunk.about for chunk in chunks(BILLING)} == {"Billing of orders: prices, taxes and reminders."}


def test_the_model_sees_the_words_of_path_name_comment_and_code() -> None:
    seen = by_symbol(BILLING)["round_up"].embed_text
    assert seen.split("\n")[:3] == ["src billing py", "round up", "Rounds half up."]
    assert seen.split("\n")[3].startswith("pure round amount")


def test_editing_one_function_changes_exactly_its_chunk() -> None:
    before = by_symbol(BILLING)
    after = by_symbol(BILLING.replace("def round_up(amount):\n", "def round_up(amount):\n    amount += 1\n    log(amount)\n"))
    assert {name for name in before if before[name].id != after[name].id} == {"round_up"}
    assert after["split"].start_line == before["split"].start_line + 2


def test_a_new_first_line_changes_no_function() -> None:
    before, after = by_symbol(BILLING), by_symbol("#!/usr/bin/env python\n" + BILLING)
    assert {name for name in before if before[name].id != after[name].id} == {None}


def test_moving_a_file_changes_every_chunk() -> None:
    before, after = by_symbol(BILLING), by_symbol(BILLING, "src/invoicing.py")
    assert not {chunk.id for chunk in before.values()} & {chunk.id for chunk in after.values()}


def test_a_long_function_is_split_with_overlap() -> None:
    found = chunks("def long():\n" + body(120))
    assert [chunk.symbol for chunk in found] == ["long"] * 3
    assert all(right.start_line == left.end_line - 9 for left, right in pairwise(found))
    assert found[-1].end_line == 121


def test_small_neighbours_share_a_chunk_named_after_the_greatest() -> None:
    text = "class NotPaid(Exception):\n    pass\n\n\ndef a():\n    return 1\n\n\ndef b():\n    return 2\n"
    (chunk,) = chunks(text)
    assert chunk.symbol == "NotPaid"
    assert [symbol.qualified for symbol in parse_file(source("a.py", text)).symbols] == ["NotPaid", "a", "b"]


def test_equal_pieces_have_different_ids() -> None:
    twice = "def same():\n" + body(20)
    first, second = chunks(twice + "\n" + twice)
    assert first.text == second.text and first.id != second.id


def test_broken_code_still_gives_its_functions() -> None:
    text = "def good():\n" + body(20) + "\n\ndef broken(:\n    if x ==\n\n\ndef also_good():\n" + body(20)
    assert {"good", "also_good"} <= {chunk.symbol for chunk in chunks(text)}


def test_a_long_wrapper_function_is_cut_at_the_functions_inside() -> None:
    inner = "".join(f"  function step{number}() {{\n" + body(25) + "  }\n" for number in range(4))
    found = chunks("function wrapper() {\n" + inner + "}\n", "src/app.js")
    assert [chunk.symbol for chunk in found if chunk.symbol != "wrapper"] == [f"wrapper.step{number}" for number in range(4)]


def test_test_cases_are_chunks_but_no_symbols() -> None:
    cases = "".join(f"  it('pays {number}', function () {{\n" + body(20) + "  });\n" for number in range(3))
    parsed = parse_file(source("test/pay.js", "describe('Payment', function () {\n" + cases + "});\n"))
    assert [chunk.symbol for chunk in parsed.chunks][-2:] == ["Payment.pays 1", "Payment.pays 2"]
    assert parsed.symbols == ()


def test_a_doc_comment_with_a_blank_line_below_belongs_to_the_function() -> None:
    text = "'use strict'\n\n/**\n * Sends it.\n */\n\nres.send = function send(body) {\n" + body(20) + "}\n"
    sent = by_symbol(text, "lib/response.js")["res.send"]
    assert sent.doc == "Sends it." and sent.text.startswith("/**")


def test_the_title_of_a_part_goes_to_what_it_introduces() -> None:
    part = "/*****************/\n/**** PAYMENT ****/\n/*****************/\n\n"
    text = "package a\n\nfunc First() {\n" + body(20) + "}\n\n" + part + "func Second() {\n" + body(20) + "}\n"
    assert by_symbol(text, "a.go")["Second"].text.startswith(part)


def test_many_constants_together_have_no_name() -> None:
    assert [chunk.symbol for chunk in chunks("A = 1\nB = 2\nC = 3\n")] == [None]
