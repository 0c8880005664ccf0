"""A git repository of any size made up in seconds: files in several languages that parse, import each other and have a history."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from tests.benchmarks.synthetic import Topics
from tests.git_repo import GitRepo

_FUNCTIONS = 8  # in a file; with its head that makes the nine chunks a file that real ones have
_WORDS = 18  # of a function
_START = 1_600_000_000  # of history, which moves on by an hour a commit
_FOLDERS = 40
_WHO = "Ada Lovelace <ada@example.com>", "Bob Baker <bob@example.com>"


class MadeRepository:
    """A working copy at `path`. What it holds depends on the numbers given alone; each `commit_change` is another one."""

    def __init__(self, path: Path, files: int, commits: int) -> None:
        self.path = path
        self._topics = Topics()
        self._paths = [self._path(number) for number in range(files)]
        self._repository = GitRepo(path)
        with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=path, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for data in self._stream(commits):
                process.stdin.write(data)
        if process.returncode:
            raise SystemExit("git could not make the repository.")
        self._repository.git("reset", "--quiet", "--hard")

    def commit_change(self) -> str:
        """Change one function of one file; returns the file's path."""
        path = self._paths[int(self._topics.random.integers(len(self._paths)))]
        self._repository.commit(path, self._changed((self.path / path).read_text()), message=f"Change {Path(path).stem}")
        return path

    def _changed(self, text: str) -> str:
        """With one line of one function in the words of another."""
        lines = text.split("\n")
        which = [number for number, line in enumerate(lines) if '"' in line]
        place = which[len(which) // 2]
        before, _, rest = lines[place].partition('"')
        after = rest.partition('"')[2]
        lines[place] = f'{before}"{self._words(1, 4)[0]}"{after}'
        return "\n".join(lines)

    def _stream(self, commits: int) -> Iterator[bytes]:
        """For `git fast-import`: each commit adds its share of the files and changes one that was there."""
        shares = np.array_split(np.arange(len(self._paths)), max(1, min(commits, len(self._paths))))
        for number, share in enumerate(shares):
            who = f"{_WHO[number % 2]} {_START + 3600 * number} +0000"
            message = f"Add {self._words(1, 6)[0]}".encode()
            yield f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode() + message + b"\n"
            for one in [*share.tolist(), *([int(self._topics.random.integers(share[0]))] if number else [])]:
                data = self._text(one).encode()
                yield f"M 100644 inline {self._paths[one]}\ndata {len(data)}\n".encode() + data + b"\n"

    def _path(self, number: int) -> str:
        suffix, _ = _LANGUAGES[number % len(_LANGUAGES)]
        folder, name = self._topics.words[200 + number % _FOLDERS], self._topics.words[1000 + number % 20_000]
        return f"{'docs' if suffix == 'md' else 'src'}/{folder}/{name}_{number}.{suffix}"

    def _text(self, number: int) -> str:
        _, write = _LANGUAGES[number % len(_LANGUAGES)]
        near = self._paths[max(0, number - len(_LANGUAGES) * _FOLDERS)]  # of the same language, in the same folder
        return write(Path(near).stem, self._words(_FUNCTIONS, _WORDS))

    def _words(self, texts: int, length: int) -> list[str]:
        """All of one topic."""
        return self._topics.texts(np.repeat(self._topics.random.integers(400), texts), length)


def _python(near: str, functions: Sequence[str]) -> str:
    def function(words: str) -> str:
        a, b, c, d, *rest = words.split()
        return (f'def {a}_{b}({c}, {d}=None):\n    """{" ".join(rest[:8]).capitalize()}."""\n    {b}_{c} = {c}.{rest[8]}({d})\n'
                f'    if not {b}_{c}:\n        raise ValueError("{" ".join(rest[9:])}")\n    for {rest[9]} in {b}_{c}:\n'
                f'        {rest[9]}.{rest[10]}({d}, {rest[11]}="{rest[12]}")\n        {rest[9]}.{rest[13]} = {c}.{rest[1]} + 1\n'
                f'    {d} = [{rest[2]} for {rest[2]} in {b}_{c} if {rest[2]}.{rest[3]}]\n    return {b}_{c}, {d}\n')  # fmt: skip

    return f"from .{near} import run\n\n\n" + "\n\n".join(function(words) for words in functions)


def _typescript(near: str, functions: Sequence[str]) -> str:
    def function(words: str) -> str:
        a, b, c, d, *rest = words.split()
        return (f'/** {" ".join(rest[:8]).capitalize()}. */\nexport async function {a}{b.title()}({c}: string, {d}: number) {{\n'
                f'  const {rest[8]}{b.title()} = await {rest[9]}.{rest[10]}({c});\n  if (!{rest[8]}{b.title()}) {{\n'
                f'    throw new Error("{" ".join(rest[9:])}");\n  }}\n  for (const x of {rest[8]}{b.title()}) {{\n'
                f'    x.{rest[11]}({d} + 1, {{ {rest[12]}: true }});\n  }}\n  return {rest[8]}{b.title()};\n}}\n')  # fmt: skip

    return f'import {{ run }} from "./{near}";\n\n' + "\n".join(function(words) for words in functions)


def _go(_: str, functions: Sequence[str]) -> str:
    def function(words: str) -> str:
        a, b, c, d, *rest = words.split()
        return (f"// {a.title()}{b.title()} {' '.join(rest[:8])}.\nfunc {a.title()}{b.title()}({c} string, {d} int) error {{\n"
                f"\t{rest[8]}{b.title()}, err := {rest[9]}({c}, {d})\n\tif err != nil {{\n"
                f'\t\treturn fmt.Errorf("{" ".join(rest[9:])}: %w", err)\n\t}}\n\tfor _, x := range {rest[8]}{b.title()} {{\n'
                f"\t\tx.{rest[10].title()}({d})\n\t\tx.{rest[11].title()} = {d} + 1\n\t}}\n\treturn nil\n}}\n")  # fmt: skip

    return 'package main\n\nimport "fmt"\n\n' + "\n".join(function(words) for words in functions)


def _prose(near: str, functions: Sequence[str]) -> str:
    return "".join(f'## {words.split()[0].title()}\n\nSee "{near}". {words.capitalize()}.\n\n' for words in functions)


_LANGUAGES: Sequence[tuple[str, Callable[[str, Sequence[str]], str]]] = (
    ("py", _python), ("ts", _typescript), ("py", _python), ("go", _go), ("py", _python), ("ts", _typescript), ("md", _prose),
)  # fmt: skip
