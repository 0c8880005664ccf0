from __future__ import annotations

import pytest

from indexer.declared.types import Dialect, Holder, HolderKind
from tests.indexer.declared.reading import declared, found, names, problem_lines

LINUX = """\

	List of maintainers
	===================

Descriptions of section entries:

	M: Mail patches to: FullName <address@domain>
	F: Files and directories with wildcard patterns.

Maintainers List (try to look for most precise areas first)

		-----------------------------------

NET
M:	Ada Lovelace <ada@x.org>
R:	Bob Baker <bob@x.org>
L:	net@lists.x.org (moderated)
S:	Supported
W:	https://x.org
F:	drivers/net/
F:	include/net*.h
X:	drivers/net/old/
N:	[^a-z]tegra

OLD NET
L:	old@lists.x.org
S:	Orphan
F:	drivers/net/old/

# a comment
PARSER
M:	"Doe, Jane" <jane@x.org>
S:	Maintained
F:	tools/*/parse.[ch]
F:	tools/{lex,yacc}.c
F:	scripts

THE REST
M:	Linus <linus@x.org>
S:	Buried alive in reporters
F:	*
F:	*/
"""


def sections(path: str) -> list[str]:
    return [entry.section for entry in declared({"MAINTAINERS": LINUX}).owners_of(path)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("drivers/net/a/b.c", ["NET", "THE REST"]),
        ("drivers/net/old/x.c", ["OLD NET", "THE REST"]),
        ("include/netlink.h", ["NET", "THE REST"]),
        ("include/net/x.h", ["THE REST"]),
        ("boards/tegra/x", ["NET", "THE REST"]),
        ("tools/a/parse.c", ["PARSER", "THE REST"]),
        ("tools/a/b/parse.c", ["THE REST"]),
        ("tools/yacc.c", ["PARSER", "THE REST"]),
        ("scripts/x/y", ["PARSER", "THE REST"]),
        ("scripts", ["PARSER", "THE REST"]),
        ("README", ["THE REST"]),
        ("xtegra", ["THE REST"]),
    ],
)
def test_the_most_specific_section_comes_first_and_the_rest_last(path: str, expected: list[str]):
    assert sections(path) == expected


def test_a_section_tells_people_roles_status_and_the_line_that_matched():
    owners = declared({"MAINTAINERS": LINUX})
    (entry,) = owners.deciding("drivers/net/a.c")
    assert entry.holders == (
        Holder("Ada Lovelace <ada@x.org>", HolderKind.PERSON, email="ada@x.org", name="Ada Lovelace", role="maintainer"),
        Holder("Bob Baker <bob@x.org>", HolderKind.PERSON, email="bob@x.org", name="Bob Baker", role="reviewer"),
    )
    assert (entry.status, entry.pattern, LINUX.splitlines()[entry.line - 1]) == ("Supported", "drivers/net/", "F:	drivers/net/")
    assert owners.dialect is Dialect.MAINTAINERS and owners.problems == ()


def test_the_mailing_list_stands_in_where_nobody_is_named():
    (entry,) = declared({"MAINTAINERS": LINUX}).deciding("drivers/net/old/x.c")
    assert [(holder.email, holder.kind, holder.role) for holder in entry.holders] == [("old@lists.x.org", HolderKind.TEAM, "list")]
    assert entry.status == "Orphan"


def test_among_sections_the_longer_pattern_wins():
    text = "A\nM: A A <a@x.org>\nF: src/\n\nB\nM: B B <b@x.org>\nF: src/x/\n\nC\nM: C C <c@x.org>\nF: src/x/*.c\n"
    owners = declared({"MAINTAINERS": text})
    assert [entry.section for entry in owners.owners_of("src/x/y.c")] == ["C", "B", "A"]


def test_underlined_titles_and_bare_addresses_are_read():
    text = "Group\n=====\n\nMemory\n------\nM: Ada <ada@x.org>\nM: team@x.org\nF: lib/mem/\n\nNobody's\n--------\nF: lib/\n"
    owners = declared({"MAINTAINERS": text})
    assert [(entry.section, len(entry.holders)) for entry in owners.owners_of("lib/mem/x")] == [("Memory", 2)]


def test_the_older_way_names_the_person_a_line_before():
    text = "USB\nP: Ada Lovelace\nM: ada@x.org\nP: Bob Baker\nM: bob@x.org\nS: Maintained\nF: usb/\n"
    (entry,) = declared({"MAINTAINERS": text}).owners_of("usb/x")
    assert [(holder.name, holder.email) for holder in entry.holders] == [("Ada Lovelace", "ada@x.org"), ("Bob Baker", "bob@x.org")]


def test_files_in_folders_are_read_too_with_paths_from_the_root():
    board = "BOARD\nM: Ada <ada@x.org>\nS: Maintained\nF: board/x/\nF: configs/x_defconfig\n"
    owners = declared({"MAINTAINERS": LINUX, "board/x/MAINTAINERS": board})
    assert [entry.file for entry in owners.owners_of("configs/x_defconfig")] == ["board/x/MAINTAINERS", "MAINTAINERS"]
    assert owners.files == ("MAINTAINERS", "board/x/MAINTAINERS")


@pytest.mark.parametrize("line", ["M: <<ada@x.org>", "M: git://x", "N: (", "F: " + "x" * 5000])
def test_a_bad_line_is_told_and_the_others_hold(line: str):
    owners = declared({"MAINTAINERS": f"A\nM: Ada <ada@x.org>\n{line}\nF: src/\n"})
    assert problem_lines(owners) == [3]
    assert names(owners, "src/x") == [["Ada <ada@x.org>"]]


@pytest.mark.parametrize("name", ["MAINTAINERS", "MAINTAINERS.md"])
def test_a_plain_list_of_people_is_for_everything(name: str):
    owners = declared({name: "# Maintainers\n\n* Ada Lovelace <ada@x.org> (@ada)\n* Bob Baker <bob@x.org>\n"})
    (entry,) = owners.owners_of("a/b")
    assert [(holder.name, holder.email, holder.handle) for holder in entry.holders] == [
        ("Ada Lovelace", "ada@x.org", "ada"), ("Bob Baker", "bob@x.org", None),
    ]  # fmt: skip
    assert (entry.file, entry.line) == (name, 3)
    assert names(owners, "top") == [["Ada Lovelace <ada@x.org>", "Bob Baker <bob@x.org>"]]


@pytest.mark.parametrize(
    "text",
    [
        "We are glad you want to help.\n\nAda <ada@x.org>\n",
        "* Ada <ada@x.org>\n  * net: Bob <bob@x.org>\n",
        "maintainers:\n- ada\n",
        "",
        "M: this is prose\n",
        "General maintainers:\n* Ada (ada@x.org / @ada)\n",
    ],
)
def test_anything_else_declares_nothing_and_is_no_problem(text: str):
    assert found({"MAINTAINERS.md": text}) is None
