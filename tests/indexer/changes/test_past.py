"""Stories held against real histories: what is usual, what is missing, what is fragile, who is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from indexer.changes.areas import Areas
from indexer.changes.past import Past
from indexer.changes.stories import group_stories
from indexer.changes.types import Against, Fragile, Newcomer
from indexer.types import Commit, Person
from indexer.vcs.identity import Identities
from indexer.vcs.trailers import co_authors
from tests.git_repo import ADA, BOB, START, GitRepo

CAROL = ("Carol Clay", "carol@example.com")
BOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")


class Shop:
    """A repository whose changes are numbered, so that each is a pull request and a story of its own; all files grow by lines.

    Commits are a day apart, and written all at once by git-fast-import(1), for there are many.
    """

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo
        self.at = START
        self._lines: dict[str, int] = {}
        self._number = 0
        self._waiting: list[str] = []

    def change(self, *paths: str, lines: int = 10, title: str = "Improve things", author: tuple[str, str] = ADA) -> int:
        """Add so many lines to each of the files; returns the number of the pull request."""
        for path in paths:
            self._lines[path] = self._lines.get(path, 0) + lines
        return self._commit([self._written(path) for path in paths], title, author)

    def rename(self, old: str, new: str) -> int:
        self._lines[new] = self._lines.pop(old)
        return self._commit([f"R {old} {new}"], "Rename a file", ADA)

    def remove(self, *paths: str) -> int:
        return self._commit([f"D {path}" for path in paths], "Drop files", ADA)

    def commits(self) -> list[Commit]:
        self.repo.git("fast-import", "--quiet", "--force", input="".join(self._waiting))
        opened = self.repo.opened()
        found = list(opened.log(opened.fetch().sha))
        opened.close()
        return found

    def against(self, *, past: int = 0) -> Against:
        """The newest story held against what came before it (only so many commits: `past`)."""
        newest, *before = self.commits()
        people = Identities((one, 1, commit.committed_at) for commit in (newest, *before) for one in (commit.author, *co_authors(commit)))
        return Past.of(before[: past or None], self.areas, people).against(group_stories([newest])[0])

    @property
    def areas(self) -> Areas:
        return Areas(self.repo.git("ls-tree", "-r", "--name-only", "main").splitlines())

    def sha(self, number: int) -> str:
        return next(commit.sha for commit in self.commits() if commit.subject.endswith(f"(#{number})"))

    def _written(self, path: str) -> str:
        text = "".join(f"{path} {number}\n" for number in range(self._lines[path]))
        return f"M 100644 inline {path}\ndata {len(text)}\n{text}"

    def _commit(self, changes: Sequence[str], title: str, author: tuple[str, str]) -> int:
        self._number += 1
        subject, _, body = title.partition("\n")
        message = f"{subject} (#{self._number})\n{body}"
        who = f"{author[0]} <{author[1]}> {int(self.at.timestamp())} +0000"
        parent = f"from :{self._number - 1}\n" if self._number > 1 else ""
        head = f"commit refs/heads/main\nmark :{self._number}\nauthor {who}\ncommitter {who}\ndata {len(message)}\n{message}\n{parent}"
        self._waiting.append(head + "\n".join(changes) + "\n")
        self.at += timedelta(days=1)
        return self._number


@pytest.fixture
def shop(git_repo: GitRepo) -> Shop:
    """A shop of three areas, billing, ledger and search, and a few changes of search that have nothing to do with the others."""
    shop = Shop(git_repo)
    shop.change("shop/billing/refund.py", "shop/ledger/book.py", "shop/ledger/entry.py", "shop/search/find.py", "tests/test_all.py")
    for _ in range(5):
        shop.change("shop/search/find.py")
    return shop


def missing(against: Against) -> list[tuple[str, str, int, int]]:
    return [(one.usual, one.with_, one.together, one.of) for one in against.missing]


def test_what_usually_changes_with_a_place_and_did_not_is_missing(shop: Shop) -> None:
    latest = [shop.change("shop/billing/refund.py", "shop/ledger/book.py", "shop/ledger/entry.py") for _ in range(6)]
    shop.change("shop/billing/refund.py")
    against = shop.against()
    assert missing(against) == [("shop/ledger/", "shop/billing/", 7, 7)]
    assert against.missing[0].latest == tuple(shop.sha(number) for number in reversed(latest[-3:]))
    shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    assert missing(shop.against()) == [("shop/ledger/entry.py", "shop/ledger/book.py", 7, 7)]


@pytest.mark.parametrize("besides", [(), ("db/other.py",)])
def test_a_file_is_missing_where_its_folder_changes_with_much_else(shop: Shop, besides: tuple[str, ...]) -> None:
    shop.change("db/schema.sql", "db/other.py")
    for _ in range(6):
        shop.change("shop/billing/refund.py", "db/schema.sql")
        shop.change("db/other.py")
    shop.change("shop/billing/refund.py", *besides)
    assert missing(shop.against()) == [("db/schema.sql", "shop/billing/", 6, 7)]


@pytest.mark.parametrize(
    ("others", "why"),
    [
        (["uv.lock"], "a lock file"),
        (["CHANGELOG.md"], "a changelog"),
        (["tests/test_billing.py"], "tests have a line of their own"),
        ([".github/workflows/ci.yml"], "how the project is checked"),
        (["shop/_version.py", "pyproject.toml", "VERSION"], "what every release moves"),
        (["shop/billing/refund.h"], "the same under another ending"),
        (["shop/billing/notes.md"], "documentation, but for the most regular"),
    ],
)
def test_what_says_nothing_is_never_missing(shop: Shop, others: list[str], why: str) -> None:
    for _ in range(6):
        shop.change("shop/billing/refund.py", *others)
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == [], why


def test_few_changes_or_many_without_it_are_no_habit(shop: Shop) -> None:
    for _ in range(3):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []  # 4 of 4
    for _ in range(4):
        shop.change("shop/billing/refund.py")
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []  # 8 of 13


def test_a_habit_that_was_given_up_or_a_file_that_is_gone_is_not_missed(shop: Shop) -> None:
    for _ in range(9):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py")
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []
    shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.remove("shop/ledger/book.py", "shop/ledger/entry.py")
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []


def test_what_changes_with_everything_does_not_belong_here(shop: Shop) -> None:
    for number in range(8):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
        shop.change("shop/search/find.py", "shop/ledger/book.py")
        shop.change(f"shop/part{number}/one.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []


def test_a_few_lines_leave_out_what_a_large_change_has(shop: Shop) -> None:
    for _ in range(8):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py", lines=200)
    shop.change("shop/billing/refund.py", lines=1)
    assert missing(shop.against()) == []
    shop.change("shop/billing/refund.py", "shop/ledger/book.py", lines=200)
    shop.change("shop/billing/refund.py", lines=200)
    assert [one.usual for one in shop.against().missing] == ["shop/ledger/"]


def test_sweeps_and_programs_neither_make_nor_break_habits(shop: Shop) -> None:
    many = [f"shop/part{number}/one.py" for number in range(40)]
    for _ in range(6):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py", *many)
        shop.change("shop/search/find.py", "shop/ledger/book.py", author=BOT)
    shop.change("shop/billing/refund.py")
    assert missing(shop.against()) == []
    for _ in range(6):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py", title="Fix a typo in comments")
    assert missing(shop.against()) == []
    shop.change("shop/billing/refund.py", author=BOT)
    assert missing(shop.against()) == []


def test_a_change_that_does_the_same_everywhere_leaves_nothing_out(shop: Shop) -> None:
    for _ in range(6):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.change("shop/billing/refund.py", *(f"shop/part{number}/one.py" for number in range(5)))
    assert missing(shop.against()) == []


def test_a_renamed_file_keeps_its_habits(shop: Shop) -> None:
    for _ in range(6):
        shop.change("shop/billing/refund.py", "shop/ledger/book.py")
    shop.rename("shop/billing/refund.py", "shop/billing/returns.py")
    shop.change("shop/billing/returns.py")
    assert missing(shop.against())[0][:2] == ("shop/ledger/", "shop/billing/")


def test_size_areas_and_tests_are_held_against_what_is_usual(shop: Shop) -> None:
    for number in range(20):
        tests = ["tests/test_all.py"] if number % 4 else []
        shop.change("shop/billing/refund.py", *tests, lines=10 + number % 3)
    shop.change("shop/billing/refund.py", "shop/ledger/book.py", "shop/search/find.py", lines=40)
    against = shop.against()
    assert against.areas[0] in ("shop/billing", "shop/ledger", "shop/search") and len(against.areas) == 3
    shop.change("shop/billing/refund.py", lines=44)
    against = shop.against()
    assert against.usual is not None
    assert (against.usual.area, against.usual.lines, against.usual.usual, against.usual.stories) == ("shop/billing", 44, 11, 21)
    assert against.usual.times == 4
    assert (against.areas, against.areas_usually) == (("shop/billing",), 1)
    assert against.tests_usually == (15, 21)


def test_with_little_history_nothing_is_usual(shop: Shop) -> None:
    for _ in range(9):
        shop.change("shop/billing/refund.py")
    shop.change("shop/billing/refund.py")
    against = shop.against()
    assert (against.usual, against.areas_usually, against.tests_usually) == (None, None, None)


def test_a_small_area_is_held_against_those_around_it(shop: Shop) -> None:
    for number in range(20):
        shop.change(f"shop/part{number}/one.py", lines=number + 1)
    shop.change("shop/part3/one.py", lines=50)
    usual = shop.against().usual
    assert usual is not None
    assert (usual.area, usual.stories, usual.usual) == ("shop", 26, 10)


def test_a_file_that_is_fixed_again_and_again_is_fragile(shop: Shop) -> None:
    fixes = [shop.change("shop/search/find.py", title="Fix what search finds", author=who) for who in (ADA, BOB, CAROL)]
    shop.change("shop/billing/refund.py", title="Fix refunds")
    shop.change("shop/search/find.py", "shop/billing/refund.py")
    found = shop.against().fragile
    latest = tuple(shop.sha(number) for number in reversed(fixes))
    assert found == (Fragile("shop/search/find.py", changes=9, fixes=3, authors=3, latest_fixes=latest),)


def test_old_fixes_do_not_count(shop: Shop) -> None:
    for what in "abc":
        shop.change("shop/search/find.py", title=f"Fix search for {what}")
    shop.at += timedelta(days=370)
    shop.change("shop/billing/refund.py")
    shop.change("shop/search/find.py")
    assert shop.against().fragile == ()


@pytest.mark.parametrize(("author", "new"), [(BOB, True), (ADA, False), (BOT, False)])
def test_whoever_never_changed_an_area_is_new_there(shop: Shop, author: tuple[str, str], new: bool) -> None:
    for _ in range(2):
        shop.change("shop/billing/refund.py", author=BOB)
    shop.change("shop/search/find.py", author=author)
    assert shop.against().newcomers == ((Newcomer(Person(*BOB), "shop/search", earlier=2),) if new else ())
    shop.change("shop/search/find.py", author=author)
    assert shop.against().newcomers == ()


def test_nobody_is_called_new_where_history_is_cut_off_or_where_everything_is_new(shop: Shop) -> None:
    shop.change("shop/search/find.py", author=BOB)
    assert shop.against(past=4).newcomers == ()
    shop.change("shop/parcels/send.py", author=CAROL)
    assert shop.against().newcomers == ()


def test_whoever_helped_before_or_goes_by_another_address_is_not_new(shop: Shop) -> None:
    shop.change("shop/search/find.py", title="Improve search\n\nCo-authored-by: Bob Baker <bob@example.com>\n\n")
    shop.change("shop/billing/refund.py", author=("Bob Baker", "bob@home.example"))
    shop.change("shop/search/find.py", author=("Bob Baker", "bob@home.example"))
    assert shop.against().newcomers == ()


def test_without_a_past_only_the_areas_are_told(shop: Shop) -> None:
    (story,) = group_stories(shop.commits()[:1])
    assert Past.of([], shop.areas, Identities([])).against(story) == Against(areas=("shop/search",))
