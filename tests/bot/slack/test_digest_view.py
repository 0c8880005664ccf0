"""The modal of a digest: what it shows is what it saves."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.types import WEEK, Choice, Plan
from bot.slack.digest_view import Form, digest_view, next_words, plan_words, read_choice
from bot.slack.invocation import Submission
from tests.bot.slack.digest_scenes import PLAN, filled
from tests.slack_views import check_view

NAMES = ("shop", "web", "a" * 100)


def saved(form: Form, suggested: Plan, **changes) -> Choice | dict[str, str]:
    view = digest_view(form, "{}")
    check_view(view)
    return read_choice(Submission("U1", "T1", "V1", "{}", filled(view, **changes)), form, suggested)


plans = st.builds(
    Plan,
    st.just("C1"),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Calcutta"]),
    st.permutations(WEEK).flatmap(lambda days: st.integers(1, 7).map(lambda most: tuple(days[:most]))),
    st.sets(st.sampled_from(NAMES), min_size=1).map(tuple),
    st.sampled_from(["day", "week"]),
    st.sampled_from(["skip", "post"]),
)


@given(plans, st.booleans(), plans)
def test_saving_what_is_shown_changes_nothing(plan, on, suggested):
    choice = saved(Form(plan, on, NAMES), suggested)
    assert isinstance(choice, Choice)
    assert (choice.on, choice.at, choice.zone, choice.days, choice.every, choice.quiet) == (
        on, plan.at, plan.zone, plan.days, plan.every, plan.quiet
    )  # fmt: skip
    assert set(choice.repositories or suggested.repositories) == set(plan.repositories)


@given(plans, st.sets(st.sampled_from(WEEK), min_size=1))
def test_other_days_come_in_the_order_of_the_week(plan, days):
    choice = saved(Form(plan, True, NAMES), plan, days=days)
    assert isinstance(choice, Choice)
    assert choice.days == (plan.days if days == set(plan.days) else tuple(day for day in WEEK if day in days))


def test_a_field_that_slack_sends_empty_is_told_or_kept():
    assert set(read_choice(Submission("U1", "T1", "V1", "{}"), Form(PLAN, True, NAMES), PLAN)) == {"time", "zone", "days"}


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PLAN, "every Mon to Fri at 09:00 (Europe/Berlin), about shop; nothing is posted when nothing stands out"),
        (
            replace(PLAN, repositories=("shop", "web"), days=WEEK, quiet="post", at=time(7, 5)),
            "every day at 07:05 (Europe/Berlin), about all repositories; one line is posted when nothing stands out",
        ),
    ],
)
def test_a_plan_in_words(plan, words):
    assert plan_words(plan, ("shop", "web")) == words


def test_the_next_one_is_told_in_the_channels_time():
    assert next_words(datetime(2026, 11, 24, 8, tzinfo=UTC), PLAN) == "Next digest here: **Tue 24 Nov 09:00 (Europe/Berlin)**."
