"""The health endpoint over real HTTP."""

import json
import urllib.error
import urllib.request

import pytest

from bot.health import Health
from indexer.errors import ConfigError


def get(health: Health, path: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{health.port}{path}", timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.fixture
def serve():
    started: list[Health] = []

    def start(**checks) -> Health:
        health = Health(checks, "127.0.0.1", 0)
        health.start()
        started.append(health)
        return health

    yield start
    for health in started:
        health.close()


def test_healthy(serve):
    status, body = get(serve(slack=lambda: (True, "connected")), "/healthz")
    assert (status, body) == (200, {"status": "ok", "checks": {"slack": {"ok": True, "detail": "connected"}}})


def test_one_failing_check_fails_all(serve):
    status, body = get(serve(slack=lambda: (True, ""), refresh=lambda: (False, "2 hours old")), "/healthz?verbose")
    assert status == 503
    assert body["checks"]["refresh"] == {"ok": False, "detail": "2 hours old"}


def test_a_check_that_raises_is_unhealthy(serve):
    def broken():
        raise RuntimeError("secret detail")

    status, body = get(serve(slack=broken), "/healthz")
    assert status == 503
    assert "secret detail" not in json.dumps(body)


def test_alive_even_when_unhealthy(serve):
    health = serve(slack=lambda: (False, ""))
    assert get(health, "/livez")[0] == 200
    assert get(health, "/other")[0] == 404


def test_a_taken_port_is_named(serve):
    taken = serve().port
    with pytest.raises(ConfigError, match=str(taken)):
        Health({}, "127.0.0.1", taken).start()


def test_closed_means_closed(serve):
    health = serve()
    port = health.port
    health.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5)
