"""The shape of docent as one table: who may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A foreign library, and the only places that may speak it.
EDGES = {
    "chromadb": ("indexer/stores/vectors.py",),
    "sqlalchemy": ("indexer/stores/", "bot/state/"),
    "alembic": ("bot/state/",),
    "git": ("indexer/vcs/",),
    "torch": ("indexer/embedding", "indexer/reranking_transformers.py"),
    "sentence_transformers": ("indexer/embedding", "indexer/reranking_transformers.py"),
    "tree_sitter": ("indexer/chunking/", "indexer/symbols/", "indexer/languages.py"),
    "slack_bolt": ("bot/slack/",),
    "slack_sdk": ("bot/slack/",),
    "simsimd": ("indexer/stores/products.py",),
    "spellchecker": ("indexer/retrieval/english.py",),
    "httpx": ("indexer/endpoint.py",),
    "openai": ("bot/llm/openai.py",),
    "anthropic": ("bot/llm/anthropic.py",),
    "resvg_py": ("bot/drawing/png.py",),
    "apscheduler": ("bot/schedule.py", "bot/digest/schedule.py"),
}
# Modules of ours, lower ones first: nothing imports what stands above it.
LAYERS = (
    ("indexer/types.py", "indexer/errors.py", "indexer/config.py", "indexer/progress.py", "indexer/kept.py",
     "indexer/memory.py", "indexer/interpreter.py", "indexer/times/", "indexer/tokens.py"),
    ("indexer/vcs/", "indexer/links.py", "indexer/lock.py", "indexer/endpoint.py", "indexer/embedding", "indexer/reranking",
     "indexer/languages.py", "indexer/roles.py", "indexer/layout.py", "indexer/sources.py", "indexer/pathmatch.py",
     "indexer/questions/"),
    ("indexer/stores/", "indexer/declared/", "indexer/chunking/", "indexer/symbols/", "indexer/retrieval/", "indexer/analysis/",
     "indexer/changes/", "indexer/structure.py"),
    ("indexer/reading.py", "indexer/describing.py", "indexer/vectorizing.py", "indexer/corpora.py", "indexer/corpus.py",
     "indexer/remembering.py"),
    ("indexer/searching.py", "indexer/batching.py", "indexer/statuses.py", "indexer/structure_git.py", "indexer/systems/"),
    ("indexer/index.py", "indexer/refresh.py"),
    ("indexer/workspace.py",),
    ("bot/",),
)
HEAVY = (
    "torch", "sentence_transformers", "chromadb", "slack_bolt", "openai", "anthropic", "httpx", "sqlalchemy", "pydantic", "rich", "numpy",
    "resvg_py",
)  # fmt: skip


def sources() -> list[Path]:
    return sorted(path for package in ("indexer", "bot") for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def layer_of(path: str) -> int:
    return next((level for level, members in enumerate(LAYERS) if path.startswith(members)), -1)


@pytest.mark.parametrize("library", EDGES)
def test_each_foreign_library_sits_behind_its_own_door(library: str) -> None:
    speakers = {
        str(path.relative_to(ROOT)) for path in sources() if any(name.split(".")[0] == library for name in imported(path))
    }
    assert speakers, f"nothing imports {library} any more: take it out of the table"
    assert not {path for path in speakers if not path.startswith(EDGES[library])}


def test_imports_point_downwards_only() -> None:
    upward = []
    for path in sources():
        here = str(path.relative_to(ROOT))
        for name in imported(path):
            if name.split(".")[0] in ("indexer", "bot"):
                target = name.replace(".", "/")
                target = f"{target}.py" if (ROOT / f"{target}.py").exists() else f"{target}/"
                if layer_of(target) > layer_of(here) >= 0:
                    upward.append(f"{here} imports {name}")
    assert not upward


def test_every_module_of_the_indexer_has_its_layer() -> None:
    known = [str(path.relative_to(ROOT)) for path in sources() if path.name != "__init__.py"]
    assert not [path for path in known if layer_of(path) < 0]


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, contextlib, io\nfrom bot.cli import main\nwith contextlib.redirect_stdout(io.StringIO()):\n" + (
        "    try: main(['--help'])\n    except SystemExit: pass\nprint('\\n'.join(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    assert not set(HEAVY) & set(loaded)


def test_no_file_outgrows_one_idea() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in sources() if (lines := path.read_text("utf-8").count("\n")) > 400}
    assert not long
