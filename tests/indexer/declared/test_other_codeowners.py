"""CODEOWNERS of Bitbucket, and of Gitea and Forgejo."""

from __future__ import annotations

import pytest

from indexer.declared.types import Dialect, HolderKind
from tests.indexer.declared.reading import declared, found, names, problem_lines


def bitbucket(text: str, **more: str):
    return declared({".bitbucket/CODEOWNERS": text, **more}, "bitbucket")


def gitea(text: str):
    return declared({"CODEOWNERS": text}, "gitea")


def test_bitbucket_has_githubs_patterns_and_the_last_match():
    owners = bitbucket("* a@example.com b@example.com\n*.js @workspace/front:all\n/docs/* @ada # why\n")
    assert names(owners, "x.py") == [["a@example.com", "b@example.com"]]
    assert names(owners, "x/y.js") == [["@workspace/front"]]
    assert names(owners, "docs/x") == [["@ada"]]
    assert names(owners, "docs/x/y") == [["a@example.com", "b@example.com"]]
    assert owners.dialect is Dialect.BITBUCKET and owners.problems == ()


@pytest.mark.parametrize("choice", [":all", ":random(2)", ":least_busy(1)", ":random"])
def test_how_many_of_a_group_are_asked_is_no_part_of_its_name(choice: str):
    (entry,) = bitbucket(f"* @workspace/back{choice}\n").owners_of("x")
    assert [(holder.handle, holder.kind) for holder in entry.holders] == [("workspace/back", HolderKind.TEAM)]


def test_a_custom_team_is_followed_by_its_members():
    teams = "sre-leads:\n  contributors:\n    - ada@example.com\n    - bob@example.com\nplain: [eve@example.com]\n"
    owners = bitbucket("*.tf @teams/sre-leads:random(2)\n", **{".bitbucket/teams.yaml": teams})
    (entry,) = owners.owners_of("x.tf")
    assert [(holder.text, holder.via) for holder in entry.holders] == [
        ("@teams/sre-leads", ""), ("ada@example.com", "sre-leads"), ("bob@example.com", "sre-leads"),
    ]  # fmt: skip
    assert owners.files == (".bitbucket/CODEOWNERS", ".bitbucket/teams.yaml")


def test_the_apps_groups_names_and_checks_are_understood():
    text = (
        '@@@Front @"Ada Lovelace" @bob\nCODEOWNERS.toplevel.assignment_routing random 2\nCheck(@@Front >= 1)\n'
        "src/{main,test}/ @@Front\n!src/main/gen/\n"
    )
    owners = bitbucket(text)
    (entry,) = owners.owners_of("src/test/x")
    assert [(holder.name, holder.handle, holder.via) for holder in entry.holders] == [
        ("Front", None, ""), ("Ada Lovelace", None, "Front"), (None, "bob", "Front"),
    ]  # fmt: skip
    assert names(owners, "src/main/gen/x") == [[]]
    assert names(owners, "src/other/x") == []
    assert owners.problems == ()


def test_bitbucket_reads_its_own_folder_first():
    assert declared({"CODEOWNERS": "* @a", ".bitbucket/CODEOWNERS": "* @b"}, "bitbucket").files == (".bitbucket/CODEOWNERS",)
    assert found({".github/CODEOWNERS": "* @a"}, "bitbucket-server") is None


def test_a_broken_list_of_teams_is_told_and_the_rest_holds():
    owners = bitbucket("* @a\n", **{".bitbucket/teams.yaml": "a: [\n"})
    assert names(owners, "x") == [["@a"]]
    assert [problem.file for problem in owners.problems] == [".bitbucket/teams.yaml"]


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r".*\\.go", ["a.go", "x/a.go"], ["ago", "a.go.txt"]),
        (r"docs/(aws|google|azure)/[^/]*\\.(md|txt)", ["docs/aws/a.md", "docs/azure/b.txt"], ["docs/aws/x/a.md", "x/docs/aws/a.md"]),
        ("frontend/src/.*", ["frontend/src/a/b"], ["frontend/x", "x/frontend/src/a"]),
        ("!frontend/src/.*", ["frontend/x", "a"], ["frontend/src/a"]),
        (r"dir/with\#hash", ["dir/with#hash"], ["dir/with"]),
        (r"path\ with\ space", ["path with space"], ["path"]),
        (r"path/with\\\\backslash", ["path/with\\backslash"], ["path/with/backslash"]),
        ("/assets/.*", ["assets/x"], ["x/assets/y"]),
        ("a|b", ["a1", "1b"], ["1a1"]),
        ("(?i)readme.*", ["README.md"], ["x/README.md"]),
        ("(?!vendor/).*", ["src/x"], ["vendor/x"]),
        ("[[:alpha:]]+", ["abc"], ["abc1"]),
    ],
)
def test_gitea_matches_whole_paths_by_regular_expression(pattern: str, yes: list[str], no: list[str]):
    owners = gitea(f"{pattern} @owner\n")
    assert owners.problems == ()
    assert [path for path in yes if names(owners, path) != [["@owner"]]] == []
    assert [path for path in no if names(owners, path) != []] == []


def test_in_gitea_every_line_that_matches_counts():
    owners = gitea(".* @all # everything\nsrc/.* @org/src bob\n")
    assert names(owners, "src/a") == [["@all"], ["@org/src", "@bob"]]
    assert [entry.line for entry in owners.deciding("src/a")] == [1, 2]


@pytest.mark.parametrize("line", ["a( @x", "a** @x", "[ @x", "x{2000} @x", "a", "a @b/c/d", r"\\p{Greek} @x"])
def test_a_bad_line_of_gitea_spoils_only_itself_and_is_told(line: str):
    owners = gitea(f".* @before\n{line}\nb.* @after\n")
    assert problem_lines(owners) == [2]
    assert names(owners, "b") == [["@before"], ["@after"]]


def test_gitea_reads_the_root_first():
    order = ["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS"]
    for at in range(4):
        assert declared({place: ".* @a" for place in order[at:]}, "gitea").files == (order[at],)
