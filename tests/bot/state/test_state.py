"""The state database: real SQLite files, several processes."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.state import Received, State
from bot.state.schema import metadata
from indexer.errors import ConfigError, StoreError

QUESTION = Received(app="A1", team="T1", event_id="Ev1", channel="C1", ts="1.1", payload='{"a": 1}')
KEY = (QUESTION.team, QUESTION.channel, QUESTION.ts)


class Clock:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/state.sqlite"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_question_is_new_once(url):
    state = State.open(url)
    assert state.first_time(QUESTION)
    assert not state.first_time(QUESTION)


@pytest.mark.parametrize(
    ("other", "new"),
    [
        (Received("A1", "T1", "Ev2", "C1", "1.1"), False),  # app_mention and message for one post
        (Received("A1", "T1", "Ev1", "C1", "1.2"), False),  # a redelivery
        (Received("A2", "T1", "Ev1", "C1", "1.2"), True),  # another app mentioned in the same post
        (Received("A1", "T2", "Ev1", "C1", "1.1"), True),
        (Received("A1", "T1", "", "C1", "1.3"), True),
    ],
)
def test_what_counts_as_the_same_question(url, other, new):
    state = State.open(url)
    state.first_time(QUESTION)
    assert state.first_time(other) is new


def test_many_threads_and_two_states_agree_on_one(url):
    states = [State.open(url), State.open(url)]
    won: list[bool] = []
    barrier = threading.Barrier(8)

    def ask(state: State) -> None:
        barrier.wait()
        won.append(state.first_time(QUESTION))

    threads = [threading.Thread(target=ask, args=(states[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_processes_agree_on_one_while_they_all_create_the_database(url):
    program = (
        "import sys; from bot.state import Received, State\n"
        "print(State.open(sys.argv[1]).first_time(Received('A', 'T', 'E', 'C', '1')))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    assert sorted(process.communicate()[0].strip() for process in running) == ["False", "False", "True"]


def test_a_living_process_keeps_its_question(url, clock):
    first, second = State.open(url, clock), State.open(url, clock)
    first.first_time(QUESTION)
    for _ in range(5):
        clock.time += 20
        first.renew()
        assert second.take_over() == []
    assert first.still_mine(*KEY)


def test_a_dead_process_question_is_taken_over_once(url, clock):
    first, second, third = (State.open(url, clock) for _ in range(3))
    first.first_time(QUESTION)
    first.keep_sign(*KEY, "9.9")
    clock.time += 31
    [taken] = second.take_over()
    assert (taken.payload, taken.attempts, taken.age, taken.sign_ts) == ('{"a": 1}', 2, 31, "9.9")
    assert third.take_over() == []
    assert not first.still_mine(*KEY)
    assert second.still_mine(*KEY)


def test_a_released_question_is_taken_over_at_once(url, clock):
    first, second = State.open(url, clock), State.open(url, clock)
    first.first_time(QUESTION)
    first.release(*KEY)
    assert len(second.take_over()) == 1


def test_a_finished_question_is_left_alone_and_its_text_forgotten(url, clock, tmp_path):
    state = State.open(url, clock)
    state.first_time(QUESTION)
    state.finish(*KEY, "answered")
    clock.time += 100
    assert State.open(url, clock).take_over() == []
    assert not state.still_mine(*KEY)
    with sqlite3.connect(tmp_path / "data" / "state.sqlite") as connection:
        assert connection.execute("select payload, outcome from events").fetchall() == [(None, "answered")]


def test_events_are_forgotten_after_a_day(url, clock):
    state = State.open(url, clock)
    state.first_time(QUESTION)
    clock.time += 86_401
    state.first_time(Received("A1", "T1", "Ev2", "C1", "2.2"))
    assert state.first_time(QUESTION)


def test_a_question_that_could_not_be_noted_belongs_to_who_has_it(url):
    assert State.open(url).still_mine(*KEY)


def test_answers_are_recorded_once_a_message(url):
    state = State.open(url)
    for _ in range(2):
        state.record_answer("q1", team="T1", channel="C1", thread_ts="1.1", ts="1.2", repos=["a", "b"])
    assert state.answers("q1") == ["1.2"]
    assert state.answers("q2") == []


def test_migrations_make_exactly_the_tables_the_code_uses(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    state = State.open(url)
    with state._engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_keeps_what_was_there(url):
    State.open(url).first_time(QUESTION)
    assert not State.open(url).first_time(QUESTION)


def test_a_database_of_a_newer_version_is_refused_in_words(url, tmp_path):
    State.open(url).close()
    with sqlite3.connect(tmp_path / "data" / "state.sqlite") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match="another version of docent"):
        State.open(url)


def test_a_damaged_file_is_named(url, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "state.sqlite").write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match=r"state\.sqlite failed"):
        State.open(url)


def test_a_wrong_url_is_the_users_mistake_and_passwords_stay_hidden():
    with pytest.raises(ConfigError):
        State.open("no url")
    with pytest.raises(StoreError) as error:
        State.open("postgresql+nodriver://me:hunter2@localhost/x")
    assert "hunter2" not in str(error.value)
