"""Both SDKs against a scripted server on loopback: what a model says arrives, and whatever goes wrong ends in words."""

from __future__ import annotations

import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.config import LLMSecrets, LLMSettings
from bot.errors import LLMCutShort, LLMError, LLMRateLimited, LLMRefused, LLMTimeout, LLMUnavailable
from bot.llm.base import LanguageModel, connect
from indexer.errors import ConfigError
from tests.llm_server import KEY, ScriptedModel, scripted_model

PROVIDERS = ("openai", "anthropic")
QUESTION = "Why is the sky blue?"
PATIENCE = 20.0  # never reached: the tests of slowness set their own


@pytest.fixture(scope="module", autouse=True)
def sdks_loaded() -> None:
    """The first import takes longer than the deadlines below."""
    import anthropic  # noqa: F401
    import openai  # noqa: F401


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


def open_model(provider: str, url: str, key: str | None = KEY, model: str = "wise-1") -> LanguageModel:
    base_url = f"{url}/v1" if provider == "openai" else url
    secret = SecretStr(key) if key else None
    settings = LLMSettings(provider=provider, base_url=base_url, model=model, max_tokens=321)
    opened = connect(settings, LLMSecrets(openai_api_key=secret, anthropic_api_key=secret))
    assert opened is not None
    return opened


def ask(model: LanguageModel, deadline: float = PATIENCE) -> list[str]:
    return list(model.stream("Be brief.", QUESTION, deadline=deadline))


@pytest.mark.parametrize("provider", PROVIDERS)
class TestAnswers:
    def test_words_arrive_piece_by_piece(self, provider, server):
        server.says("Because ", "it is ", "so — “naturally”. [1]")
        model = open_model(provider, server.url)
        assert ask(model) == ["Because ", "it is ", "so — “naturally”. [1]"]
        (asked,) = server.asked
        assert (asked.api, asked.system, asked.user) == (provider, "Be brief.", QUESTION)
        assert asked.body["model"] == model.name == "wise-1"
        assert asked.body["max_tokens"] == 321

    def test_one_model_answers_again_and_again(self, provider, server):
        model = open_model(provider, server.url)
        for word in ("one", "two", "three"):
            server.says(word)
            assert ask(model) == [word]

    def test_an_endpoint_of_ones_own_needs_no_key(self, provider, server):
        server.says("Yes.")
        assert ask(open_model(provider, server.url, key=None)) == ["Yes."]

    def test_a_short_fault_is_tried_once_more(self, provider, server):
        server.says(status=500)
        server.says("Yes.")
        assert ask(open_model(provider, server.url)) == ["Yes."]

    def test_leaving_early_is_no_error(self, provider, server):
        server.says("a", "b", "c")
        stream = open_model(provider, server.url).stream("s", "u", deadline=PATIENCE)
        assert next(stream) == "a"
        stream.close()


@pytest.mark.parametrize("provider", PROVIDERS)
class TestFailures:
    def failure(self, provider: str, server: ScriptedModel, **options: float) -> LLMError:
        with pytest.raises(LLMError) as caught:
            ask(open_model(provider, server.url), **options)
        assert caught.value.model == "wise-1" and "wise-1" in caught.value.message and len(str(caught.value)) < 200
        shown = "".join(traceback.format_exception(caught.value))
        assert KEY not in shown and QUESTION not in shown  # what people ask and the key never reach a log
        return caught.value

    @pytest.mark.parametrize(
        ("status", "kind", "words"),
        [
            (401, LLMUnavailable, "refused the key (401). Check {key}."),
            (403, LLMUnavailable, "refused the key (403). Check {key}."),
            (404, LLMUnavailable, "unknown there (404). Check model and base_url"),
            (400, LLMUnavailable, "did not accept the request (400)"),
            (422, LLMUnavailable, "did not accept the request (422)"),
            (429, LLMRateLimited, "no more requests for now (429)"),
            (500, LLMUnavailable, "has a fault (500)"),
            (503, LLMUnavailable, "has a fault (503)"),
            (529, LLMUnavailable, "has a fault (529)"),
        ],
    )
    def test_a_status_is_put_into_words_without_the_servers_own(self, provider, server, status, kind, words):
        for _ in range(2):
            server.says(status=status)
        error = self.failure(provider, server)
        assert type(error) is kind
        assert words.format(key=f"{provider.upper()}_API_KEY") in str(error)

    def test_silence_ends_at_the_deadline(self, provider, server):
        server.says("late", silence=5)
        assert type(self.failure(provider, server, deadline=0.2)) is LLMTimeout

    def test_a_slow_drip_ends_at_the_deadline(self, provider, server):
        server.says(*["drip "] * 100, pause=0.05)
        assert type(self.failure(provider, server, deadline=0.4)) is LLMTimeout

    def test_a_refusal_is_noticed(self, provider, server):
        server.says("I", ended="refusal")
        assert type(self.failure(provider, server)) is LLMRefused

    @pytest.mark.parametrize("ended", ["length", ""])
    def test_an_answer_cut_short_is_noticed_after_its_words(self, provider, server, ended):
        server.says("Because it", " is", ended=ended)
        words = []
        with pytest.raises(LLMCutShort):
            for piece in open_model(provider, server.url).stream("s", "u", deadline=PATIENCE):
                words.append(piece)
        assert words == ["Because it", " is"]

    def test_a_connection_lost_in_the_middle_is_noticed(self, provider, server):
        server.says("Because", abort=True, ended="")
        assert "failed" in self.failure(provider, server).message

    def test_an_error_inside_the_stream_is_noticed(self, provider, server):
        server.says("Because", error=f"overloaded {KEY}", ended="")
        assert "broke off" in self.failure(provider, server).message

    @pytest.mark.parametrize("raw", [b"event: message_start\ndata: {no\n\n", b"event: message_start\ndata: [1]\n\n", b"\xff\n\n"])
    def test_nonsense_is_no_answer(self, provider, server, raw):
        server.says(raw=raw)
        assert isinstance(self.failure(provider, server), LLMError)

    def test_an_empty_body_is_no_answer(self, provider, server):
        server.says(raw=b"\n\n")
        assert type(self.failure(provider, server)) is LLMCutShort

    def test_nobody_there(self, provider):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://user:{KEY}@127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(LLMUnavailable, match=r"wise-1 at 127\.0\.0\.1:\d+ failed") as caught:
            ask(open_model(provider, url))
        assert KEY not in str(caught.value)


class TestOpenAIDialects:
    def test_a_proxy_that_wants_the_newer_limit_gets_it(self, server, monkeypatch):
        import tests.llm_server as scripted

        def newer(headers, body):
            return "Unsupported parameter: use max_completion_tokens" if "max_tokens" in body else ""

        monkeypatch.setattr(scripted, "_openai_fault", newer)
        server.says("Yes.")
        assert ask(open_model("openai", server.url)) == ["Yes."]
        assert server.asked[0].body["max_completion_tokens"] == 321 and "temperature" not in server.asked[0].body
        assert server.faults.pop()


class TestConnecting:
    def test_no_provider_is_no_model(self):
        assert connect(LLMSettings(), LLMSecrets()) is None

    @pytest.mark.parametrize("provider", PROVIDERS)
    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"model": ""}, "model is missing"),
            ({"model": "m"}, "_API_KEY in the environment"),
            ({"model": "m", "base_url": "localhost:8000"}, "no web address"),
        ],
    )
    def test_a_missing_setting_is_named(self, provider, settings, words):
        with pytest.raises(ConfigError, match=words):
            connect(LLMSettings(provider=provider, **settings), LLMSecrets())

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_a_missing_package_is_named_with_its_extra(self, provider, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(ConfigError, match=rf"Install repodocent\[{provider}\]"):
            connect(LLMSettings(provider=provider, model="m"), LLMSecrets())

    def test_no_sdk_is_imported_before_it_is_used(self):
        code = (
            "import sys; from bot.config import *; from bot.llm.base import connect; from pydantic import SecretStr\n"
            "for p in ('openai', 'anthropic'):\n"
            "    k = SecretStr('k')\n"
            "    connect(LLMSettings(provider=p, model='m'), LLMSecrets(openai_api_key=k, anthropic_api_key=k))\n"
            "assert not {'openai', 'anthropic', 'httpx', 'httpx2'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
