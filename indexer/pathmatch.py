"""Which files of a tree somebody means by a path: a file, a folder, or a pattern as .gitignore and CODEOWNERS write them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection
from functools import lru_cache

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_NOTHING = re.compile(r"(?!)")


def files_matching(pattern: str, paths: Collection[str]) -> tuple[str, ...]:
    """The files of `paths` that `pattern` means, in their order; () where it means none.

    What exists wins: a file of this name, then a folder, with or without slashes around it; "", "." and "/" are the whole tree.
    Else it is a pattern with gitignore's rules, where one without a slash before its end is found at any depth. As in CODEOWNERS,
    "docs/*" means the files right in `docs`, and "docs/" all below it.
    """
    written = pattern.removeprefix("./")
    name = written.strip("/")
    if name in ("", "."):
        return tuple(paths)
    if not written.endswith("/") and name in paths:
        return (name,)
    folder = f"{name}/"
    if below := tuple(path for path in paths if path.startswith(folder)):
        return below
    matches = _regex(written).match
    if written.endswith("/*"):
        return tuple(path for path in paths if (found := matches(path)) and found.end() == len(path))
    return tuple(path for path in paths if matches(path))


@lru_cache(maxsize=256)
def _regex(pattern: str) -> re.Pattern[str]:
    """What a path must begin with; a pattern that cannot name a file ("!x", "#x", "[ab", "[[-?]") matches nothing."""
    try:
        regex, includes = GitIgnoreSpecPattern.pattern_to_regex(pattern)
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # "[[" is a set that holds "["
            return re.compile(regex) if regex and includes else _NOTHING
    except (ValueError, re.error):
        return _NOTHING
