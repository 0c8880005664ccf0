"""`docent doctor`: one line for each thing docent needs, with the mend for what is missing."""

from __future__ import annotations

import logging
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from bot.checks import Check, Level
from bot.config import Settings, load_settings
from bot.logs import redact, set_up_logs
from bot.places import locate_data_dir
from bot.render.json import dumps
from bot.render.screen import Screen, clean
from bot.request import Outcome, Request
from indexer.errors import DocentError

_LITTLE_SPACE = 2 * 1024**3  # bytes: a first index of a large repository with its mirror


def run_doctor(request: Request) -> Outcome:
    """All checks, in the order in which they should be mended. The exit status is 1 when something necessary is missing."""
    set_up_logs()
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)  # what it would log is a line of ours
    checks = list(all_checks(request))
    broken = any(check.level is Level.ERROR for check in checks)
    if request.json:
        return Outcome(int(broken), dumps({"ok": not broken, "checks": [asdict(check) for check in checks]}))
    return Outcome(int(broken), "".join(_line(check, request.screen) for check in checks))


def all_checks(request: Request) -> Iterator[Check]:
    """Everything that can be looked at with the settings there are."""
    from bot import doctor_index, doctor_services

    yield check_python()
    yield from guarded("git", doctor_services.check_git)
    settings: Settings | None = None
    try:
        settings = load_settings(request.config, named=request.named)
        yield Check("settings", Level.OK, str(settings.path) if settings.path else "no docent.toml, so the defaults are used")
    except DocentError as exc:
        yield Check("settings", Level.ERROR, redact(exc.message), exc.hint)
    folder = settings.data_dir if settings else locate_data_dir(Path(request.config) if request.config else None)
    yield from guarded("data folder", check_folder, folder)
    if settings is None:
        return
    for name, look in (
        ("embedding model", doctor_index.check_model),
        ("reranking model", doctor_index.check_reranker),
        ("index", doctor_index.check_stores),
        ("repositories", doctor_index.check_repositories),
        ("language model", doctor_services.check_llm),
        ("Slack", doctor_services.check_slack_tokens),
    ):
        yield from guarded(name, look, settings, request)


def guarded(name: str, look: Callable[..., Iterable[Check]], *args: object) -> list[Check]:
    """A check's lines; one that fails altogether is a line itself."""
    try:
        return list(look(*args))
    except DocentError as exc:
        return [Check(name, Level.ERROR, redact(exc.message), exc.hint)]


def check_python() -> Check:
    """Which Python runs; one that is too old could not even install docent."""
    return Check("Python", Level.OK, f"{platform.python_version()} at {sys.executable}")


def check_folder(folder: Path) -> Iterator[Check]:
    """Whether the data folder can be written, and how much room there is."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / ".docent-doctor"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as exc:
        mend = "Set data_dir (or DOCENT_DATA_DIR) to a folder you may write, or free some space."
        yield Check("data folder", Level.ERROR, f"{folder} cannot be written: {exc.strerror}", mend)
        return
    yield Check("data folder", Level.OK, str(folder))
    free = shutil.disk_usage(folder).free
    amount = f"{free / 1024**3:.1f} GiB free"
    if free < _LITTLE_SPACE:
        mend = "A large repository needs about 2 GiB; free some space or move data_dir."
        yield Check("disk space", Level.OPTIONAL, amount, mend)
    else:
        yield Check("disk space", Level.OK, amount)


def _line(check: Check, screen: Screen) -> str:
    mark = {Level.OK: "ok", Level.OPTIONAL: "--", Level.ERROR: "!!"}[check.level]
    mend = f" {check.mend}" if check.mend else ""
    detail = check.detail if check.detail.endswith((".", "?")) or not mend else f"{check.detail}."
    return screen.wrap(clean(f"{detail}{mend}"), f"{mark} {screen.bold(check.name)}: ", "   ") + "\n"
