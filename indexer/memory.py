"""What a process that answers for days does about Python's garbage collector.

A warm index is some hundred thousand small objects that live until it changes. Looking through them all for garbage takes 250 ms at
200,000 chunks, in which every question waits, and finds none.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Collect what is garbage now, and have all that is left passed over from here on. To be called again after what was held has
    been replaced: nothing that is passed over is ever collected."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
