"""The places that stack traces and logs name, in the forms of a dozen languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.questions.frames import frames_of
from indexer.questions.pasted import informative
from indexer.types import Frame

TRACES = {
    "python": (
        'Traceback (most recent call last):\n  File "/app/run.py", line 3, in main\n    pay()\n'
        '  File "/usr/lib/python3.11/threading.py", line 9, in run\n'
        '  File "/app/.venv/lib/python3.11/site-packages/shop/pay.py", line 70, in pay\n    raise Declined\nshop.Declined: no cover',
        [("pay.py", 70, "pay", "shop"), ("app/run.py", 3, "main", "")],
    ),
    "java": (
        "java.lang.IllegalStateException: closed\n\tat com.acme.Refunds$Inner.lambda$open$0(Refunds.java:42)\n"
        "\tat java.base/java.lang.Thread.run(Thread.java:833)",
        [("com/acme/Refunds.java", 42, "open", ""), ("java/lang/Thread.java", 833, "run", "")],
    ),
    "kotlin": ("\tat okhttp3.internal.RealCall.execute(RealCall.kt:154)", [("okhttp3/internal/RealCall.kt", 154, "execute", "")]),
    "javascript": (
        "TypeError: x is undefined\n    at Layer.handle [as handle_request] (/app/node_modules/express/lib/router/layer.js:95:5)\n"
        "    at async next (C:\\app\\src\\next.ts:1:2)\n    at node:internal/process/task_queues:95:5\n"
        "    at eval (webpack-internal:///./src/cart.tsx?ab12:3:4)",
        [("lib/router/layer.js", 95, "handle", "express"), ("app/src/next.ts", 1, "next", ""), ("src/cart.tsx", 3, "eval", "")],
    ),
    "go": (
        "panic: boom\n\ngoroutine 1 [running]:\ngithub.com/gin-gonic/gin.(*Context).Next(0xc0001)\n"
        "\t/root/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174 +0x2b\n"
        "net/http.(*conn).serve(0xc00)\n\t/usr/local/go/src/net/http/server.go:1991 +0x607\nmain.main()\n\t/app/cmd/main.go:12 +0x1d",
        [("context.go", 174, "Next", "github.com/gin-gonic/gin"), ("app/cmd/main.go", 12, "main", "")],
    ),
    "rust": (
        "stack backtrace:\n   0: rust_begin_unwind\n             at /rustc/ab12/library/std/src/panicking.rs:595:5\n"
        "   1: ripgrep::search::run\n             at ./crates/core/search.rs:91:17\n"
        "   2: regex::find\n             at /home/u/.cargo/registry/src/index.crates.io-6f17/regex-1.9.3/src/lib.rs:2:1",
        [("crates/core/search.rs", 91, "run", ""), ("src/lib.rs", 2, "find", "regex")],
    ),
    "ruby": (
        "/app/lib/failure_app.rb:12:in `respond': undefined method `x' for nil (NoMethodError)\n"
        "\tfrom /usr/lib/ruby/gems/3.2.0/gems/devise-4.9.3/lib/devise/hooks.rb:5:in 'Devise::Hooks#call'\n"
        "\tfrom /usr/lib/ruby/3.2.0/net/http.rb:5:in 'open'",
        [("app/lib/failure_app.rb", 12, "respond", ""), ("lib/devise/hooks.rb", 5, "call", "devise")],
    ),
    "csharp": (
        "   at Polly.Retry.RetryEngine.Run[TResult](Func`3 action) in C:\\src\\Polly\\Retry\\RetryEngine.cs:line 30\n"
        "   at Polly.AsyncPolicy.<ExecuteAsync>d__5.MoveNext()",
        [("src/Polly/Retry/RetryEngine.cs", 30, "Run", ""), ("Polly/AsyncPolicy.cs", 0, "ExecuteAsync", "")],
    ),
    "php": (
        "PHP Fatal error:  Uncaught Ex: boo in /var/www/app/PageRepo.php:120\nStack trace:\n"
        "#0 /var/www/app/PageController.php(80): App\\PageRepo->create()\n#1 /var/www/vendor/laravel/framework/src/Route.php(54): x->y()",
        [("var/www/app/PageRepo.php", 120, "", ""), ("var/www/app/PageController.php", 80, "create", ""),
         ("src/Route.php", 54, "y", "laravel/framework")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TRACES)
def test_each_language_names_its_places_the_innermost_first(language: str) -> None:
    text, expected = TRACES[language]
    assert [(frame.path, frame.line, frame.name, frame.package) for frame in frames_of(text)] == expected


def test_a_log_and_a_sentence_name_places_each_for_itself() -> None:
    frames = frames_of("12:00:01 ERROR refund.py:42 could not refund\nsee src/billing/refund.py, and readme and v1.2 of it")
    assert [(frame.path, frame.line, frame.trace) for frame in frames] == [("refund.py", 42, 0), ("src/billing/refund.py", 0, 1)]


def test_traces_that_caused_one_another_are_told_apart() -> None:
    frames = frames_of("\tat a.b.C.d(C.java:1)\n\tat a.b.E.f(E.java:2)\nCaused by: x.Y: z\n\tat a.b.G.h(G.java:3)")
    assert [(frame.path, frame.trace) for frame in frames] == [("a/b/C.java", 0), ("a/b/E.java", 0), ("a/b/G.java", 1)]


def test_of_a_long_log_its_beginning_and_its_end_are_read() -> None:
    noise = "worker ok\n" * 200_000
    frames = frames_of(f"first/a.py:1\n{noise}last/b.py:2")
    assert frames == (Frame("first/a.py", 1, trace=0), Frame("last/b.py", 2, trace=1))


_PIECES = st.sampled_from([
    'File "', '", line 3, in f', "at ", "(", ")", "a.b.C", "Foo.java:1", "/x/y.py", ":12", ":in `", "'", "#0 ", "->", "\n", "\t", " ", "\\",
    "```", "Caused by: ", "ERROR ", "2024-01-02 ", "goroutine 1 [running]:", "   1: ", "é", "<", ">", "[", "]", ".", "$", "C:",
    "node_modules/", "pkg/mod/", "site-packages/", "- [x] ", "| a |", "<!--", "-->", "Exception", "?", "::", "@", "www.", "\x00",
])  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


@given(_TEXTS)
def test_any_text_is_read_without_complaint(text: str) -> None:
    for frame in frames_of(text):
        assert frame.path and frame.line >= 0 and "\\" not in frame.path and not frame.path.startswith("/")
    told = informative(text)
    assert told == text or len(told) < 2_700
    assert not text.strip() or told.strip()


@given(st.sampled_from(["a.", "at <", "File \"", "w::", " ", "x/", "\\", "E ", "a-", "[", "(a", "1: ", "é."]), st.integers(200, 100_000))
def test_the_work_is_bounded_for_long_lines(piece: str, times: int) -> None:
    text = f"{piece * times}\n" * 3
    assert len(frames_of(text)) <= 200 and len(informative(text)) < max(2_700, len(text) + 1)
