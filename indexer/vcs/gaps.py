"""Says in words what of a history cannot be known."""

from __future__ import annotations


def history_gaps(*, shallow: bool, lacks_objects: bool, newest_only: int) -> tuple[str, ...]:
    """One sentence for each gap, () for none; `newest_only` is how many commits the settings let in, 0 when that is all of them."""
    gaps = []
    if shallow:
        gaps.append("The clone is shallow: older history is missing, so who built something cannot be told from it.")
    if lacks_objects:
        gaps.append("The clone is partial or damaged: of some changes it is not known how many lines they had.")
    if newest_only:
        gaps.append(f"Only the newest {newest_only:,} commits are read, as the settings say (max_commits); older work is not counted.")
    return tuple(gaps)
