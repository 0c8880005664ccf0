"""The command line. Only the standard library is imported here, so that help, mistakes and a running server answer at once."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from bot.places import find_settings_file, locate_data_dir, repository_around
from bot.render.screen import Screen
from bot.request import DECLINED, Outcome, Request
from indexer.errors import ConfigError, DocentError

_FORWARDED = frozenset({"ask", "search", "whoowns", "changes", "explain", "impact", "status", "index"})
_SHORT, _LONG = 600.0, 86_400.0  # seconds to wait for a running `docent serve`: a question may have to index first
_GARBAGE = 50_000  # objects made before cycles among them are looked for: at 700 it takes a tenth of a command's start
_INTERRUPTED, _PIPE_CLOSED = 130, 141  # 128 + SIGINT, 128 + SIGPIPE, as shells report them


class Parser(argparse.ArgumentParser):
    """argparse, with its errors in docent's form: one sentence and where to read on."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"docent: {message}. See `{self.prog} --help`.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 answered, 1 could not, 2 the user's mistake, 3 an outside failure."""
    sys.stdout, sys.stderr = sys.stdout or io.StringIO(), sys.stderr or io.StringIO()  # None where the shell closed them
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = _main(argv)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python complains again when it flushes at exit
        return _PIPE_CLOSED


def _main(argv: Sequence[str] | None) -> int:
    args: argparse.Namespace | None = None
    try:
        args = build_parser().parse_args(argv)
        return _run(args)
    except SystemExit as exc:  # argparse: help, version, or a mistake
        return exc.code if isinstance(exc.code, int) else 2
    except DocentError as exc:
        return _say_error(exc)
    except KeyboardInterrupt:
        print("docent: stopped.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as exc:
        from bot.crash import report_crash

        return report_crash(exc, _data_dir(args))


def build_parser() -> Parser:
    """All commands and their arguments."""
    common = Parser(add_help=False)
    repo_help = "a repository: its name or a path (repeatable)"
    common.add_argument("--repo", action="append", default=[], metavar="NAME_OR_PATH", help=repo_help)
    common.add_argument("--config", metavar="FILE", help="the settings file (default: docent.toml here or above)")
    common.add_argument("--json", action="store_true", help="print the machine form on stdout")
    fresh = Parser(add_help=False)
    fresh.add_argument("--no-refresh", dest="refresh", action="store_false", help="answer from the index as it is")

    about = "Ask a codebase in plain words; every claim links to the lines and commits behind it."
    parser = Parser(prog="docent", description=about)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)

    demo = commands.add_parser("demo", parents=[common], help="try docent on a repository, without any set-up")
    demo.add_argument("path", nargs="?", metavar="PATH", help="a repository (default: the one around the current folder)")
    init = commands.add_parser("init", parents=[common], help="write a docent.toml and the Slack app's manifest")
    init.add_argument("--force", action="store_true", help="overwrite an existing docent.toml")
    index = commands.add_parser("index", parents=[common], help="bring the index up to date")
    index.add_argument("--full", action="store_true", help="read everything again; mends a damaged index")
    index.add_argument("--watch", action="store_true", help="stay, and refresh by the schedule")
    index.add_argument("--shard", type=_shard, metavar="I/N", help="only every N-th repository, beginning with the I-th")
    status = commands.add_parser("status", parents=[common], help="show what is indexed, how old it is and what was skipped")
    status.add_argument("-v", "--verbose", action="store_true", help="name each skipped file")
    search = commands.add_parser("search", parents=[common, fresh], help="the best places for a question, ranked")
    search.add_argument("query", nargs="*", metavar="QUERY", help="words, and filters such as path:src lang:python repo:NAME")
    search.add_argument("-k", type=_positive, default=10, metavar="N", help="at most N files and N commits (default 10)")
    search.add_argument("--batch", metavar="FILE", help='JSON lines {"id", "question", "repo"} to search, "-" for stdin')
    ask = commands.add_parser("ask", parents=[common, fresh], help="answer a question, with sources")
    ask.add_argument("question", nargs="*", metavar="QUESTION", help="in plain words")
    ask.add_argument("--no-llm", dest="llm", action="store_false", help="compose the answer without the language model")
    ask.add_argument("--deep", action="store_true", help="look at more places")
    whoowns = commands.add_parser("whoowns", parents=[common, fresh], help="who owns a place, or what somebody owns")
    whoowns.add_argument(
        "topic", nargs="*", metavar="PATH_OR_TOPIC", help="a file, folder, glob, symbol, person, @team, or plain words"
    )
    llm = Parser(add_help=False)
    llm.add_argument("--no-llm", dest="llm", action="store_false", help="word it without the language model")
    changes = commands.add_parser("changes", parents=[common, fresh, llm], help="what changed and why: the few changes that matter")
    changes.add_argument("topic", nargs="*", metavar="PATH_OR_TOPIC", help="only what touches this (default: everything)")
    changes.add_argument("--since", metavar="WHEN", help="1d, 2w, yesterday, a date, or a revision such as v1.2 (default: 7d)")
    changes.add_argument("--until", metavar="WHEN", help="the same (default: now)")
    changes.add_argument("-n", dest="limit", type=_positive, default=5, metavar="N", help="tell at most N changes (default 5)")
    explain = commands.add_parser("explain", parents=[common, fresh, llm], help="one change, for people who do not read diffs")
    explain.add_argument("change", nargs="*", metavar="COMMIT_OR_RANGE", help="a commit, A..B, #123, or a link to a pull request")
    hotspots = commands.add_parser("hotspots", parents=[common, fresh], help="where fixes land, and what only one person knows")
    hotspots.add_argument("topic", nargs="*", metavar="FOLDER_OR_TOPIC", help="only files of this (default: everything)")
    hotspots.add_argument("--limit", type=_positive, default=10, metavar="N", help="at most N files (default 10)")
    hotspots.add_argument("--out", metavar="FILE", help="draw them into FILE.png or FILE.svg as well")
    impact = commands.add_parser("impact", parents=[common, fresh], help="what a change would touch, and how the last ones like it went")
    impact.add_argument("topic", nargs="*", metavar="PATH_OR_PLAN", help="a file, folder, glob, symbol, link, or a plan in plain words")
    systems = commands.add_parser("map", parents=[common, fresh], help="which systems there are and how they hang together")
    systems.add_argument("systems", nargs="*", metavar="SYSTEM_OR_WORDS", help="only what fits, with what it uses and what uses it")
    systems.add_argument("--out", metavar="FILE", help="save the picture: FILE.png, FILE.svg, or FILE.mmd for Mermaid")
    systems.add_argument("--from", dest="source", metavar="SYSTEM", help="with --to: the way from this system, step by step")
    systems.add_argument("--to", dest="target", metavar="SYSTEM", help="the system it leads to, such as database")
    digest = commands.add_parser("digest", parents=[common, fresh, llm], help="post the digests that are due, each once")
    digest.add_argument("--dry-run", action="store_true", help="print what would be posted, and post nothing")
    digest.add_argument("--channel", metavar="CHANNEL", help="only this channel's")
    evaluate = commands.add_parser("eval", parents=[common], help="measure rankings and answers on labelled cases")
    owners_help = 'JSON lines {"repo", "path", "owners": […]}, "-" for stdin: who built it, from history alone'
    hotspots_help = "repositories to stand two years back in: which files took the fixes since then"
    changes_help = 'JSON lines {"repo", "since", "until", "major": […]}, "-" for stdin: what release notes name'
    kinds = evaluate.add_mutually_exclusive_group(required=True)
    cases_help = 'JSON lines {"repo", "commit", "kind", "question", "gold_files" or "gold_commits"}, "-" for stdin: what search finds'
    kinds.add_argument("cases", nargs="*", default=(), metavar="CASES", help=cases_help)
    kinds.add_argument("--from-history", action="store_true", help="make such cases from the repository's own commits")
    kinds.add_argument("--owners", metavar="CASES", help=owners_help)
    kinds.add_argument("--changes", metavar="CASES", help=changes_help)
    kinds.add_argument("--hotspots", nargs="+", metavar="REPO", help=hotspots_help)
    impact_help = "from one file of a held-out commit find the others: what history and imports know of what belongs together"
    kinds.add_argument("--impact", nargs="+", metavar="REPO", help=impact_help)
    evaluate.add_argument(
        "--min-ndcg", action="append", default=[], type=_ndcg_bar, metavar="[KIND=]X",
        help="the NDCG@10 to reach over all files, or over the questions of a kind, 0 to 1 (repeatable)",
    )  # fmt: skip
    evaluate.add_argument("--mirrors", metavar="DIR", help="where else repositories are: DIR/owner+name/repo")
    evaluate.add_argument("--signals", action="store_true", help="measure each signal of the ranking alone and left out")
    evaluate.add_argument("--together", action="store_true", help="ask all repositories at once")
    evaluate.add_argument("--out", metavar="FILE", help="save the run")
    evaluate.add_argument("--against", metavar="FILE", help="compare with a saved run, case by case")
    evaluate.add_argument("--commits", type=_positive, default=200, metavar="N", help="cases made of each history (default 200)")
    evaluate.add_argument("--out-cases", metavar="FILE", help="keep the cases made from history")
    evaluate.add_argument("--min-hit1", type=_part, metavar="X", help="with --owners: the share of cases right at the first name, 0 to 1")
    evaluate.add_argument("--min-hit3", type=_part, metavar="X", help="the same among the first three names")
    precision_help = "with --changes: the precision@10 to reach on average, 0 to 1"
    evaluate.add_argument("--min-precision", type=_part, metavar="X", help=precision_help)
    gain_help = "the same over the ranking by most lines; with --impact: hit@5 over the better baseline"
    evaluate.add_argument("--min-gain", type=_part, metavar="X", help=gain_help)
    evaluate.add_argument("-v", "--verbose", action="store_true", help="name each case that is missed or left out")
    commands.add_parser("serve", parents=[common], help="run the Slack bot, the refresh schedule and the health endpoint")
    commands.add_parser("doctor", parents=[common], help="check everything docent needs, with the mend for what is missing")
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            parser.exit(0, f"docent {version('repodocent')}\n")
        except PackageNotFoundError:
            parser.exit(0, "docent, not installed\n")


def _run(args: argparse.Namespace) -> int:
    if args.command in ("map", "hotspots"):
        from bot.saving import ENDINGS, check_out, saved

        check_out(args.out, ENDINGS[args.command])
        return _show(saved(_answer(_request(args), _data_dir(args)), args.out))
    if args.command in _FORWARDED and not getattr(args, "watch", False):
        return _show(_answer(_request(args), _data_dir(args)))
    if args.command == "digest":
        from bot.digest.command import run_digest

        return _show(run_digest(_request(args)))
    if args.command == "doctor":
        from bot.doctor import run_doctor

        return _show(run_doctor(_request(args)))
    if args.command == "init":
        from bot.init import run_init

        return run_init(Path.cwd(), force=args.force)
    from bot import foreground

    if args.command == "eval":  # never by a running service: it is long, and has an index of its own
        return _show(foreground.run_here(_request(args)))
    return foreground.run(args.command, _request(args))


def _answer(request: Request, data_dir: Path) -> Outcome:
    """Ask the `docent serve` that owns the data folder, if there is one; else do the work here."""
    if (data_dir / "serve.sock").exists():
        from bot.local import ask_local

        answered = ask_local(data_dir, request.to_json(), _LONG if request.command == "index" else _SHORT)
        if answered is not None and answered.status != DECLINED:
            return answered
    gc.set_threshold(_GARBAGE)
    from bot.foreground import run_here

    return run_here(request)


def _request(args: argparse.Namespace) -> Request:
    config = find_settings_file(args.config)
    around = repository_around(Path.cwd())
    return Request(
        command=args.command,
        options=_options(args),
        repos=tuple((given, str(Path(given).expanduser().absolute())) for given in args.repo),
        around=str(around) if around else None,
        config=str(config) if config else None,
        named=bool(args.config or os.environ.get("DOCENT_CONFIG")),
        json=args.json,
        screen=Screen.of(sys.stdout),
    )


def _options(args: argparse.Namespace) -> dict[str, object]:
    options = {key: value for key, value in vars(args).items() if key not in ("command", "repo", "config", "json")}
    for key in ("question", "query", "topic", "change", "systems"):
        if key in options:
            options[key] = " ".join(options[key])
    if "against" in options:
        options["cases"] = [("the cases" if file == "-" else file, _read_lines(file, "cases")) for file in args.cases]
        options["against"] = (_read_lines(args.against, "saved"), args.against) if args.against else None
    if "out" in options:
        options["folder"] = str(Path.cwd())
    for key, what in (("batch", "batch"), ("owners", "cases"), ("changes", "cases")):
        if options.get(key) is not None:
            options |= {key: _read_lines(options[key], what), "folder": str(Path.cwd())}
    return options


def _read_lines(file: str, what: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise ConfigError(f"The {what} file {file} cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"The {what} file {file} is not UTF-8 text.") from exc


def _data_dir(args: argparse.Namespace | None) -> Path:
    return locate_data_dir(find_settings_file(args.config if args else None))


def _show(outcome: Outcome) -> int:
    sys.stderr.write(outcome.stderr)
    sys.stderr.flush()
    sys.stdout.write(outcome.stdout)
    return outcome.status


def _say_error(error: DocentError) -> int:
    from bot.logs import redact

    print(f"docent: {redact(str(error))}", file=sys.stderr)
    return error.exit_status


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 1000):
        raise argparse.ArgumentTypeError(f"{text} is not a number between 1 and 1000")
    return int(text)


def _part(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number between 0 and 1")
    return value


def _ndcg_bar(text: str) -> tuple[str, float]:
    kind, _, number = text.rpartition("=")
    return kind.strip(), _part(number)


def _shard(text: str) -> tuple[int, int]:
    number, slash, count = text.partition("/")
    if not (slash and number.isdigit() and count.isdigit() and 0 <= int(number) <= int(count) and int(count) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form I/N, such as 3/16")
    return int(number), int(count)
