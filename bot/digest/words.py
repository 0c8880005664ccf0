"""Plans and their times in words."""

from __future__ import annotations

from datetime import datetime

from bot.digest.types import WEEK, Plan
from bot.render.screen import listed

_NAMES = 4  # repositories named in one line
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # not by strftime, which the machine's language changes
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment_words(plan: Plan, moment: datetime) -> str:
    """ "Mon 23 Nov 09:00 (Europe/Berlin)"."""
    local = moment.astimezone(plan.tzinfo)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%H:%M} ({plan.zone})"


def next_words(name: str, plan: Plan, moment: datetime) -> str:
    """ "#product, Mon 23 Nov 09:00 (Europe/Berlin), shop-api and web"; `name` is the channel's."""
    return f"{name}, {moment_words(plan, moment)}, {listed(plan.repositories, _NAMES)}"


def rhythm_words(plan: Plan) -> str:
    """ "every Mon to Fri at 09:00 (Europe/Berlin)", "every week on Fri at …"."""
    at = f"at {plan.at:%H:%M} ({plan.zone})"
    if plan.every == "week":
        return f"every week on {_DAYS[WEEK.index(plan.days[0])]} {at}"
    chosen = sorted(WEEK.index(day) for day in plan.days)
    if len(chosen) == len(WEEK):
        return f"every day {at}"
    runs = len(chosen) > 2 and chosen[-1] - chosen[0] == len(chosen) - 1
    days = f"{_DAYS[chosen[0]]} to {_DAYS[chosen[-1]]}" if runs else listed([_DAYS[day] for day in chosen], len(WEEK))
    return f"every {days} {at}"
