"""Questions that the documentation answers, with the real model: it comes first, and the code that does it after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.answers.compose import answer
from bot.answers.types import Answer, Part, Question, Status
from indexer.config import IndexerSettings
from indexer.types import Kind
from indexer.workspace import Workspace
from tests.git_repo import GitRepo

GUIDE = """\
# Using the runner

## Stopping early

Long runs cost time. To stop the run after the first failure:

```
runner --fail-fast   # stop after the first failure
```

## Reports

A report is a page that shows which checks failed and why. Reports are kept for thirty days.
"""
STOPPING = '''\
"""When a run ends before its end."""


class Stopper:
    """Ends the run once as many checks have failed as are allowed."""

    def failed(self, check):
        """Count a failure and stop the run when the limit is reached."""
        self.count += 1
        if self.count >= self.limit:
            raise StopRun("The run was stopped because too many checks failed")
'''
OTHERS = {
    "runner/report.py": '"""Pages about a run."""\n\n\ndef page(results):\n    """Write a page."""\n    return render(results)\n',
    "runner/clock.py": '"""Time as the checks see it."""\n\n\ndef now():\n    """The time of day."""\n    return clock.read()\n',
    "runner/colors.py": '"""Colors of the terminal."""\n\n\ndef paint(text):\n    """Text in color."""\n    return green + text\n',
    "docs/colors.md": "# Colors\n\nThe terminal shows results in green and red, unless colors are switched off.\n",
}
NEWS = "# Changes\n\n## 2.0\n\nYou can now stop the run after the first failure with a new option.\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    repo = GitRepo(tmp_path_factory.mktemp("runner") / "work")
    repo.commit({"docs/guide.md": GUIDE, "runner/stopping.py": STOPPING, "CHANGELOG.md": NEWS, **OTHERS}, message="Begin")
    settings = IndexerSettings(data_dir=tmp_path_factory.mktemp("data"), repositories=(repo.settings("runner"),))
    opened = Workspace.open_owner(settings, "docent index")
    opened.refresh("runner")
    yield opened
    opened.close()


def ask(workspace: Workspace, text: str) -> Answer:
    found = answer(workspace.index, Question(text))
    assert found.status is Status.ANSWERED
    assert found.checked.statements == found.checked.supported
    return found


def test_who_asks_how_to_use_it_hears_the_documentation_and_then_the_code(workspace: Workspace) -> None:
    found = ask(workspace, "How do I stop after the first failure?")
    lead, *others = found.statements
    assert lead.part is Part.LEAD
    assert lead.text == (
        "“To stop the run after the first failure”, says the documentation (Stopping early, `guide.md`), "
        "as in `runner --fail-fast # stop after the first failure`."
    )
    place = found.evidence[lead.evidence[0] - 1]
    assert (place.path, place.start_line, place.end_line, place.kind) == ("docs/guide.md", 5, 8, Kind.DOC)
    cited = {item.number: item.path for item in found.evidence}
    assert any(cited[number] == "runner/stopping.py" for other in others for number in other.evidence)


def test_what_something_is_is_told_by_the_sentence_that_says_so(workspace: Workspace) -> None:
    found = ask(workspace, "What is a report?")
    assert "“A report is a page that shows which checks failed and why”" in found.statements[0].text


def test_who_asks_how_the_code_does_it_hears_the_code_first(workspace: Workspace) -> None:
    found = ask(workspace, "Where is it decided that a run is stopped because of failures?")
    assert "stopping.py" in found.statements[0].text
    assert "CHANGELOG.md" not in {item.path for item in found.evidence}
