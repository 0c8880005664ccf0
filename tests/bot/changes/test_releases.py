"""Releases by their tags."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.releases import revision_of, settled
from bot.changes.spans import spans_of
from bot.changes.types import Period
from indexer.errors import QueryError
from indexer.times.releases import newest_release, read_release, release_before, releases_of, tag_of
from tests.bot.changes.test_finding import SHOP, made_ledger, made_shop, opened

TAGS = ["v2.0.1", "v1.9.9", "v2.0.0", "v2.0.0-rc.1", "v1.9.8", "v1.9.0", "nightly", "api/v0.3.0", "api/v0.2.0", "2016-11-01"]


@pytest.mark.parametrize(
    ("tag", "before"),
    [
        ("v2.0.1", "v2.0.0"),
        ("v2.0.0", "v1.9.9"),  # not its own release candidate
        ("v2.0.0-rc.1", "v1.9.9"),
        ("v1.9.0", ""),
        ("api/v0.3.0", "api/v0.2.0"),  # not the release of another package
        ("nightly", ""),
    ],
)
def test_the_release_before_is_the_final_one_with_the_next_lower_number(tag, before):
    assert release_before(tag, TAGS) == before


def test_where_the_style_of_tags_changed_the_old_ones_still_count():
    assert release_before("v1.3", ["v1.3", "release-1.2", "release-1.1"]) == "release-1.2"


def test_the_newest_release_is_the_highest_one_not_the_latest_patch_of_an_old_one():
    assert newest_release(TAGS) == "v2.0.1"
    assert newest_release(TAGS[1:]) == "v2.0.0"
    assert newest_release(["v3.0.0-beta1", *TAGS]) == "v2.0.1"
    assert newest_release(["nightly"]) == newest_release([]) == ""


@pytest.mark.parametrize(
    ("text", "tag"),
    [("2.0.1", "v2.0.1"), ("v2.0.1", "v2.0.1"), ("2.0", "v2.0.0"), ("2.0.0-rc.1", "v2.0.0-rc.1"), ("0.3", "api/v0.3.0"), ("7.1", "")],
)
def test_a_number_is_enough_to_name_a_release(text, tag):
    assert tag_of(text, TAGS) == tag


def test_a_number_that_several_packages_have_names_none():
    assert tag_of("1.0", ["api/v1.0", "web/v1.0"]) == ""
    assert tag_of("1.0", ["api/v1.0", "v1.0"]) == "v1.0"


@given(st.text(max_size=40))
def test_any_tag_can_be_read(tag):
    read = read_release(tag)
    assert read is None or read.tag == tag


def test_a_period_of_a_release_is_settled_in_each_repository(tmp_path: Path):
    with opened(tmp_path, (made_shop(tmp_path), SHOP), (made_ledger(tmp_path), "")) as docent:
        index = docent.index
        asked = Period("in release 1.1", tip="1.1", release="in")
        assert settled(index, "shop-api", asked) == Period("in release 1.1", base="v1.0", tip="v1.1")
        assert settled(index, "shop-api", Period("in the latest release", release="in")).base == "v1.0"
        assert settled(index, "shop-api", Period("since the last release", release="since")).base == "v1.1"
        assert settled(index, "shop-api", Period("in release v1.0", tip="v1.0", release="in")).base == ""
        assert revision_of(index, "shop-api", "1.1") == index.revision("shop-api", "v1.1")
        unreleased = Period("since the last release", release="since")
        with pytest.raises(QueryError, match="ledger has no releases"):
            settled(index, "ledger", unreleased)
        spans, notices = spans_of(index, unreleased, ["shop-api", "ledger"], datetime(2026, 1, 1, tzinfo=UTC))
        assert [(span.repository, span.base) for span in spans] == [("shop-api", index.revision("shop-api", "v1.1"))]
        assert notices == ("ledger has no releases: no tag holds a version.",)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("1.9", ("v1.9.0", "v1.9.8", "v1.9.9")),
        ("1.9.0", ("v1.9.0",)),
        ("1", ("v1.9.0", "v1.9.8", "v1.9.9")),
        ("2.0", ("v2.0.0", "v2.0.1")),
        ("v2.0.0-rc.1", ("v2.0.0-rc.1",)),
        ("3.7", ()),
        ("nothing", ()),
    ],
)
def test_a_number_means_the_releases_that_begin_with_it(number, found):
    assert releases_of(number, TAGS) == found
