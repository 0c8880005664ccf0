"""Which change is meant: by a commit, a range, a number, or a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.changes.finding import FoundChange, change_link, find_change
from bot.config import load_settings
from bot.service import Docent
from bot.wiring import open_docent
from indexer.errors import IndexMissing, QueryError
from indexer.index import Index
from tests.embedders import HashEmbedder
from tests.git_repo import BOB, GitRepo

SHOP, LEDGER = "https://github.com/acme/shop-api", "https://gitlab.acme.example/finance/team/ledger"


def made_shop(folder: Path) -> GitRepo:
    """GitHub: a squash (#7), a merge of two commits (#12), a plain commit, a release merge of three pull requests; two tags."""
    repo = GitRepo(folder / "shop-api")
    repo.commit("README.md", "# Shop\n", message="Begin the shop")
    repo.commit("pay.py", "x = 1\n", message="Pay by card (#7)\n\nCustomers asked for it. Fixes #3")
    repo.git("tag", "v1.0")
    repo.branch("retry")
    repo.commit("retry.py", "a = 1\n", message="Wait longer", author=BOB)
    repo.commit("retry.py", "a = 2\n", message="Wait even longer", author=BOB)
    repo.checkout("main")
    repo.merge("retry", message="Merge pull request #12 from bob/retry\n\nRetry failed payments\n\nBanks time out at night.")
    repo.commit("pay.py", "x = 2\n", message="Round up")
    repo.git("tag", "-a", "v1.1", "-m", "Release")
    repo.branch("develop")
    for number, name in ((20, "coupons"), (21, "gift cards"), (23, "vouchers")):
        repo.commit(f"{name}.py", "n = 1\n", message=f"Add {name} (#{number})")
    repo.checkout("main")
    repo.merge("develop", message="Merge pull request #22 from acme/develop\n\nRelease 1.2")
    return repo


def made_ledger(folder: Path) -> GitRepo:
    """GitLab: a merge request of one commit (!45), one squashed (!46), and a rebased one whose commits name it."""
    repo = GitRepo(folder / "ledger")
    repo.commit("book.py", "b = 1\n", message="Begin the ledger")
    repo.branch("rounding")
    repo.commit("book.py", "b = 2\n", message="Round half to even")
    repo.checkout("main")
    body = "Round like the bank does\n\nSee merge request finance/team/ledger!45"
    repo.merge("rounding", message=f"Merge branch 'rounding' into 'main'\n\n{body}")
    repo.commit("tax.py", "t = 1\n", message="Add taxes\n\nSee merge request finance/team/ledger!46")
    repo.commit("one.py", "o = 1\n", message="Split the book\n\nPull-request: #50")
    repo.commit("two.py", "o = 1\n", message="Split it again\n\nIt was long.\n\nPull-request: #50")
    return repo


@contextmanager
def opened(folder: Path, *repositories: tuple[GitRepo, str], ready: bool = True) -> Iterator[Docent]:
    settings = folder / "docent.toml"
    settings.write_text(f"data_dir = '{folder / 'data'}'\n")
    with settings.open("a") as written:
        for repo, url in repositories:
            written.write(f"[[repositories]]\nname = '{repo.path.name}'\nurl = '{repo.path}'\nweb_url = '{url}'\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexer.workspace.open_embedder", lambda settings: HashEmbedder())
        docent = open_docent(load_settings(settings))
        if ready:
            docent.ready()
        yield docent
        docent.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("finding")


@pytest.fixture(scope="module")
def shop(folder: Path) -> GitRepo:
    return made_shop(folder)


@pytest.fixture(scope="module")
def ledger(folder: Path) -> GitRepo:
    return made_ledger(folder)


@pytest.fixture(scope="module")
def index(folder: Path, shop: GitRepo, ledger: GitRepo) -> Iterator[Index]:
    with opened(folder, (shop, SHOP), (ledger, LEDGER)) as docent:
        yield docent.index


Asked = Callable[..., FoundChange]


def asking(index: Index) -> Asked:
    return lambda text, repos=(): find_change(index, text, repos or index.names)


@pytest.fixture
def ask(index: Index) -> Asked:
    return asking(index)


def refusal(ask: Asked, text: str, repos: Sequence[str] = ()) -> str:
    with pytest.raises(QueryError) as caught:
        ask(text, repos)
    assert caught.value.hint
    return str(caught.value)


def subjects(found: FoundChange) -> list[str]:
    return [commit.subject.partition(" (#")[0] for commit in found.story.commits]


class TestCommits:
    @pytest.mark.parametrize("form", ["{sha}", "{short}", "{four}", "commit {short}", "`{short}`", "{short}?", " {short}\n"])
    def test_a_commit_is_found_by_its_sha(self, ask, shop, form):
        sha = shop.git("rev-parse", "v1.1^{commit}")
        found = ask(form.format(sha=sha, short=sha[:9], four=sha[:6]))
        assert (found.repository, found.head, found.base) == ("shop-api", sha, shop.git("rev-parse", f"{sha}^"))
        assert (subjects(found), found.is_range, found.part_of) == (["Round up"], False, None)

    def test_a_commit_of_a_merged_pull_request_says_so(self, ask, shop):
        found = ask(shop.git("rev-parse", "retry"))
        assert (subjects(found), found.part_of) == (["Wait even longer"], 12)
        assert ask(shop.git("rev-parse", "retry~1")).part_of == 12

    def test_a_tag_is_the_commit_that_it_names(self, ask, shop):
        assert ask("v1.1", ["shop-api"]).head == shop.git("rev-parse", "v1.1^{commit}")

    def test_the_first_commit_has_nothing_before_it(self, ask, ledger):
        assert ask(ledger.git("rev-list", "--max-parents=0", "main")).base == ""

    def test_a_merge_is_all_that_it_brought(self, ask, shop):
        merge = shop.git("rev-parse", "v1.1^{commit}~1")
        found = ask(merge)
        assert subjects(found) == ["Merge pull request #12 from bob/retry", "Wait even longer", "Wait longer"]
        assert (found.story.title, found.story.pull_request) == ("Retry failed payments", 12)
        assert (found.base, found.head) == (shop.git("rev-parse", f"{merge}^1"), merge)

    def test_what_is_no_commit_is_told(self, ask):
        assert "shop-api has no commit, tag or branch called “abc1234”." in refusal(ask, "abc1234", ["shop-api"])
        assert "None of 2 repositories has a commit" in refusal(ask, "abc1234")
        assert "names no commit, range or pull request" in refusal(ask, "the thing with the payments")
        assert "names no commit" in refusal(ask, "--output=x")
        assert "names no commit" in refusal(ask, "https://github.com/acme/shop-api/issues")


class TestPullRequests:
    @pytest.mark.parametrize(
        "name", ["#12", "PR 12", "PR#12", "pr #12", "pull request 12", "Pull Request #12", "the pull request no. 12", "12", "GH-12"]
    )
    def test_a_merged_one_is_found_by_its_number(self, ask, name):
        found = ask(name)
        assert (found.repository, found.story.title, found.story.pull_request) == ("shop-api", "Retry failed payments", 12)
        assert found.story.body == "Banks time out at night."
        assert len(found.story.commits) == 3 and not found.is_range

    def test_a_squashed_one(self, ask, shop):
        found = ask("#7")
        assert (found.story.title, found.story.pull_request, found.head) == ("Pay by card", 7, shop.git("rev-parse", "v1.0"))

    @pytest.mark.parametrize("name", ["!45", "MR 45", "MR !45", "merge request !45"])
    def test_merge_requests_of_gitlab(self, ask, name):
        found = ask(name)
        assert (found.repository, found.story.title, len(found.story.commits)) == ("ledger", "Round like the bank does", 2)

    def test_a_squashed_merge_request(self, ask):
        assert (ask("!46").story.title, ask("!46").story.pull_request) == ("Add taxes", 46)

    def test_commits_that_note_their_pull_request(self, ask, ledger):
        found = ask("#50")
        assert (subjects(found), found.story.pull_request) == (["Split it again", "Split the book"], 50)
        assert (found.base, found.head) == (ledger.git("rev-parse", "main~2"), ledger.git("rev-parse", "main"))

    def test_one_that_gathers_others_is_told_as_a_range_under_its_title(self, ask):
        found = ask("#22")
        assert found.is_range and (found.story.title, found.story.pull_request) == ("Release 1.2", 22)

    def test_an_issue_number_is_no_pull_request(self, ask):
        told = refusal(ask, "#3")
        assert "No commit of these 2 repositories says that it merges #3. It may still be open, or was merged without" in told
        assert "No commit of ledger says" in refusal(ask, "PR 12", ["ledger"])
        assert "merges #2." in refusal(ask, "#2")  # though #20 and #21 are there

    def test_a_number_that_two_repositories_know_needs_the_repository(self, tmp_path):
        repos = [GitRepo(tmp_path / name) for name in ("shop-api", "ledger")]
        for repo in repos:
            repo.commit("x.py", f"x = '{repo.path.name}'\n", message=f"Twelve of {repo.path.name} (#12)")
        with opened(tmp_path, (repos[0], SHOP), (repos[1], LEDGER)) as docent:
            ask = asking(docent.index)
            told = refusal(ask, "#12")
            assert told.startswith("#12 is in several repositories: shop-api, ledger. Say which one is meant, with --repo shop-api or")
            for text in ("repo:ledger #12", "ledger#12", "finance/team/ledger#12"):
                assert ask(text).story.title == "Twelve of ledger"

    def test_a_repository_that_is_not_there_is_told(self, ask):
        assert "tea#12" not in refusal(ask, "tea#12")
        assert "tea is not among the repositories here." in refusal(ask, "tea#12")


class TestRanges:
    @pytest.mark.parametrize("name", ["v1.0..v1.1", "v1.0...v1.1", "`v1.0..v1.1`"])
    def test_a_range_is_several_changes_in_one(self, ask, shop, name):
        found = ask(name)
        assert (found.story.title, found.is_range) == ("2 changes from v1.0 to v1.1", True)
        assert (found.base, found.head) == (shop.git("rev-parse", "v1.0"), shop.git("rev-parse", "v1.1^{commit}"))
        assert len(found.story.commits) == 4

    def test_a_range_of_one_story_is_that_story(self, ask):
        found = ask("v1.0..v1.1~1")
        assert (found.story.title, found.is_range) == ("Retry failed payments", False)

    def test_open_ends(self, ask, shop):
        assert ask("v1.1..", ["shop-api"]).head == shop.head
        assert ask("..v1.0", ["shop-api"]).story.title == "2 changes from the beginning to v1.0"

    def test_numbers_of_releases_are_found_as_their_tags(self, ask):
        assert ask("1.0..1.1").story.title == "2 changes from 1.0 to 1.1"

    def test_an_empty_range_is_told(self, ask):
        assert "Nothing landed in shop-api between v1.0 and v1.0." in refusal(ask, "v1.0..v1.0")
        assert "The other way round, v1.0..v1.1 holds 4 commits." in refusal(ask, "v1.1..v1.0")

    def test_the_side_that_is_not_there_is_named(self, ask):
        assert "called “v9”" in refusal(ask, "v1.0..v9", ["shop-api"])


class TestLinks:
    @pytest.mark.parametrize(
        "url",
        [
            f"{SHOP}/pull/12",
            f"{SHOP}/pull/12/files",
            f"{SHOP}/pull/12/files#diff-abc",
            f"{SHOP}/pull/12/commits",
            f"{SHOP}/pull/12#discussion_r123456",
            f"{SHOP}/pull/12#issuecomment-99",
            "http://www.github.com/Acme/Shop-API/pull/12/",
            f"<{SHOP}/pull/12|#12>",
            f"please explain {SHOP}/pull/12.",
        ],
    )
    def test_of_a_pull_request(self, ask, url):
        assert ask(url).story.pull_request == 12

    def test_of_a_merge_request(self, ask, ledger):
        assert ask(f"{LEDGER}/-/merge_requests/45/diffs").story.pull_request == 45
        sha = ledger.git("rev-parse", "rounding")
        assert ask(f"{LEDGER}/-/merge_requests/45/diffs?commit_id={sha}").head == sha

    def test_of_a_commit(self, ask, shop, ledger):
        sha = shop.git("rev-parse", "v1.0")
        assert ask(f"{SHOP}/commit/{sha}").head == ask(f"{SHOP}/commit/{sha[:7]}#diff-1").head == sha
        assert ask(f"{SHOP}/pull/7/commits/{sha}").head == sha
        assert ask(f"{LEDGER}/-/commit/{ledger.head}").head == ledger.head

    def test_of_a_comparison(self, ask):
        assert ask(f"{SHOP}/compare/v1.0...v1.1").story.title == "2 changes from v1.0 to v1.1"
        assert ask(f"{SHOP}/compare/v1.0...bob:v1.1").story.title == "2 changes from v1.0 to v1.1"

    def test_of_a_release(self, ask):
        assert ask(f"{SHOP}/releases/tag/v1.1").story.title == "2 changes from v1.0 to v1.1"
        assert ask(f"{SHOP}/releases/latest").story.title == "2 changes from v1.0 to v1.1"
        assert ask(f"{SHOP}/releases/tag/v1.0").head

    def test_a_commit_of_a_fork_is_found_all_the_same(self, ask, shop):
        assert ask(f"https://github.com/bob/fork/commit/{shop.head}").head == shop.head

    def test_of_another_repository_is_told(self, ask):
        told = refusal(ask, "https://github.com/other/tea/pull/12")
        assert told.startswith("github.com/other/tea is not among the repositories here. It must be of shop-api or ledger")

    def test_a_link_to_a_repository_that_may_not_be_asked_about_looks_like_any_other(self, ask):
        told = refusal(ask, f"{LEDGER}/-/merge_requests/45", ["shop-api"])
        assert "is not among the repositories here. It must be of shop-api;" in told


class TestInQuestions:
    @pytest.mark.parametrize(
        ("question", "link"),
        [
            (f"what does {SHOP}/pull/12 do?", f"{SHOP}/pull/12"),
            ("What did #12 change for customers?", "#12"),
            ("why was PR 99 merged", "PR 99"),
            ("explain v1.0..v1.1 please", "v1.0..v1.1"),
            ("what is https://github.com/other/tea/pull/12", "https://github.com/other/tea/pull/12"),
            ("is !45 risky?", "!45"),
            ("what is related to #12?", "#12"),
            ("what was commit abc1234 for", "abc1234"),
            ("what does shop-api#12 do", "shop-api#12"),
        ],
    )
    def test_what_names_a_change_is_picked_out(self, index, question, link):
        assert change_link(index, question, index.names) == link

    def test_a_sha_that_exists(self, index, shop):
        assert change_link(index, f"what does {shop.head[:8]} do", index.names) == shop.head[:8]

    @pytest.mark.parametrize(
        "question",
        [
            "How does a refund work?",
            "what about issue #3",
            "what does #9999 mean",
            "what changed since v1.0",
            "what changed since #12",
            "what is 1234567 in the ledger",
            "where is abc1234 used",
            "how is the color #123456 chosen",
            "what does f(a..b) do, and range(1..2)",
            "do we leak data as https://github.com/other/tea/pull/12 says, when somebody pays with a card in our shop?",
            "see https://github.com/acme/shop-api/blob/main/pay.py#L1",
        ],
    )
    def test_what_is_in_doubt_is_left_alone(self, index, question):
        assert change_link(index, question, index.names) is None

    def test_a_question_about_a_sha_told_since_when_is_left_alone(self, index, shop):
        assert change_link(index, f"what changed since {shop.head[:8]}", index.names) is None


def test_in_a_shallow_clone_it_is_said_that_history_is_missing(tmp_path, shop):
    clone = GitRepo(tmp_path / "clone")
    clone.git("pull", "--quiet", "--depth", "1", f"file://{shop.path}", "main", "--tags", env={"GIT_ALLOW_PROTOCOL": "file"})
    with opened(tmp_path, (clone, SHOP)) as docent:
        assert "The clone is shallow" in refusal(asking(docent.index), "#7")


def test_without_an_index_it_is_said(tmp_path):
    with (
        opened(tmp_path, (made_shop(tmp_path), SHOP), ready=False) as docent,
        pytest.raises(IndexMissing, match="no index of shop-api yet"),
    ):
        find_change(docent.index, "#12", ["shop-api"])
