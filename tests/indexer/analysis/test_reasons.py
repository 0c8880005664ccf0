"""Reasons: what somebody did, in words that are true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indexer.analysis.ownership import ownership
from indexer.analysis.reasons import ago
from tests.indexer.analysis.touches import ADA, BOB, CAROL, NOW, identities, touch


def test_all_that_somebody_did_is_said() -> None:
    changes = [touch(ADA, 62, 30), touch(BOB, 38, 21, reviewers=[ADA], integrators=[ADA]), touch(BOB, 0, 22, integrators=[ADA, CAROL])]
    found = {one.person: one.reasons for one in ownership(changes, identities(changes), NOW).contributors}
    assert found[ADA] == ("wrote 62 % of it in 1 change, reviewed 1 change, merged 2 changes of others, last active 3 weeks ago",)
    assert found[BOB] == ("wrote 38 % of it in 2 changes, last change 3 weeks ago",)
    assert found[CAROL] == ("merged 1 change of others, last merge 3 weeks ago",)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0.5, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (21, "3 weeks ago"),
        (150, "5 months ago"),
        (800, "2 years ago"),
    ],
)
def test_dates_in_words(days: float, words: str) -> None:
    assert ago(NOW - timedelta(days=days), NOW) == words
