"""What changed lately: the few changes that matter, from the history's latest weeks."""

from __future__ import annotations

from bot.answers.claims import occurs
from bot.answers.evidence import EvidenceList, commit_text
from bot.answers.sentences import shortened
from bot.answers.types import Part, Statement
from indexer.changes.ranking import Change, Changes, rank_changes
from indexer.index import Index
from indexer.types import Commit

_SHOWN = 3
_RECENT_DAYS = (30, 90, 365)  # the latest changes: of the last month, or of as long as it takes to have some
_MIN_RECENT = 10  # commits


def latest_changes(index: Index, name: str) -> tuple[Changes, int]:
    """The major changes of the latest days, and how many days these are; 0 for all of a quiet repository's history.

    Days are counted back from the newest commit, so that a repository at rest shows its last changes too.
    """
    newest = index.recent_commits(name, limit=1)
    commits: list[Commit] = []
    for days in _RECENT_DAYS if newest else ():
        commits = index.recent_commits(name, since=newest[0].committed_at.timestamp() - days * 86_400)
        if len(commits) >= _MIN_RECENT:
            return rank_changes(commits, _SHOWN), days
    return rank_changes(index.recent_commits(name), _SHOWN), 0


def latest_answer(index: Index, repo: str, evidence: EvidenceList) -> list[Statement]:
    """The main changes of the latest weeks, most important first, and how many others there were."""
    changes, days = latest_changes(index, repo)
    statements = [_told(repo, change, evidence) for change in changes.major]
    if statements:
        first = statements[0]
        period = f"the latest {days} days" if days else "all its history"
        statements[0] = Statement(f"The main change of {period} of {repo}: {first.text}", first.evidence, Part.LEAD)
    rest = sum(changes.folded.values())
    if statements and rest:
        last = statements[-1]
        statements[-1] = Statement(f"{last.text} There were {rest} smaller changes beside these.", last.evidence, last.part)
    return statements


def _told(repo: str, change: Change, evidence: EvidenceList) -> Statement:
    commit = change.story.commits[0]
    title = change.title if occurs(change.title, commit_text(commit)) else commit.subject
    when = f"{commit.authored_at:%d %b %Y}".lstrip("0")
    text = f"“{shortened(title.rstrip(' .'))}” ({commit.author.name}, {when})"
    if change.why and occurs(shortened(change.why).rstrip(" ."), commit_text(commit)):
        text += f": “{shortened(change.why).rstrip(' .')}”"
    return Statement(text + ".", (evidence.cite_commit(repo, commit),))
