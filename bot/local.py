"""The way to a running `docent serve`, which has the model and the index in memory: a Unix socket in the data folder.

One line of JSON each way: a request, as `Request.to_json` writes it, gets {"status": 0, "stdout": "…", "stderr": "…"};
a connection may ask again. Only the service's own user and root get through. Standard library only, because every command starts
here; the other end is `bot/local_server.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.request import Outcome
from indexer.errors import DocentError

SOCKET = "serve.sock"
_MAX_ADDRESS = 100  # bytes; sun_path holds 107 and a NUL on Linux, 103 on macOS


def ask_local(data_dir: Path, request: Mapping[str, Any], timeout: float = 120.0) -> Outcome | None:
    """Let the service of this data folder run a command; None where none runs, or where it ends before it has answered.

    Raises DocentError where nothing is heard for `timeout` seconds.
    """
    connection = connect(data_dir)
    if connection is None:
        return None
    with connection, connection.makefile("rb") as lines:
        connection.settimeout(timeout)
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            line = lines.readline()
        except TimeoutError as exc:
            hint = "Look into its log, or stop it: the command then does the work itself."
            raise DocentError(f"`docent serve` did not answer within {timeout:g} s.", hint) from exc
        except OSError:
            return None  # it was stopped meanwhile
    return Outcome(**json.loads(line)) if line.endswith(b"\n") else None


def connect(data_dir: Path) -> socket.socket | None:
    """A connection to a service of a user we trust, or None."""
    if not (data_dir / SOCKET).exists():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address(data_dir) as path:
            connection.connect(path)
        if is_trusted(connection):
            return connection
    except OSError:
        pass  # a socket file that nobody listens to
    connection.close()
    return None


@contextlib.contextmanager
def address(data_dir: Path) -> Iterator[str]:
    """The socket's path, or a shorter one: the limit is on the bytes given, so a long folder is reached by a symbolic link."""
    path = str(data_dir / SOCKET)
    if len(os.fsencode(path)) <= _MAX_ADDRESS:
        yield path
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="docent") as short:
        os.symlink(data_dir.absolute(), f"{short}/d", target_is_directory=True)
        yield f"{short}/d/{SOCKET}"


def is_trusted(connection: socket.socket) -> bool:
    """Whether the other end is run by us or by root. Where the system cannot tell, the folder must be private."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return user in (os.getuid(), 0) or os.getuid() == 0
