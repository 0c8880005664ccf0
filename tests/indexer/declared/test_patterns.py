"""Patterns against a second opinion, and against input that nobody would write."""

from __future__ import annotations

import fnmatch
import itertools
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from indexer.declared.patterns import MAX_CHOICES, expanded, github_glob, gitlab_glob, maintainers_glob
from indexer.declared.regex import PathRegex
from indexer.declared.regex_syntax import BadRegex
from indexer.declared.rules import Rule, Rules
from indexer.declared.types import Declaration
from tests.git_repo import GitRepo

NAMES = st.text(alphabet="ab.", min_size=1, max_size=3).filter(lambda name: name.strip("."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
WILD_NAMES = st.text(alphabet="ab.*?", min_size=1, max_size=4).filter(lambda name: "**" not in name and name.strip("."))
GLOB_NAMES = st.one_of(WILD_NAMES, st.just("**"))


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Patterns that GitHub and .gitignore read alike: they part where the last segment is only a star behind a slash. Folders
    named by two stars at the end (`a/**/`) are left to git, which pathspec does not follow there."""
    segments = draw(st.lists(GLOB_NAMES, min_size=1, max_size=4))
    pattern = draw(st.sampled_from(["", "/"])) + "/".join(segments) + draw(st.sampled_from(["", "/"]))
    return pattern + "a" if re.search(r"/\*$|(^|/)\*\*/$", pattern) else pattern


@given(patterns(), PATHS)
def test_github_patterns_cover_what_gitignore_would_ignore(pattern: str, path: str):
    assert github_glob(pattern).matches(path) == GitIgnoreSpec.from_lines([pattern]).match_file(path)


GITIGNORE = [
    "a", "/a", "a/", "/a/", "a/b.c", "*.c", "a/**", "a/**/", "**/a", "**/a/", "a/**/a",
    "*/a/", "**", "**/", "*", "a?/", "a*/*.c", "*/**",
]  # fmt: skip


def test_github_patterns_cover_what_git_itself_ignores(tmp_path):
    repo = GitRepo(tmp_path / "repo")
    paths = ["/".join(parts) for size in (1, 2, 3) for parts in itertools.product(("a", "b.c", "ab"), repeat=size)]
    for pattern in GITIGNORE:
        (repo.path / ".git/info").mkdir(exist_ok=True)
        (repo.path / ".git/info/exclude").write_text(f"{pattern}\n")
        command = ["git", "check-ignore", "--no-index", "--stdin"]
        told = subprocess.run(command, cwd=repo.path, input="\n".join(paths), capture_output=True, text=True, check=False).stdout
        assert [path for path in paths if github_glob(pattern).matches(path)] == told.splitlines(), pattern


@given(PATHS, PATHS)
def test_a_star_behind_a_slash_stays_in_its_folder(folder: str, path: str):
    within = path.startswith(f"{folder}/") and "/" not in path[len(folder) + 1 :]
    assert github_glob(f"/{folder}/*").matches(path) == within


@given(st.text(alphabet="ab*?[]!-^", min_size=1, max_size=8), st.text(alphabet="ab-^!]", min_size=1, max_size=6))
def test_gitlab_matches_a_name_as_fnmatch_does(pattern: str, name: str):
    if "**" in pattern or not re.fullmatch(r"(?:[^\[]|\[[!^]?[^\]\[^!-]+\])*", pattern):
        return  # Python reads an open set as text, Ruby as nothing; and only Ruby knows [^…]
    wanted = fnmatch.fnmatchcase(name, pattern.replace("[^", "[!"))
    assert gitlab_glob(f"/{pattern}").matches(name) == wanted


@given(st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_no_pattern_raises_whatever_it_says(pattern: str, path: str):
    for made in (gitlab_glob, maintainers_glob):
        made(pattern).matches(path)
    if pattern.strip("/"):
        github_glob(pattern).matches(path)


@given(st.lists(patterns(), max_size=12), PATHS)
def test_shelved_rules_find_what_trying_all_would_find(texts: list[str], path: str):
    for made in (github_glob, gitlab_glob, maintainers_glob):
        rules = Rules([Rule(made(text), Declaration("C", line, text, ())) for line, text in enumerate(texts)])
        tried = [line for line, text in enumerate(texts) if made(text).matches(path)]
        assert [rule.declaration.line for rule in rules.matching(path)] == tried


@pytest.mark.parametrize("pattern", ["*a" * 40 + "*b", "/".join(["**", "a"] * 40) + "/b", "**/" + "*a*" * 30 + "/b", "a/**/" * 40 + "b"])
def test_a_hostile_pattern_ends(pattern: str):
    path = "/".join(["a" * 60] * 30 + ["a"] * 300)
    assert not github_glob(pattern).matches(path)
    assert not gitlab_glob(pattern).matches(path)
    assert not maintainers_glob(pattern).matches(path)


HOSTILE = ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", ".*a.*a.*a.*a.*a.*b", "(a?){25}a{25}$", "((a*)*)*b", "(x+x+)+y|^(a*)*c"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_expression_ends(text: str):
    assert not PathRegex(text).found_in("a" * 24 + "!" + "a" * 4000 + "/x!")


UNUSABLE = ["(" * 200 + ")" * 200, "((a{999}){999}){999}", "(?P<x>a)(?P=x)", r"(a)\1", "(?>a)", "a{1001}", "[z-a]", "a**"]


@pytest.mark.parametrize("text", UNUSABLE)
def test_an_expression_that_cannot_be_used_is_refused(text: str):
    with pytest.raises(BadRegex):
        PathRegex(text)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\.", "^", "$", r"\b", "/"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda text: f"(?:{text})")
    repeated = st.builds(lambda text, sign: text + sign, st.one_of(group, st.sampled_from(["a", ".", "[ab]"])), st.sampled_from("*+?"))
    return st.one_of(repeated, st.lists(inner, min_size=1, max_size=3).map("".join), st.builds("{}|{}".format, inner, inner))


@given(st.recursive(ATOMS, _grown, max_leaves=8), st.text(alphabet="ab./", max_size=7))
def test_expressions_find_what_re_finds(text: str, path: str):
    assert PathRegex(text).found_in(path) == (re.search(text, path) is not None)


@given(st.text(max_size=25), st.text(max_size=10))
def test_an_expression_is_read_or_refused_and_nothing_else(text: str, path: str):
    try:
        PathRegex(text).found_in(path)
    except BadRegex as exc:
        assert str(exc)


def test_braces_stand_for_each_of_their_choices():
    assert sorted(expanded("a/{b,c}/{d,e}.x")) == ["a/b/d.x", "a/b/e.x", "a/c/d.x", "a/c/e.x"]
    assert sorted(expanded("{a,{b,c}}")) == ["a", "b", "c"]
    assert expanded("{a}") == ["{a}"]
    many = "{a,b}" * 20
    assert expanded(many) == [many] and MAX_CHOICES < 2**20
