"""Changes to code that decides who may do what, or that handles money, known by the words of its path and of what it defines.

Whole words count, split as programmers write them, so that an author is no authority and a tokenizer no token. A word that other
trades use too ("token" in parsers, "order" in lists, "charge" in batteries) needs a second one of its trade beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from indexer.changes.flags.pairs import Pair, Texts, added_lines, is_source
from indexer.changes.types import Flag, FlagKind, Place, Story


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class _Trade:
    """The words of one trade: a clear one says it alone, of the others it takes two that are not the same."""

    kind: FlagKind
    clear: frozenset[str]
    other: frozenset[str]


_TRADES = (
    _Trade(
        FlagKind.SECURITY,
        _names("auth authn authz authenticate authenticated authentication authenticator authenticators authorize authorizer"
               " authorization oauth oauth2 oidc openid saml sso ldap kerberos jwt jwks csrf xsrf xss cors password passwords passwd"
               " passphrase credential credentials crypto cryptography encrypt encryption decrypt decryption cipher rbac permission"
               " permissions mfa totp 2fa webauthn login signin sanitizer keyring keystore truststore pki x509 tls ssl mtls"
               " certificate certificates hsts security secret secrets impersonation bcrypt"),
        _names("token tokens session sessions cookie cookies cert certs signature signatures signing identity key keys access refresh"
               " api user users admin role roles verifier bearer acl acls policy policies grant grants account accounts logout guard")),
    _Trade(
        FlagKind.MONEY,
        _names("billing payment payments invoice invoices invoicing refund refunds payout payouts pricing price prices tax taxes vat"
               " coupon coupons discount discounts stripe paypal braintree adyen payroll iban sepa paywall revenue money tariff"
               " tariffs dunning"),
        _names("checkout ledger subscription subscriptions currency currencies wallet cart carts order orders charge charges fee fees"
               " credit credits balance balances accounting transaction transactions cost costs plan plans shop customer customers")),
)
# What a path says of a language's or a protocol's own parts is not of the trade.
_PLUMBING = _names("tls ssl mtls certificate certificates x509 cors secret secrets auth")  # in a name, mostly passed through
_SHOWING = _names("tables filters filtersets icons styles themes locale locales i18n graphql")  # showing is not doing
_UPKEEP = re.compile(r"\b(?:lint\w*|refactor\w*|renam\w*|format\w*|typos?|styles?|chore|clean\w*|bump\w*|typing|type hints?|"
                     r"annotations?|"
                     r"simplif\w*|moderni[sz]\w*|receivers?)\b", re.IGNORECASE)
_PARSING = _names("parser parsers lexer lexers tokenizer grammar syntax ast compiler highlight pygments promql")
_WORD = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|\b|_)|[A-Z]?[a-z]+\d?(?![a-z])|[A-Z]+\d*|\d+[a-z]+")
_DEFINES = re.compile(
    r"^[ \t]*(?:(?:export|default|public|private|protected|internal|static|async|pub|abstract|final|override|virtual"
    r"|unsafe)[ \t]+){0,5}"
    r"(?:def|func|fn|fun|function|class|interface|struct|type|trait)[ \t]+(?:\([^()\n]{0,80}\)[ \t]*)?([A-Za-z_]\w*)")
_NO_CODE = re.compile(r"^\s*(?:#|//|/?\*|--|<!--|import\b|from\b.*\bimport\b|using\b|use\b|package\b|\"\"\"|[)\]}({\[,;]*$)")
_MIN_LINES = 4  # of code; fewer are a detail
_MIN_SHARE = 0.15  # of the story's lines of source: the rest of a mass change says more
_MAX_FILES = 150
_MAX_PLACES = 3


def sensitive_flags(story: Story, texts: Texts) -> Iterator[Flag]:
    """At most one flag for security and one for money: the file that changes most, the words that tell, up to three places."""
    titled = _words([story.title])
    pairs = list(texts.pairs(is_source))
    if len(pairs) > _MAX_FILES:
        return
    lines = {pair.path: _code_lines(pair) for pair in pairs}
    everything = sum(len(added) + removed for added, removed in lines.values())
    for trade in _TRADES:
        if _UPKEEP.search(story.title) and not titled & trade.clear:
            continue
        found = [(pair, words) for pair in pairs if (words := _telling(trade, pair, lines[pair.path][0]))]
        size = {pair.path: len(lines[pair.path][0]) + lines[pair.path][1] for pair, _words_ in found}
        total = sum(size.values())
        if total < _MIN_LINES or (total < _MIN_SHARE * everything and not titled & trade.clear):
            continue
        found.sort(key=lambda one: -size[one[0].path])
        told = Counter(word for _pair, words in found for word in words)
        places = tuple(_place(pair, lines[pair.path][0]) for pair, _words_ in found[:_MAX_PLACES])
        yield Flag(trade.kind, found[0][0].path, detail=", ".join(word for word, _count in told.most_common(3)), places=places)


def _telling(trade: _Trade, pair: Pair, added: list[tuple[int, str]]) -> list[str]:
    """The words by which a changed file belongs to a trade: those of its path, or those of the definitions that hold at least
    half of what is added; none if it does not belong to it."""
    path = _words(PurePosixPath(pair.path).with_suffix("").parts)
    if path & (_PARSING | _SHOWING):
        return []
    if clear := path & trade.clear:
        return sorted(clear)
    other = {word.removesuffix("s"): word for word in sorted(path & trade.other)}
    if len(other) > 1:
        return sorted(other.values())
    inside = Counter(word for name in _definitions(pair.after or "", added) for word in _words([name]) & trade.clear - _PLUMBING)
    return [word for word, count in inside.most_common() if 2 * count >= len(added)]


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for name in names for word in _WORD.findall(name.replace("OAuth", "Oauth")))


def _code_lines(pair: Pair) -> tuple[list[tuple[int, str]], int]:
    """The added lines of code, and the number of those removed; comments, imports and brackets are none."""
    added = [(number, line) for number, line in added_lines(pair.before, pair.after) if not _NO_CODE.match(line)]
    removed = sum(not _NO_CODE.match(line) for _number, line in added_lines(pair.after, pair.before))
    return added, removed


def _definitions(text: str, added: list[tuple[int, str]]) -> list[str]:
    """For each added line the name of the definition that holds it: the nearest one above."""
    wanted = {number for number, _line in added}
    names: list[str] = []
    current = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if match := _DEFINES.match(line[:300]):
            current = match[1]
        if number in wanted:
            names.append(current)
    return names


def _place(pair: Pair, added: list[tuple[int, str]]) -> Place:
    if pair.after is None:
        return pair.place_before()
    return pair.place_after(added[0][0] if added else 0)
