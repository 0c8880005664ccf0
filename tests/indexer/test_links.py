"""Links: each host's own permalink form, from every form a remote is written in."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.links import commit_url, file_url, infer_web_url, pull_request_url


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("https://github.com/acme/shop/", "https://github.com/acme/shop"),
        ("https://user:token@github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@git.example.com:2222/acme/shop.git", "https://git.example.com/acme/shop"),
        ("https://gitlab.example.com:8443/a/b/c/shop.git", "https://gitlab.example.com:8443/a/b/c/shop"),
        ("git@gitlab.com:group/sub/shop.git", "https://gitlab.com/group/sub/shop"),
        ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop"),
        ("https://bitbucket.example.com/scm/PRJ/shop.git", "https://bitbucket.example.com/projects/PRJ/repos/shop"),
        ("ssh://git@bitbucket.example.com:7999/prj/shop.git", "https://bitbucket.example.com/projects/PRJ/repos/shop"),
        ("ssh://git@bitbucket.example.com:7999/~ada/shop.git", "https://bitbucket.example.com/users/ada/repos/shop"),
        ("https://codeberg.org/acme/shop.git", "https://codeberg.org/acme/shop"),
        ("https://acme@dev.azure.com/acme/My%20Project/_git/shop", "https://dev.azure.com/acme/My%20Project/_git/shop"),
        ("git@ssh.dev.azure.com:v3/acme/My%20Project/shop", "https://dev.azure.com/acme/My%20Project/_git/shop"),
        ("https://acme.visualstudio.com/Shop/_git/shop", "https://acme.visualstudio.com/Shop/_git/shop"),
        ("https://git.sr.ht/~ada/shop", "https://git.sr.ht/~ada/shop"),
        ("/srv/git/shop.git", ""),
        ("C:/work/shop", ""),
        ("", ""),
        ("https://", ""),
        ("file:///srv/git/shop.git", ""),
        ("https://[bad", ""),
    ],
)
def test_the_page_of_a_remote(remote: str, page: str) -> None:
    assert infer_web_url(remote) == page


@pytest.mark.parametrize(
    ("page", "lines", "line", "commit", "pull"),
    [
        ("https://github.com/a/b", "/blob/SHA/x/y.py#L3-L9", "/blob/SHA/x/y.py#L3", "/commit/SHA", "/pull/7"),
        ("https://gitlab.com/a/b", "/-/blob/SHA/x/y.py#L3-9", "/-/blob/SHA/x/y.py#L3", "/-/commit/SHA", "/-/merge_requests/7"),
        ("https://codeberg.org/a/b", "/src/commit/SHA/x/y.py#L3-L9", "/src/commit/SHA/x/y.py#L3", "/commit/SHA", "/pulls/7"),
        ("https://bitbucket.org/a/b", "/src/SHA/x/y.py#lines-3:9", "/src/SHA/x/y.py#lines-3", "/commits/SHA", "/pull-requests/7"),
        (
            "https://bitbucket.example.com/projects/P/repos/b",
            "/browse/x/y.py?at=SHA#3-9", "/browse/x/y.py?at=SHA#3", "/commits/SHA", "/pull-requests/7",
        ),
        ("https://git.sr.ht/~a/b", "/tree/SHA/item/x/y.py#L3-9", "/tree/SHA/item/x/y.py#L3", "/commit/SHA", None),
        (
            "https://dev.azure.com/a/p/_git/b",
            "?path=/x/y.py&version=GCSHA&line=3&lineEnd=10&lineStartColumn=1&lineEndColumn=1",
            "?path=/x/y.py&version=GCSHA&line=3&lineEnd=4&lineStartColumn=1&lineEndColumn=1", "/commit/SHA", "/pullrequest/7",
        ),
    ],
)  # fmt: skip
def test_each_hosts_permalinks(page: str, lines: str, line: str, commit: str, pull: str | None) -> None:
    assert file_url(page, "SHA", "x/y.py", 3, 9) == page + lines
    assert file_url(page, "SHA", "x/y.py", 3, 3) == file_url(page, "SHA", "x/y.py", 3) == page + line
    assert commit_url(page, "SHA") == page + commit
    assert pull_request_url(page, 7) == (page + pull if pull else None)
    assert file_url(page, "SHA", "x/y.py") == (page + line).split("#")[0].split("&line")[0]


def test_rendered_files_open_as_plain_text_so_that_lines_exist() -> None:
    assert file_url("https://github.com/a/b", "SHA", "README.md", 3, 4) == "https://github.com/a/b/blob/SHA/README.md?plain=1#L3-L4"
    assert file_url("https://github.com/a/b", "SHA", "README.md") == "https://github.com/a/b/blob/SHA/README.md"


def test_unknown_hosts_have_no_links() -> None:
    for page in ("", "https://git.example.com/a/b", "ftp://github.com/a/b", "https://[bad", "not a url"):
        assert file_url(page, "SHA", "a.py", 1) is None
        assert commit_url(page, "SHA") is None
        assert pull_request_url(page, 1) is None


@given(st.text(min_size=1), st.integers(1, 10**6), st.integers(0, 10**4))
def test_any_path_comes_back_out_of_its_link(path: str, start: int, more: int) -> None:
    path = path.encode(errors="replace").decode()
    parts = urlsplit(file_url("https://gitlab.com/a/b", "SHA", path, start, start + more) or "")
    assert unquote(parts.path) == f"/a/b/-/blob/SHA/{path}"
    assert parts.fragment == (f"L{start}-{start + more}" if more else f"L{start}")
    assert not set(parts.path) & set(" <>|\"'\\^`{}\n") - {"'"}


@given(st.text())
def test_no_remote_breaks_the_inference(remote: str) -> None:
    page = infer_web_url(remote)
    assert page == "" or page.startswith("https://")
    assert file_url(page, "SHA", "a.py", 1) is None or page
