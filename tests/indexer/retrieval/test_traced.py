"""Stack traces as evidence: which of the files they name are the repository's own."""

from __future__ import annotations

import pytest

from indexer.retrieval.recipe import Recipe
from indexer.retrieval.traced import own_files
from indexer.types import Frame, Role
from tests.indexer.retrieval.test_search import ask, code, corpus, paths


@pytest.mark.parametrize(
    ("frame", "files", "own"),
    [
        (Frame("app/shop/pay.py"), ["src/shop/pay.py", "src/admin/pay.py"], ["src/shop/pay.py"]),
        (Frame("pay.py", package="shop"), ["src/shop/pay.py", "tests/pay.py"], ["src/shop/pay.py"]),
        (Frame("pay.py", package="urllib3"), ["src/shop/pay.py"], []),
        (Frame("lib/router/layer.js", package="shop"), ["lib/router/layer.js"], ["lib/router/layer.js"]),
        (Frame("index.js", package="debug"), ["index.js"], []),
        (Frame("com/acme/Refunds.java"), ["core/src/main/java/com/acme/Refunds.java"], ["core/src/main/java/com/acme/Refunds.java"]),
        (Frame("org/other/Refunds.java"), ["core/src/main/java/com/acme/Refunds.java"], []),
        (Frame("refund.py", 42), ["src/billing/refund.py"], ["src/billing/refund.py"]),
        (Frame("utils.py", 42), ["src/billing/utils.py"], []),
        (Frame("app/manage.py", 4), ["manage.py"], ["manage.py"]),
        (Frame("home/me/x/run.py", 4), ["scripts/run.py"], []),
    ],
)
def test_own_files(frame: Frame, files: list[str], own: list[str]) -> None:
    assert own_files(frame, files, "shop") == own


TRACE = """Why is this not booked?

Traceback (most recent call last):
  File "/app/shop/web.py", line 2, in serve
    book(order)
  File "/app/shop/booking.py", line 12, in book
    client.post(order)
  File "/app/.venv/lib/python3.11/site-packages/httpx/client.py", line 9, in post
    raise Timeout
httpx.Timeout: too slow"""


def test_the_innermost_own_frame_comes_first_and_shows_its_function() -> None:
    shop = corpus(
        code("shop/web.py", "serve pages", symbol="serve"),
        code("shop/booking.py", "import decimal"),
        code("shop/booking.py", "post it", symbol="Booker.book"),
        code("vendor/httpx/client.py", "post raise timeout", role=Role.VENDORED),
    )
    hits = ask(TRACE, shop)
    assert paths(hits)[0] == "shop/booking.py" and hits[0].chunk.symbol == "Booker.book"
    traced = {hit.chunk.path: hit.signals.get("traced", 0.0) for hit in hits}
    assert traced["shop/booking.py"] == 2 * traced["shop/web.py"] > 0.0 == traced["vendor/httpx/client.py"]
    assert paths(ask(TRACE, shop, recipe=Recipe(traced=0.0)))[0] != "shop/booking.py"


def test_a_trace_says_nothing_outside_of_the_filters() -> None:
    shop = corpus(code("shop/web.py", "serve pages", symbol="serve"), code("shop/booking.py", "book it", symbol="book"))
    first, rest = TRACE.split("\n", 1)
    assert "shop/booking.py" not in paths(ask(f"{first} path:web\n{rest}", shop))
