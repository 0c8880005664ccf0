"""What nobody expected: one sentence for the person, the details in a file for whoever mends it."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from bot.logs import redact

_OUTSIDE_FAILURE = 3


def report_crash(error: Exception, data_dir: Path) -> int:
    """Say it on stderr, keep the redacted traceback, and return the exit status. With DOCENT_DEBUG the traceback is shown too."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        print("docent: The disk is full. Free some space and try again; nothing was lost.", file=sys.stderr)
        return _OUTSIDE_FAILURE
    details = redact("".join(traceback.format_exception(error)))
    if os.environ.get("DOCENT_DEBUG"):
        print(details, file=sys.stderr, end="")
    where = _keep(details, data_dir)
    told = f"The details are in {where}." if where else "Set DOCENT_DEBUG=1 to see the details."
    print(f"docent: Something unexpected went wrong ({type(error).__name__}). {told}", file=sys.stderr)
    return _OUTSIDE_FAILURE


def _keep(details: str, data_dir: Path) -> Path | None:
    for folder in (data_dir, Path(tempfile.gettempdir())):
        path = folder / "docent-errors.log"
        try:
            with open(path, "a", encoding="utf-8", opener=_private) as log:
                log.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv[1:2])}\n{details}\n")
            return path
        except OSError:  # a folder that cannot be written is often the very problem
            continue
    return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
