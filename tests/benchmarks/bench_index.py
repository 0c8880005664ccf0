"""What indexing and asking cost for one repository: `python -m tests.benchmarks.bench_index REPO_PATH`.

Works on a temporary clone with a data folder of its own, through the same commands that a person types, and prints
one figure a line. Run it on a quiet machine, where nothing else competes for the cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

QUESTION = "How does it handle errors?"
_DOCENT = [sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main())"]
_COMMENT = {".py": "#", ".rb": "#", ".go": "//", ".js": "//", ".ts": "//", ".java": "//", ".rs": "//", ".c": "//", ".cpp": "//"}
_SERVE_STARTS = 180.0  # seconds
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Finished:
    """One command's wall and CPU time in seconds (git's with it), its peak memory in MiB and what it printed."""

    status: int
    seconds: float
    cpu: float
    memory: float
    stdout: str
    stderr: str


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_index", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is cloned, never changed")
    parser.add_argument("--queries", type=int, default=200, help="how many commit subjects are searched for (default 200)")
    parser.add_argument("--asks", type=int, default=5, help="how often `docent ask` is run, each way (default 5)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        clone = Path(scratch, "clone")
        subprocess.run(["git", "clone", "--quiet", str(arguments.repository.absolute()), str(clone)], check=True)
        settings = write_settings(Path(scratch), clone, arguments.repository.absolute().name)
        bench_indexing(settings, clone)
        bench_searching(settings, clone, arguments.queries)
        bench_asking(settings, arguments.asks)
    return 0


def bench_indexing(settings: Path, clone: Path) -> None:
    """A first index, one with nothing to do, and one after a commit that adds a line to one file."""
    first = run(settings, "index", "--json")
    report = report_of(first)
    say("files, chunks, commits", f"{report['files']:,}, {report['chunks']:,}, {report['commits']:,}")
    model, embedded = report["seconds_model"], report["embedded"]
    seconds = report["seconds"]
    say("first index", f"{seconds:.1f} s, {embedded / seconds:.1f} chunks/s ({first.seconds:.1f} s with start-up)")
    speed = f"{embedded / model:.1f} chunks/s" if model else "no new text"
    say("share spent in the model", f"{model / seconds:.0%} ({model:.1f} s, {speed})")
    say("peak memory of a first index", f"{first.memory:,.0f} MiB")
    nothing = run(settings, "index", "--json")
    say("refresh with nothing new", f"{nothing.seconds:.2f} s with start-up")
    _commit_one_line(clone)
    second = run(settings, "index", "--json")
    report = report_of(second)
    embedded = f"{report['embedded']} chunks embedded"
    say("refresh after one commit", f"{report['seconds']:.2f} s, {embedded} ({second.seconds:.2f} s with start-up)")
    say("peak memory of a refresh", f"{second.memory:,.0f} MiB")


def bench_searching(settings: Path, clone: Path, count: int) -> None:
    """Searches in one process, for subjects of the repository's own commits and, where these are few, for names of its files."""
    subjects = git(clone, "log", "--no-merges", f"--max-count={count}", "--format=%s").splitlines()
    names = [Path(path).stem.replace("_", " ").replace("-", " ") for path in git(clone, "ls-files").splitlines()]
    subjects += [f"Where is {name} handled?" for name in names[:: max(1, len(names) // count)]][: count - len(subjects)]
    batch = settings.with_name("batch.jsonl")
    batch.write_text("".join(json.dumps({"question": text}) + "\n" for text in subjects if text.strip()))
    finished = run(settings, "search", "--batch", str(batch), "--json", "--no-refresh")
    took = sorted(line["took_ms"] for line in map(json.loads, finished.stdout.splitlines()) if "error" not in line)
    if not took:
        raise SystemExit(f"No search succeeded: {finished.stderr}")
    warm = took[:-1] or took  # the slowest one has loaded the model
    say(f"query, {len(warm)} searches", f"{statistics.median(warm):.1f} ms median, {warm[int(len(warm) * 0.95)]:.1f} ms p95")
    say("the first query of a process", f"{took[-1]:.0f} ms")
    say("peak memory of searching", f"{finished.memory:,.0f} MiB")


def bench_asking(settings: Path, times: int) -> None:
    """`docent ask` by itself, and while `docent serve` runs."""
    say("docent --help", spread([run(settings, "--help") for _ in range(times)]))
    ask = ("ask", "--no-llm", "--json", QUESTION)
    say("docent ask, cold", spread([run(settings, *ask) for _ in range(times)]))
    log = settings.with_name("serve.log")
    with log.open("w") as output:
        service = _start_service(settings, output)
        try:
            if not _wait_for(settings.with_name("data") / "serve.sock", service):
                say("docent ask while docent serve runs", f"not measured, serve did not start: {log.read_text().strip()[-300:]}")
                return
            asked = [run(settings, *ask) for _ in range(times + 1)]
            say("docent ask while docent serve runs", spread(asked[1:]))
        finally:
            service.terminate()
            service.wait(60)


def run(settings: Path, *arguments: str) -> Finished:
    """Run one command to its end. SystemExit where it failed for a reason other than that nothing was found."""
    command = [*_DOCENT, *arguments, *(["--config", str(settings)] if arguments[0] != "--help" else [])]
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=_ROOT, stdout=stdout, stderr=stderr)
        _, code, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(code)
        stdout.seek(0)
        stderr.seek(0)
        kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
        cpu = usage.ru_utime + usage.ru_stime
        finished = Finished(process.returncode, seconds, cpu, kilobytes / 1024, stdout.read(), stderr.read())
    if finished.status not in (0, 1):
        raise SystemExit(f"`docent {' '.join(arguments)}` ended with {finished.status}: {finished.stderr.strip()[-500:]}")
    return finished


def report_of(finished: Finished) -> dict[str, Any]:
    return json.loads(finished.stdout)["repositories"][0]


def spread(runs: list[Finished]) -> str:
    seconds = [one.seconds for one in runs]
    return f"{statistics.median(seconds):.2f} s median of {len(runs)}, {min(seconds):.2f} to {max(seconds):.2f} s"


def say(name: str, value: str) -> None:
    print(f"{name:38} {value}", flush=True)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def write_settings(folder: Path, clone: Path, name: str, more: str = "") -> Path:
    """Settings for one repository and a data folder beside them; `more` are tables of TOML."""
    settings = folder / "docent.toml"
    plain = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name).strip("._-") or "repository"
    settings.write_text(
        f"data_dir = {json.dumps(str(folder / 'data'))}\n[serve]\nhealth_port = 0\n"
        f"[[repositories]]\nname = {json.dumps(plain)}\nurl = {json.dumps(str(clone))}\n{more}"
    )
    return settings


def _commit_one_line(clone: Path) -> None:
    """Put a comment line into the middle-sized file of the repository's main language, near its middle."""
    paths = [Path(path) for path in git(clone, "ls-files").splitlines() if Path(path).suffix in _COMMENT]
    if not paths:
        raise SystemExit("The repository has no file in a language that this benchmark can edit.")
    (language, _), = Counter(path.suffix for path in paths).most_common(1)
    files = sorted((clone / path for path in paths if path.suffix == language), key=lambda file: file.stat().st_size)
    file = files[len(files) // 2]
    lines = file.read_bytes().splitlines(keepends=True)
    lines.insert(len(lines) // 2, f"{_COMMENT[language]} a line for the benchmark\n".encode())
    file.write_bytes(b"".join(lines))
    author = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]
    git(clone, *author, "commit", "--quiet", "--no-verify", "-am", "Add a line for the benchmark")


def _start_service(settings: Path, output: IO[str]) -> subprocess.Popen[bytes]:
    without_slack = {key: value for key, value in os.environ.items() if not key.startswith("SLACK_")}
    command = [*_DOCENT, "serve", "--config", str(settings)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=output, stderr=output, env=without_slack)


def _wait_for(socket: Path, service: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _SERVE_STARTS
    while not socket.exists() and service.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    return socket.exists()


if __name__ == "__main__":
    sys.exit(main())
