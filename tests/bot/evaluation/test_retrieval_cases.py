"""Labelled questions as people write them down."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.retrieval_cases import case_lines, read_retrieval_cases
from indexer.errors import QueryError


def read(*values: object, file: str = "a.jsonl"):
    return read_retrieval_cases([(file, "".join(json.dumps(value) + "\n" for value in values))])


def test_everything_a_case_can_say():
    (case,) = read({"id": "q1", "repo": "shop", "github": "acme/shop", "commit": "v1", "kind": "lay", "source": "hand",
                    "question": " How? ", "gold_files": ["./a.py", "a.py", "b.py"]})  # fmt: skip
    assert (case.id, case.repo, case.github, case.commit, case.kind) == ("q1", "shop", "acme/shop", "v1", "lay")
    assert (case.question, case.gold, case.of_commits, case.place) == ("How?", ("a.py", "b.py"), False, "Line 1 of a.jsonl")


def test_what_is_left_out():
    files, commits = read({"question": "How?", "gold_files": "a.py"}, {"question": "When?", "gold_commits": ["abc1234"]})
    assert (files.repo, files.commit, files.kind, files.gold) == ("", "", "question", ("a.py",))
    assert (commits.kind, commits.of_commits) == ("commit", True)
    assert files.id and files.id != commits.id
    (again,) = read({"question": "How?", "gold_files": "a.py", "kind": "lay"}, file="b.jsonl")
    assert again.id == files.id  # a case keeps its id wherever it stands


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "Line 2 of a.jsonl is not a JSON object."),
        ('{"gold_files": ["a"]}', 'Line 2 of a.jsonl: there is no "question".'),
        ('{"question": "?!", "gold_files": ["a"]}', 'Line 2 of a.jsonl: there is no "question".'),
        ('{"question": "q"}', 'Line 2 of a.jsonl: there are neither "gold_files" nor "gold_commits".'),
        ('{"question": "q", "gold_files": []}', 'Line 2 of a.jsonl: there are neither "gold_files" nor "gold_commits".'),
        ('{"question": "q", "gold_files": "a", "gold_commits": "b"}', 'Line 2 of a.jsonl: there are both "gold_files" and "gold_commits".'),
        ('{"question": "q", "gold_files": [1]}', 'Line 2 of a.jsonl: "gold_files" is no list of texts.'),
        ('{"question": "q", "gold_files": {"a": 1}}', 'Line 2 of a.jsonl: "gold_files" is no list of texts.'),
        ('{"question": 3, "gold_files": ["a"]}', 'Line 2 of a.jsonl: "question" is not a text.'),
        ('{"id": [], "question": "q", "gold_files": ["a"]}', 'Line 2 of a.jsonl: "id" is neither a text nor a number.'),
        ('{"id": 1, "question": "q", "gold_files": ["a"]}', 'Line 2 of a.jsonl: the id "1" stands in line 1 of a.jsonl too.'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, said):
    with pytest.raises(QueryError) as caught:
        read_retrieval_cases([("a.jsonl", f'{{"id": 1, "question": "q", "gold_files": ["a"]}}\n{line}\n')])
    assert caught.value.message == said


def test_an_id_may_stand_in_one_file_only_and_no_file_is_empty():
    case = '{"id": "x", "question": "q", "gold_files": ["a"]}\n'
    with pytest.raises(QueryError, match=r'Line 1 of b: the id "x" stands in line 1 of a too'):
        read_retrieval_cases([("a", case), ("b", case)])
    with pytest.raises(QueryError, match="There are no cases in b"):
        read_retrieval_cases([("a", case), ("b", "\n \n")])


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=("Cs",))), st.lists(st.text(min_size=1), min_size=1), st.booleans())
def test_cases_written_are_read_again(question, gold, of_commits):
    try:
        cases = read({"repo": "r", "question": question, "gold_commits" if of_commits else "gold_files": gold})
    except QueryError:
        return  # no words, or nothing but blanks as gold
    (again,) = read_retrieval_cases([("a.jsonl", case_lines(cases))])
    assert again == cases[0]
