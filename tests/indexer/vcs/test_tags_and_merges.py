"""Which tags a repository has, and which merge brought a commit to the main line."""

from __future__ import annotations

from datetime import timedelta

from tests.git_repo import START, GitRepo


def test_tags_of_commits_come_newest_first_by_their_own_date(git_repo: GitRepo):
    git_repo.commit("a.py", "1\n")
    git_repo.git("tag", "v1.0")
    git_repo.commit("a.py", "2\n")
    git_repo.git("tag", "v2.0")
    later = f"@{int((START + timedelta(days=30)).timestamp())} +0000"
    git_repo.git("tag", "-a", "v1.0.1", "-m", "A mend", "v1.0", env={"GIT_COMMITTER_DATE": later})
    git_repo.git("tag", "data", git_repo.git("rev-parse", "HEAD:a.py"))
    git_repo.git("tag", "-a", "thing", "-m", "No commit", "HEAD:a.py")
    opened = git_repo.opened()
    opened.fetch()
    assert opened.tags() == ["v1.0.1", "v2.0", "v1.0"]
    opened.close()


def test_the_merge_that_brought_a_commit_is_the_first_on_the_main_line_that_holds_it(git_repo: GitRepo):
    base = git_repo.commit("a.py", "1\n")
    git_repo.branch("topic")
    git_repo.branch("inner")
    inner = git_repo.commit("i.py", "1\n")
    git_repo.checkout("topic")
    own = git_repo.commit("t.py", "1\n")
    joined = git_repo.merge("inner")
    git_repo.checkout("main")
    direct = git_repo.commit("m.py", "1\n")
    merge = git_repo.merge("topic")
    head = git_repo.commit("a.py", "2\n")
    git_repo.branch("open")
    unmerged = git_repo.commit("o.py", "1\n")
    git_repo.checkout("main")
    opened = git_repo.opened()
    opened.fetch()
    assert [opened.brought_by(sha, head) for sha in (inner, own, joined)] == [merge] * 3
    assert [opened.brought_by(sha, head) for sha in (base, direct, merge, head, unmerged)] == [""] * 5
    opened.close()
