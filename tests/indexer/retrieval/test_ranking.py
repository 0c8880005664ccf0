"""What paths, roles and names say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from indexer.retrieval.evidence import lent_by_tests, path_shares
from indexer.retrieval.filing import Filed, Filing
from indexer.retrieval.filings import Filings
from indexer.retrieval.filters import path_matches
from indexer.retrieval.ranking import definers, demotion, is_barrel
from indexer.types import Kind, Role


def test_tests_stand_back_unless_asked_for() -> None:
    test = demotion(Role.TEST, Kind.CODE, "tests/test_a.py")
    assert test < demotion(Role.TEST, Kind.CODE, "tests/test_a.py", named=True) < demotion(Role.SOURCE, Kind.CODE, "a.py") == 1
    assert demotion(Role.TEST, Kind.CODE, "tests/test_a.py", wants_tests=True) == 1


def test_a_package_file_with_a_definition_near_to_the_question_does_not_stand_back() -> None:
    package = demotion(Role.SOURCE, Kind.CODE, "sqlite/__init__.py")
    assert package < demotion(Role.SOURCE, Kind.CODE, "sqlite/__init__.py", defines=True) == 1


@pytest.mark.parametrize("path", ["CHANGELOG.md", "docs/changelog/7.rst", ".github/ISSUE_TEMPLATE/a.md", "LICENSE", ".npmrc"])
def test_papers_about_the_project_stand_behind_its_documentation(path: str) -> None:
    assert demotion(Role.DOCS, Kind.DOC, path) < demotion(Role.DOCS, Kind.DOC, "docs/guide.md")


@pytest.mark.parametrize("path", ["src/history.py", "news/feed.py", "changes.go", "src/licenses.py"])
def test_code_is_no_paper(path: str) -> None:
    assert demotion(Role.SOURCE, Kind.CODE, path) == 1


@pytest.mark.parametrize("path", ["pkg/__init__.py", "index.js", "web/src/index.tsx", "types/api.d.ts", "src/lib.rs"])
def test_files_that_only_pass_on_are_barrels(path: str) -> None:
    assert is_barrel(path)


@pytest.mark.parametrize("path", ["pkg/init.py", "search/index.py", "my_index.js", "index.html"])
def test_files_that_do_something_are_not(path: str) -> None:
    assert not is_barrel(path)


def test_a_path_says_a_share_of_the_question() -> None:
    shares = path_shares("how are cookies stored?", filings(["src/http/cookies.py", "cookies/jar.py"], ["src/models.py", "cookies.go"]))
    assert shares.tolist() == [0.5, 0.5, 0.0, 0.5]


def test_a_name_that_many_files_define_says_less_about_each() -> None:
    found = definers(["send", "Session"], {"send": {"a.py", "b.py"}, "Session": {"a.py"}})
    assert found == {"a.py": 1.0, "b.py": 0.5}


@pytest.mark.parametrize(
    ("test", "source"),
    [
        ("tests/test_cookies.py", "src/http/cookies.py"),
        ("command_test.go", "command.go"),
        ("src/cart.spec.ts", "src/cart.ts"),
        ("src/test/java/CartTest.java", "src/main/java/Cart.java"),
        ("spec/cart_spec.rb", "lib/cart.rb"),
    ],
)
def test_a_test_is_matched_to_what_it_tests_by_name(test: str, source: str) -> None:
    files = filings([source], [test, source, "src/other.py", f"{source}.txt"], tests=[test])
    lent = lent_by_tests(np.array([0.1, 0.7, 0.2, 0.3, 0.4]), np.ones(5, bool), files)
    assert lent.tolist() == [0.0, 0.0, 0.7, 0.0, 0.0], "of the same repository"
    assert not lent_by_tests(np.ones(5), np.arange(5) != 1, files).any()


def test_a_test_of_nothing_by_name_is_left_out() -> None:
    tests = ["tests/conftest.py", "tests/test_.py"]
    assert not lent_by_tests(np.ones(3), np.ones(3, bool), filings([*tests, "src/cookies.py"], tests=tests)).any()


def filings(*repos: Sequence[str], tests: Sequence[str] = ()) -> Filings:
    """The files of repositories, given by their paths."""
    def filed(path: str) -> Filed:
        return Filed(path, "python", Kind.CODE, Role.TEST if path in tests else Role.SOURCE)

    return Filings([f"repo{number}" for number in range(len(repos))], [Filing([filed(path) for path in paths]) for paths in repos])


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("src/auth", True),
        ("SESSION", True),
        ("*.py", True),
        ("src/**", True),
        ("auth/*.py", True),
        ("*.go", False),
        ("tests", False),
        ("./src/auth/session.py", True),
    ],
)
def test_path_filters_are_parts_or_globs(pattern: str, matches: bool) -> None:
    assert path_matches("src/auth/session.py", pattern) is matches
