"""OWNERS files: Gerrit's lists of addresses, and Kubernetes' YAML."""

from __future__ import annotations

import pytest

from indexer.declared.types import Dialect, HolderKind
from tests.indexer.declared.reading import declared, found, names, problem_lines


def test_gerrits_nearest_file_comes_first_and_the_folders_above_follow():
    owners = declared({"OWNERS": "root@x.org\n", "src/net/OWNERS": "# net people\nada@x.org # lead\nbob@x.org\n"})
    assert owners.dialect is Dialect.GERRIT
    assert names(owners, "src/net/tcp/a.c") == [["ada@x.org", "bob@x.org"], ["root@x.org"]]
    assert names(owners, "src/a.c") == [["root@x.org"]]
    assert [(entry.file, entry.line, entry.pattern) for entry in owners.deciding("src/net/a.c")] == [("src/net/OWNERS", 2, "src/net/")]


def test_set_noparent_ends_the_way_up():
    owners = declared({"OWNERS": "root@x.org", "a/OWNERS": "set noparent\na@x.org", "a/b/OWNERS": "b@x.org"})
    assert names(owners, "a/b/c") == [["b@x.org"], ["a@x.org"]]
    assert names(owners, "c") == [["root@x.org"]]


def test_per_file_holds_for_the_names_it_gives_in_all_folders_below():
    text = "a@x.org\nper-file *.java, *.{kt,kts} = j@x.org, k@x.org\nper-file sub/x.txt=t@x.org\n"
    owners = declared({"src/OWNERS": text})
    assert names(owners, "src/deep/A.java") == [["j@x.org", "k@x.org"], ["a@x.org"]]
    assert names(owners, "src/a.kts") == [["j@x.org", "k@x.org"], ["a@x.org"]]
    assert names(owners, "src/sub/x.txt") == [["t@x.org"], ["a@x.org"]]
    assert names(owners, "src/other/x.txt") == [["a@x.org"]]
    assert names(owners, "A.java") == []


def test_per_file_noparent_leaves_only_its_own_owners():
    text = "a@x.org\nper-file secret.*=set noparent\nper-file secret.*=s@x.org\n"
    owners = declared({"OWNERS": "root@x.org\n", "src/OWNERS": text})
    assert names(owners, "src/secret.txt") == [["s@x.org"]]
    assert names(owners, "src/a") == [["a@x.org"], ["root@x.org"]]


def test_include_brings_everything_and_file_only_the_owners_of_all_files():
    shared = "set noparent\nshared@x.org\nper-file *.md=docs@x.org\n"
    files = {"OWNERS": "root@x.org", "build/SHARED_OWNERS": shared}
    included = declared({**files, "a/OWNERS": "include /build/SHARED_OWNERS\n"})
    assert names(included, "a/x.md") == [["docs@x.org"], ["shared@x.org"]]
    taken = declared({**files, "a/OWNERS": "own@x.org\nfile:../build/SHARED_OWNERS\n"})
    assert names(taken, "a/x.md") == [["own@x.org", "shared@x.org"], ["root@x.org"]]
    chromium = declared({**files, "a/OWNERS": "per-file *.c=file://build/SHARED_OWNERS\n"})
    assert names(chromium, "a/x.c") == [["shared@x.org"], ["root@x.org"]]
    assert included.problems == taken.problems == chromium.problems == ()


def test_includes_in_a_circle_end():
    owners = declared({"OWNERS": "a@x.org\ninclude b/OWNERS\n", "b/OWNERS": "b@x.org\ninclude /OWNERS\n"})
    assert names(owners, "x") == [["a@x.org", "b@x.org"]]


@pytest.mark.parametrize("line", ["include other:/OWNERS", "file://gone/OWNERS", "include ../../up", "not an address", "per-file *.c=bob"])
def test_a_line_that_cannot_be_read_is_told_and_the_others_hold(line: str):
    owners = declared({"OWNERS": f"a@x.org\n{line}\n", "b/OWNERS": "b@x.org"})
    assert problem_lines(owners) == [2]
    assert names(owners, "b/x") == [["b@x.org"], ["a@x.org"]]


def test_a_star_is_anybody():
    (entry,) = declared({"OWNERS": "*\n"}).owners_of("x")
    assert [holder.kind for holder in entry.holders] == [HolderKind.ANYBODY]


def test_prose_called_owners_is_one_problem_not_a_hundred():
    owners = declared({"OWNERS": "This is the list\nof people who\nown things.\n"})
    assert problem_lines(owners) == [0]
    assert names(owners, "x") == []


def test_kubernetes_roles_are_told_and_those_who_left_are_not():
    text = "approvers:\n  - ada\nreviewers:\n  - bob # since May\n  - ada\nemeritus_approvers:\n  - eve\nlabels:\n  - area/x\n"
    owners = declared({"OWNERS": text})
    (entry,) = owners.owners_of("a/b")
    assert owners.dialect is Dialect.PROW
    assert [(holder.handle, holder.role) for holder in entry.holders] == [("ada", "approver"), ("bob", "reviewer")]
    assert (entry.line, entry.pattern) == (2, "*")


def test_kubernetes_folders_inherit_up_to_no_parent_owners():
    owners = declared({
        "OWNERS": "approvers: [root]\n",
        "a/OWNERS": "options:\n  no_parent_owners: true\napprovers: [a]\n",
        "a/b/OWNERS": "approvers: [b]\n",
        "docs/OWNERS": "labels: [area/docs]\n",
    })
    assert names(owners, "a/b/c") == [["b"], ["a"]]
    assert names(owners, "docs/x") == [["root"]]
    assert [entry.file for entry in owners.deciding("docs/x")] == ["OWNERS"]


def test_kubernetes_filters_are_expressions_on_the_path_from_the_folder_on():
    text = 'filters:\n  ".*":\n    approvers: [all]\n  "^go\\\\.(mod|sum)$":\n    approvers: [deps]\n  "(":\n    approvers: [x]\n'
    owners = declared({"staging/OWNERS": text})
    assert names(owners, "staging/go.mod") == [["all"], ["deps"]]
    assert names(owners, "staging/x/go.mod") == [["all"]]
    assert problem_lines(owners) == [7]


def test_an_alias_is_a_team_followed_by_its_members():
    aliases = "aliases:\n  Net-Reviewers:\n    - ada\n    - bob\n"
    owners = declared({"OWNERS_ALIASES": aliases, "OWNERS": "reviewers: [net-reviewers, eve]\n"})
    (entry,) = owners.owners_of("x")
    assert [(holder.text, holder.kind.value, holder.via) for holder in entry.holders] == [
        ("Net-Reviewers", "team", ""), ("ada", "person", "Net-Reviewers"), ("bob", "person", "Net-Reviewers"), ("eve", "person", ""),
    ]  # fmt: skip
    assert owners.files == ("OWNERS", "OWNERS_ALIASES")


@pytest.mark.parametrize("text", ["approvers: [a\n", "approvers:\n  - &x [*x]\n\t- b\n", "approvers: " + "[" * 5000, "approvers: @a\n"])
def test_broken_yaml_is_told_and_the_other_folders_hold(text: str):
    owners = declared({"OWNERS": "approvers: [root]\n", "a/OWNERS": text})
    assert [problem.file for problem in owners.problems] == ["a/OWNERS"]
    assert names(owners, "a/x") == [["root"]]


def test_yaml_makes_no_objects_and_a_number_is_a_name():
    owners = declared({"OWNERS": "approvers:\n- !!python/object/apply:os.getcwd []\n- 1234\n- on\n- 2020-01-01\n"})
    assert names(owners, "x") == [["1234", "on", "2020-01-01"]]


def test_both_kinds_of_owners_files_are_read_each_as_what_it_is():
    owners = declared({"OWNERS": "approvers: [root]\n", "third_party/OWNERS": "a@x.org\n"})
    assert names(owners, "third_party/x") == [["root"], ["a@x.org"]]


def test_codeowners_speaks_before_owners_and_maintainers():
    files = {"CODEOWNERS": "* @c\n", "OWNERS": "o@x.org\n", "MAINTAINERS": "ALL\nM: Mia <m@x.org>\nS: Maintained\nF: *\n"}
    owners = declared(files, "github")
    assert names(owners, "x") == [["@c"], ["o@x.org"], ["Mia <m@x.org>"]]
    assert owners.dialect is Dialect.GITHUB and owners.files == ("CODEOWNERS", "OWNERS", "MAINTAINERS")
    assert len(owners.deciding("x")) == 3
    assert found({}) is None
