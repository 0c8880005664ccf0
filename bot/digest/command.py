"""`docent digest`: posts what is due now, for those who use cron and not `docent serve`; with --dry-run it only prints."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from bot.config import Settings, load_settings
from bot.digest.compose import FreshNews
from bot.digest.opening import open_digests, open_plans, reading_state, refuse_unenforced, state_url
from bot.digest.plans import Plans, settings_plan
from bot.digest.preview import Preview, preview_json, preview_text
from bot.digest.run import Digests, told_of
from bot.digest.types import Ended, Plan
from bot.digest.types import Outcome as DigestOutcome
from bot.digest.words import moment_words
from bot.logs import set_up_logs
from bot.render.json import dumps
from bot.render.screen import clean
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from bot.state import State
from bot.wiring import open_docent
from indexer.errors import ConfigError, DocentError

_FAILED = (Ended.REFUSED, Ended.FAILED, Ended.UNKNOWN)


def run_digest(request: Request, now: datetime | None = None) -> Outcome:
    """Carry out one `docent digest`. Exit status 0: all that was due is posted; 3: Slack or git failed."""
    set_up_logs()
    try:
        settings = load_settings(request.config, named=request.named)
        docent = open_docent(settings)
        with closing(docent):
            if request.options["dry_run"]:
                return _dry_run(settings, docent, request, now or datetime.now(UTC))
            return _post(settings, docent, request)
    except DocentError as exc:
        return Outcome(exc.exit_status, stderr=f"docent: {clean(str(exc))}\n")


def _dry_run(settings: Settings, docent: Docent, request: Request, now: datetime) -> Outcome:
    composer = FreshNews(docent, refresh=request.options["refresh"], use_llm=request.options["llm"])
    with reading_state(settings) as state:
        teams = [*state.digests.teams(), *state.choices.teams()]
        plans = open_plans(settings, state, teams[0] if teams else "")
        wanted = _wanted(settings, docent, request, plans)
        previews = [_preview(plans, state, composer, plan, now) for plan in wanted]
    if request.json:
        return Outcome(0, dumps({"digests": [preview_json(preview, docent.page) for preview in previews]}))
    texts = [preview_text(preview, request.screen, docent.page) for preview in previews]
    return Outcome(0, f"\n{'─' * min(40, request.screen.width)}\n\n".join(texts))


def _wanted(settings: Settings, docent: Docent, request: Request, plans: Plans) -> list[Plan]:
    """The plans to show: a channel's, or all of them, or what a digest of the named repositories would be."""
    channel = request.options["channel"]
    planned = plans.all()
    if channel and not request.repos and plans.repositories():
        return [planned.get(channel) or plans.suggested(channel)]
    if planned and not request.repos:
        return list(planned.values())
    return [settings_plan(settings.digest.model_copy(update={"repositories": ()}), channel or "", scope(docent, request))]


def _preview(plans: Plans, state: State, composer: FreshNews, plan: Plan, now: datetime) -> Preview:
    today = now.astimezone(plan.tzinfo).date()
    told = told_of(state.digests, plans.team, plan)
    report = composer.compose(plan, today, told, now)
    return Preview(plan, report, plans.next_run(plan.channel) if plan.channel else None)


def _post(settings: Settings, docent: Docent, request: Request) -> Outcome:
    from bot.slack.digest_post import open_poster

    refuse_unenforced(settings)
    state = State.open(state_url(settings))
    with closing(state):
        poster = open_poster(settings.slack, settings.access, docent.page)
        llm, refresh = request.options["llm"], request.options["refresh"]
        digests = open_digests(settings, docent, state, poster, refresh=refresh, use_llm=llm)
        planned, channel = digests.plans.all(), request.options["channel"]
        if channel and channel not in planned:
            raise ConfigError(f"No digest is planned for the channel {channel}.", "See `docent digest --dry-run` for those that are.")
        if not planned:
            raise ConfigError("No channel has a digest.", "Set channel under [digest] in docent.toml, or type /digest in Slack.")
        outcomes = [digests.run(name) for name in ([channel] if channel else planned)]
        return _told(digests, outcomes, request)


def _told(digests: Digests, outcomes: list[DigestOutcome], request: Request) -> Outcome:
    status = 3 if any(outcome.ended in _FAILED for outcome in outcomes) else 0
    if request.json:
        return Outcome(status, dumps({"digests": [_json(digests, outcome) for outcome in outcomes]}))
    lines = [(outcome, clean(f"{digests.name(outcome.channel)}: {_words(digests, outcome)}\n")) for outcome in outcomes]
    shown = "".join(line for outcome, line in lines if outcome.ended not in _FAILED)
    return Outcome(status, shown, "".join(f"docent: {line}" for outcome, line in lines if outcome.ended in _FAILED))


def _words(digests: Digests, outcome: DigestOutcome) -> str:
    plan = digests.plans.plan(outcome.channel)
    then = f"; next on {moment_words(plan, _next(digests, plan))}" if plan else ""
    if outcome.ended is Ended.POSTED:
        return f"posted, {outcome.detail}{then}."
    if outcome.ended is Ended.QUIET:
        return f"nothing posted, {outcome.detail}{then}."
    if outcome.ended is Ended.NOT_DUE:
        return f"nothing is due{f', {outcome.detail}' if outcome.detail else ''}{then}."
    again = f" Next try from {moment_words(plan, outcome.again)} on." if plan and outcome.again else ""
    if outcome.ended is Ended.ELSEWHERE:
        return f"another attempt has it in hand.{again}"
    return f"{outcome.detail}{again}"


def _json(digests: Digests, outcome: DigestOutcome) -> dict[str, object]:
    plan = digests.plans.plan(outcome.channel)
    return {
        "channel": outcome.channel,
        "ended": outcome.ended.value,
        "day": outcome.day.isoformat() if outcome.day else None,
        "detail": outcome.detail,
        "ts": outcome.ts or None,
        "again": outcome.again.isoformat() if outcome.again else None,
        "next": _next(digests, plan).isoformat() if plan else None,
    }


def _next(digests: Digests, plan: Plan) -> datetime:
    return digests.plans.next_of(plan)
