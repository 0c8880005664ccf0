"""`docent init`: asks little, writes `docent.toml`, and shows how the Slack app is made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bot.places import SETTINGS_FILE, is_local_url, repository_around
from indexer.errors import ConfigError, StoreError

_NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_json="


def run_init(folder: Path, *, force: bool = False, ask: Callable[[str], str] | None = None) -> int:
    """Write docent.toml into `folder` and print the manifest's link. Without a terminal the defaults are taken. ConfigError."""
    target = folder / SETTINGS_FILE
    if target.exists() and not force:
        raise ConfigError(f"{target} exists already.", "Edit it, or run `docent init --force` to write a new one.")
    answer = ask or (_typed if sys.stdin.isatty() else _silent)
    around = repository_around(folder)
    urls = _repositories(answer, str(around) if around else "")
    provider = answer("Language model for the prose, openai or anthropic (empty: none): ").strip().lower()
    if provider not in ("", "none", "openai", "anthropic"):
        raise ConfigError(f'There is no provider "{provider}".', "Known are openai, anthropic and none.")
    model = answer("Its model: ").strip() if provider in ("openai", "anthropic") else ""
    try:
        target.write_text(settings_text(urls, provider, model), encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"{target} cannot be written: {exc.strerror}.", "Run `docent init` in a folder you may write.") from exc
    print(f"Wrote {target}. Secrets never go into it: they come from the environment.")
    print(_next_steps())
    return 0


def settings_text(urls: list[str], provider: str = "", model: str = "") -> str:
    """The settings file for some repositories; everything else keeps its default."""
    blocks = [f"[[repositories]]\nname = {_toml(name)}\nurl = {_toml(url)}\n" for name, url in _named(urls)]
    if not blocks:
        blocks = ['# [[repositories]]\n# name = "shop"\n# url = "https://git.example.com/shop.git"   # or a local path\n']
    if provider and provider != "none":
        blocks.append(f"[llm]\nprovider = {_toml(provider)}\nmodel = {_toml(model)}\n")
    blocks.append('[schedule]\nrefresh = "10m"\n')
    return "\n".join(blocks)


def app_link() -> str:
    """The address that opens Slack's "Create an app" with docent's manifest filled in (docs.slack.dev, app manifests)."""
    from bot.slack.manifest import manifest

    return _NEW_APP + quote(json.dumps(manifest(), separators=(",", ":")), safe="")


def _next_steps() -> str:
    from bot.slack.manifest import manifest_yaml

    return (
        "\nNext:\n"
        "  docent index     reads the repositories\n"
        '  docent ask "..." answers from them\n'
        "\nFor Slack, this is the app's manifest:\n\n"
        f"{manifest_yaml()}\n"
        "This link makes an app from it; choose a workspace and install it:\n\n"
        f"{app_link()}\n\n"
        "Then set SLACK_BOT_TOKEN (OAuth & Permissions) and SLACK_APP_TOKEN (Basic Information, App-Level Tokens, scope\n"
        "connections:write), and run `docent serve`."
    )


def _repositories(answer: Callable[[str], str], around: str) -> list[str]:
    urls = []
    offered = f" [{around}]" if around else ""
    first = answer(f"A repository, as URL or path{offered}: ").strip() or around
    while first:
        urls.append(str(Path(first).expanduser().absolute()) if is_local_url(first) else first)
        first = answer("Another one (empty: no): ").strip()
    return urls


def _named(urls: list[str]) -> list[tuple[str, str]]:
    from bot.known import new_name

    named: list[tuple[str, str]] = []
    for url in urls:
        named.append((new_name(url, {name for name, _ in named}), url))
    return named


def _toml(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's (toml.io, v1.0.0, String)."""
    return json.dumps(text, ensure_ascii=False)


def _typed(prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError:
        return ""


def _silent(_prompt: str) -> str:
    return ""
