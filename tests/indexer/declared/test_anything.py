"""Whatever bytes a repository holds: something is read, every problem is a sentence, and no path raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indexer.declared.reading import found

WORDS = st.sampled_from([
    "*", "/src/", "docs/*", "!x", "[Docs]", "^[Docs][2]", "[", "]", "[Docs][x]", "(", "(?i)", "a{2,1}", "\\", "\\ ", "#",
    "@a", "@a/b", "@@maintainer", "@@@team", "a@b.c", "per-file", "*.c=a@b.c", "set", "noparent", "include", "file:", "/OWNERS",
    "approvers:", "- a", "filters:", "aliases:", "M:", "F:", "X:", "N:", "THE REST", "\n", "\r\n", "\t", "\ufeff", "\0",
])  # fmt: skip
TEXTS = st.one_of(st.binary(max_size=60), st.lists(WORDS, max_size=25).map(lambda words: " ".join(words).encode()))
PLACES = ["CODEOWNERS", ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS", ".bitbucket/teams.yaml", ".gitea/CODEOWNERS", "OWNERS", "a/OWNERS",
          "OWNERS_ALIASES", "MAINTAINERS", "a/MAINTAINERS", "MAINTAINERS.md"]  # fmt: skip


@pytest.mark.parametrize("host", ["", "github", "gitlab", "gitea", "bitbucket", "azure"])
@given(files=st.dictionaries(st.sampled_from(PLACES), TEXTS, max_size=4), path=st.text(alphabet="a/.b", min_size=1, max_size=8))
def test_nothing_raises_and_every_problem_can_be_acted_on(host: str, files: dict[str, bytes], path: str):
    owners = found(files, host)
    if owners is None:
        return
    assert set(owners.files) <= set(files)
    for problem in owners.problems:
        assert problem.file in files and problem.reason.endswith(".") and problem.line >= 0
    everything = set(owners.declarations())
    for asked in (path, "a/x.c", "src/a/b"):
        applying = owners.owners_of(asked)
        assert set(owners.deciding(asked)) <= set(applying) <= everything
        assert all(entry.file in files for entry in applying)
