"""Makes labelled cases of changes from hand-written release notes: `python -m tests.benchmarks.make_change_cases PROJECT REPO_PATH`.

Prints JSON lines for `docent eval --changes`, one for each release: what landed between two tags, and which of it the notes name as
a highlight, feature, removal, deprecation or breaking change. Bug fixes, improvements, dependencies, documentation and internals are
no majors. An entry is led to what landed, in this order, by

* people who read notes, messages and diffs, where `change_cases/by_hand/PROJECT.json` has an entry that begins so;
* the commit that first added the entry to the notes, or its fragment, where that commit or its pull request changed more than texts;
* the numbers of pull requests and issues that it cites, by the rule of `bot.evaluation.change_matching`, where some of it did.

Entries that neither leads anywhere are counted on stderr and left out, with the releases that this leaves with too few.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.change_cases import Reference
from bot.evaluation.change_matching import Finder, numbers_of
from indexer.changes.stories import group_stories
from indexer.changes.types import Story
from indexer.config import RepositorySettings
from indexer.languages import detect_language
from indexer.roles import role_of
from indexer.types import Role
from indexer.vcs.repository import Repository
from tests.benchmarks.release_notes import Entry, entries

_TELLS = re.compile(r"release.?notes?|change.?log", re.I)
_BY_HAND = Path(__file__).parent / "change_cases" / "by_hand"
_MANY = 4  # a commit that adds more entries of a release than this collects what others did


@dataclass(frozen=True, slots=True)
class Project:
    """Where a project keeps its notes and how they read.

    `notes` are the files tried in turn, "{}" being the version; `tag` finds the version in the name of a final release's tag, as
    `version` does in the notes. `fragments` is a folder with a file for each entry; `by_lines` says that entries are written by the
    commits that they are about.
    """

    notes: tuple[str, ...]
    version: re.Pattern[str]
    tag: re.Pattern[str]
    major: Callable[[Entry], bool]
    releases: str
    fragments: str = ""
    by_lines: bool = False


def sections(pattern: str, also: str = "(?!)") -> Callable[[Entry], bool]:
    """Whole sections by name, and entries of any section by their text."""
    names, texts = re.compile(pattern, re.I), re.compile(also)
    return lambda entry: bool(names.search(entry.section) or texts.search(entry.text))


_PLAIN = re.compile(r"v?(\d+\.\d+(?:\.\d+)?)$")
_DROPS = r"^(#\d+[:,] )?(Drop|Remove|Stop) .*support"
PROJECTS = {
    "sphinx": Project(
        ("CHANGES.rst", "CHANGES"), re.compile(r"^Release (\d+\.\d+(?:\.\d+)?)"), _PLAIN,
        sections("incompatible|deprecat|^features added", _DROPS),
        "2.0.0 2.1.0 2.2.0 2.3.0 2.4.0 3.0.0 3.1.0 3.2.0 3.3.0 3.4.0 3.5.0 4.0.0 4.1.0 4.2.0 4.3.0 4.4.0 4.5.0 5.0.0 5.1.0 5.2.0 5.3.0"
        " 6.0.0 6.1.0 6.2.0 7.0.0 7.1.0 7.2.0 7.3.0 7.4.0 8.0.0 8.1.0 8.2.0 9.0.0 9.1.0",
        by_lines=True,
    ),
    "pytest": Project(
        ("doc/en/changelog.rst", "CHANGELOG.rst"), re.compile(r"^pytest (\d+\.\d+\.\d+)"), _PLAIN,
        sections("breaking|removals|deprecations|features"),
        "4.0.0 4.1.0 4.2.0 4.3.0 4.4.0 4.5.0 4.6.0 5.0.0 5.1.0 5.2.0 5.3.0 5.4.0 6.0.0 6.1.0 6.2.0 7.0.0 7.1.0 7.2.0 7.3.0 7.4.0 8.0.0"
        " 8.1.0 8.2.0 8.3.0 8.4.0 9.0.0 9.1.0",
        fragments="changelog/",
    ),
    "prometheus": Project(
        ("CHANGELOG.md",), re.compile(r"^\[?v?(\d+\.\d+\.\d+)"), re.compile(r"v?([23]\.\d+\.\d+)$"),
        sections("(?!)", r"^\**\[(CHANGE|FEATURE|DEPRECAT\w*)"),
        "2.26.0 2.27.0 2.33.0 2.45.0 2.47.0 2.48.0 2.49.0 2.50.0 2.51.0 2.52.0 2.53.0 2.54.0 2.55.0 3.0.0 3.1.0 3.2.0 3.3.0 3.4.0 3.5.0"
        " 3.6.0 3.7.0 3.8.0 3.9.0 3.10.0 3.11.0 3.12.0 3.13.0 3.14.0",
    ),
    "httpx": Project(
        ("CHANGELOG.md",), re.compile(r"^(\d+\.\d+\.\d+)"), _PLAIN, sections("^(added|removed|deprecat|changed)"),
        "0.8.0 0.9.0 0.10.0 0.11.0 0.12.0 0.13.0 0.14.0 0.15.0 0.16.0 0.17.0 0.18.0 0.19.0 0.20.0 0.21.0 0.22.0 0.23.0 0.24.0",
    ),
    "netbox": Project(
        ("docs/release-notes/version-{}.md",), re.compile(r"^v(\d+\.\d+\.\d+)"), _PLAIN,
        sections("new features|enhancements|breaking|deprecat"),
        "3.0.0 3.1.0 3.2.0 3.3.0 3.4.0 3.5.0 3.6.0 3.7.0 4.0.0 4.1.0 4.2.0 4.3.0 4.4.0 4.5.0 4.6.0",
    ),
    "gateway": Project(
        ("release-notes/v{}.yaml",), _PLAIN, _PLAIN, sections("breaking|new features|deprecat"),
        "0.5.0 0.6.0 1.0.0 1.1.0 1.2.0 1.3.0 1.4.0 1.5.0 1.6.0 1.7.0 1.8.0 1.9.0",
        by_lines=True,
    ),
    "istio": Project(
        (), _PLAIN, _PLAIN, sections("feature", r"\*\*(Removed|Deprecated|Added)"),
        "1.9.0 1.12.0 1.15.0 1.18.0 1.20.0 1.22.0 1.24.0 1.26.0 1.28.0",
        fragments="releasenotes/notes/",
    ),
    "opentelemetry-python-contrib": Project(
        ("CHANGELOG.md",), re.compile(r"/(0\.\d+b\d)"), re.compile(r"v(0\.\d+b\d)$"), sections("^(added|removed|breaking|deprecat)"),
        "0.41b0 0.42b0 0.43b0 0.44b0 0.45b0 0.46b0 0.47b0 0.48b0 0.49b0 0.50b0 0.51b0 0.52b0 0.53b0 0.54b0 0.55b0 0.56b0 0.57b0 0.58b0",
    ),
    "RIOT": Project(
        ("release-notes.txt",), re.compile(r"^RIOT-(\d{4}\.\d\d)"), re.compile(r"(\d{4}\.\d\d)$"),
        lambda entry: entry.mark in "+-" or bool(re.search("deprecat|api change", entry.section, re.I)),
        "2021.10 2022.04 2022.10 2023.10 2024.04 2024.10 2025.04 2025.10 2026.04 2026.07",
    ),
    "ripgrep": Project(
        ("CHANGELOG.md",), re.compile(r"^(\d+\.\d+\.\d+)"), _PLAIN, sections("breaking|feature", r"^\[?\**(FEATURE|BREAKING)"),
        "0.8.0 0.9.0 0.10.0 11.0.0 12.0.0 13.0.0 14.0.0 15.0.0",
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.make_change_cases", description=__doc__.splitlines()[0])
    parser.add_argument("project", choices=PROJECTS, help="whose notes they are")
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is never changed")
    parser.add_argument("--least", type=int, default=10, help="how many majors a release must have (default 10)")
    parser.add_argument("--pool", type=int, default=30, help="how many stories must have landed (default 30)")
    parser.add_argument("--found", type=float, default=0.75, help="the share of majors that must be led to what landed (default 0.75)")
    parser.add_argument("--most", type=int, default=10, help="how many releases to take, the newest ones (default 10)")
    parser.add_argument("--show", action="store_true", help="name on stderr the entries that lead nowhere")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-cases-") as scratch:
        settings = RepositorySettings(name=arguments.project, url=str(arguments.repository.absolute()))
        notes = Notes(PROJECTS[arguments.project], Repository(settings, Path(scratch)), arguments.repository)
        lines: list[str] = []
        for release in PROJECTS[arguments.project].releases.split():
            case, lost, pool, named = notes.case(release)
            usable = len(case["major"]) >= arguments.least and pool >= arguments.pool and len(case["major"]) >= arguments.found * named
            print(f"{release}: {len(case['major'])} of {named} majors, {pool} stories{'' if usable else ' (left out)'}", file=sys.stderr)
            for entry in lost if arguments.show else ():
                print(f"    {entry.section}: {entry.text[:110]}", file=sys.stderr)
            if usable:
                lines.append(json.dumps(case, ensure_ascii=False))
    print("\n".join(lines[-arguments.most:]))
    return 0


class Notes:
    """The notes of one project, and what landed in its releases."""

    def __init__(self, project: Project, repository: Repository, folder: Path) -> None:
        self._project, self._repository = project, repository
        self._git_dir = folder / ".git" if (folder / ".git").exists() else folder
        repository.fetch()
        tags = self._git("for-each-ref", "--format=%(refname:short)", "refs/tags").split()
        found = {tag: match[1] for tag in tags if (match := project.tag.match(tag))}
        self._tags = {version: tag for tag, version in sorted(found.items())}
        self._dates = {version: int(self._git("log", "-1", "--format=%ct", tag, "--")) for version, tag in self._tags.items()}

    def case(self, release: str) -> tuple[dict[str, Any], list[Entry], int, int]:
        """The case of a release, the majors that lead nowhere, how many stories landed, and how many majors there are."""
        since, until = self._tags[self._before(release)], self._tags[release]
        heads = [self._git("rev-parse", f"{tag}^{{commit}}").strip() for tag in (since, until)]
        stories = group_stories(list(self._repository.log(heads[1], known=heads[0])))
        named = [entry for entry in self._entries(release, since, until) if self._project.major(entry)]
        leads = self._leads(named, stories, since, until) | self._by_hand(release, named)
        found = list(dict.fromkeys(leads[entry] for entry in named if leads[entry]))
        case: dict[str, Any] = {"repo": self._repository.name, "release": release, "since": since, "until": until}
        case["major"] = [refs[0] if len(refs) == 1 else list(refs) for refs in found]
        return case, [entry for entry in named if not leads[entry]], len(stories), len(found) + sum(not leads[one] for one in named)

    def _by_hand(self, release: str, named: Iterable[Entry]) -> dict[Entry, tuple[int | str, ...]]:
        """What people found the entries to mean: nothing that landed, for ()."""
        file = _BY_HAND / f"{self._repository.name}.json"
        read = json.loads(file.read_text("utf-8")).get(release, {}) if file.exists() else {}
        chosen = {entry: max((key for key in read if entry.text.startswith(key)), key=len, default=None) for entry in named}
        return {entry: tuple(read[key]) for entry, key in chosen.items() if key is not None}

    def _before(self, release: str) -> str:
        """The release with the next lower version that was out by then."""
        out = [one for one in self._tags if _key(one) < _key(release) and self._dates[one] <= self._dates[release]]
        return max(out, key=_key)

    def _entries(self, release: str, since: str, until: str) -> list[Entry]:
        if not self._project.notes:
            return list(dict.fromkeys(self._fragments(since, until)))
        for pattern in self._project.notes:
            for version in (release, release.rpartition(".")[0]):
                if text := self._show(until, pattern.format(version)):
                    found = _yaml_entries(text, release) if pattern.endswith(".yaml") else entries(text, self._project.version)
                    chosen = [entry for entry in found if entry.version in (release, release.removesuffix(".0"))]
                    if chosen:
                        return list(dict.fromkeys(chosen))
        return []

    def _fragments(self, since: str, until: str) -> Iterator[Entry]:
        """Entries kept as files of YAML with a `kind`; the path of each stands where others have the mark of their list."""
        listed = [set(self._git("ls-tree", "-r", "--name-only", tag, self._project.fragments).split()) for tag in (since, until)]
        for path in sorted(listed[1] - listed[0]):
            note = next(yaml.safe_load_all(self._show(until, path)), None) or {}
            texts = [text for text in note.get("releaseNotes") or () if isinstance(text, str)]
            yield Entry(until, str(note.get("kind", "")), path, tuple(texts))

    def _leads(self, named: Sequence[Entry], stories: Sequence[Story], since: str, until: str) -> dict[Entry, tuple[int | str, ...]]:
        finder = Finder(stories)
        added = self._added(named, since, until)
        bulk = {sha for sha, count in Counter(added.values()).items() if count > _MANY}
        leads: dict[Entry, tuple[int | str, ...]] = {}
        for entry in named:
            refs: list[int | str] = []
            cited = set(entry.numbers)
            if (sha := added.get(entry)) and sha not in bulk:
                for story in (stories[place] for place in finder.of([Reference(sha=sha)])):
                    if _is_work(story, self._project):
                        refs.append(sha[:12])
                    cited |= {number for commit in story.commits for number in numbers_of(commit)}
            for number in () if refs else sorted(cited):
                if any(_is_work(stories[place], self._project) for place in finder.of([Reference(number)])):
                    refs.append(number)
            leads[entry] = tuple(refs)
        return leads

    def _added(self, named: Iterable[Entry], since: str, until: str) -> dict[Entry, str]:
        """The commit of the period that first added an entry: its fragment, or its first line."""
        project = self._project
        if project.fragments:
            shown = ("--reverse", "--no-renames", "--diff-filter=A", "--name-only", "--format=%x01%H")
            log = self._git("log", *shown, f"{since}..{until}", "--", project.fragments)
            first: dict[str, str] = {}
            for block in log.split("\x01")[1:]:
                sha, *paths = block.split()
                for path in paths:
                    first.setdefault(path, sha)
            return {entry: found for entry in named if (found := _of_fragment(entry, first))}
        if not project.by_lines:
            return {}
        where = ["release-notes/"] if "{}" in project.notes[0] else list(project.notes)
        log = self._git("log", "--reverse", "-p", "-U0", "--format=%x01%H", f"{since}..{until}", "--", *where)
        lines: dict[str, str] = {}
        for block in log.split("\x01")[1:]:
            sha, *rest = block.split("\n")
            for line in rest:
                if line.startswith("+") and not line.startswith("+++"):
                    lines.setdefault(_plain(line[1:]), sha)
        return {entry: found for entry in named if (found := lines.get(_plain(entry.lines[0])))}

    def _show(self, commit: str, path: str) -> str:
        content = self._repository.read_at(self._git("rev-parse", f"{commit}^{{commit}}").strip(), path)
        return content.decode(errors="replace") if content else ""

    def _git(self, *arguments: str) -> str:
        command = ["git", "--git-dir", str(self._git_dir), *arguments]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", errors="replace").stdout


def _of_fragment(entry: Entry, first: dict[str, str]) -> str | None:
    """The commit that added a fragment by its path, or as "NUMBER.KIND.rst" by the entry's first number and its section."""
    if entry.mark in first:
        return first[entry.mark]
    kinds = {"deprecation": ("deprecation",), "removal": ("removal", "breaking"), "breaking": ("breaking",), "feature": ("feature",)}
    wanted = next((kind for word, kind in kinds.items() if word in entry.section.lower()), ())
    for path, sha in first.items():
        number, _, kind = path.rpartition("/")[2].partition(".")
        if entry.numbers and number == str(entry.numbers[0]) and kind.startswith(wanted):
            return sha
    return None


def _yaml_entries(text: str, release: str) -> Iterator[Entry]:
    """Notes as a mapping of sections to texts, one entry a line."""
    for section, value in yaml.safe_load(text).items():
        for line in str(value or "").splitlines():
            if line.strip():
                yield Entry(release, str(section), "", (line.strip(),))


def _is_work(story: Story, project: Project) -> bool:
    """Whether a story does something, rather than tell of what another did."""
    notes = (*(name.partition("{}")[0] for name in project.notes), project.fragments or "\0")
    paths = [change.path for change in story.changes if not change.path.startswith(notes)]
    return any(role_of(path, detect_language(path).kind) is not Role.DOCS for path in paths) and not _TELLS.search(story.title)


def _plain(line: str) -> str:
    return re.sub(r"^[\s*+-]*", "", line).strip()


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)) + (0,) * (version.count(".") < 2)


if __name__ == "__main__":
    raise SystemExit(main())
