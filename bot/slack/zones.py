"""Time zones as people write them: "Europe/Berlin", "berlin", "New York"."""

from __future__ import annotations

import difflib
from functools import lru_cache
from zoneinfo import available_timezones

# Slack and people use these; "US/…", "Etc/…" and the like are understood as written in full
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def zone_named(text: str) -> str | None:
    """The IANA name of the zone that is meant; None for none."""
    return _names().get(_folded(text))


def nearest_zone(text: str) -> str:
    """A zone whose name is much like the words, as an example; one of any place where none is."""
    near = difflib.get_close_matches(_folded(text), _names(), n=1, cutoff=0.6)
    return _names()[near[0]] if near else "Europe/Berlin"


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Every name that is understood: zones in full, and their cities. Of zones with the same city the shortest name counts."""
    zones = sorted(available_timezones() - {"localtime", "Factory"}, key=lambda zone: (len(zone), zone))
    cities = {_folded(zone.rpartition("/")[2]): zone for zone in reversed(zones) if zone.partition("/")[0] in _AREAS}
    return cities | {_folded(zone): zone for zone in zones}


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
