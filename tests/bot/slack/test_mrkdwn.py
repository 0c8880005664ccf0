"""Markdown to mrkdwn: formats what was meant, and nothing else can ping, link away or format."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mrkdwn import code, escape, hosts_of, link, to_mrkdwn, to_plain
from tests.slack_validation import check_text

HOSTS = {"github.com"}
NASTY = st.text(st.sampled_from(list("<>&!@#|`*_~[]()\\ \nabc:/.-")) | st.characters(), max_size=200)
PIECES = st.lists(
    st.sampled_from([
        "<!channel>", "<@U1>", "@here", "**", "*", "`", "``", "```\n", "_", "__init__", "word", " ", "\n\n", "\\", "&lt;",
        "&amp;", "1. ",
        "[x](https://evil.example)", "\n- ", "[ok](https://github.com/a|b)", "<https://github.com/x|<!here>>", "[`c`](https://github.com/*)",
    ]),
    max_size=20,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("plain words", "plain words"),
        ("**bold** and *italic*", "*bold* and _italic_"),
        ("a `code_span` here", "a `code_span` here"),
        ("**in `code` bold**", "*in `code` bold*"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("calls __init__ with *args.", "calls `__init__` with `*args`."),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("[docs](https://github.com/a/b)", "<https://github.com/a/b|docs>"),
        ("[`f`](https://github.com/a)", "<https://github.com/a|f>"),
        ("[docs](https://evil.example/a)", "docs"),
        ("[docs](https://github.com@evil.example/)", "docs"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("``a`b``", "`aˋb`"),
        ("# Title\n\n- one\n- two\n\n1. x\n2. y", "*Title*\n• one\n• two\n1. x\n2. y"),
        ("```py\nif a < b:\n```", "```\nif a &lt; b:\n```"),
        ("![alt](https://github.com/i.png)", "!<https://github.com/i.png|alt>"),
        ("**b**old", "*b*\u200bold"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("@here and @Channel", "@\u200bhere and @\u200bChannel"),
    ],
)
def test_examples(markdown, expected):
    assert to_mrkdwn(markdown, HOSTS) == expected


def test_bold_is_one_pair_of_marks():
    assert to_mrkdwn("it **is** `so` *now*", bold=True) == "*it is `so` _now_*"


@given(NASTY | PIECES)
def test_nothing_but_links_to_our_hosts_is_markup(text):
    for bold in (False, True):
        written = to_mrkdwn(text, HOSTS, bold=bold)
        check_text(written, "")
        for target in re.findall(r"<([^|>]*)\|", written):
            assert target.startswith(("https://github.com", "http://github.com"))


@given(NASTY | PIECES)
def test_marks_come_in_pairs(text):
    written = to_mrkdwn(text, HOSTS)
    assert written.count("`") % 2 == 0
    outside = re.sub(r"```.*?```|`[^`]*`|<[^>]*>", "", written, flags=re.DOTALL)
    assert not re.search(r"@here\b", outside)


@given(st.from_regex(r"[A-Za-z_*~][A-Za-z0-9_.*~]{0,30}", fullmatch=True))
def test_a_name_in_backticks_is_shown_as_it_is(name):
    assert to_mrkdwn(f"calls `{name}` twice") == f"calls `{name}` twice"


@given(st.text(max_size=100))
def test_escaping_can_be_undone(text):
    kept = escape(text)
    assert escape(html.unescape(kept)) == kept
    assert not re.search(r"[<>]", kept)


@given(st.text(max_size=300), NASTY)
def test_links_hold_or_are_words(url, label):
    for target in (url, "https://github.com/" + url):
        written = link(target, label, HOSTS)
        check_text(written, "")
        assert written.count("<") in (0, 1)


def test_links_escape_what_would_end_them():
    written = link("https://github.com/a|b>c d&e", "a|b > c\nd", HOSTS)
    assert written == "<https://github.com/a%7Cb%3Ec%20d&amp;e|a¦b &gt; c d>"


def test_plain_words_carry_no_marks():
    assert to_plain("**Yes:** `f` calls [g](https://x.example), see *h*.\n\n- one") == "Yes: f calls g, see h. one"


def test_hosts_and_code():
    assert hosts_of(["https://github.com/a", None, "not a url", "https://u@x.example/"]) == {"github.com"}
    assert code("  a  `b` ") == "`a ˋbˋ`"
    assert code(" ") == ""
