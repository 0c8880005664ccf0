"""Runs git, through GitPython, on one bare repository of ours: isolated, under time limits, every failure translated at one door.

None of the user's or the repository's configuration is executed (docent's design, section 4): no hooks, no fsmonitor, no
textconv, no external diff, only the protocol that the call needs.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without git, importing GitPython raises; our own error is clearer

import git

from indexer.errors import DocentError
from indexer.vcs.git_errors import explain

_BLOCK = 1 << 20  # bytes a read; git log of a large repository is read 10 % faster than with the default 8 KiB
_STDERR_TAIL = 16_384  # characters of stderr kept for the error message
_TICK = 0.5  # seconds between two looks at a running fetch
_LAST_WORDS = 2.0  # seconds granted to stderr after git ended; a helper left behind by ssh may hold the pipe open for longer

QUICK = 120.0
"""Seconds a local, bounded command may take."""


def isolated(git_dir: Path) -> dict[str, str]:
    """The environment of every git process: our configuration only, nothing interactive, nothing inherited from an outer git."""
    return {
        "GIT_DIR": str(git_dir),
        "GIT_OBJECT_DIRECTORY": str(git_dir / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("gitconfig")),
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_CONFIG_COUNT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NAMESPACE": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": "none",
    }


class GitProcess:
    """git on one bare repository. Safe to use from several threads; each call is a process of its own.

    Every method raises RepoUnreachable or StoreError, with credentials removed from what git said.
    """

    def __init__(self, repo: str, git_dir: Path, *, shown_url: str = "") -> None:
        self._repo = repo
        self._git = git.Git(str(git_dir))
        self._environment = isolated(git_dir)
        self._shown_url = shown_url

    def start(
        self, *args: str, stdin: int | None = None, env: Mapping[str, str] | None = None, pass_fds: Sequence[int] = ()
    ) -> Any:
        """A running git with its pipes (GitPython's wrapper of Popen, which ends the process when it is dropped)."""
        try:
            return self._git.execute(
                ["git", *args],
                istream=stdin,  # type: ignore[arg-type]
                as_process=True,
                env={**self._environment, **(env or {})},
                start_new_session=True,  # so that a time limit ends git's own helpers as well
                pass_fds=tuple(pass_fds),
            )
        except git.GitCommandNotFound as exc:
            raise explain(self._repo, self._shown_url, "git: command not found") from exc
        except OSError as exc:
            raise explain(self._repo, self._shown_url, str(exc)) from exc

    def run(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        timeout: float = QUICK,
        allowed: Sequence[int] = (0,),
        input: bytes | None = None,
    ) -> tuple[int, bytes]:
        """Run to the end, with `input` on stdin; returns the exit status, one of `allowed`, and stdout."""
        process = self.start(*args, env=env, stdin=None if input is None else subprocess.PIPE)
        try:
            out, err = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired as exc:
            raise self._timed_out(args, timeout) from exc
        finally:
            _end(process)
            process.stderr.close()
        if process.returncode not in allowed:
            raise self._failed(args, process.returncode, err.decode(errors="replace"))
        return process.returncode, out

    def text(self, *args: str, **kwargs: Any) -> str:
        """stdout of a quick command as text, without surrounding blanks."""
        return self.run(*args, **kwargs)[1].decode(errors="replace").strip()

    def succeeds(self, *args: str) -> bool:
        """Whether git says yes; a missing object (status 128) is a no."""
        return self.run(*args, allowed=(0, 1, 128))[0] == 0

    def stream(self, *args: str, input: bytes | None = None) -> Iterator[bytes]:
        """stdout in blocks of up to 1 MiB; the exit status is checked at the end, so a text cut short never looks complete.

        `input` is for commands that read all of stdin before they write.
        """
        process = self.start(*args, stdin=None if input is None else subprocess.PIPE)
        with _draining(process) as errors:
            try:
                if input is not None:
                    with suppress(BrokenPipeError), process.stdin as pipe:  # a git that ended already says why itself
                        pipe.write(input)
                while block := process.stdout.read(_BLOCK):
                    yield block
                status = process.proc.wait()
            finally:
                _end(process)
        if status != 0:
            raise self._failed(args, status, errors.tail)

    def watch(
        self,
        *args: str,
        env: Mapping[str, str] | None = None,
        stalled_after: float,
        progress: Callable[[str], None] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Run a long command that reports progress on stderr; it is ended when it says nothing for `stalled_after` seconds."""
        process = self.start(*args, env=env, pass_fds=pass_fds)
        told = ""
        with _draining(process) as errors:
            try:
                while not errors.finished(_TICK) and process.proc.poll() is None:
                    if progress and errors.line and errors.line != told:
                        told = errors.line
                        progress(told)
                    if time.monotonic() - errors.touched > stalled_after:
                        raise self._timed_out(args, stalled_after)
                status = process.proc.wait()
            finally:
                _end(process)
        if status != 0:
            raise self._failed(args, status, errors.tail)

    def _failed(self, args: Sequence[str], status: int, stderr: str) -> DocentError:
        error = explain(self._repo, self._shown_url, stderr)
        error.__cause__ = git.GitCommandError(["git", *args[:1]], status)
        return error

    def _timed_out(self, args: Sequence[str], seconds: float) -> DocentError:
        return explain(self._repo, self._shown_url, f"timed out: git {args[0]} gave no answer for {seconds:.0f} seconds")


class _Drain(threading.Thread):
    """Reads a process's stderr to its end, so that git never blocks on a full pipe."""

    def __init__(self, pipe: Any) -> None:
        super().__init__(daemon=True, name="git-stderr")
        self.tail = ""
        self.line = ""
        self.touched = time.monotonic()
        self._pipe = pipe

    def run(self) -> None:
        while block := self._pipe.read1(65_536):
            self.touched = time.monotonic()
            self.tail = (self.tail + block.decode(errors="replace"))[-_STDERR_TAIL:]
            lines = [line.strip() for line in self.tail.replace("\r", "\n").split("\n") if line.strip()]
            self.line = lines[-1] if lines else ""
        self._pipe.close()

    def finished(self, wait: float) -> bool:
        self.join(wait)
        return not self.is_alive()


@contextmanager
def _draining(process: Any) -> Iterator[_Drain]:
    drain = _Drain(process.stderr)
    drain.start()
    try:
        yield drain
    finally:
        drain.join(_LAST_WORDS)


def _end(process: Any) -> None:
    """End a process that still runs, with its helpers, and close its pipes."""
    if process.proc.poll() is None:
        with suppress(ProcessLookupError):  # it ended between the two calls
            os.killpg(process.proc.pid, signal.SIGKILL)
        process.proc.wait()
    if process.proc.stdout:
        process.proc.stdout.close()
