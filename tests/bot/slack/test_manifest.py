"""The manifest, the listeners and the calls in the code say the same."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.slack.manifest import COMMANDS, EVENTS, METHODS, REQUIRED_SCOPES, SCOPES, manifest, manifest_yaml

ROOT = Path(__file__).parents[3]
CODE = "\n".join(path.read_text() for path in (ROOT / "bot" / "slack").glob("*.py"))


@pytest.mark.parametrize("socket_mode", [True, False])
def test_the_file_in_deploy_is_what_the_code_says(socket_mode):
    name = "slack-manifest.yaml" if socket_mode else "slack-manifest-http.yaml"
    text = (ROOT / "deploy" / name).read_text()
    assert "\n".join(line for line in text.splitlines() if not line.startswith("#")) + "\n" == manifest_yaml(socket_mode)
    assert yaml.safe_load(text) == manifest(socket_mode)


def test_every_event_has_a_listener_and_every_listener_an_event():
    listened = set(re.findall(r'app\.event\("([a-z_]+)"', CODE))
    assert {event.split(".")[0] for event in EVENTS} == listened


def test_every_method_called_is_known_and_covered_by_the_scopes():
    called = {
        name.replace("_", ".")
        for name in re.findall(r"\.((?:agents|apps|assistant|auth|chat|conversations|files|users|reactions|views)_[A-Za-z_0-9]+)\(", CODE)
    }
    uploading = {"files.getUploadURLExternal", "files.completeUploadExternal"}  # the SDK's files_upload_v2 calls these two
    assert (called - {"files.upload.v2"}) | uploading == set(METHODS)
    assert "files.upload.v2" in called
    for method, enough in METHODS.items():
        assert not enough or set(enough) & set(SCOPES), method


def test_every_scope_is_used():
    by_events = {"app_mention": "app_mentions:read", "message.im": "im:history"}
    for_methods = {scope for scopes in METHODS.values() for scope in scopes}
    assert set(SCOPES) == for_methods | {by_events[event] for event in EVENTS if event in by_events} | {"commands"}


def test_every_command_has_a_listener_and_every_listener_a_command():
    assert {command["command"] for command in COMMANDS} == set(re.findall(r'app\.command\("([^"]+)"', CODE))


def test_an_app_without_the_new_scopes_still_starts():
    assert not {"commands", "users:read.email", "channels:read", "groups:read", "files:write"} & REQUIRED_SCOPES


def test_commands_and_clicks_reach_docent_in_either_mode():
    url = "https://x.example/slack/events"
    over_http, over_socket = manifest(False, url), manifest()
    assert over_http["settings"]["interactivity"] == {"is_enabled": True, "request_url": url}
    assert [command["url"] for command in over_http["features"]["slash_commands"]] == [url] * len(COMMANDS)
    assert over_socket["settings"]["interactivity"] == {"is_enabled": True}
    for command in over_socket["features"]["slash_commands"]:
        assert command["should_escape"] is True
        assert "url" not in command


def test_limits_of_the_manifest():
    made = manifest()
    assert len(made["display_information"]["description"]) <= 140
    view = made["features"]["agent_view"]
    assert len(view["agent_description"]) <= 300
    assert 1 <= len(view["suggested_prompts"]) <= 4
    for command in made["features"]["slash_commands"]:
        assert re.fullmatch(r"/[a-z-]{1,31}", command["command"])
        assert len(command["description"]) <= 2_000
        assert len(command["usage_hint"]) <= 1_000
    assert "request_url" not in json.dumps(made)
    assert manifest(False, "https://x.example/slack/events")["settings"]["event_subscriptions"]["request_url"].startswith("https://x")
