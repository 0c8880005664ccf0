"""The same questions with a language model: a scripted server behind the real SDKs, real evidence, and the check between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.answers.compose import answer
from bot.answers.types import Answer, Question, Status
from bot.config import LLMSecrets, LLMSettings
from bot.llm.base import connect
from indexer.config import IndexerSettings
from indexer.workspace import Workspace
from tests.end_to_end.shop import build
from tests.git_repo import GitRepo
from tests.llm_server import KEY, ScriptedModel, scripted_model

QUESTION = "How does a customer get their money back?"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    repo = GitRepo(tmp_path_factory.mktemp("shop") / "work")
    build(repo)
    settings = IndexerSettings(data_dir=tmp_path_factory.mktemp("data"), repositories=(repo.settings("shop"),))
    opened = Workspace.open_owner(settings, "docent index")
    opened.refresh("shop")
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


def ask(workspace: Workspace, server: ScriptedModel, provider: str) -> Answer:
    url = f"{server.url}/v1" if provider == "openai" else server.url
    settings = LLMSettings(provider=provider, base_url=url, model="wise-1")
    model = connect(settings, LLMSecrets(openai_api_key=SecretStr(KEY), anthropic_api_key=SecretStr(KEY)))
    return answer(workspace.index, Question(QUESTION), model, timeout=20.0)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_prose_over_the_same_evidence_passes_the_same_check(workspace: Workspace, server: ScriptedModel, provider: str) -> None:
    invented = " Unsettled receipts are encrypted with AES [1]."
    server.says("A refund gives the money of a receipt back to the customer who paid it [1].", invented)
    found = ask(workspace, server, provider)
    texts = [statement.text for statement in found.statements]
    assert found.model == "wise-1"
    assert texts[0] == "A refund gives the money of a receipt back to the customer who paid it."
    assert not any("AES" in text for text in texts), "what the evidence does not say is not shown"
    assert found.evidence[0].path == "shop/refunds.py"
    asked = server.asked[0]
    assert "if receipt.refunded:" in asked.user, "whole places are given beside the draft's quotations"


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_without_its_model_the_composed_answer_comes_with_a_notice(
    workspace: Workspace, server: ScriptedModel, provider: str
) -> None:
    server.says(status=500)
    server.says(status=500)
    found = ask(workspace, server, provider)
    assert found.status is Status.ANSWERED
    assert found.model is None
    assert found.statements == answer(workspace.index, Question(QUESTION)).statements
    assert found.notices
