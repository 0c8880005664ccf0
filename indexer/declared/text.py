"""The bytes of a declaration as lines. A repository is not trusted: whatever stands in a file, lines come out."""

from __future__ import annotations

import codecs
import re

from indexer.declared.types import Problem

MAX_BYTES = 3 * 1024 * 1024  # GitHub ignores a CODEOWNERS of this size or more; beyond it nobody writes one by hand
MAX_PATTERN = 4096  # characters: the longest path that git can check out on Linux
_LINE_END = re.compile(r"\r\n|\n|\r")


def too_large(file: str, data: bytes) -> Problem | None:
    """The one problem of a file that is ignored whole; None where it may be read."""
    if len(data) < MAX_BYTES:
        return None
    size = f"{len(data) / 1024**2:.1f} MB"
    return Problem(file, 0, f"is {size}; a file of 3 MB or more is ignored whole. Shorten it with wider patterns.")


def lines_of(data: bytes) -> list[str]:
    """Lines without their ends. Marks of byte order and NUL are dropped, bytes that are no UTF-8 become U+FFFD."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            break
    else:
        text = data.decode("utf-8", errors="replace")
    return _LINE_END.split(text.replace("\0", ""))
