"""Reading labelled cases of changes: what is taken, and what is said of a line that cannot be used."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.change_cases import ChangeCase, Reference, read_change_cases, read_reference
from indexer.errors import QueryError

CASE = {"repo": "shop", "release": "2.0", "since": "v1", "until": "v2", "major": [12]}


def test_a_line_is_a_release_and_what_its_notes_name() -> None:
    text = json.dumps({**CASE, "major": [12, "#13", "!14", "15", "ABCDEF0", ["#16", "abcdef1", 16]], "why": "not ours"})
    number = Reference
    assert read_change_cases(f"\n{text}\n") == [
        ChangeCase(
            2, "shop", "2.0", "v1", "v2",
            (
                (number(12),), (number(13),), (number(14),), (number(15),), (Reference(sha="abcdef0"),),
                (number(16), Reference(sha="abcdef1")),
            ),
        )
    ]


def test_a_release_without_a_name_is_called_by_its_ends_and_the_repository_may_be_left_out() -> None:
    case = read_change_cases('{"since": "v1", "until": "v2", "major": ["#3"]}')[0]
    assert (case.repo, case.release) == ("", "v1..v2")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"since": ""}, 'there is no "since"'),
        ({"until": None}, '"until" is not a text'),
        ({"repo": 3}, '"repo" is not a text'),
        ({"release": []}, '"release" is not a text'),
        ({"major": []}, 'there is no list of "major" changes'),
        ({"major": "#3"}, 'there is no list of "major" changes'),
        ({"major": ["fix the till"]}, "'fix the till'"),
        ({"major": [True]}, "'True'"),
        ({"major": [[]]}, r"'\[\]'"),
        ({"major": [[12, 0]]}, "'0'"),
        ({"major": ["12abc"]}, "'12abc'"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_an_example(change: dict[str, object], told: str) -> None:
    with pytest.raises(QueryError, match=rf"^Line 1 of the cases: .*{told}") as caught:
        read_change_cases(json.dumps(CASE | change))
    assert '"major": [1234' in caught.value.hint


def test_no_cases_at_all_are_a_mistake() -> None:
    with pytest.raises(QueryError, match="There are no cases"):
        read_change_cases("\n")


@given(st.one_of(st.text(max_size=12), st.integers(), st.booleans(), st.none(), st.floats(), st.lists(st.integers(), max_size=2)))
def test_whatever_stands_for_a_reference_is_read_or_refused(value: object) -> None:
    found = read_reference(value)
    assert found is None or (found.number is None) != (found.sha == "")
    assert found is None or found.number is None or found.number > 0
