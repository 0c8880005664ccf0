from __future__ import annotations

import pytest

from indexer.declared.gitlab import has_sections, read_gitlab
from indexer.declared.types import Dialect, Holder, HolderKind
from tests.indexer.declared.reading import names, problem_lines


def read(text: str):
    return read_gitlab("CODEOWNERS", text.encode())


def owners(text: str, path: str) -> list[list[str]]:
    return names(read(text), path)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "a/b", ".x"], []),
        ("/docs/", ["docs/a", "docs/a/b", "docs/.x"], ["x/docs/a", "docs"]),
        ("/docs/*", ["docs/a", "docs/.x"], ["docs/a/b"]),
        ("docs/*", ["docs/a", "x/docs/a"], ["docs/a/b"]),
        ("lib/", ["lib/a", "x/lib/a/b"], ["lib"]),
        ("docs", ["docs", "x/docs"], ["docs/a"]),
        ("*.rb", ["a.rb", "x/y/a.rb"], ["a.rbx"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["a.md"]),
        ("/db/**/index.md", ["db/index.md", "db/x/index.md"], ["index.md"]),
        ("/db/**", ["db/a"], ["db/a/b"]),
        ("**foo/bar", ["xfoo/bar", "a/foo/bar"], ["foo/x/bar"]),
        ("/[ab].txt", ["a.txt", "b.txt"], ["c.txt", "[ab].txt"]),
        ("/[^a].txt", ["b.txt"], ["a.txt", "/.txt"]),
        ("/x[a-c]y", ["xby"], ["xdy", "x-y"]),
        ("/x[", [], ["x[", "x"]),
        ("/{a,b}", ["{a,b}"], ["a", "b"]),
        ("/a?b", ["axb"], ["a/b", "ab"]),
        (r"\#file", ["#file", "x/#file"], ["file"]),
        (r"path\ with\ spaces/", ["path with spaces/a"], ["path/a"]),
    ],
)
def test_a_pattern_covers_what_fnmatch_says_it_covers(pattern: str, yes: list[str], no: list[str]):
    text = f"[Section]\n{pattern} @owner\n"
    assert [path for path in yes if owners(text, path) != [["@owner"]]] == []
    assert [path for path in no if owners(text, path) != []] == []


def test_each_section_has_an_owner_of_its_own():
    text = "* @general\n*.md @text\n[Docs]\ndocs/ @docs\n*.md @writers\n[DB]\n*.sql @db\n"
    assert owners(text, "docs/a.md") == [["@text"], ["@writers"]]
    assert owners(text, "docs/a.sql") == [["@general"], ["@docs"], ["@db"]]


def test_sections_of_one_name_are_one_whatever_their_case():
    read_file = read("[Docs]\n*.md @one\n[DB]\n*.sql @db\n[DOCS]\n*.md @two\n")
    assert names(read_file, "a.md") == [["@two"]]
    assert read_file.owners_of("a.md")[0].section == "Docs"


def test_a_heading_gives_owners_approvals_and_says_what_is_optional():
    text = "[Docs][2] @docs @writers\nREADME.md\nadmin.md @admin\n^[Hints] @hints\n*.md\n"
    first, second = read(text).owners_of("README.md")
    assert [holder.text for holder in first.holders] == ["@docs", "@writers"]
    assert (first.section, first.approvals, first.optional) == ("Docs", 2, False)
    assert (second.section, second.approvals, second.optional) == ("Hints", None, True)
    assert owners(text, "admin.md") == [["@admin"], ["@hints"]]


def test_a_section_is_optional_only_where_every_heading_says_so():
    entries = read("^[Docs]\n*.md @a\n[docs]\n*.txt @b\n").owners_of("x.md")
    assert [entry.optional for entry in entries] == [False]


@pytest.mark.parametrize("count", ["0", "x", "", "-1"])
def test_approvals_that_cannot_be_read_count_as_one_and_are_told(count: str):
    read_file = read(f"[Docs][{count}]\n*.md @a\n")
    assert read_file.owners_of("x.md")[0].approvals == 1
    assert problem_lines(read_file) == [1]


def test_an_exclusion_is_final_inside_its_section():
    text = "* @all\n!pom.xml\n/pom.xml @again\n[Build]\n*.xml @build\n"
    read_file = read(text)
    assert names(read_file, "pom.xml") == [["@build"], []]
    assert [entry.pattern for entry in read_file.owners_of("pom.xml")] == ["*.xml", "!pom.xml"]
    assert names(read_file, "x.xml") == [["@all"], ["@build"]]


def test_roles_and_nested_groups_are_owners():
    (entry,) = read("* @@maintainer @@developers @group/with-nested/sub_group\n").owners_of("x")
    assert entry.holders == (
        Holder("@@maintainer", HolderKind.ROLE, name="maintainer"),
        Holder("@@developers", HolderKind.ROLE, name="developer"),
        Holder("@group/with-nested/sub_group", HolderKind.TEAM, handle="group/with-nested/sub_group"),
    )


def test_owners_named_in_a_comment_behind_an_entry_count_and_are_told():
    read_file = read("*.py @a # was @bob\n*.go @a # all good\n")
    assert names(read_file, "x.py") == [["@a", "@bob"]]
    assert names(read_file, "x.go") == [["@a"]]
    assert problem_lines(read_file) == [1]


def test_a_heading_that_cannot_be_read_is_an_entry_of_the_section_before_and_told():
    read_file = read("[Docs]\n*.md @docs\n[Section name @group\n*.txt @text\n")
    assert [entry.section for entry in read_file.declarations()] == ["Docs", "Docs", "Docs"]
    assert 3 in problem_lines(read_file)
    assert names(read_file, "x.txt") == [["@text"]]


def test_a_space_that_is_not_escaped_ends_the_path():
    (entry,) = read("folder with spaces/* @g\n").owners_of("x/folder")
    assert (entry.pattern, [holder.text for holder in entry.holders]) == ("folder", ["@g"])
    assert problem_lines(read("folder with spaces/* @g\n")) == [1, 1]


def test_an_entry_without_any_owner_is_nobodys_and_told():
    read_file = read("* @all\n/x/\n")
    assert names(read_file, "x/y") == [[]]
    assert problem_lines(read_file) == [2]


def test_what_only_gitlab_has_gives_the_dialect_away():
    assert has_sections(b"* @a\n\n^[Docs] @d\nx\n")
    assert has_sections(b"* @@owner\n")
    assert not has_sections(b"# [Docs]\n* @a\n/app/[id].ts @b\n")
    assert read("").dialect is Dialect.GITLAB
