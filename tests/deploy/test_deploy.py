"""The files in deploy/ as far as they can be tried without a container engine or an init system."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from bot.config import Settings, load_settings
from bot.slack.connection import EVENTS_PATH
from bot.slack.manifest import SCOPES, manifest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def uncommented(text: str) -> str:
    """The example with its commented-out settings switched on: the settings that have no default worth showing."""
    return re.sub(r"(?m)^# (?=\[\[|[a-z_]+ = )", "", text)


@pytest.fixture
def example(monkeypatch) -> Path:
    for name in list(os.environ):
        if name.startswith("DOCENT_"):
            monkeypatch.delenv(name)
    return DEPLOY / "docent.example.toml"


def test_the_example_is_read_by_the_real_loader(example):
    settings = load_settings(example)
    assert [repository.name for repository in settings.repositories] == ["shop-api"]


def test_the_example_shows_the_defaults(example):
    shown = load_settings(example)
    for table in ("embedding", "chroma", "database", "indexing", "llm", "schedule", "serve", "digest", "access"):
        assert getattr(shown, table) == type(getattr(shown, table))(), table


def test_the_example_shows_every_setting(example, tmp_path):
    everything = tmp_path / "docent.toml"
    everything.write_text(uncommented(example.read_text()))
    load_settings(everything)
    _compare(Settings, tomllib.loads(everything.read_text()), "")


def _compare(model: type[BaseModel], values: dict, where: str) -> None:
    assert set(values) == set(model.model_fields), where or "top level"
    for name, value in values.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict):
            annotation = model.model_fields[name].annotation
            table = next(iter(getattr(annotation, "__args__", ())), annotation)
            _compare(table, inner, f"{where}{name}.")


def test_the_unit_is_valid_for_systemd(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    text = (DEPLOY / "docent.service").read_text().replace("/opt/docent/.venv/bin/docent", shutil.which("true") or "/bin/true")
    unit = tmp_path / "docent.service"
    unit.write_text(text)
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=30)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_unit_confines_the_service_and_gives_it_time_to_end():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "docent.service")
    service = unit["Service"]
    for key in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables", "RestrictSUIDSGID"):
        assert service[key] == "yes"
    assert (service["ProtectSystem"], service["User"], service["CapabilityBoundingSet"]) == ("strict", "docent", "")
    assert int(service["TimeoutStopSec"]) > 10
    assert service["ExecStart"].endswith("docent serve")


def dockerfile() -> list[tuple[str, str]]:
    text = re.sub(r"(?m)^#.*\n", "", (DEPLOY / "Dockerfile").read_text()).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_runs_without_root_and_keeps_its_data_in_a_volume():
    lines = dockerfile()
    final = lines[max(place for place, (word, _) in enumerate(lines) if word == "FROM") :]
    assert ("USER", "docent") in final
    assert ("VOLUME", "/data") in final
    assert [word for word, _ in final].index("USER") > [word for word, _ in final].index("COPY")
    assert final[-2:] == [("ENTRYPOINT", '["docent"]'), ("CMD", '["serve"]')]


def test_what_the_image_copies_is_there_and_not_ignored():
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    for word, rest in dockerfile():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert set(sources) <= kept
            assert all((ROOT / source).exists() for source in sources)


def test_the_images_variables_are_settings(monkeypatch, tmp_path):
    text = " ".join(rest for word, rest in dockerfile() if word == "ENV")
    variables = dict(re.findall(r"(DOCENT_\w+)=(\S+)", text))
    settings_file = tmp_path / "docent.toml"
    settings_file.write_text("")
    for name, value in {**variables, "DOCENT_CONFIG": str(settings_file)}.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.path == settings_file
    assert (settings.serve.host, str(settings.data_dir)) == ("0.0.0.0", "/data")
    check = next(rest for word, rest in dockerfile() if word == "HEALTHCHECK")
    assert f":{settings.serve.health_port}/healthz" in check


def test_the_compose_file_confines_the_container_and_points_to_files_that_exist():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    service = compose["services"]["docent"]
    context = (DEPLOY / service["build"]["context"]).resolve()
    assert (context / service["build"]["dockerfile"]).is_file()
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["volumes"][0].split(":")[0] in compose["volumes"]
    assert int(service["stop_grace_period"].rstrip("s")) > 10


def test_the_readme_explains_every_scope_and_names_only_files_that_exist():
    text = (DEPLOY / "README.md").read_text()
    for scope in SCOPES:
        assert f"`{scope}`" in text
    for name in re.findall(r"\]\(([^)]+)\)", text):
        assert (DEPLOY / name).exists()
    address = manifest(socket_mode=False)["settings"]["event_subscriptions"]["request_url"]
    assert address.endswith(EVENTS_PATH)
