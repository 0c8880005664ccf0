"""One digest, exactly once: through restarts, crashes at every step, double starts, clocks and downtime."""

from __future__ import annotations

import signal
import threading
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.digest.run import RETRIES
from bot.digest.settings import DigestChannel
from bot.digest.types import Choice, DigestRefused, DigestUnsure, Ended
from bot.state.digests import LEASE_SECONDS, Status
from indexer.errors import DocentError, StoreError
from tests.bot.digest.scenes import CHANNEL, MONDAY, TEAM, Child, Clock, Killed, Scene, at, posted, settings

LEASE = timedelta(seconds=LEASE_SECONDS + 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scene(tmp_path: Path, clock: Clock) -> Scene:
    return Scene(tmp_path, clock)


def run(scene: Scene, clock: Clock, moment=None):
    clock.now = moment or clock.now
    return scene.digests.run(CHANNEL)


def test_it_is_posted_once_with_its_details(scene, clock):
    assert run(scene, clock).ended is Ended.POSTED
    assert run(scene, clock, MONDAY + timedelta(hours=3)).ended is Ended.NOT_DUE
    assert (scene.told(), scene.details()) == ([[1]], [[1]])


def test_each_change_is_told_once_over_the_days(scene, clock):
    for day, head in (("2026-11-23", 2), ("2026-11-24", 5), ("2026-11-25", 6)):
        scene.land(head)
        run(scene, clock, at(f"{day} 09:00"))
    assert scene.told() == [[1, 2], [3, 4, 5], [6]]


def test_a_restarted_process_knows_what_was_posted(scene, clock, tmp_path):
    run(scene, clock)
    assert run(Scene(tmp_path, clock), clock).ended is Ended.NOT_DUE
    assert scene.told() == [[1]]


def test_after_five_days_of_downtime_there_is_one_digest(scene, clock):
    run(scene, clock, at("2026-11-13 09:00"))
    scene.land(9)
    for hour in (10, 11, 12):
        run(scene, clock, at(f"2026-11-20 {hour}:00"))
    assert scene.told() == [[1], [2, 3, 4, 5, 6, 7, 8, 9]]


@pytest.mark.parametrize("moment", ["2026-11-22 12:00", "2026-11-20 09:00", "2026-11-23 09:00", "2027-11-23 10:00"])
def test_a_clock_that_is_set_posts_no_day_twice_and_no_change_twice(scene, clock, moment):
    run(scene, clock, at("2026-11-20 09:00"))
    run(scene, clock)
    scene.land(3)
    run(scene, clock, at(moment))
    run(scene, clock, at("2026-11-23 11:00"))
    run(scene, clock, at("2026-11-24 09:00"))
    days = [message["key"] for message in posted(scene.folder)]
    told = [number for message in scene.told() for number in message]
    assert len(days) == len(set(days)) and sorted(told) == [1, 2, 3]


def test_a_clock_that_was_a_year_ahead_does_not_silence_the_year(scene, clock):
    run(scene, clock, at("2027-11-23 09:00"))
    scene.land(2)
    assert run(scene, clock, at("2026-11-24 09:00")).ended is Ended.POSTED


def test_a_lease_written_by_a_clock_since_set_back_does_not_hold(scene, clock):
    scene.composer.die = "compose"
    with pytest.raises(Killed):
        run(scene, clock, at("2026-11-23 23:00"))
    scene.composer.die = ""
    assert run(scene, clock, at("2026-11-23 09:00")).ended is Ended.POSTED


def test_a_time_changed_during_the_day_gives_no_second_digest(scene, clock):
    run(scene, clock)
    scene.land(2)
    clock.now = at("2026-11-23 10:00")
    scene.plans.choose(CHANNEL, Choice(at=time(11, 0)))
    assert run(scene, clock, at("2026-11-23 11:00")).ended is Ended.NOT_DUE
    assert run(scene, clock, at("2026-11-24 10:59")).ended is Ended.NOT_DUE
    assert run(scene, clock, at("2026-11-24 11:00")).ended is Ended.POSTED


# quiet days


def test_a_quiet_day_is_silent_and_its_changes_are_counted_by_the_next(scene, clock):
    run(scene, clock)
    (scene.folder / "quiet").touch()
    scene.land(2)
    assert run(scene, clock, at("2026-11-24 09:00")).ended is Ended.QUIET
    assert run(scene, clock, at("2026-11-24 12:00")).ended is Ended.NOT_DUE
    (scene.folder / "quiet").unlink()
    scene.land(3)
    run(scene, clock, at("2026-11-25 09:00"))
    assert scene.told() == [[1], [2, 3]]


def test_the_first_day_of_all_may_be_quiet_and_loses_nothing(tmp_path, clock):
    scene = Scene(tmp_path, clock)
    (scene.folder / "quiet").touch()
    scene.state.digests.claim(TEAM, "C0", MONDAY.date(), MONDAY)  # another channel's business
    run(scene, clock)
    assert scene.state.digests.told(TEAM, CHANNEL)["shop"].head == "0"


def test_a_quiet_day_gets_one_line_where_that_is_wanted(tmp_path, clock):
    scene = Scene(tmp_path, clock, settings(quiet="post"))
    (scene.folder / "quiet").touch()
    assert run(scene, clock).ended is Ended.POSTED
    assert (scene.told(), scene.details()) == ([[]], [])
    assert scene.state.digests.told(TEAM, CHANNEL)["shop"].head == "1"


# what people chose


def test_a_channel_that_opted_out_gets_none_until_it_is_switched_on_again(scene, clock):
    run(scene, clock)
    scene.plans.choose(CHANNEL, Choice(on=False, changed_by="U1"))
    scene.land(5)
    assert run(scene, clock, at("2026-11-24 09:00")).ended is Ended.NOT_DUE
    clock.now = at("2026-11-25 15:00")
    scene.plans.choose(CHANNEL, Choice(changed_by="U1"))
    assert run(scene, clock).ended is Ended.NOT_DUE  # what was due before is not owed
    assert run(scene, clock, at("2026-11-26 09:00")).ended is Ended.POSTED


def test_a_channel_that_opts_out_while_its_digest_is_composed_gets_none(scene, clock):
    scene.composer.before = lambda: scene.plans.choose(CHANNEL, Choice(on=False))
    assert run(scene, clock).ended is Ended.NOT_DUE
    assert scene.told() == []


def test_every_channel_is_told_on_its_own(tmp_path, clock):
    digest = settings(channels=(DigestChannel(channel="C2", days=("fri",), every="week"),))
    scene = Scene(tmp_path, clock, digest)
    run(scene, clock)
    scene.land(4)
    clock.now = at("2026-11-27 09:00")
    assert [scene.digests.run(channel).ended for channel in scene.plans.all()] == [Ended.POSTED, Ended.POSTED]
    assert [(one["channel"], one["told"]) for one in posted(tmp_path)] == [("C1", [1]), ("C1", [2, 3, 4]), ("C2", [1, 2, 3, 4])]


# failures


def test_what_certainly_was_not_posted_is_tried_again_with_longer_pauses_then_left_to_the_next_digest(scene, clock):
    scene.poster.trouble = [DocentError("Slack asks to slow down.")] * 9
    for pause in RETRIES:
        outcome = run(scene, clock)
        assert outcome.ended is Ended.FAILED and outcome.again == clock.now + pause and "slow down" in outcome.detail
        assert run(scene, clock, clock.now + pause - timedelta(seconds=1)).ended is Ended.ELSEWHERE
        clock.now += timedelta(seconds=1)
    assert run(scene, clock).again is None
    assert run(scene, clock, clock.now + timedelta(hours=1)).ended is Ended.NOT_DUE
    assert len(scene.poster.trouble) == 4 and scene.told() == []
    scene.poster.trouble = []
    scene.land(2)
    run(scene, clock, at("2026-11-24 09:00"))
    assert scene.told() == [[1, 2]]


def test_a_refusal_says_what_to_do_and_is_made_good_on_the_same_day(scene, clock):
    scene.poster.trouble = [DigestRefused("docent is not in #c1.", "Type /invite @docent there.")]
    outcome = run(scene, clock)
    assert outcome.ended is Ended.REFUSED and "/invite" in outcome.detail
    assert run(scene, clock, clock.now + RETRIES[0]).ended is Ended.POSTED


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(scene, clock):
    scene.poster.trouble = [DigestUnsure("The connection broke.")]
    assert run(scene, clock).ended is Ended.FAILED
    scene.land(2)
    assert run(scene, clock, clock.now + RETRIES[0]).ended is Ended.POSTED
    assert (scene.told(), scene.details()) == ([[1]], [[1]])
    run(scene, clock, at("2026-11-24 09:00"))
    assert scene.told() == [[1], [2]]


def test_an_unforeseen_error_of_the_poster_counts_as_perhaps_posted(scene, clock):
    scene.poster.trouble = [KeyError("ts")]
    assert run(scene, clock).ended is Ended.FAILED
    assert run(scene, clock, clock.now + RETRIES[0]).ended is Ended.POSTED
    assert scene.told() == [[1]]


def test_what_cannot_be_known_is_not_repeated_and_the_next_digest_looks_again(scene, clock):
    scene.poster.trouble, scene.poster.blind = [DigestUnsure("The connection broke.")], True
    run(scene, clock)
    for pause in RETRIES:
        clock.now += pause
        outcome = run(scene, clock)
    assert outcome.ended is Ended.UNKNOWN and scene.told() == [[1]]
    assert scene.digests.last().status is Status.UNKNOWN
    assert "channels:history" in outcome.detail
    scene.poster.blind = False
    scene.land(2)
    run(scene, clock, at("2026-11-24 09:00"))
    assert scene.told() == [[1], [2]] and scene.details() == [[1], [2]]


def test_what_can_never_be_known_is_told_again_by_the_next_digest(scene, clock):
    scene.poster.trouble, scene.poster.blind = [DigestUnsure("The connection broke.")], True
    run(scene, clock)
    scene.land(2)
    assert run(scene, clock, at("2026-11-24 09:00")).ended is Ended.POSTED
    assert scene.told() == [[1], [1, 2]]


def test_a_repository_that_cannot_be_read_is_tried_again(scene, clock):
    scene.composer.trouble = [StoreError("The disk is full."), ValueError("a mistake of ours")]
    assert run(scene, clock).ended is Ended.FAILED
    assert run(scene, clock, clock.now + RETRIES[0]).ended is Ended.FAILED
    assert run(scene, clock, clock.now + RETRIES[1]).ended is Ended.POSTED


def test_details_that_fail_are_posted_later_and_the_message_stays_one(scene, clock):
    scene.poster.in_details, original = True, scene.poster.post_details
    scene.poster.post_details = lambda *args: (_ for _ in ()).throw(DocentError("Slack is away."))  # type: ignore[method-assign]
    assert run(scene, clock).ended is Ended.POSTED
    scene.poster.post_details = original  # type: ignore[method-assign]
    scene.land(7)
    assert scene.digests.wake_at(scene.plans.plan(CHANNEL), clock.now) == clock.now + RETRIES[0]
    run(scene, clock, clock.now + RETRIES[0])
    assert (scene.told(), scene.details()) == ([[1]], [[1]])


def test_a_stopped_process_leaves_its_digest_to_the_next_at_once(scene, clock, tmp_path):
    scene.composer.before = scene.digests.stop
    assert run(scene, clock).ended is Ended.FAILED
    assert run(Scene(tmp_path, clock), clock).ended is Ended.POSTED
    assert scene.told() == [[1]]


# crashes


@pytest.mark.parametrize("step", ["compose", "before post", "after post", "before details", "after details"])
def test_a_process_killed_at_any_step_leaves_one_digest_with_one_thread(tmp_path, clock, step):
    scene = Scene(tmp_path, clock)
    child = Child(tmp_path, clock.now, step)
    child.begin()
    assert child.end() == (-signal.SIGKILL, "")
    scene.land(2)  # more lands before it is taken over
    early = run(scene, clock)
    assert early.ended in (Ended.ELSEWHERE, Ended.NOT_DUE)
    wake = scene.digests.wake_at(scene.plans.plan(CHANNEL), clock.now)
    assert clock.now < wake <= clock.now + LEASE
    run(scene, clock, clock.now + LEASE)
    run(scene, clock, clock.now + LEASE)
    told, details = scene.told(), scene.details()
    assert len(told) == len(details) == 1 and told == details
    run(scene, clock, at("2026-11-24 09:00"))
    assert sorted(number for message in scene.told() for number in message) == [1, 2]


@pytest.mark.parametrize("step", ["compose", "before post", "after post", "before details"])
def test_a_process_that_died_is_made_good_the_day_after(tmp_path, clock, step):
    scene = Scene(tmp_path, clock, die=step)
    with pytest.raises(Killed):
        run(scene, clock)
    later = Scene(tmp_path, clock)
    later.land(3)
    assert run(later, clock, at("2026-11-24 09:30")).ended is Ended.POSTED
    assert sorted(number for message in later.told() for number in message) == [1, 2, 3]
    assert later.details() == later.told()


def test_a_digest_at_which_processes_die_again_and_again_is_given_up(tmp_path, clock):
    for _ in range(9):
        scene = Scene(tmp_path, clock, die="compose")
        try:
            outcome = run(scene, clock)
        except Killed:
            clock.now += LEASE
        else:
            break
    assert outcome.ended is Ended.FAILED and "too often" in outcome.detail
    scene.composer.die = ""
    assert run(scene, clock).ended is Ended.NOT_DUE
    assert run(scene, clock, at("2026-11-24 09:00")).ended is Ended.POSTED


def test_two_processes_that_start_at_once_post_one(tmp_path, clock):
    scene = Scene(tmp_path, clock)
    children = [Child(tmp_path, clock.now) for _ in range(2)]
    for child in children:
        child.begin()
    ended = sorted(child.end()[1] for child in children)
    assert ended in (["elsewhere", "posted"], ["not due", "posted"])
    assert (scene.told(), scene.details()) == ([[1]], [[1]])


def test_threads_of_two_processes_post_one(tmp_path, clock):
    scenes = [Scene(tmp_path, clock) for _ in range(2)]
    barrier, ended = threading.Barrier(6), []

    def attempt(number: int) -> None:
        barrier.wait()
        ended.append(scenes[number % 2].digests.run(CHANNEL).ended)

    threads = [threading.Thread(target=attempt, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended.count(Ended.POSTED) == 1 and scenes[0].told() == [[1]]


def test_an_attempt_that_was_taken_over_while_it_composed_posts_nothing(tmp_path, clock):
    slow, quick = Scene(tmp_path, clock), Scene(tmp_path, clock)

    def taken_over() -> None:
        clock.now += LEASE
        assert quick.digests.run(CHANNEL).ended is Ended.POSTED

    slow.composer.before = taken_over
    assert run(slow, clock).ended is Ended.ELSEWHERE
    assert (slow.told(), slow.details()) == ([[1]], [[1]])


def test_a_running_attempt_keeps_its_lease(scene, clock, monkeypatch):
    monkeypatch.setattr("bot.digest.run.LEASE_SECONDS", 0.03)  # of the pause between two signs of life
    renewed = threading.Event()
    original = scene.state.digests.renew
    monkeypatch.setattr(scene.state.digests, "renew", lambda claim, now: (original(claim, now), renewed.set())[0])
    scene.composer.before = lambda: renewed.wait(10)
    assert run(scene, clock).ended is Ended.POSTED
    assert renewed.is_set()
