"""Makes the golden maps again: `python -m tests.golden.maps.make MIRRORS`, with each repository at MIRRORS/owner+name/repo.

They are no part of the ordinary tests, for the repositories are not there; `--check` compares instead of writing.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bot.map.report import source_of
from indexer.config import IndexerSettings, RepositorySettings
from indexer.systems.build import system_map
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.golden.maps.lines import map_lines

FOLDER = Path(__file__).parent
PINS = {
    "GoogleCloudPlatform/microservices-demo": "34ffea9175946982c3088ed84994fe6019ad6e92",
    "dockersamples/example-voting-app": "63e9150ca17af4ed05880d4245e486481f73fcb4",
    "spring-petclinic/spring-petclinic-microservices": "9a76b4e34cd75f3d6bfa6f15775bf996c59e8989",
}


def made(mirror: Path, name: str, commit: str) -> str:
    """The map of a repository at a commit. SystemExit where the mirror stands elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        settings = IndexerSettings(data_dir=Path(folder), repositories=(RepositorySettings(name=name, url=str(mirror)),))
        with closing(Workspace.open_owner(settings, "golden maps", HashEmbedder())) as workspace:
            workspace.refresh(name)
            head = workspace.index.head(name)
            if head != commit:
                raise SystemExit(f"{mirror} is at {head}, the golden map of {name} is of {commit}.")
            return map_lines(system_map([source_of(workspace.index, name)]))


def main() -> int:
    mirrors, check = Path(sys.argv[1]), "--check" in sys.argv
    changed = 0
    for full, commit in PINS.items():
        name = full.split("/")[1]
        file, now = FOLDER / f"{name}.txt", made(mirrors / full.replace("/", "+") / "repo", name, commit)
        if check and file.read_text("utf-8") != now:
            print(f"{file.name} is not what is found now.")
            changed += 1
        elif not check:
            file.write_text(now, "utf-8")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
