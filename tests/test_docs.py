"""The README is true: it names every command, option, setting and secret, its links lead somewhere, and CI runs its words."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import cli
from bot.config import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def subcommands() -> dict[str, argparse.ArgumentParser]:
    actions = cli.build_parser()._actions
    return next(action.choices for action in actions if isinstance(action, argparse._SubParsersAction))


def test_every_command_and_option_is_in_the_readme() -> None:
    for name, parser in subcommands().items():
        assert f"`docent {name}" in README, name
        for action in parser._actions:
            for option in action.option_strings:
                assert option in ("-h", "--help") or option in README, f"docent {name} {option}"


def tables(model: type[BaseModel], prefix: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, field in model.model_fields.items():
        inner = [item for item in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(item, type)]
        table = next((item for item in inner if issubclass(item, BaseModel)), None)
        found[name] = set(table.model_fields) if table else set()
    return found


def test_every_setting_is_in_the_readme_and_the_example() -> None:
    example = (ROOT / "deploy" / "docent.example.toml").read_text("utf-8")
    for name, keys in tables(Settings).items():
        if name.endswith("secrets") or name in ("slack", "keys", "file"):
            continue
        assert re.search(rf"\[{name}\]|`{name}`|\[\[{name}\]\]", README), name
        assert name in example, name
        assert name in ("digest", "glossary") or not {key for key in keys if f"`{key}`" not in README}, name
        assert not {key for key in keys if key not in example}, name


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md"])
def test_links_to_files_lead_somewhere(document: str) -> None:
    path = ROOT / document
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_ci_runs_exactly_the_second_command() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert commands[1] in (ROOT / ".ci" / "run").read_text("utf-8")


def test_what_is_pinned_is_what_the_readme_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    torch = next(item for item in project["dependencies"] if item.startswith("torch=="))
    assert torch in README
    for extra in ("openai", "anthropic", "openvino", "postgres"):
        assert extra in project["optional-dependencies"] and extra in README
