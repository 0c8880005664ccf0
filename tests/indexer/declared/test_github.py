from __future__ import annotations

import pytest

from indexer.declared.github import read_github
from indexer.declared.types import Dialect, Holder, HolderKind
from tests.indexer.declared.reading import names, problem_lines


def read(text: str | bytes):
    return read_github("CODEOWNERS", text if isinstance(text, bytes) else text.encode())


def owners(text: str | bytes, path: str) -> list[list[str]]:
    return names(read(text), path)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "a/b/c", ".hidden"], []),
        ("**", ["a", "a/b"], []),
        ("/*", ["a"], ["a/b"]),
        ("docs/*", ["docs/a"], ["docs/a/b", "x/docs/a"]),
        ("/docs/*", ["docs/a"], ["docs/a/b"]),
        ("docs/", ["docs/a", "docs/a/b", "x/docs/a"], ["docs", "docsx/a"]),
        ("/docs/", ["docs/a/b"], ["x/docs/a", "docs"]),
        ("/docs", ["docs", "docs/a/b"], ["x/docs"]),
        ("apps/", ["apps/x", "a/b/apps/x/y"], ["apps"]),
        ("docs/api", ["docs/api", "docs/api/x"], ["x/docs/api"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "x/docs/a"]),
        ("docs/**/", ["docs/a/b"], ["docs/a"]),
        ("**/logs", ["logs", "a/logs", "a/logs/b"], ["a/logsx"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/x/b/c"], ["ab", "x/a/b"]),
        ("*.js", ["a.js", "x/a.js", "a.js/x"], ["a.jsx", "js"]),
        ("/src/*.js", ["src/a.js"], ["src/x/a.js", "x/src/a.js"]),
        ("/src/**/*.js", ["src/a.js", "src/x/y/a.js"], ["a.js"]),
        ("a?c", ["abc", "x/abc/y"], ["ac", "a/c"]),
        ("/a*c", ["abc", "ac", "axxc/y"], ["ab/c"]),
        ("Docs/", ["Docs/a"], ["docs/a"]),
        ("a/*/c", ["a/b/c", "a/b/c/d"], ["a/c", "a/b/b/c"]),
        (r"with\ space/", ["with space/a"], ["with/a", "space/a"]),
        (r"app/\[id\].ts", ["app/[id].ts"], ["app/i.ts"]),
        ("@types/", ["@types/a", "x/@types/a"], []),
        ("c#/", ["c#/a"], ["c/a"]),
    ],
)
def test_a_pattern_covers_what_github_says_it_covers(pattern: str, yes: list[str], no: list[str]):
    text = f"{pattern} @owner\n"
    assert [path for path in yes if owners(text, path) != [["@owner"]]] == []
    assert [path for path in no if owners(text, path) != []] == []


def test_the_last_line_that_matches_decides_alone():
    text = "* @all\n*.js @js\n/src/ @src @src2\n"
    assert owners(text, "a.py") == [["@all"]]
    assert owners(text, "a.js") == [["@js"]]
    assert owners(text, "src/a.js") == [["@src", "@src2"]]


def test_of_two_lines_with_one_pattern_the_last_counts():
    assert owners("*.js @one\n*.js @two\n", "a.js") == [["@two"]]


def test_a_pattern_without_owner_leaves_its_files_to_nobody_on_purpose():
    text = "/apps/ @apps\n/apps/github\n"
    assert owners(text, "apps/github/a") == [[]]
    assert owners(text, "apps/a") == [["@apps"]]
    assert owners(text, "a") == []


def test_what_stands_behind_a_hash_is_a_comment():
    text = "# @nobody\n*.py @a # was @bob\n   # indented @nobody\n*.go #@nobody\n"
    assert owners(text, "a.py") == [["@a"]]
    assert owners(text, "a.go") == [[]]
    assert read(text).problems == ()


def test_an_entry_tells_its_line_and_pattern():
    (entry,) = read("\n# x\n/src/   @a\n").owners_of("src/x")
    assert (entry.file, entry.line, entry.pattern, entry.section, entry.approvals) == ("CODEOWNERS", 3, "/src/", "", None)


def test_owners_are_people_teams_and_addresses():
    (entry,) = read("* @jane @acme/pay-ments j.doe@example.com @jane\n").owners_of("x")
    assert entry.holders == (
        Holder("@jane", HolderKind.PERSON, handle="jane"),
        Holder("@acme/pay-ments", HolderKind.TEAM, handle="acme/pay-ments"),
        Holder("j.doe@example.com", HolderKind.PERSON, email="j.doe@example.com"),
    )


BAD_PATTERNS = ["Python/ceval*.[ch]", "f[", "!x.py", r"\#x", "***/x", "/", "a//b", "x" * 5000]


@pytest.mark.parametrize("line", [*(f"{pattern} @a" for pattern in BAD_PATTERNS), "* docs@", "* user"])
def test_a_bad_line_spoils_only_itself_and_is_told(line: str):
    read_file = read(f"* @before\n{line}\n/y @after\n")
    assert problem_lines(read_file) == [2]
    assert names(read_file, "x.py") == [["@before"]]
    assert names(read_file, "y") == [["@after"]]


def test_an_owner_that_cannot_be_read_is_left_out_alone():
    read_file = read("* @a nobody @b/c\n")
    assert names(read_file, "x") == [["@a", "@b/c"]]
    assert [(problem.line, "nobody" in problem.reason) for problem in read_file.problems] == [(1, True)]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf* @a\n",
        b"* @a\r\n*.x @b\r\n",
        b"*\t@a\n",
        b"* @a",
        b"*\0 @a\n",
        b"# \xff\xfe bad\n* @a\n",
        "* @a\n".encode("utf-16"),
        b"\n\n* @a\r",
    ],
)
def test_marks_line_ends_and_bad_bytes_are_survived(data: bytes):
    assert owners(data, "file") == [["@a"]]


def test_a_file_of_3_megabytes_is_ignored_whole():
    line = b"* @a\n"
    exactly = read(line * (3 * 1024 * 1024 // len(line) + 1))
    assert exactly.owners_of("x") == ()
    assert list(exactly.declarations()) == []
    assert problem_lines(exactly) == [0]
    assert owners(line * 1000, "x") == [["@a"]]


def test_a_file_tells_its_dialect_and_entries():
    read_file = read("* @a\n/b @c\n")
    assert (read_file.dialect, read_file.files) == (Dialect.GITHUB, ("CODEOWNERS",))
    assert [entry.pattern for entry in read_file.declarations()] == ["*", "/b"]
