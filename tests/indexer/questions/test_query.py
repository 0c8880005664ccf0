"""Reading questions: filters, what they ask for, and mistakes named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import QueryError
from indexer.questions.query import parse_query

REPOS = ("shop-api", "shop-web", "Billing")
LANGUAGES = ("python", "go", "typescript", "csharp")


def test_filters_are_taken_out_of_the_words() -> None:
    query = parse_query('how does  auth work repo:shop-api path:"src/my dir" lang:ts lang:go', REPOS, LANGUAGES)
    assert query.text == "how does auth work"
    assert (query.repos, query.paths, query.languages) == (("shop-api",), ("src/my dir",), ("typescript", "go"))


def test_names_are_matched_in_any_case_and_given_as_configured() -> None:
    assert parse_query("REPO:billing refunds LANG:Python", REPOS, LANGUAGES).repos == ("Billing",)
    assert parse_query("refunds lang:C#", REPOS, LANGUAGES).languages == ("csharp",)


@pytest.mark.parametrize(
    "text", ["std::repo:x is odd", "see http://host/path:8080", "repo: how does it work", "error: path: not found", "a (lang:go)"]
)
def test_colons_inside_words_are_words(text: str) -> None:
    query = parse_query(text, REPOS, LANGUAGES)
    assert query.text == text and not (query.repos or query.paths or query.languages)


def test_a_pasted_log_holds_no_filters() -> None:
    query = parse_query("crash with repo:shop-api\nTraceback\n  path:/tmp/x lang:klingon", REPOS, LANGUAGES)
    assert query.repos == ("shop-api",) and query.paths == query.languages == ()
    assert query.text == "crash with\nTraceback\n  path:/tmp/x lang:klingon"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("?!", "empty"),
        ("repo:shop-api", "empty"),
        ("auth repo:shop-apo", "Did you mean repo:shop-api?"),
        ("auth repo:zzz", "Known: Billing, shop-api, shop-web."),
        ("auth lang:pyton", "Did you mean lang:python?"),
        ('auth path:"src', "opening quote"),
        ('auth path:""', "no value"),
    ],
)
def test_mistakes_are_named_with_what_to_do(text: str, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text, REPOS, LANGUAGES)
    assert part in str(caught.value) and caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "When did we stop supporting version 3.8?",
        "Why was the retry removed?",
        "Who changed the login page last?",
        "Since when do we charge VAT?",
        "Why do refunds no longer need an approval?",
        "What changed in billing last week?",
        "Which release broke the export?",
        "In which year did we swap the library?",
        "Login gave away who has an account; when was that repaired?",
        "Who sped up the export?",
        "What did we do about the crash of old accounts?",
        "Why does one now need a password here?",
        "Which library was swapped for a newer one?",
        "The export used to hang.",
    ],
)
def test_questions_about_history_are_noticed(text: str) -> None:
    assert parse_query(text).wants_history


@pytest.mark.parametrize(
    "text",
    [
        "How does a refund work?",
        "If a site sends us in circles, when do we give up?",
        "Why does prepare_body raise NotImplementedError?",
        "What happens when a payment fails?",
        "Who can see an invoice?",
        "Which keys can be used to sign in?",
        "Which release do I have here?",
        "Is the history of announcements cut off?",
        "Listing results by when the files were last changed",
        "Who changed what and when, the list for administrators",
    ],
)
def test_questions_about_today_are_not(text: str) -> None:
    assert not parse_query(text).wants_history


def test_asking_for_tests_is_told_from_asking_about_a_testing_tool() -> None:
    assert parse_query("Where are the tests for refunds?").wants_tests
    assert parse_query("How is the checkout tested?").wants_tests
    assert not parse_query("How does the runner find a test to run?").wants_tests
    assert not parse_query("Where is the latest price stored?").wants_tests


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_a_mistake_with_a_hint(text: str) -> None:
    try:
        query = parse_query(text, REPOS, LANGUAGES)
    except QueryError as exc:
        assert exc.message and exc.hint
    else:
        assert query.text.strip() and query.text == parse_query(query.text).text
