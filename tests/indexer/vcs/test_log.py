"""History as git has it: every odd commit, name and message, once through git itself and once through generated streams."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import StoreError
from indexer.types import Commit, FileChange, Person
from indexer.vcs.log import parse_log
from indexer.vcs.repository import Repository
from tests.git_repo import BOB, GitRepo

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def history(repo: GitRepo) -> list[Commit]:
    """The product's reading of everything reachable from HEAD, newest first."""
    opened = repo.opened()
    return list(opened.log(opened.fetch().sha))


def test_changes_of_a_commit(git_repo: GitRepo) -> None:
    git_repo.commit({"a.py": "1\n2\n3\n", "gone.py": "x\n", "pic.png": b"\x00\x01"}, message="Begin")
    sha = git_repo.commit(
        {"a.py": "1\n2\n4\n5\n", "gone.py": None, "new.py": "y\n", "pic.png": b"\x00\x02"},
        message="Change the tax rate\n\nBecause the law did.\n\nCo-authored-by: Bob Baker <bob@example.com>\n",
        author=BOB,
    )
    newest, oldest = history(git_repo)
    assert newest == Commit(
        sha=sha,
        parents=(oldest.sha,),
        author=Person(*BOB),
        committer=Person(*BOB),
        authored_at=datetime(2025, 1, 7, 9, tzinfo=UTC),
        committed_at=datetime(2025, 1, 7, 9, tzinfo=UTC),
        subject="Change the tax rate",
        body="Because the law did.\n\nCo-authored-by: Bob Baker <bob@example.com>",
        changes=(
            FileChange("a.py", "M", None, 2, 1),
            FileChange("gone.py", "D", None, 0, 1),
            FileChange("new.py", "A", None, 1, 0),
            FileChange("pic.png", "M", None, None, None),
        ),
    )
    assert [change.status for change in oldest.changes] == ["A", "A", "A"]


def test_renames_with_and_without_edits(git_repo: GitRepo) -> None:
    lines = "".join(f"line {number}\n" for number in range(50))
    git_repo.commit({"a b.py": lines, "c.bin": b"\x00" + os.urandom(500)})
    git_repo.write({"dir/ü\tn.py": lines + "more\n", "a b.py": None})
    git_repo.rename("c.bin", "d.bin")
    assert history(git_repo)[0].changes == (
        FileChange("d.bin", "R", "c.bin", None, None),
        FileChange("dir/ü\tn.py", "R", "a b.py", 1, 0),
    )


def test_odd_names(git_repo: GitRepo) -> None:
    names = ["-rf", "a\nb", 'q"uote', " lead", "tab\there", "日本語.txt", "\x01start", "x{a => b}y", ":colon", "1\t2\tname"]
    git_repo.commit(dict.fromkeys(names, "x\n"))
    (git_repo.path / os.fsdecode(b"latin-\xe9.txt")).write_text("x\n")
    sha = git_repo.commit(message="A name that is not UTF-8")
    repo = git_repo.opened()
    repo.fetch()
    newest, oldest = repo.log(sha)
    assert {change.path for change in oldest.changes} == set(names)
    assert newest.changes == (FileChange("latin-\ufffd.txt", "A", None, 1, 0),)
    assert {entry.path for entry in repo.tree(sha)} == {*names, "latin-\ufffd.txt"}
    assert all(repo.read_at(sha, name) == b"x\n" for name in names)


def test_empty_commits_and_empty_messages(git_repo: GitRepo) -> None:
    git_repo.commit(message="")
    git_repo.commit("a.py", "x\n", message="\n\n  \n")
    git_repo.commit(message="\x01 begins oddly\n\n:100644 100644 abc def M\n1\t1\ta.py\n")
    odd, blank, empty = history(git_repo)
    assert (empty.subject, empty.body, empty.changes) == ("", "", ())
    assert (blank.subject, len(blank.changes)) == ("", 1)
    assert odd.subject.endswith("begins oddly") and odd.body.startswith(":100644") and odd.changes == ()


def test_huge_messages_and_other_encodings(git_repo: GitRepo) -> None:
    git_repo.commit(message="Big\n\n" + "word " * 600_000)
    git_repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    git_repo.git("commit", "--allow-empty", "--quiet", "-F", _latin_message(git_repo))
    latin, big = history(git_repo)
    assert latin.subject == "Café"
    assert len(big.body) == 5 * 600_000 - 1


def _latin_message(repo: GitRepo) -> str:
    path = repo.path.with_name("message")
    path.write_bytes("Café".encode("latin-1"))
    return str(path)


def test_merges_and_octopus_merges_carry_no_changes(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n")
    for name in ("one", "two", "three"):
        git_repo.checkout("main")
        git_repo.branch(name)
        git_repo.commit(f"{name}.py", "y\n", message=name)
    git_repo.checkout("main")
    git_repo.commit("main.py", "z\n")
    git_repo.merge("one", "two", "three", message="All at once")
    merge, *rest = history(git_repo)
    assert (len(merge.parents), merge.changes, merge.subject) == (4, (), "All at once")
    assert sorted(commit.subject for commit in rest) == ["Change things", "Change things", "one", "three", "two"]
    assert all(commit.changes for commit in rest)


def test_dates_that_lie_are_clamped(git_repo: GitRepo) -> None:
    git_repo.commit(date=datetime(1970, 1, 1, tzinfo=UTC), message="Epoch")
    git_repo.commit(date=datetime(2099, 1, 1, tzinfo=UTC), message="Future")
    git_repo.commit(date=datetime(2020, 1, 1, tzinfo=UTC), message="After it")
    git_repo.commit(date=datetime(2099, 1, 1, tzinfo=UTC), message="Future again")
    again, after, future, epoch = history(git_repo)
    assert epoch.authored_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert future.committed_at == after.committed_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert after.committed_at < again.committed_at <= datetime.now(UTC)


def test_the_mailmap_of_the_head_is_applied(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n", author=("ada", "ada@home"))
    git_repo.commit(".mailmap", "Ada Lovelace <ada@example.com> <ada@home>\n")
    assert history(git_repo)[-1].author == Person("Ada Lovelace", "ada@example.com")


def test_a_mailmap_that_is_a_folder_or_a_link_changes_nothing(git_repo: GitRepo) -> None:
    git_repo.commit(".mailmap/x", "Eve <eve@example.com> <ada@example.com>\n")
    assert history(git_repo)[0].author.name == "Ada Lovelace"
    git_repo.git("rm", "-r", "--quiet", ".mailmap")
    git_repo.symlink(".mailmap", "/etc/passwd")
    assert history(git_repo)[0].author.name == "Ada Lovelace"


def test_only_what_is_new_and_only_so_many(git_repo: GitRepo) -> None:
    shas = [git_repo.commit("a.py", f"{number}\n") for number in range(5)]
    repo = git_repo.opened()
    head = repo.fetch().sha
    assert [commit.sha for commit in repo.log(head, known=shas[2])] == [shas[4], shas[3]]
    assert [commit.sha for commit in repo.log(head, max_count=1)] == [shas[4]]
    assert list(repo.log(head, known=head)) == []
    assert len(list(repo.log(head, known="f" * 40))) == 5  # lost by a force push: read everything again


def test_mode_changes_links_and_submodules(git_repo: GitRepo) -> None:
    git_repo.commit({"run": "#!/bin/sh\n", "turned": "text\n"})
    (git_repo.path / "run").chmod(0o755)
    (git_repo.path / "turned").unlink()
    git_repo.git("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},sub")
    (git_repo.path / "sub").mkdir()
    (git_repo.path / "turned").symlink_to("run")
    git_repo.git("add", "run", "turned")
    git_repo.git("commit", "--quiet", "-m", "Modes")
    repo = git_repo.opened()
    head = repo.fetch().sha
    statuses = {change.path: change.status for change in next(repo.log(head)).changes}
    assert statuses == {"run": "M", "sub": "A", "turned": "M"}
    assert {entry.path: (entry.mode, entry.size) for entry in repo.tree(head)} == {
        "run": ("100755", 10), "sub": ("160000", 0), "turned": ("120000", 0),
    }  # fmt: skip


def test_a_history_that_breaks_off_is_an_error_not_a_short_history(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n")
    git_repo.commit("a.py", "y\n")
    repo = git_repo.opened()
    head = repo.fetch().sha
    blob = repo.git_dir / "objects" / (sha := next(e.blob for e in repo.tree(f"{head}~1")))[:2] / sha[2:]
    blob.unlink()
    with pytest.raises(StoreError, match="damaged"):
        list(repo.log(head))


def test_an_abandoned_log_ends_its_git(git_repo: GitRepo) -> None:
    for number in range(3):
        git_repo.commit("a.py", f"{number}\n")
    repo: Repository = git_repo.opened()
    commits = repo.log(repo.fetch().sha)
    next(commits)
    commits.close()  # type: ignore[attr-defined]
    assert len(list(repo.log(repo.fetch().sha))) == 3


_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_name = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
_lines = st.one_of(st.none(), st.integers(0, 9999))


@st.composite
def _change(draw: st.DrawFn) -> FileChange:
    status = draw(st.sampled_from("AMDR"))
    return FileChange(draw(_name), status, draw(_name) if status == "R" else None, draw(_lines), draw(_lines))


_commit = st.builds(
    Commit,
    sha=st.text("0123456789abcdef", min_size=40, max_size=40),
    parents=st.lists(st.text("0123456789abcdef", min_size=40, max_size=40), max_size=3).map(tuple),
    author=st.builds(Person, _text, _text),
    committer=st.builds(Person, _text, _text),
    authored_at=st.datetimes(datetime(1970, 1, 1), datetime(2029, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC)),
    committed_at=st.datetimes(datetime(1970, 1, 1), datetime(2029, 1, 1)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC)),
    subject=_text.map(lambda text: text.replace("\n", " ").strip()).filter(bool),
    body=_text.map(str.strip),
    changes=st.lists(_change(), max_size=4, unique_by=lambda change: change.path).map(tuple),
)


def _stream(commits: list[Commit]) -> bytes:
    """What git would print for these commits."""
    out = []
    for commit in commits:
        people = [(person.name, person.email) for person in (commit.author, commit.committer)]
        dates = [str(int(date.timestamp())) for date in (commit.authored_at, commit.committed_at)]
        fields = [f"\x01{commit.sha}", " ".join(commit.parents), *people[0], dates[0], *people[1], dates[1]]
        out += [*fields, f"{commit.subject}\n\n{commit.body}\n"]
        names = [[change.path] if change.old_path is None else [change.old_path, change.path] for change in commit.changes]
        raw = [[f":100644 100644 abc def {change.status}", *name] for change, name in zip(commit.changes, names, strict=True)]
        for change, name in zip(commit.changes, names, strict=True):
            counts = "\t".join("-" if count is None else str(count) for count in (change.added, change.deleted))
            raw.append([f"{counts}\t{name[0]}"] if len(name) == 1 else [f"{counts}\t", *name])
        if raw:
            raw[0][0] = "\n" + raw[0][0]
        out += [token for entry in raw for token in entry]
    return "".join(f"{token}\0" for token in out).encode()


@given(st.lists(_commit, max_size=4), st.integers(1, 40))
def test_every_stream_reads_back_however_it_is_cut(commits: list[Commit], block: int) -> None:
    data = _stream(commits)
    blocks = [data[start : start + block] for start in range(0, len(data), block)]
    assert list(parse_log(blocks, now=NOW)) == commits
