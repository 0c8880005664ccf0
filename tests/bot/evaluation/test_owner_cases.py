"""Cases of ownership as people write them, and the line that is named when one is wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.owner_cases import OwnerCase, read_owner_cases
from indexer.errors import QueryError


def test_each_line_is_a_case_and_empty_lines_count_for_the_numbers() -> None:
    text = '\n{"repo": "shop", "path": "src/", "owners": ["@ada"], "note": "kept"}\r\n\n'
    text += '{"paths": ["a.py", "b/*"], "owners": "jo@example.com"}\n'
    assert read_owner_cases(text) == [
        OwnerCase(2, "shop", ("src/",), ("@ada",)),
        OwnerCase(4, "", ("a.py", "b/*"), ("jo@example.com",)),
    ]


def test_a_path_and_paths_beside_it_are_one_place() -> None:
    (case,) = read_owner_cases('{"path": "a.py", "paths": ["b.py"], "owners": ["Ada Lovelace <ada@example.com>"]}')
    assert case.paths == ("a.py", "b.py")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not a JSON object"),
        ('["src/"]', "is not a JSON object"),
        ('{"owners": ["@ada"]}', 'there is no "path"'),
        ('{"path": "src/"}', 'there are no "owners"'),
        ('{"path": "src/", "owners": []}', 'there are no "owners"'),
        ('{"path": "src/", "owners": [3]}', '"owners" is neither'),
        ('{"path": {"a": 1}, "owners": ["@ada"]}', '"path" is neither'),
        ('{"path": "src/", "owners": [" "]}', '"owners" is neither'),
        ('{"path": "src/", "owners": ["@ada"], "repo": 7}', '"repo" is not a text'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, said: str) -> None:
    with pytest.raises(QueryError, match="Line 2 of the cases") as caught:
        read_owner_cases('{"path": "a", "owners": ["@ada"]}\n' + line)
    assert said in caught.value.message and '"owners"' in caught.value.hint


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_cases_is_a_mistake(text: str) -> None:
    with pytest.raises(QueryError, match="no cases"):
        read_owner_cases(text)


@given(st.text(min_size=1).filter(str.strip), st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=3))
def test_any_text_comes_through_as_it_is(path: str, owners: list[str]) -> None:
    (case,) = read_owner_cases(json.dumps({"path": path, "owners": owners}, ensure_ascii=False))
    assert (case.paths, case.owners) == ((path,), tuple(owners))
