"""Time zones as people write them."""

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.zones import nearest_zone, zone_named


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"),
        (" new  york ", "America/New_York"), ("New_York", "America/New_York"), ("utc", "UTC"), ("Singapore", "Singapore"),
        ("Asia/Calcutta", "Asia/Calcutta"), ("US/Pacific", "US/Pacific"), ("louisville", "America/Louisville"),
        ("Pacific", None), ("Atlantis", None), ("", None), ("localtime", None), ("../etc/passwd", None),
    ],
)  # fmt: skip
def test_a_city_or_a_name_in_full_is_understood(text, zone):
    assert zone_named(text) == zone


def test_every_zone_is_understood_by_its_own_name():
    assert all(zone_named(zone) == zone for zone in available_timezones() - {"localtime", "Factory"})


@given(st.text())
def test_whatever_is_written_there_is_a_zone_to_offer(text):
    ZoneInfo(nearest_zone(text))
    assert zone_named(text) is None or ZoneInfo(zone_named(text))
