"""The words of a sentence that carry meaning, as stems, and which of them two texts share."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STOP_WORDS = """
a about above after again against all also always am an and another any anything are aren as at away back be because been
before being below between both but by came can cannot come comes could did do does doesn doing don done down during each
either else even ever every everything first for from further gets get go goes got had has hasn have having he her here hers
him his how i if in instead into is isn it its itself just last later lead leads let like made make makes many may means
might more most much must my need needs never new next no nor not nothing now of off on once one only or other others our out
over own part per put same say says see set shall she should since so some someone something such take takes than that the
their them themselves then there these they thing things this those though through time times to together too two under until
up upon us use used user users uses using very via was wasn way we well were what when where whether which while who whom
whose why will with within without won would yes yet you your
"""
# Said of any code whatever, so neither a claim nor a support of one.
_GLUE_WORDS = """
actually allow allows another appropriate argument arguments automatically based behavior behaviour call called calling calls
case cases certain class classes code contain contains current currently decide decided decides default define defined
defines depend depending depends determine determines different directly ensure ensures existing explicitly file files
function functions give given gives handle handled handles happen happens helper implement implements include includes
instance internal item method methods module multiple normally object objects parameter parameters particular perform
performs piece possible process program provide provided provides repository represent represents result results return
returned returning returns run runs several simply special specific specified state step steps string system systems thereby
thus type types usually value values various work works
"""
_STOP = frozenset(_STOP_WORDS.split()) | frozenset(_GLUE_WORDS.split())
# A writer for people who do not read code says "login" where the code says "auth". One line is one meaning; words as stems.
_EVERYDAY = (
    "login signin auth authent author credenti password passwd secret",
    "delet remov drop strip discard eras clear purg unset pop del",
    "site websit host hostnam domain server netloc",
    "error except rais fail failur throw thrown panic err",
    "wait timeout sleep delay paus backoff",
    "retri attempt tri",
    "save store persist write written keep kept live",
    "load read fetch",
    "pay payment charg bill invoic",
    "check verifi valid validat test",
    "send sent emit post dispatch deliv",
    "limit max maximum cap",
    "address url uri link",
    "expir ttl lifetim",
    "creat built build generat init",
    "chang updat modifi edit mutat",
    "forward redirect",
    "start begin launch",
    "stop end close cancel abort",
    "messag email mail notif notifi",
    "config configur option set",
    "list array sequenc",
    "custom client account",
    "find search look lookup",
    "jan januari",
    "feb februari",
    "mar march",
    "apr april",
    "jun june",
    "jul juli",
    "aug august",
    "sep sept septemb",
    "oct octob",
    "nov novemb",
    "dec decemb",
)
_MEANING = {word: group.split()[0] for group in _EVERYDAY for word in group.split()}
_PREFIX = 4  # "host" counts as found in "hostname", "auth" in "authenticate", but "re" in nothing


def stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; names in code are split into their words (`should_strip_auth` is three)."""
    import snowballstemmer

    words = (word.lower() for word in _WORD.findall(text))
    wanted = sorted({word for word in words if word not in _STOP and len(word) > 1})
    return frozenset(snowballstemmer.stemmer("english").stemWords(wanted))


def shared(claimed: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """The claimed stems that are among the known ones, have the everyday meaning of one, or begin or continue one."""
    meanings = {_MEANING[stem] for stem in known if stem in _MEANING}
    return frozenset(stem for stem in claimed if stem in known or _MEANING.get(stem) in meanings or _begins(stem, known))


def _begins(stem: str, known: frozenset[str]) -> bool:
    longer = (other for other in known if len(other) >= _PREFIX)
    return len(stem) >= _PREFIX and any(other.startswith(stem) or stem.startswith(other) for other in longer)
