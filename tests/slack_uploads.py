"""Slack's side of an upload: an address for a file, its bytes, and its end in a conversation (docs.slack.dev/messaging/working-with-files).

Stricter than Slack: a picture without alt text is refused, and what is no PNG.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.slack_validation import Refused

_PNG = b"\x89PNG\r\n\x1a\n"
_LONGEST_ALT = 1_000


@dataclass
class Upload:
    """A file on its way; it can be seen in `channel` once that is set."""

    id: str
    path: str
    name: str
    length: int
    alt: str
    data: bytes = b""
    title: str = ""
    channel: str = ""
    thread: str | None = None


@dataclass
class Uploads:
    base: Callable[[], str]
    begun: dict[str, Upload] = field(default_factory=dict)
    _ids: Any = field(default_factory=itertools.count)

    @property
    def shared(self) -> list[Upload]:
        """What people see, oldest first."""
        return [one for one in self.begun.values() if one.channel]

    def begin(self, arguments: dict[str, Any]) -> dict[str, Any]:
        name, length, alt = (str(arguments.get(key) or "") for key in ("filename", "length", "alt_txt"))
        if set(arguments) - {"filename", "length", "alt_txt", "snippet_type"} or not name.endswith(".png"):
            raise Refused("invalid_arguments", "filename")
        if not length.isdecimal() or int(length) == 0:
            raise Refused("invalid_arguments", "length")
        if not 1 <= len(alt.strip()) <= _LONGEST_ALT:
            raise Refused("invalid_arguments", "alt_txt")
        number = next(self._ids)
        upload = Upload(f"F{number}", f"/upload/v1/ticket{number}", name, int(length), alt)
        self.begun[upload.id] = upload
        return {"upload_url": self.base() + upload.path, "file_id": upload.id}

    def receive(self, path: str, data: bytes) -> tuple[int, str]:
        upload = next((one for one in self.begun.values() if one.path == path), None)
        if upload is None or upload.data:
            return 404, "no such upload"
        if len(data) != upload.length or not data.startswith(_PNG):
            return 400, "not what was announced"
        upload.data = data
        return 200, f"OK - {len(data)}"

    def complete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if set(arguments) - {"files", "channel_id", "thread_ts", "initial_comment"}:
            raise Refused("invalid_arguments")
        files = arguments.get("files")
        if not isinstance(files, list) or not files or any(set(one) - {"id", "title", "highlight_type"} for one in files):
            raise Refused("invalid_arguments", "files")
        for one in files:
            upload = self.begun.get(one["id"])
            if upload is None or not upload.data or upload.channel:
                raise Refused("file_not_found")
            upload.title, upload.channel, upload.thread = one.get("title", ""), arguments["channel_id"], arguments.get("thread_ts")
        return {"files": [{"id": one["id"], "title": one.get("title", "")} for one in files]}
