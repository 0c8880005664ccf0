"""What holds for every text in every language: nothing raises, nothing is lost, every chunk is where it says."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.chunking import parse_file
from indexer.languages import LANGUAGES
from tests.indexer.chunking.samples import source

_WORDS = st.sampled_from([
    "def f(a):", "class A:", "class A {", "}", "{", "  ", "\t", "\n", "\n\n", "# c", "// c", "/* c", "*/", "/** d */",
    "\"\"\"", "'", "\"", "(", ")", "function f() {", "func (s *S) M() {", "fn f() {", "impl A for B {",
    "namespace n {", "module A", "end", "fun f() {", "@x", "#[x]", "=", "=>", "import a", "from . import b",
    "use a::{b, c::{d}};", "#include \"x\"", "# Title", "===", "---", "***", "```", "title", "template <class T>",
    "é", "\U0001f600", "\r", "\x0c", "\u2028", "\x00", "<?php", "const x = () =>", "module.exports = ",
    "describe('x', () => {", "1", ",", ";", ":",
])
_LISTS = st.lists(_WORDS, max_size=80)
_TEXTS = st.one_of(st.text(max_size=300), _LISTS.map(" ".join), _LISTS.map("\n".join))


def check(path: str, text: str, language: str) -> None:
    parsed = parse_file(source(path, text, language))
    lines = text.split("\n")
    covered: set[int] = set()
    for chunk in parsed.chunks:
        assert 1 <= chunk.start_line <= chunk.end_line <= len(lines)
        assert chunk.text == "\n".join(lines[chunk.start_line - 1:chunk.end_line])
        assert chunk.text.strip()
        assert chunk.end_line - chunk.start_line < 60
        assert chunk.embed_text and len(chunk.embed_text) <= 900
        covered.update(range(chunk.start_line, chunk.end_line + 1))
    if language != "notebook":
        assert {number for number, line in enumerate(lines, start=1) if line.strip()} <= covered
    assert len({chunk.id for chunk in parsed.chunks}) == len(parsed.chunks)
    for symbol in parsed.symbols:
        assert 1 <= symbol.start_line <= symbol.end_line <= len(lines)
        assert symbol.name and symbol.qualified.endswith(symbol.name) and "\n" not in symbol.signature


@pytest.mark.parametrize("language", [*sorted(name for name, item in LANGUAGES.items() if item.cut != "lines"), "yaml", "text"])
def test_any_text_is_cut_without_loss(language: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(_TEXTS)
    @example("")
    @example("\n\n")
    @example("x\n" * 200)
    def holds(text: str) -> None:
        check("src/a", text, language)

    holds()


@pytest.mark.parametrize(("path", "text"), [
    ("a.py", "x = " + "[" * 20_000),
    ("a.py", "\n".join(" " * depth + "def f():" for depth in range(300))),
    ("a.js", "(" * 5_000 + ")" * 5_000),
    ("a.js", "function f() {" * 3_000),
    ("a.ts", "namespace n {\n" * 2_000),
    ("a.rs", "use a::" + "{b::" * 3_000 + ";"),
    ("a.cpp", "template <" * 3_000),
    ("a.json", "[" * 20_000),
    ("a.md", "#" * 10_000 + "\n" + "> " * 10_000),
    ("a.c", "int x = 1;\n" * 10_000),
])
def test_deep_and_long_input_is_cut_without_loss(path: str, text: str) -> None:
    check(path, text, source(path, text).language)
