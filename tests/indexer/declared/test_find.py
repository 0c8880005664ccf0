from __future__ import annotations

import pytest

from indexer.declared.types import Dialect
from tests.indexer.declared.reading import declared, found, names


@pytest.mark.parametrize(
    ("host", "order"),
    [
        ("github", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]),
        ("gitlab", ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]),
    ],
)
def test_the_first_of_a_hosts_places_counts_alone(host: str, order: list[str]):
    for at in range(len(order)):
        files = {place: f"* @{number}\n" for number, place in enumerate(order) if number >= at}
        owners = declared(files, host)
        assert owners.files == (order[at],)
        assert names(owners, "x") == [[f"@{at}"]]


def test_a_place_of_another_host_does_not_count():
    assert found({".gitlab/CODEOWNERS": "* @a\n", "src/CODEOWNERS": "* @b\n"}, "github") is None
    assert found({".github/CODEOWNERS": "* @a\n"}, "gitlab") is None


def test_nothing_declared_is_none():
    assert found({"README.md": "CODEOWNERS"}) is None


@pytest.mark.parametrize(
    ("place", "text", "dialect"),
    [
        (".gitlab/CODEOWNERS", "* @a\n", Dialect.GITLAB),
        (".github/CODEOWNERS", "[Docs]\n* @a\n", Dialect.GITHUB),
        ("CODEOWNERS", "[Docs]\n* @a\n", Dialect.GITLAB),
        ("CODEOWNERS", "* @a\n", Dialect.GITHUB),
    ],
)
def test_on_an_unknown_host_the_folder_tells_the_dialect_then_the_content(place: str, text: str, dialect: Dialect):
    assert declared({place: text}).dialect is dialect


def test_a_file_whose_content_cannot_be_had_declares_nothing():
    assert found({}, "github", paths=("CODEOWNERS",)) is None


def test_a_link_to_another_declaration_of_the_tree_is_followed():
    owners = declared({".github/CODEOWNERS": "../tools/CODEOWNERS", "tools/CODEOWNERS": "* @a\n"}, "github")
    assert names(owners, "x") == [["@a"]]
    assert names(declared({"CODEOWNERS": "../../etc/passwd"}, "github"), "x") == []
    assert names(declared({"CODEOWNERS": "CODEOWNERS"}, "github"), "CODEOWNERS") == [[]]
