"""Web addresses of changes, on every host, and the names of changes in running text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.naming import Kind, names_in, read_name
from bot.changes.webpages import ChangePage, addresses, page_key, read_change_page
from indexer.links import commit_url, pull_request_url

SHA = "46e939b5" + "0" * 32
AZURE = "https://dev.azure.com/acme/Web%20Shop/_git/shop"
PAGES = {
    "https://github.com/acme/shop": "github.com/acme/shop",
    "https://git.acme.example:8443/gitlab/finance/team/shop": "git.acme.example:8443/gitlab/finance/team/shop",
    "https://gitlab.com/acme/shop": "gitlab.com/acme/shop",
    "https://bitbucket.org/acme/shop": "bitbucket.org/acme/shop",
    "https://bitbucket.acme.example/projects/ACME/repos/shop": "bitbucket.acme.example/projects/acme/repos/shop",
    "https://codeberg.org/acme/shop": "codeberg.org/acme/shop",
    AZURE: "dev.azure.com/acme/web shop/_git/shop",
    "https://git.sr.ht/~acme/shop": "git.sr.ht/~acme/shop",
}


@pytest.mark.parametrize("page", PAGES)
def test_the_addresses_that_docent_writes_are_read_back(page):
    assert page_key(page) == PAGES[page]
    written = commit_url(page, SHA)
    assert written is None or read_change_page(written) == ChangePage(PAGES[page], commit=SHA)
    written = pull_request_url(page, 12)
    assert written is None or read_change_page(written) == ChangePage(PAGES[page], number=12)


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://gitlab.com/a/b/c/-/merge_requests/45/diffs#note_1", ChangePage("gitlab.com/a/b/c", number=45)),
        (f"https://gitlab.com/a/b/-/merge_requests/45/diffs?commit_id={SHA}", ChangePage("gitlab.com/a/b", commit=SHA)),
        ("https://bitbucket.org/a/b/pull-requests/7/some-title/diff", ChangePage("bitbucket.org/a/b", number=7)),
        ("https://bb.example/users/a/repos/b/pull-requests/7/overview", ChangePage("bb.example/users/a/repos/b", number=7)),
        (f"https://bb.example/projects/A/repos/b/commits/{SHA}#x.py", ChangePage("bb.example/projects/a/repos/b", commit=SHA)),
        ("https://codeberg.org/a/b/pulls/7/files", ChangePage("codeberg.org/a/b", number=7)),
        (f"{AZURE}/pullrequest/9?_a=files", ChangePage("dev.azure.com/acme/web shop/_git/shop", number=9)),
        (f"https://acme.visualstudio.com/Shop/_git/shop/commit/{SHA}", ChangePage("dev.azure.com/acme/shop/_git/shop", commit=SHA)),
        (f"https://git.example/shop.git/commit/?id={SHA}", ChangePage("git.example/shop", commit=SHA)),
        (f"https://github.com/a/b/commit/{SHA}.patch", ChangePage("github.com/a/b", commit=SHA)),
        (f"https://user@github.com/a/b/pull/7/commits/{SHA}", ChangePage("github.com/a/b", commit=SHA)),
        ("https://github.com/a/b/compare/v1.0...v1.1?expand=1", ChangePage("github.com/a/b", base="v1.0", tip="v1.1")),
        ("https://github.com/a/b/compare/main...bob:b:topic/x", ChangePage("github.com/a/b", base="main", tip="topic/x")),
        ("https://gitlab.com/a/b/-/compare/v1.0...v1.1?straight=true", ChangePage("gitlab.com/a/b", base="v1.0", tip="v1.1")),
        ("https://bitbucket.org/a/b/branches/compare/v1.1%0Dv1.0#diff", ChangePage("bitbucket.org/a/b", base="v1.0", tip="v1.1")),
        (
            "https://bb.example/projects/A/repos/b/compare/commits?targetBranch=refs%2Fheads%2Fmain&sourceBranch=refs%2Fheads%2Fx",
            ChangePage("bb.example/projects/a/repos/b", base="refs/heads/main", tip="refs/heads/x"),
        ),
        (
            f"{AZURE}/branchCompare?baseVersion=GTv1.0&targetVersion=GBmain",
            ChangePage("dev.azure.com/acme/web shop/_git/shop", base="v1.0", tip="main"),
        ),
        ("https://github.com/a/b/releases/tag/v1.0", ChangePage("github.com/a/b", tag="v1.0")),
        ("https://gitlab.com/a/b/-/tags/v1.0", ChangePage("gitlab.com/a/b", tag="v1.0")),
    ],
)
def test_other_forms_copied_from_a_browser(address, page):
    assert read_change_page(address) == page


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/a/b",
        "https://github.com/a/b/issues/12",
        "https://github.com/a/b/pulls",
        "https://github.com/a/b/blob/main/pull/12.md",
        f"https://codeberg.org/a/b/src/commit/{SHA}/x.py",
        "https://github.com/a/b/commits/main",
        "https://github.com/a/b/compare",
        "ftp://github.com/a/b/pull/12",
        "https://[broken/pull/12",
        "https:///pull/12",
    ],
)
def test_an_address_of_something_else_is_none(address):
    assert read_change_page(address) is None


def test_addresses_end_where_the_sentence_goes_on():
    text = "see <https://a.b/c/pull/1|#1>, (https://a.b/c/pull/2), and `https://a.b/c/pull/3`."
    assert addresses(text) == ["https://a.b/c/pull/1", "https://a.b/c/pull/2", "https://a.b/c/pull/3"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("v1.0..v1.1", Kind.RANGE),
        ("..v1.1", Kind.RANGE),
        ("feature/a...main", Kind.RANGE),
        ("HEAD~3..", Kind.RANGE),
        ("!45", Kind.PULL_REQUEST),
        ("acme/shop#12", Kind.PULL_REQUEST),
        ("123", Kind.UNCLEAR),
        ("1a2b3c4", Kind.COMMIT),
        ("the commit 1a2b3c4", Kind.COMMIT),
        ("HEAD~2", Kind.COMMIT),
    ],
)
def test_whole_texts_name_a_change(text, kind):
    named = read_name(text)
    assert named and named.kind is kind


@pytest.mark.parametrize("text", ["", " ", "..", "...", "-x", "--upload-pack=x", "two words", "a\0b", "x" * 400])
def test_or_name_none(text):
    assert read_name(text) is None


_PARTS = st.sampled_from(
    ["https://", "a.b", "/", "pull", "compare", "..", "...", "12", "#", "!", SHA[:8], "PR ", " ", "%0D", "\n", "[", "`"]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PARTS, max_size=14).map("".join)))
def test_no_text_breaks_the_reading(text):
    read_name(text)
    for named in names_in(text):
        assert named.number or named.tip or named.base or named.kind is Kind.RELEASE
    for address in addresses(text):
        read_change_page(address)


@pytest.mark.parametrize(
    "hostile", ["a/" * 2000, "a." * 2000, "~" * 4000, "#1" * 2000, "https://a/" + "b/" * 2000 + "commit", "1a" * 2000]
)
def test_hostile_texts_are_read_at_once(hostile):
    assert not [named for named in names_in(hostile) if named.kind is not Kind.PULL_REQUEST]
    read_name(hostile)
