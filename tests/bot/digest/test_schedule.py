"""The clock of the digests: a job for each channel in a file, brought in line with plans, choices, state and clock."""

from __future__ import annotations

import logging
import pickle
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.digest import schedule as module
from bot.digest.plans import settings_plan
from bot.digest.schedule import DigestSchedule, PlanTrigger, wake
from bot.digest.settings import DigestChannel
from bot.digest.types import WEEK, Choice, DigestRefused, Ended
from indexer.errors import StoreError
from tests.bot.digest.scenes import CHANNEL, MONDAY, Clock, Scene, settings


def now() -> datetime:
    return datetime.now(UTC)


LATER = settings(days=(WEEK[(now() + timedelta(days=3)).weekday()],))
DUE = settings(time="00:00", days=WEEK)


def scheduled(scene: Scene) -> DigestSchedule:
    return DigestSchedule(scene.digests, scene.folder / "schedule.sqlite")


def jobs(schedule: DigestSchedule) -> dict[str, datetime]:
    return {job.id: job.next_run_time for job in schedule._scheduler.get_jobs()}


def wait_until_posted(scene: Scene, count: int = 1) -> None:
    done = threading.Event()
    for _ in range(6000):
        if len(scene.told()) >= count and not any(thread.name.startswith("digest of") for thread in threading.enumerate()):
            return
        done.wait(0.01)
    raise AssertionError("nothing was posted")


@pytest.fixture
def start():
    running: list[DigestSchedule] = []

    def begin(schedule: DigestSchedule) -> DigestSchedule:
        schedule.start()
        running.append(schedule)
        return schedule

    yield begin
    for schedule in running:
        if schedule._scheduler.running:
            schedule.stop()


def test_what_is_due_is_posted_when_it_starts_and_never_again(tmp_path, start):
    scene = Scene(tmp_path, now, DUE)
    schedule = start(scheduled(scene))
    wait_until_posted(scene)
    schedule.stop()
    again = start(scheduled(Scene(tmp_path, now, DUE)))
    assert jobs(again)[CHANNEL].date() > now().date()
    assert scene.told() == [[1]]


def test_it_wakes_at_the_moment_and_plans_the_next_day(tmp_path, start):
    scene = Scene(tmp_path, now, LATER)
    schedule = start(scheduled(scene))
    planned = jobs(schedule)[CHANNEL]
    assert planned == scene.plans.next_run(CHANNEL) and planned > now()
    scene.plans.choose(CHANNEL, Choice(at=datetime.min.time(), days=WEEK))  # due since midnight
    wait_until_posted(scene)
    assert now() < jobs(schedule)[CHANNEL] <= now() + timedelta(days=1)


def test_jobs_outlive_the_process_in_a_file_of_their_own(tmp_path, start):
    start(scheduled(Scene(tmp_path, now, LATER))).stop()
    with sqlite3.connect(tmp_path / "schedule.sqlite") as connection:
        assert connection.execute("SELECT id FROM digest_jobs").fetchall() == [(CHANNEL,)]
    with sqlite3.connect(tmp_path / "state.sqlite") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert "digest_jobs" not in names


def test_choices_in_slack_and_changed_settings_replan(tmp_path, start):
    both = settings(days=LATER.days, channels=(DigestChannel(channel="C2"),))
    schedule = start(scheduled(Scene(tmp_path, now, both)))
    assert set(jobs(schedule)) == {"C1", "C2"}
    schedule.stop()
    scene = Scene(tmp_path, now, LATER)
    schedule = start(scheduled(scene))
    assert set(jobs(schedule)) == {"C1"}
    scene.plans.choose(CHANNEL, Choice(on=False))
    assert jobs(schedule) == {} and schedule.ready_lines()[0].startswith("no digest is planned")
    scene.plans.choose("C9", Choice(zone="Asia/Tokyo"))
    assert set(jobs(schedule)) == {"C9"}


def test_a_clock_set_back_plans_again_from_the_time_that_is_true(tmp_path):
    clock = Clock(MONDAY + timedelta(days=300))
    scene = Scene(tmp_path, clock)
    schedule = DigestSchedule(scene.digests, tmp_path / "schedule.sqlite", clock=clock)
    schedule._scheduler.start(paused=True)
    schedule._watch()
    far = jobs(schedule)[CHANNEL]
    clock.now = MONDAY - timedelta(hours=1)
    schedule._watch()
    assert jobs(schedule)[CHANNEL] == MONDAY < far
    schedule._scheduler.shutdown()


def test_a_digest_left_by_a_dead_process_is_woken_for_when_its_lease_ends(tmp_path, start):
    scene = Scene(tmp_path, now, DUE)
    assert scene.state.digests.claim("T1", CHANNEL, now().date(), now()) is not None
    schedule = start(scheduled(scene))
    assert timedelta(seconds=50) < jobs(schedule)[CHANNEL] - now() <= timedelta(seconds=60)


def test_a_damaged_file_of_jobs_is_made_anew(tmp_path, start):
    (tmp_path / "schedule.sqlite").write_bytes(b"this is no database, " * 100)
    schedule = start(scheduled(Scene(tmp_path, now, LATER)))
    assert set(jobs(schedule)) == {CHANNEL}


def test_a_job_of_a_schedule_that_ended_does_nothing(tmp_path, start):
    scene = Scene(tmp_path, now, DUE)
    wake(str(tmp_path / "schedule.sqlite"), CHANNEL)
    assert scene.told() == []


def test_a_trigger_outlives_the_process():
    plan = settings_plan(settings(), CHANNEL, ["shop"])
    again = pickle.loads(pickle.dumps(PlanTrigger(plan)))
    assert again.plan == plan
    assert again.get_next_fire_time(None, MONDAY - timedelta(hours=1)) == MONDAY
    assert again.get_next_fire_time(MONDAY, MONDAY - timedelta(hours=1)) == MONDAY + timedelta(days=1)


def test_nothing_a_digest_does_ends_the_schedule(tmp_path, start, caplog):
    scene = Scene(tmp_path, now, DUE)
    failing = [RuntimeError("a mistake of ours"), StoreError("The disk is full.")]
    original = scene.digests.run

    def run(channel, moment=None):
        if failing:
            raise failing.pop(0)
        return original(channel, moment)

    scene.digests.run = run  # type: ignore[method-assign]
    schedule = start(scheduled(scene))
    wait_until_posted(scene)
    assert "a mistake of ours" in caplog.text and "The disk is full." in caplog.text
    assert schedule.check()[0]


def test_health_says_what_is_next_and_how_the_last_ended(tmp_path, start):
    scene = Scene(tmp_path, now, DUE)
    schedule = start(scheduled(scene))
    wait_until_posted(scene)
    assert schedule.ready_lines()  # which asks Slack for the names
    healthy, words = schedule.check()
    assert healthy and "next: #c1, " in words and f"last: #c1 of {now().date()}, posted" in words
    schedule.stop()
    assert schedule.check() == (False, "the schedule of the digests has stopped; restart docent")


def test_a_state_that_cannot_be_read_is_unhealthy_and_mends_by_itself(tmp_path, start, monkeypatch):
    scene = Scene(tmp_path, now, LATER)
    schedule = start(scheduled(scene))
    original = scene.plans.all
    monkeypatch.setattr(scene.plans, "all", lambda: (_ for _ in ()).throw(StoreError("The state database failed.")))
    schedule._watch()
    assert schedule.check() == (False, "The state database failed.")
    monkeypatch.setattr(scene.plans, "all", original)
    schedule._watch()
    assert schedule.check()[0]


def test_ready_lines_say_when_where_and_of_what(tmp_path):
    clock = Clock(MONDAY - timedelta(hours=1))
    scene = Scene(tmp_path, clock, settings(time="10:00", timezone="Europe/Berlin"))
    schedule = DigestSchedule(scene.digests, tmp_path / "schedule.sqlite", clock=clock)
    assert schedule.ready_lines() == ["next digest: #c1, Mon 23 Nov 10:00 (Europe/Berlin), shop"]
    assert scene.digests.run(CHANNEL).ended is Ended.NOT_DUE


def test_stopping_waits_for_a_message_that_is_being_posted(tmp_path, start, monkeypatch):
    scene = Scene(tmp_path, now, DUE)
    posting, may_end = threading.Event(), threading.Event()
    original = scene.poster.post

    def slow(*args):
        posting.set()
        assert may_end.wait(10)
        return original(*args)

    scene.poster.post = slow  # type: ignore[method-assign]
    schedule = start(scheduled(scene))
    assert posting.wait(10)
    threading.Timer(0.05, may_end.set).start()
    schedule.stop()
    assert scene.state.digests.last("T1").status == "posted" and scene.details() == [[1]]
    assert str(tmp_path / "schedule.sqlite") not in module._running


def test_the_file_of_jobs_needs_a_folder_it_can_be_made_in(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        DigestSchedule(Scene(tmp_path, now, LATER).digests, Path(tmp_path / "file" / "schedule.sqlite"))


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ([], "digest for #c1 of {day}: 1 change told"),
        ([DigestRefused("docent is not in #c1.", "Type /invite @docent there.")], "digest for #c1 of {day} was not posted: docent is"),
    ],
)
def test_the_log_says_in_a_line_what_came_of_it_and_what_to_do(tmp_path, start, caplog, trouble, words):
    caplog.set_level(logging.INFO, "bot.digest.schedule")  # another test may have set up the logs of a command
    scene = Scene(tmp_path, now, DUE)
    scene.poster.trouble = trouble
    schedule = start(scheduled(scene))
    for _ in range(1000):
        if words.format(day=now().date()) in caplog.text:
            break
        threading.Event().wait(0.01)
    else:
        raise AssertionError(caplog.text)
    assert ("/invite @docent there. Next try at" in caplog.text) is ("not posted" in words)
    assert schedule.check()[0]
