"""What is taken from a section of documentation: whether the question asks for it, which sentence, and the example below it."""

from __future__ import annotations

import pytest

from bot.answers.passages import asks_for_use, example_after
from bot.answers.sentences import sentences_of
from bot.answers.words import stems
from indexer.types import Chunk, Kind, Role


def section(text: str, language: str = "markdown", start: int = 1) -> Chunk:
    end = start + text.count("\n")
    return Chunk("1", "shop", "docs/paying.md", start, end, text, Kind.DOC, text, language, Role.DOCS, "Paying")


def example(text: str, said: str, question: str, language: str = "markdown", start: int = 1) -> tuple[int, str]:
    chunk = section(text, language, start)
    sentence = next(item for item in sentences_of(chunk) if said in item.text)
    return example_after(chunk, sentence, stems(f"{question} {sentence.text}"))


@pytest.mark.parametrize(
    "question",
    [
        "How do I pay by invoice?",
        "how to stop after the first failure",
        "Can I pause a check?",
        "Can it go through a company proxy?",
        "What is a session good for?",
        "what's a fixture",
        "Is it possible to have two carts?",
        "Is there a way to see the slowest tests?",
        "What line length does it use, and why?",
        "Which setting turns the mails off?",
        "Hi, how can I get my money back?",
        "I want to run this on my own server",
    ],
)
def test_questions_of_people_who_use_it(question: str) -> None:
    assert asks_for_use(question)


@pytest.mark.parametrize(
    "question",
    [
        "How does a customer get their money back?",
        "How do we keep passwords?",
        "Where are invoices written?",
        "Who knows about refunds?",
        "Why was the limit raised?",
        "Do we leak a user's password when a site forwards us?",
        "How do our services find each other?",
    ],
)
def test_questions_about_how_the_code_does_it(question: str) -> None:
    assert not asks_for_use(question)


def test_the_example_is_the_line_that_fits_the_question() -> None:
    text = "To see the slowest tests:\n\n```\nimport os\nrunner --verbose\nrunner --slowest=10  # the ten slowest tests\n```\n"
    assert example(text, "To see", "How can I see the slowest tests?", start=40) == (45, "runner --slowest=10 # the ten slowest tests")


def test_an_example_may_end_the_paragraph_and_shows_what_is_typed() -> None:
    text = (
        "You can stop waiting with the ``timeout`` parameter. Nearly all code should use\nit in nearly all requests::\n\n"
        "    >>> import requests\n    >>> requests.get('https://example.org/', timeout=0.001)\n    Traceback: timeout\n"
    )
    line, code = example(text, "stop waiting", "How do I make it give up when it takes too long?", "rst")
    assert (line, code) == (5, "requests.get('https://example.org/', timeout=0.001)")


@pytest.mark.parametrize(
    "text",
    [
        "To see the slowest tests, look at the page.\n\nAnother paragraph about slowest tests.\n\n```\nslowest tests\n```\n",
        "To see the slowest tests:\n\n```\nimport slowest\nclass Tests:\n```\n",
        "To see the slowest tests:\n\n```\nothers --quiet\n```\n",
        "To see the slowest tests:\n\n```\nrun `slowest tests`\n```\n",
        "To see the slowest tests:\n\n```\n" + "slowest tests " * 10 + "\n```\n",
        "To see the slowest tests:",
        "To see the slowest tests:\n\n```\n",
    ],
    ids=["after another paragraph", "nothing to copy", "of something else", "with backticks", "too long", "none", "cut off"],
)
def test_what_is_no_example(text: str) -> None:
    assert example(text, "To see", "How can I see the slowest tests?") == (0, "")


def test_a_directive_holds_an_example_too() -> None:
    text = "Mark a test as expected to fail:\n\n.. code-block:: python\n\n    @mark.expected_to_fail\n    def test(): ...\n"
    assert example(text, "Mark a test", "Can a test be expected to fail?", "rst") == (5, "@mark.expected_to_fail")


def test_titles_and_what_stands_above_a_page_are_no_sentences() -> None:
    underlined = "Paying by invoice is easy\n=========================\n\nInvoices are sent by mail every month.\n"
    assert [item.text for item in sentences_of(section(underlined, "rst"))] == ["Invoices are sent by mail every month."]
    page = "---\ntitle: Paying by invoice\nredirect: to another page\n---\n\nInvoices are sent by mail every month.\n"
    assert [(item.text, item.start_line) for item in sentences_of(section(page))] == [("Invoices are sent by mail every month.", 6)]
    marked = "{: .note .info }\nInvoices are sent by mail every month.\n"
    assert [item.text for item in sentences_of(section(marked))] == ["Invoices are sent by mail every month."]
