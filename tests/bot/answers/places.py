"""Evidence and a reader over texts held in a dict, shared by the tests of the check and of written answers."""

from __future__ import annotations

from bot.answers.citations import Reader
from bot.answers.types import Evidence
from indexer.types import Kind

COMMIT = "46e939b500000000000000000000000000000000"

REBUILD_AUTH = '''\
    def rebuild_auth(self, prepared_request, response):
        """When being redirected we may want to strip authentication from the
        request to avoid leaking credentials. This method intelligently removes
        and reapplies authentication where possible to avoid credential loss.
        """
        if "Authorization" in headers and self.should_strip_auth(response.request.url, url):
            # If we get redirected to a new host, we should strip out any
            # authentication headers.
            del headers["Authorization"]'''
SHOULD_STRIP = '''\
    def should_strip_auth(self, old_url, new_url):
        """Decide whether Authorization header should be removed when redirecting"""
        old_parsed = urlparse(old_url)
        new_parsed = urlparse(new_url)
        if old_parsed.hostname != new_parsed.hostname:
            return True'''
SESSIONS = """\
class SessionStore:
    # Sessions live in redis under their token; they go after `ttl` seconds.
    def __init__(self, client, ttl=60 * 30):
        self.redis = client

    def open(self, token):
        data = self.redis.get(token)
        if data is None:
            raise SessionExpired(token)"""
RETRY = """\
MAX_RETRIES = 3
def charge_with_retry(card, amount, delay=0.5):
    # Tries the payment provider three times, then gives up.
    for attempt in range(MAX_RETRIES):"""
REWORK = "Rework authorization stripping logic as discussed\n\nThe exception for http->https upgrade now needs standard ports."


def place(number: int, text: str, path: str | None, symbol: str | None = None, start: int = 1, commit: str = COMMIT) -> Evidence:
    label = f"{path.rsplit('/')[-1]} {start}" if path else f"commit {commit[:7]}"
    url = f"https://git.example.com/shop/blob/{commit}/{path}#L{start}" if path else f"https://git.example.com/shop/commit/{commit}"
    kind = Kind.CODE if path else Kind.COMMIT
    return Evidence(number, "shop", path, start, start + text.count("\n"), commit, url, text, kind, label, symbol)


PLACES = {
    1: place(1, REBUILD_AUTH, "src/requests/sessions.py", "SessionRedirectMixin.rebuild_auth", 282),
    2: place(2, SHOULD_STRIP, "src/requests/sessions.py", "SessionRedirectMixin.should_strip_auth", 127),
    3: place(3, SESSIONS, "shop/auth/sessions.py", "SessionStore"),
    4: place(4, REWORK, None, commit="857e9b7ac20c3accf4cc328f594aecb8b6a644a6"),
    5: place(5, RETRY, "shop/billing/retry.py", "charge_with_retry"),
}
TEXTS = {(place.path, place.commit, place.start_line): place.excerpt for place in PLACES.values()}


def reader() -> Reader:
    return lambda evidence: TEXTS.get((evidence.path, evidence.commit, evidence.start_line))
