"""Whatever happens in whatever order: no day has two digests, no change is told twice, and in the end all are told."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.digest.types import DigestRefused, DigestUnsure
from bot.state import State
from indexer.errors import DocentError
from tests.bot.digest.scenes import CHANNEL, Clock, Killed, Scene, at, posted

STEPS = ("compose", "before post", "after post", "before details", "after details")
TROUBLES = (DocentError("away"), DigestRefused("not in #c1", "invite"), DigestUnsure("perhaps"), KeyError("ours"))

events = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from([5, 70, 1800, 4 * 3600, 86_400, 5 * 86_400])),
    st.tuples(st.just("set back"), st.sampled_from([70, 3600, 86_400])),
    st.tuples(st.just("land"), st.integers(1, 3)),
    st.tuples(st.just("quiet"), st.booleans()),
    st.tuples(st.just("kill"), st.sampled_from(STEPS)),
    st.tuples(st.just("fail"), st.sampled_from(TROUBLES)),
    st.tuples(st.just("other process"), st.none()),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """A migrated state, to be copied: making one takes longer than all the rest."""
    path = tmp_path_factory.mktemp("empty") / "state.sqlite"
    State.open(f"sqlite:///{path}").close()
    return path


@settings(max_examples=15)
@given(st.lists(events, min_size=3, max_size=25))
def test_in_any_order(empty: Path, tmp_path_factory, happening):
    folder = tmp_path_factory.mktemp("scene")
    shutil.copy(empty, folder / "state.sqlite")
    clock = Clock(at("2026-11-20 08:00"))
    scene, landed = Scene(folder, clock), 1

    def attempt(scene: Scene) -> None:
        with suppress(Killed):
            scene.digests.run(CHANNEL)

    for what, value in happening:
        if what == "pass":
            clock.now += timedelta(seconds=value)
        elif what == "set back":
            clock.now -= timedelta(seconds=value)
        elif what == "land":
            landed += value
            scene.land(landed)
        elif what == "quiet":
            (folder / "quiet").touch() if value else (folder / "quiet").unlink(missing_ok=True)
        elif what == "fail":
            scene.poster.trouble = [value]
        elif what == "other process":
            scene.state.close()
            scene = Scene(folder, clock)
        else:
            scene.poster.die = scene.composer.die = value
        attempt(scene)
        if what == "kill":
            scene.state.close()
            scene = Scene(folder, clock)

    scene.land(landed := landed + 1)
    (folder / "quiet").unlink(missing_ok=True)
    scene.poster.trouble = []
    clock.now += timedelta(days=40)  # past every day that the clock may have visited
    for _ in range(4 * 8):
        clock.now += timedelta(hours=3)
        attempt(scene)
    keys = [message["key"] for message in posted(folder)]
    told = [number for message in scene.told() for number in message]
    assert len(keys) == len(set(keys))
    assert told == sorted(told) and len(told) == len(set(told))
    assert set(told) == set(range(1, landed + 1))
    assert [message["key"] for message in posted(folder, "details")] == [message["key"] for message in posted(folder) if message["told"]]
    assert scene.digests.wake_at(scene.plans.plan(CHANNEL), clock.now) > clock.now
    scene.state.close()
