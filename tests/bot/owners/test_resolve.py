"""Resolving: names before words, the frame of a question dropped, alternatives offered, and no text that breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import load_settings
from bot.owners.asking import Wanted, read_question
from bot.owners.resolve import resolve
from bot.owners.types import Place, PlaceKind, Resolved, Subject
from bot.owners.webpages import read_address
from bot.service import Docent
from bot.wiring import open_docent
from indexer.errors import DocentError, QueryError
from indexer.links import file_url
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

JANE, BOB = ("Jane Doe", "jane@example.com"), ("Bob Baker", "17+bobbaker@users.noreply.github.com")
STORE = '''"""Sessions of users who are logged in."""


class SessionStore:
    """Keeps sessions."""

    def open(self, user):
        """Open a session for a user."""
        return user


def rebuild_auth(request):
    """Drop the credentials when a redirect leads elsewhere."""
    return request
'''
RETRY = '''"""Payment retries: a declined card is charged again after some days."""


def retry_payment(card):
    """Charge a declined card again."""
    return card.charge()
'''
FILES = {
    "src/auth/session.py": STORE,
    "src/auth/tokens.py": '"""Tokens."""\n\n\ndef issue(user):\n    """Issue a token."""\n    return user\n',
    "src/billing/retry.py": RETRY,
    "src/billing/dunning.py": '"""Reminders about unpaid bills."""\n\n\ndef remind(customer):\n    """Write."""\n    return 1\n',
    "src/bob/robot.py": "def turn():\n    return 1\n",
    "app/[slug]/page.ts": "export function page() { return 1 }\n",
    "tests/billing/test_retry.py": "def test_retry():\n    assert True\n",
    "tests/auth/session.py": "class SessionStore:\n    def open(self):\n        return 0\n",
    "docs/guide.md": "# Guide\n\nHow to buy tea.\n",
    "CODEOWNERS": "/src/billing/ @acme/team-payments @nobody-known\n/docs/ docs@example.com\n",
}
PEOPLE = """
[[people]]
name = "Jane Doe"
emails = ["jane@example.com"]
handles = ["jdoe"]
slack = "U0JANE"
teams = ["@acme/identity"]
"""


@pytest.fixture(scope="module")
def docent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    """Two repositories, of which `shop` has a web page, declared owners and people in the settings."""
    folder = tmp_path_factory.mktemp("resolve")
    shop, site = GitRepo(folder / "shop"), GitRepo(folder / "site")
    shop.commit(FILES, message="Begin", author=JANE)
    shop.commit("src/billing/retry.py", RETRY + "\n\nDAYS = 3\n", message="Wait three days", author=BOB)
    site.commit({"web/index.js": "export function start() { return 1 }\n", "src/auth/login.js": "let login = 1\n"}, author=BOB)
    written = folder / "docent.toml"
    written.write_text(
        f"data_dir = '{folder / 'data'}'\n"
        f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\nweb_url = 'https://github.com/acme/shop'\n"
        f"[[repositories]]\nname = 'site'\nurl = '{site.path}'\n{PEOPLE}"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.workspace.open_embedder", lambda settings: HashEmbedder())
        one = open_docent(load_settings(written))
        one.ready()
        yield one
        one.close()


@pytest.fixture
def ask(docent: Docent):
    def ask_one(query: str, repos: tuple[str, ...] = ("shop",)) -> Resolved:
        return resolve(docent.index, query, repos, docent.settings.people)

    return ask_one


def place(found: Resolved) -> Place:
    assert len(found.places) == 1 and found.subject is None, found
    return found.places[0]


def labels(items: tuple[Place | Subject, ...]) -> list[str]:
    return [item.label if isinstance(item, Place) else item.holder.text for item in items]


@pytest.mark.parametrize(
    "question",
    [
        "who owns billing?", "Who do I ask about billing this week?", "owner of billing", "whom should I talk to about the billing",
        "who knows billing best", "who maintains billing", "who is responsible for billing", "who reviews billing?", "billing",
        "who is the owner of `billing`", "hey docent, who can help me with billing please?", "the billing folder", "`billing`",
        "who's working on billing right now?", "can you tell me who owns billing", "/whoowns billing", "“billing”", "billing owners",
        "Who should I ask about our billing?", "who to ask about billing", "experts on billing", "the `billing` module", "BILLING",
    ],
)  # fmt: skip
def test_the_frame_of_a_question_is_dropped(ask, question):
    found = ask(question)
    assert place(found).label == "src/billing/" and not found.guessed
    assert place(found).files == ("src/billing/dunning.py", "src/billing/retry.py")


@pytest.mark.parametrize(
    ("question", "name", "wanted"),
    [
        ("what does Jane Doe own?", "Jane Doe", Wanted.SUBJECT),
        ("what would be lost if Bob left?", "Bob", Wanted.SUBJECT),
        ("what happens if Jane Doe leaves the company?", "Jane Doe", Wanted.SUBJECT),
        ("what does @acme/payments own", "@acme/payments", Wanted.SUBJECT),
        ("what is Jane responsible for?", "Jane", Wanted.SUBJECT),
        ("which files does Jane own here?", "Jane", Wanted.SUBJECT),
        ("who knows how refunds work?", "how refunds work", Wanted.PLACE),
        ("src/*.py", "src/*.py", Wanted.ANY),
        ("src/file?.py", "src/file?.py", Wanted.ANY),
        (".", ".", Wanted.ANY),
        ("who is Jane Doe", "Jane Doe", Wanted.ANY),
    ],
)
def test_what_is_asked_about_and_whether_it_is_somebody(question, name, wanted):
    asked = read_question(question)
    assert (asked.names[0], asked.wanted) == (name, wanted)


@pytest.mark.parametrize(
    ("query", "kind", "label"),
    [
        ("src/auth/session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("./src/auth/session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("/src/auth/", PlaceKind.FOLDER, "src/auth/"),
        ("src\\auth\\session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("SRC/Auth/Session.PY", PlaceKind.FILE, "src/auth/session.py"),
        ("shop/src/auth", PlaceKind.FOLDER, "src/auth/"),
        ("shop:src/auth/session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("/home/jane/work/shop/src/auth/session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("app/[slug]/page.ts", PlaceKind.FILE, "app/[slug]/page.ts"),
        ("billing/retry.py", PlaceKind.FILE, "src/billing/retry.py"),
        ("dunning.py", PlaceKind.FILE, "src/billing/dunning.py"),
        ("auth/session.py", PlaceKind.FILE, "src/auth/session.py"),
        ("src/**/*.py", PlaceKind.GLOB, "src/**/*.py"),
        ("re*.py", PlaceKind.GLOB, "re*.py"),
        ("SessionStore.open", PlaceKind.SYMBOL, "SessionStore.open in session.py"),
        ("SessionStore::open", PlaceKind.SYMBOL, "SessionStore.open in session.py"),
        ("auth.SessionStore.open()", PlaceKind.SYMBOL, "SessionStore.open in session.py"),
        ("rebuild_auth", PlaceKind.SYMBOL, "rebuild_auth in session.py"),
        ("the function `rebuild_auth`", PlaceKind.SYMBOL, "rebuild_auth in session.py"),
        ("who owns rebuild_auth()?", PlaceKind.SYMBOL, "rebuild_auth in session.py"),
        ("tokens", PlaceKind.FILE, "src/auth/tokens.py"),
        ("token", PlaceKind.FILE, "src/auth/tokens.py"),
        (".", PlaceKind.REPOSITORY, "shop"),
        ("/", PlaceKind.REPOSITORY, "shop"),
        ("shop", PlaceKind.REPOSITORY, "shop"),
        ("who owns the whole repository?", PlaceKind.REPOSITORY, "shop"),
        ("path:src/billing", PlaceKind.FOLDER, "src/billing/"),
        ("path:src/**/re*.py", PlaceKind.GLOB, "src/**/re*.py"),
        ("the retries in src/billing/retry.py", PlaceKind.FILE, "src/billing/retry.py"),
    ],
)
def test_places_by_name(ask, query, kind, label):
    found = place(ask(query))
    assert (found.kind, found.label, found.repository) == (kind, label, "shop")
    assert found.files and set(found.files) <= set(FILES)


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("src/auth/session.py:4", 4, 4),
        ("src/auth/session.py:4:12", 4, 4),
        ("session.py#L4-L9", 4, 9),
        ("src/auth/session.py#L9", 9, 9),
        ("src/auth/session.py:9-400", 9, 14),
        ("src/auth/session.py lines 4 to 9", 4, 9),
        ("https://github.com/acme/shop/blob/main/src/auth/session.py#L4-L9", 4, 9),
        ("https://github.com/jane/shop/blob/feature/x/src/auth/session.py#L4", 4, 4),
    ],
)
def test_lines_as_copied_from_an_editor_or_a_browser(ask, query, start, end):
    found = place(ask(query))
    assert (found.kind, found.path, found.start_line, found.end_line) == (PlaceKind.SYMBOL, "src/auth/session.py", start, end)
    assert f"#L{start}" in (found.url or "")


def test_lines_behind_the_end_mean_the_whole_file(ask):
    assert place(ask("src/auth/session.py:400")).kind is PlaceKind.FILE


@pytest.mark.parametrize(
    "page",
    [
        "https://github.com/acme/shop", "https://gitlab.com/acme/shop", "https://bitbucket.org/acme/shop", "https://codeberg.org/acme/shop",
        "https://git.sr.ht/~acme/shop", "https://dev.azure.com/acme/tea/_git/shop", "https://bitbucket.example.com/projects/T/repos/shop",
    ],
)  # fmt: skip
@pytest.mark.parametrize("lines", [(0, 0), (4, 4), (4, 9)])
def test_every_permalink_that_docent_writes_can_be_asked(page, lines):
    url = file_url(page, "0123abc", "docs/a b.md", *lines)
    assert url is not None
    found = read_address(url, page, lambda path: path == "docs/a b.md")
    assert found is not None and found.ours
    assert (found.path, found.start, found.end) == ("docs/a b.md", *lines)


def test_a_tree_page_is_a_folder_and_the_front_page_is_everything(ask):
    assert place(ask("https://github.com/acme/shop/tree/main/src/billing")).label == "src/billing/"
    assert place(ask("https://github.com/acme/shop")).kind is PlaceKind.REPOSITORY
    assert place(ask("https://github.com/acme/shop/tree/main")).kind is PlaceKind.REPOSITORY


def test_a_name_that_several_files_end_in_is_a_guess_only_among_sources(ask):
    found = ask("session.py")
    assert place(found).path == "src/auth/session.py" and not found.guessed
    assert labels(found.alternatives) == ["tests/auth/session.py"]
    found = ask("src/auth", ("shop", "site"))
    assert (place(found).repository, found.guessed) == ("shop", True)
    assert [(other.repository, other.path) for other in found.alternatives if isinstance(other, Place)] == [("site", "src/auth")]


def test_the_best_of_several_definitions_is_the_source_and_the_others_are_offered(ask):
    found = ask("SessionStore")
    assert place(found).path == "src/auth/session.py" and not found.guessed
    assert labels(found.alternatives) == ["SessionStore in session.py"]


@pytest.mark.parametrize("query", ["src/biling/retry.py", "src/billing/rety.py", "retyr.py"])
def test_a_path_that_is_not_there_is_said_with_the_nearest_ones(ask, query):
    found = ask(query)
    assert found.places == () and found.subject is None
    assert "src/billing/retry.py" in labels(found.alternatives)


def test_a_glob_means_files_and_one_that_means_none_is_tried_deeper(ask):
    assert place(ask("src/billing/*.py")).files == ("src/billing/dunning.py", "src/billing/retry.py")
    found = ask("src/*.py")
    assert found.guessed and place(found).label == "src/**/*.py"


def test_no_glob_takes_for_ever(ask):
    assert place(ask("*?*?*?*?*?*g.py")).files == ("src/billing/dunning.py",)
    with pytest.raises(QueryError, match="too many stars"):
        ask("src/*[a-z]*[a-z]*[a-z]*[a-z]*z")


@pytest.mark.parametrize(
    ("query", "text", "name"),
    [
        ("Jane Doe", "Jane Doe", "Jane Doe"),
        ("what does jane doe own?", "Jane Doe", "Jane Doe"),
        ("@jdoe", "Jane Doe", "Jane Doe"),
        ("@JDoe", "Jane Doe", "Jane Doe"),
        ("jane@example.com", "Jane Doe", "Jane Doe"),
        ("Jane <jane@example.com>", "Jane Doe", "Jane Doe"),
        ("<@U0JANE>", "Jane Doe", "Jane Doe"),
        ("what would be lost if Jane left?", "Jane Doe", "Jane Doe"),
        ("@bobbaker", "Bob Baker", "Bob Baker"),
        ("@acme/team-payments", "@acme/team-payments", None),
        ("what does @team-payments own?", "@acme/team-payments", None),
        ("what does the payments team own", "@acme/team-payments", None),
        ("@ACME/Identity", "@acme/identity", None),
        ("@nobody-known", "@nobody-known", None),
        ("docs@example.com", "docs@example.com", None),
    ],
)
def test_somebody_by_every_name_they_have(ask, query, text, name):
    found = ask(query)
    assert found.subject is not None and not found.places
    assert found.subject.holder.text == text
    assert (found.subject.person.name if found.subject.person else None) == name


def test_a_folder_wins_over_a_person_of_its_name_but_not_with_an_at(ask):
    found = ask("bob")
    assert place(found).label == "src/bob/"
    assert labels(found.alternatives) == ["Bob Baker"]
    found = ask("what does bob own?")
    assert found.subject is not None and found.subject.holder.text == "Bob Baker"
    assert labels(found.alternatives) == ["src/bob/"]


@pytest.mark.parametrize(
    ("query", "near"), [("@team-paymens", "@acme/team-payments"), ("@jdoo", "Jane Doe"), ("@acme/identty", "@acme/identity")]
)
def test_somebody_unknown_is_not_found_and_the_nearest_is_told(ask, query, near):
    found = ask(query)
    assert found.places == () and found.subject is None
    assert near in labels(found.alternatives)


def test_plain_words_are_searched_and_shown_as_a_guess(ask):
    found = ask("who do I ask about a declined card charged again?")
    assert found.guessed and place(found).files == ("src/billing/retry.py",)
    assert all(isinstance(other, Place) and other.files for other in found.alternatives)


def test_words_that_nothing_is_about_find_nothing(ask):
    found = ask("quantum zebra yodelling")
    assert (found.places, found.subject) == ((), None)


def test_names_need_no_search(docent: Docent, ask, monkeypatch):
    monkeypatch.setattr(docent.index, "search", lambda *_: pytest.fail("searched for a name"))
    for query in ("src/auth", "session.py", "src/**", "rebuild_auth", "billing", "@jdoe", "Jane Doe", "src/gone.py", "."):
        ask(query)


def test_filters_hold(ask):
    assert place(ask("repo:site auth", ("shop", "site"))).repository == "site"
    assert place(ask("session.py path:tests")).path == "tests/auth/session.py"
    assert place(ask("lang:typescript .")).files == ("app/[slug]/page.ts",)
    with pytest.raises(QueryError, match="There is no repository"):
        ask("repo:other auth")


@pytest.mark.parametrize("query", ["", "   ", "who owns ?", "who owns", "Who do I ask?", "who is the owner", "``", "?!"])
def test_nothing_asked_is_said(ask, query):
    with pytest.raises(QueryError):
        ask(query)


_pieces = st.sampled_from(
    [
        "who owns ", "what does ", " own?", "src/", "auth", "*", "**/", "[", "]", "@", "@@", "<", ">", "<@U0JANE>", "`", '"', ":", "#L",
        "12", "-", "https://github.com/acme/shop", "/blob/", "repo:", "path:", "shop", ".", "..", "\\", "()", "::", "jane",
        "@example.com", "\n", " ", "~", "é", "\x00",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=30), st.lists(_pieces, max_size=7).map("".join)))
def test_no_text_raises_anything_but_an_error_in_words(docent: Docent, query: str):
    query = query.encode(errors="replace").decode()  # as the service hands it on
    try:
        found = resolve(docent.index, query, ("shop", "site"), docent.settings.people)
    except DocentError as exc:
        assert exc.message
    else:
        assert not (found.places and found.subject)
        tree = {name: set(docent.index.tree_paths(name)) for name in ("shop", "site")}
        assert all(set(each.files) <= tree[each.repository] for each in found.places)


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_address_breaks_its_reading(text: str, page: str):
    read_address(f"https://{text}", f"https://{page}", lambda path: False)


def test_a_repository_without_an_index_is_left_out_where_others_have_one(docent: Docent, tmp_path: Path):
    empty = GitRepo(tmp_path / "later")
    empty.commit("src/auth/x.py", "x = 1\n")
    name = docent.resolve(str(empty.path))
    found = resolve(docent.index, "src/auth", ("shop", name), ())
    assert place(found).repository == "shop"
