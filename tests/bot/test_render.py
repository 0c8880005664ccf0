"""What a person reads in a terminal, and what a program reads."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.types import Answer, Checked, Evidence, Owner, Part, RepoVersion, Statement, Status
from bot.render.json import answer_json, dumps, hits_json, report_json, status_json
from bot.render.screen import Screen, ago, clean, columns
from bot.render.tables import hits_text, reports_text, statuses_text
from bot.render.text import answer_markdown, answer_text
from indexer.types import Chunk, Hit, IndexState, Kind, RefreshReport, RepoStatus, Skipped, SkipReason

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
URL = "https://git.example.com/shop/blob/46e939b/sessions.py#L282-L286"
PLAIN, TERMINAL = Screen(72), Screen(72, color=True, links=True)


def evidence(number: int, url: str | None = URL) -> Evidence:
    path = "src/sessions.py"
    return Evidence(number, "shop", path, 282, 286, "46e939b" + "0" * 33, url, "def f():", Kind.CODE, "sessions.py 282–286", "f")


ANSWER = Answer(
    question="do we leak passwords?",
    status=Status.ANSWERED,
    statements=(
        Statement("Redirects pass through `rebuild_auth`, which removes the login where it must.", (1,), Part.LEAD),
        Statement("The **host** changing is the first test of many that decide whether the login is taken away.", (2,)),
        Statement("`resolve_redirects` calls it.", (1, 2), Part.LINK),
        Statement("“Rework authorization stripping” (Bruce Merry, Aug 2018).", (2,), Part.WHY),
        Statement("Nate Prewitt: most changes to this file, active.", (), Part.WHO),
    ),
    evidence=(evidence(1), evidence(2, None)),
    confidence=0.81234,
    checked=Checked(4, 4),
    owners=(Owner("Nate", "nate@example.com", 0.5, ("most changes",), NOW, True),),
    repositories=(RepoVersion("shop", "46e939b" + "0" * 33, NOW - timedelta(minutes=4, seconds=5)),),
    notices=("The language model did not answer in 30 s.",),
    took_ms=12.34,
)


def test_an_answer_reads_as_designed_without_a_terminal():
    read = datetime.now(UTC) - timedelta(minutes=4, seconds=5)
    fresh = replace(ANSWER, repositories=(replace(ANSWER.repositories[0], indexed_at=read),))
    assert answer_text(fresh, PLAIN) == (
        "Redirects pass through `rebuild_auth`, which removes the login where it\n"
        "must. [1]\n"
        "• The host changing is the first test of many that decide whether the\n"
        "  login is taken away. [2]\n"
        "• `resolve_redirects` calls it. [1] [2]\n"
        "Why it is so: “Rework authorization stripping” (Bruce Merry, Aug 2018).\n"
        "[2]\n"
        "Who to ask: Nate Prewitt: most changes to this file, active.\n"
        "\n"
        "Note: The language model did not answer in 30 s.\n"
        "Sources:\n"
        f"  1 sessions.py 282–286 <{URL}>\n"
        "  2 src/sessions.py 282–286\n"
        "4 of 4 statements checked · shop @ 46e939b, read 4 minutes ago\n"
    )


def test_a_terminal_gets_bold_and_links():
    text = answer_text(ANSWER, TERMINAL)
    assert text.startswith("\x1b[1mRedirects pass")
    assert f"\x1b]8;;{URL}\x1b\\1\u00a0sessions.py\u00a0282–286\x1b]8;;\x1b\\" in text
    assert all(columns(line) <= 72 for line in text.splitlines())


def test_bold_never_reaches_an_indent_or_the_next_block():
    wrapped = Screen(20, color=True).wrap("\x1b[1mone two three four five six seven\x1b[22m end", "• ", "  ")
    for line in wrapped.splitlines():
        assert line.count("\x1b[1m") == line.count("\x1b[22m")
    assert "\n  \x1b[1m" in wrapped


def test_a_stream_that_is_no_terminal_gets_neither(monkeypatch):
    assert Screen.of(StringIO()) == Screen(80, False, False)


def test_text_from_a_repository_cannot_steer_the_terminal():
    hostile = "\x1b]0;owned\x07 \x1b[2J \u202egnp.exe"
    answer = Answer("q", Status.ANSWERED, (Statement(hostile, ()),))
    shown = answer_text(answer, TERMINAL)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", shown)


def test_a_line_end_in_a_files_name_stays_on_its_line():
    name = "src/new\nline.py"
    source = Evidence(1, "shop", name, 1, 2, "46e939b", None, "", Kind.CODE, f"{name} 1–2", None)
    shown = answer_text(Answer("q", Status.ANSWERED, (Statement("It is so.", (1,)),), (source,)), PLAIN)
    assert "  1 src/new line.py 1–2\n" in shown
    status = RepoStatus("shop", IndexState.READY, skipped={"empty": 1})
    assert "    src/new line.py: empty\n" in statuses_text([status], {"shop": [Skipped("shop", name, SkipReason.EMPTY)]}, PLAIN)


@given(st.text(max_size=400), st.integers(20, 100))
def test_wrapping_keeps_every_word_and_breaks_only_long_ones(text, width):
    text = clean(text)
    wrapped = Screen(width).wrap(text, "• ", "  ")
    words = re.split(r"[ \t\n]+", text.strip(" \t\n"))
    assert re.split("[ \n]+", wrapped.removeprefix("• ").strip(" \n")) == words or words == [""]
    for line in wrapped.split("\n"):
        assert columns(line) <= width or len(line.removeprefix("• ").strip(" ").split(" ")) == 1


def test_the_machine_form_of_an_answer_has_the_contracts_fields():
    value = json.loads(dumps(answer_json(ANSWER)))
    assert set(value) >= {
        "question", "answer", "status", "confidence", "statements", "evidence", "checked", "owners", "repositories", "model",
        "took_ms",
    }  # fmt: skip
    assert value["status"] == "answered"
    assert value["statements"][0]["evidence"] == [1]
    assert set(value["evidence"][0]) >= {
        "number", "repository", "path", "start_line", "end_line", "commit", "url", "excerpt", "kind",
    }  # fmt: skip
    assert value["checked"] == {"statements": 4, "supported": 4}
    assert set(value["owners"][0]) >= {"name", "email", "handle", "kind", "share", "sources", "reasons", "last_active", "active"}
    assert value["owners"][0]["last_active"] == NOW.date().isoformat()
    assert set(value["repositories"][0]) >= {"name", "commit", "indexed_at"}
    assert value["answer"] == answer_markdown(ANSWER)


def test_markdown_carries_marks_labels_and_bullets():
    blocks = answer_markdown(ANSWER).split("\n\n")
    assert blocks[0] == "**Redirects pass through `rebuild_auth`, which removes the login where it must.** [1]"
    assert blocks[1].startswith("- The **host**") and blocks[1].endswith("\n- `resolve_redirects` calls it. [1] [2]")
    assert [block.split(":*")[0] for block in blocks[2:]] == ["*Why it is so", "*Who to ask"]


def chunk(**fields) -> Chunk:
    values = dict(
        id="c1", repo="shop", path="src/a.py", start_line=12, end_line=58, text="class A:\n", kind=Kind.CODE, embed_text=""
    )  # fmt: skip
    return Chunk(**(values | fields))


def test_hits_in_both_forms():
    hits = (
        Hit(chunk(symbol="SessionStore.open", doc="Open a session.\nMore."), 0.83219),
        Hit(chunk(path=None, commit="abc1234" + "0" * 33, kind=Kind.COMMIT, text="Fix the login\n"), 0.5),
    )
    first, second = hits_json(hits, [URL, None])
    assert first == {
        "rank": 1, "repository": "shop", "path": "src/a.py", "start_line": 12, "end_line": 58, "kind": "code",
        "symbol": "SessionStore.open", "commit": None, "score": 0.8322, "url": URL,
    }  # fmt: skip
    assert (second["rank"], second["path"], second["kind"], second["commit"]) == (2, None, "commit", "abc1234" + "0" * 33)
    assert hits_text(hits, [URL, None], PLAIN).splitlines() == [
        " 1 src/a.py:12–58  SessionStore.open  [shop]",
        "   Open a session.",
        " 2 commit abc1234  [shop]",
        "   Fix the login",
    ]


def test_statuses_name_state_age_sizes_and_what_was_skipped():
    counts = {"binary": 3, "generated": 1}
    status = RepoStatus("shop", IndexState.READY, "46e939b" + "0" * 33, "main", "", NOW - 120 * MINUTE, 1200, 5000, 1, counts)
    large = Skipped("shop", "a.sql", SkipReason.TOO_LARGE, "2.1 MB")
    skipped = {"shop": [Skipped("shop", "logo.png", SkipReason.BINARY), large]}
    assert statuses_text([status], skipped, PLAIN) == (
        "shop: ready\n"
        "  commit 46e939b on main, read 2 hours ago\n"
        "  1,200 files, 5,000 chunks, 1 commit\n"
        "  skipped 4 files: 3 binary, 1 generated\n"
        "    logo.png: binary\n"
        "    a.sql: too large (2.1 MB)\n"
    )
    assert status_json(status)["indexed_at"].endswith("Z")
    failed = RepoStatus("web", IndexState.FAILED, failure="git could not reach it.", failed_at=datetime.now(UTC))
    assert "failed just now: git could not reach it." in statuses_text([failed], {}, PLAIN)
    assert "docent index" in statuses_text([], {}, PLAIN)


def test_reports_name_what_was_embedded_reused_and_skipped():
    report = RefreshReport(
        "shop", "46e939b" + "0" * 33, "main", 12, (Skipped("shop", "logo.png", SkipReason.BINARY),), 40, 3, 37, 5, 2.04, 1.5
    )
    assert reports_text([report], PLAIN) == (
        "shop: 46e939b on main, 12 files, 5 commits, 3 chunks embedded, 37 reused, 2.0 s, 1.5 s of them in the model\n"
        "  skipped 1 file: 1 binary\n"
    )
    assert report_json(report)["skipped_files"] == [{"path": "logo.png", "reason": "binary", "detail": ""}]
    assert "nothing new" in reports_text([RefreshReport("shop", "46e939b", changed=False)], PLAIN)
    assert "shop: failed: no route" in reports_text([RefreshReport("shop", "", error="no route")], PLAIN)


def test_ages_in_words():
    ages = [ago(NOW - timedelta(seconds=seconds), NOW) for seconds in (5, 61, 3600, 90000)]
    assert ages == ["just now", "1 minute ago", "1 hour ago", "1 day ago"]
    assert ago(None) == "never"
