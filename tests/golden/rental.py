"""A bicycle rental with a history, in Python, TypeScript and Go: small, but with what makes a search err (tests, docs, near names)."""

from __future__ import annotations

from tests.git_repo import ADA, BOB, GitRepo

CAT = ("Cat Carter", "cat@example.com")

README = """\
# Pedal

Pedal rents bicycles by the minute. People find one on a map, open its lock with their phone and leave it at any station.

- `api` keeps bookings, money and people,
- `web` is the app in the browser,
- `lock` runs on the small computer in each lock.
"""

STORAGE = '''\
"""Where everything is kept: rows of a table in one database file."""

import sqlite3


class Table:
    """Rows by their key, written at once or not at all."""

    def __init__(self, path, name):
        self._connection = sqlite3.connect(path)
        self._name = name

    def put(self, key, row):
        """Write one row in a transaction."""
        with self._connection as transaction:
            transaction.execute(f"INSERT OR REPLACE INTO {self._name} VALUES (?, ?)", (key, row))

    def get(self, key):
        """The row of a key, or None."""
        return self._connection.execute(f"SELECT row FROM {self._name} WHERE key = ?", (key,)).fetchone()
'''

STATIONS = '''\
"""Stations and how many bicycles stand at each."""


def nearest_stations(position, stations, count=3):
    """The stations closest to a position, nearest first."""
    return sorted(stations, key=lambda station: station.distance(position))[:count]


def is_full(station):
    """Whether no dock is left, so that nobody can return a bicycle here."""
    return station.parked >= station.docks
'''

FARES = '''\
"""What a ride costs: a price for unlocking, and one for every minute."""

UNLOCK = 100  # cents
MINUTE = 18
DAILY_CAP = 2_000


def fare(minutes, member=False):
    """The cents a ride of so many minutes costs, at most the cap of a day. Members do not pay for unlocking."""
    start = 0 if member else UNLOCK
    return min(start + minutes * MINUTE, DAILY_CAP)
'''

BOOKINGS = '''\
"""Reserving a bicycle before walking to it."""

from api.clock import now
from api.stations import is_full

HOLD_MINUTES = 15


class BookingTaken(Exception):
    """Somebody else holds this bicycle."""


def reserve(bicycle, rider):
    """Hold a bicycle for a rider. It goes back to everybody when the hold runs out."""
    if bicycle.held_until and bicycle.held_until > now():
        raise BookingTaken(bicycle.number)
    bicycle.held_by, bicycle.held_until = rider, now().plus(minutes=HOLD_MINUTES)


def finish(booking, station):
    """End a ride at a station."""
    if is_full(station):
        raise ValueError("there is no free dock here")
    booking.ended_at = now()
'''

CLOCK = '''\
"""The time, in one place, so that tests can stop it."""

from datetime import UTC, datetime


def now():
    """This moment in universal time."""
    return datetime.now(UTC)
'''

TEST_FARES = '''\
from api.fares import DAILY_CAP, UNLOCK, fare


def test_a_long_ride_costs_the_cap():
    """The daily cap is the most that anybody pays for a ride."""
    assert fare(600) == DAILY_CAP


def test_members_do_not_pay_for_unlocking():
    assert fare(10) - fare(10, member=True) == UNLOCK
'''

TEST_BOOKINGS = '''\
import pytest

from api.bookings import BookingTaken, reserve


def test_nobody_can_take_a_bicycle_that_is_held():
    """A second rider cannot reserve the bicycle while the first holds it."""
    bicycle = make_bicycle()
    reserve(bicycle, "ada")
    with pytest.raises(BookingTaken):
        reserve(bicycle, "bob")
'''

ACCOUNTS = '''\
"""Opening an account and proving who one is."""

import hashlib

MINIMUM_AGE = 16


def open_account(mail, secret, age):
    """Register a rider. Children may not ride alone."""
    if age < MINIMUM_AGE:
        raise ValueError("too young to ride")
    return {"mail": mail, "secret": _hashed(secret, mail)}


def _hashed(secret, salt):
    return hashlib.scrypt(secret.encode(), salt=salt.encode(), n=16384, r=8, p=1)
'''

SESSION = '''\
"""Remembering between two requests who somebody is."""

from api.clock import now

IDLE_DAYS = 30


class SessionStore:
    """Tokens of riders who have signed in. A token that was not used for a month is worth nothing any more."""

    def __init__(self, table):
        self._table = table

    def open(self, rider, token):
        self._table.put(token, (rider, now()))

    def rider_of(self, token):
        """Who holds a token; None for one that expired or never was."""
        row = self._table.get(token)
        if row is None or (now() - row[1]).days > IDLE_DAYS:
            return None
        return row[0]
'''

TEST_SESSION = '''\
from api.session import IDLE_DAYS, SessionStore


def test_a_token_expires_after_idle_days(clock, table):
    """Whoever was away for a month has to sign in again: the session store forgets the token."""
    store = SessionStore(table)
    store.open("ada", "t0k3n")
    clock.advance(days=IDLE_DAYS + 1)
    assert store.rider_of("t0k3n") is None
'''

PAYMENTS = '''\
"""Taking money from cards through the bank's gateway."""

from api.retry import with_retries


def charge(card, cents, reference):
    """Charge a card once: the reference makes the gateway refuse to take the same money twice."""
    return with_retries(lambda: gateway.capture(card.token, cents, idempotency_key=reference))


def authorise(card, cents):
    """Set a deposit aside at the start of a ride, without taking it."""
    return gateway.authorise(card.token, cents)
'''

RETRY = '''\
"""Trying again when another machine does not answer."""

import random
import time

ATTEMPTS = 3


def with_retries(call):
    """Call up to three times, waiting longer each time, with some chance in it so that not everybody comes back at once."""
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except ConnectionError:
            time.sleep(2**attempt * random.uniform(0.5, 1.5))
    raise ConnectionError("given up after three attempts")
'''

REFUNDS = '''\
"""Giving money back."""

from api.payments import charge

WINDOW_DAYS = 14


def refund(ride, reason):
    """Return what a ride cost, within fourteen days. A ride that was refunded already is left alone."""
    if ride.refunded:
        return 0
    if ride.age_days > WINDOW_DAYS:
        raise ValueError("too late to give this back")
    ride.refunded = True
    return charge(ride.card, -ride.cents, f"refund-{ride.number}")
'''

TEST_REFUNDS = '''\
from api.refunds import refund


def test_nothing_is_given_back_twice():
    """A refund of a refunded ride returns no money."""
    ride = make_ride(cents=500)
    refund(ride, "flat tyre")
    assert refund(ride, "flat tyre") == 0
'''

VOUCHERS = '''\
"""Codes that make a ride cheaper."""


def redeem(code, cents, used):
    """The price after a code was taken off. Every code works once for each rider."""
    if code.number in used:
        raise ValueError("this code was used before")
    return max(0, cents - code.cents)
'''

THROTTLE = '''\
"""Holding back whoever asks too often."""

from collections import deque

PER_MINUTE = 60


class TokenBucket:
    """Counts the requests of one address; above sixty a minute the answer is 429."""

    def __init__(self):
        self._times = deque()

    def allow(self, moment):
        while self._times and moment - self._times[0] > 60:
            self._times.popleft()
        self._times.append(moment)
        return len(self._times) <= PER_MINUTE
'''

DAMAGE = '''\
"""Reports of broken bicycles."""

_URGENT = {"brakes", "frame", "steering"}


def report(bicycle, part, picture=None):
    """Note that a part is broken. With broken brakes, frame or steering nobody can rent it until a mechanic looked."""
    bicycle.reports.append((part, picture))
    if part in _URGENT:
        bicycle.out_of_service = True
'''

PRIVACY = '''\
"""What is known of a rider, and forgetting it."""

KEEP_TRIPS_DAYS = 90


def erase(rider, tables):
    """Delete a person: name, mail and card at once; trips stay without a name for the accounts."""
    tables.people.delete(rider)
    for trip in tables.trips.of(rider):
        trip.rider = None


def forget_positions(trips, today):
    """Throw away where trips went once they are older than ninety days."""
    for trip in trips:
        if (today - trip.day).days > KEEP_TRIPS_DAYS:
            trip.track = []
'''

REMINDERS = '''\
"""Messages to phones."""


def remind_open_ride(ride, minutes):
    """Tell a rider that the ride still runs, after two hours and each hour then."""
    if minutes >= 120 and minutes % 60 == 0:
        push(ride.rider.phone, f"Your ride has been running for {minutes // 60} hours.")
'''

EXPORT = '''\
"""Monthly figures for the accountants."""

import csv


def write_ledger(rides, stream):
    """All rides of a month as a table that a spreadsheet opens: day, number, cents, tax."""
    writer = csv.writer(stream)
    writer.writerow(["day", "ride", "cents", "tax"])
    for ride in rides:
        writer.writerow([ride.day, ride.number, ride.cents, round(ride.cents * 0.19)])
'''

API_INIT = '''\
"""The service behind the app."""

from api.bookings import finish, reserve
from api.fares import fare
from api.refunds import refund

__all__ = ["fare", "finish", "refund", "reserve"]
'''

MAP = '''\
import { Station } from "./types";

/** Draws the stations around the rider; a station without bicycles is grey. */
export function drawStations(stations: Station[], canvas: CanvasRenderingContext2D): void {
  for (const station of stations) {
    canvas.fillStyle = station.parked > 0 ? "green" : "grey";
    canvas.fillRect(station.x, station.y, 8, 8);
  }
}
'''

TYPES = '''\
export interface Station {
  name: string;
  parked: number;
  docks: number;
  x: number;
  y: number;
}

export interface Ride {
  number: string;
  startedAt: Date;
  cents: number;
}
'''

LOGIN = '''\
/** Signing in with a link sent by mail instead of a password. */
export async function requestMagicLink(mail: string): Promise<void> {
  await fetch("/api/login", { method: "POST", body: JSON.stringify({ mail }) });
}

export function tokenFromAddress(address: string): string | null {
  return new URL(address).searchParams.get("token");
}
'''

TIMER = '''\
import { Ride } from "./types";

/** How long a ride has been running, as minutes and seconds. */
export function elapsed(ride: Ride, now: Date): string {
  const seconds = Math.floor((now.getTime() - ride.startedAt.getTime()) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
'''

TIMER_TEST = '''\
import { elapsed } from "./timer";

test("elapsed shows minutes and seconds of a running ride", () => {
  const ride = { number: "1", startedAt: new Date(0), cents: 0 };
  expect(elapsed(ride, new Date(65_000))).toBe("1:05");
});
'''

OFFLINE = '''\
/** Keeps what the rider does while there is no network, and sends it later. */
export class Outbox {
  private waiting: string[] = [];

  add(action: string): void {
    this.waiting.push(action);
  }

  async flush(send: (action: string) => Promise<void>): Promise<void> {
    while (this.waiting.length > 0) {
      await send(this.waiting[0]);
      this.waiting.shift();
    }
  }
}
'''

LANGUAGE = '''\
const texts: Record<string, Record<string, string>> = {
  de: { unlock: "Aufschließen", finish: "Fahrt beenden" },
  en: { unlock: "Unlock", finish: "End ride" },
};

/** The words of the screen in the language of the browser; English where we have no translation. */
export function translate(key: string, locale: string): string {
  return (texts[locale.slice(0, 2)] ?? texts.en)[key];
}
'''

RECEIPT = '''\
import { Ride } from "./types";

/** The page a rider sees and can print after a ride: what it cost and how it came about. */
export function receiptLines(ride: Ride, vat: number): string[] {
  const euros = (ride.cents / 100).toFixed(2);
  return [`Ride ${ride.number}`, `${euros} EUR`, `VAT included: ${vat} %`];
}
'''

WEB_INDEX = '''\
export * from "./map";
export * from "./timer";
export * from "./receipt";
export { translate } from "./language";
'''

UNLOCK = '''\
// Package lock runs on the computer in each lock.
package lock

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
)

// ErrBadCode is returned for a code that was not made for this lock.
var ErrBadCode = errors.New("bad code")

// Unlock opens the bolt when the code from the phone is signed with the secret of this lock.
func Unlock(bolt Bolt, secret, message, code []byte) error {
	mac := hmac.New(sha256.New, secret)
	mac.Write(message)
	if !hmac.Equal(mac.Sum(nil), code) {
		return ErrBadCode
	}
	return bolt.Open()
}
'''

UNLOCK_TEST = '''\
package lock

import "testing"

func TestUnlockRefusesABadCode(t *testing.T) {
	if err := Unlock(fakeBolt{}, []byte("s"), []byte("m"), []byte("wrong")); err != ErrBadCode {
		t.Fatal("the bolt was opened by a bad code")
	}
}
'''

BATTERY = '''\
package lock

const lowVolts = 3.4

// Sleep decides how long the lock may doze: an hour with little charge left, so that the bolt can still be opened.
func Sleep(volts float64) int {
	if volts < lowVolts {
		return 3600
	}
	return 60
}
'''

TAMPER = '''\
package lock

// Watch sounds the siren when the bicycle is shaken or carried off while the bolt is closed.
func Watch(motion <-chan float64, closed func() bool, siren func()) {
	for force := range motion {
		if closed() && force > 2.5 {
			siren()
		}
	}
}
'''

POSITION = '''\
package lock

// Fix is where the satellites say the bicycle is.
type Fix struct{ Lat, Lon, Accuracy float64 }

// Smooth leaves out fixes that are too inexact, and takes the mean of the rest.
func Smooth(fixes []Fix) (Fix, bool) {
	var sum Fix
	n := 0.0
	for _, fix := range fixes {
		if fix.Accuracy < 30 {
			sum.Lat += fix.Lat
			sum.Lon += fix.Lon
			n++
		}
	}
	return Fix{sum.Lat / n, sum.Lon / n, 30}, n > 0
}
'''

FIRMWARE = '''\
package lock

import "crypto/ed25519"

// Install writes new software for the lock to flash, if the maker signed it; the old one stays until the new one has started.
func Install(image, signature []byte, key ed25519.PublicKey, flash Flash) bool {
	if !ed25519.Verify(key, image, signature) {
		return false
	}
	return flash.WriteSpare(image) && flash.TryOnce()
}
'''

DOCS_FARES = """\
# Prices

A ride costs one euro and 18 cents a minute, computed by `fare`. Nobody pays more than `DAILY_CAP`. Codes from advertisements are
taken off by `redeem`.
"""

DOCS_LOCK = """\
# The lock

The phone sends a signed code, `Unlock` checks it and opens the bolt. `Watch` listens to the motion sensor. New software comes over the
air and is checked by `Install`.
"""

DOCS_PRIVACY = """\
# Personal data

Riders may ask to be deleted: `erase` does it. Tracks of trips are thrown away by `forget_positions`.
"""

EXAMPLE = '''\
"""Books a bicycle from a script, as a hotel may do for its guests."""

from api import fare, finish, reserve


def book_and_ride(bicycle, rider, station):
    reserve(bicycle, rider)
    print("expected price", fare(20))
    finish(rider.booking, station)
'''

SEED = '''\
"""Fills an empty database with stations and bicycles for developing."""

from api.storage import Table


def seed(path):
    stations = Table(path, "stations")
    for number in range(20):
        stations.put(str(number), f"Station {number}")
'''

COMMITS: tuple[tuple[str, tuple[str, str], dict[str, str | None], str], ...] = (
    ("begin", ADA, {"README.md": README, "api/storage.py": STORAGE, "api/clock.py": CLOCK}, "Begin with a table of rows"),
    ("stations", ADA, {"api/stations.py": STATIONS}, "Know the stations and their docks"),
    ("fares", BOB, {"api/fares.py": FARES.replace("DAILY_CAP)", "10**9)"), "tests/test_fares.py": TEST_FARES, "docs/fares.md": DOCS_FARES},
     "Compute what a ride costs"),
    ("bookings", ADA, {"api/bookings.py": BOOKINGS.replace("= 15", "= 30"), "tests/test_bookings.py": TEST_BOOKINGS},
     "Reserve bicycles for half an hour"),
    ("accounts", CAT, {"api/accounts.py": ACCOUNTS.replace("scrypt", "md5")}, "Let people open an account"),
    ("session", CAT, {"api/session.py": SESSION, "tests/test_session.py": TEST_SESSION}, "Keep riders signed in"),
    ("scrypt", CAT, {"api/accounts.py": ACCOUNTS},
     "Hash secrets with scrypt\n\nMD5 can be guessed by the billion a second; a stolen table would have given every password away.\n"),
    ("retry", BOB, {"api/retry.py": RETRY.replace(" * random.uniform(0.5, 1.5)", "")}, "Try again when the gateway is silent"),
    ("payments", BOB, {"api/payments.py": PAYMENTS}, "Charge cards"),
    ("refunds", BOB, {"api/refunds.py": REFUNDS, "tests/test_refunds.py": TEST_REFUNDS}, "Give money back within two weeks"),
    ("cap", BOB, {"api/fares.py": FARES},
     "Cap what a ride can cost\n\nA rider who forgot to end the ride over a weekend was charged 500 euros, and the papers wrote.\n"),
    ("web", CAT, {"web/src/map.ts": MAP, "web/src/types.ts": TYPES, "web/src/login.ts": LOGIN}, "Show stations on a map in the browser"),
    ("timer", CAT, {"web/src/timer.ts": TIMER, "web/src/timer.test.ts": TIMER_TEST, "web/src/receipt.ts": RECEIPT,
                    "web/src/index.ts": WEB_INDEX, "web/src/language.ts": LANGUAGE}, "Show the running time, and a receipt in the end"),
    ("bump1", ADA, {"CHANGELOG.md": "# Changes\n\n## 1.0\n\n- fares, bookings, refunds, a map and the lock\n"}, "Release 1.0"),
    ("lock", ADA, {"lock/unlock.go": UNLOCK, "lock/unlock_test.go": UNLOCK_TEST, "docs/lock.md": DOCS_LOCK},
     "Open the bolt with a signed code"),
    ("battery", ADA, {"lock/battery.go": BATTERY},
     "Let the lock doze when its charge is low\n\nIn January forty bicycles could not be opened, the cold had emptied their cells.\n"),
    ("tamper", ADA, {"lock/tamper.go": TAMPER, "lock/position.go": POSITION}, "Watch out for thieves, and tell where a bicycle is"),
    ("firmware", ADA, {"lock/firmware.go": FIRMWARE}, "Install signed software over the air"),
    ("jitter", BOB, {"api/retry.py": RETRY},
     "Spread repeated calls over time\n\nAfter an outage all servers came back in the same second and brought the gateway down again.\n"),
    ("vouchers", BOB, {"api/vouchers.py": VOUCHERS, "api/throttle.py": THROTTLE}, "Take codes, and hold back whoever tries them all"),
    ("damage", CAT, {"api/damage.py": DAMAGE}, "Take bicycles with broken brakes out of service"),
    ("privacy", CAT, {"api/privacy.py": PRIVACY, "docs/privacy.md": DOCS_PRIVACY},
     "Forget riders who ask for it\n\nThe data protection officer wants it; the law gives us a month to answer.\n"),
    ("hold", ADA, {"api/bookings.py": BOOKINGS},
     "Hold bicycles for fifteen minutes only\n\nHalf of those who reserved one never came, and others found nothing to ride.\n"),
    ("offline", CAT, {"web/src/offline.ts": OFFLINE}, "Keep working in tunnels"),
    ("reminders", BOB, {"api/reminders.py": REMINDERS, "api/export.py": EXPORT}, "Remind of rides that run on, and write a ledger"),
    ("bump2", ADA, {"CHANGELOG.md": "# Changes\n\n## 1.1\n\n- vouchers, damage, privacy\n\n## 1.0\n\n- fares, bookings, refunds\n"},
     "Bump version to 1.1"),
    ("typo", BOB, {"docs/fares.md": DOCS_FARES.replace("Codes from", "The codes from")}, "Fix typo: give money back within two weeks"),
    ("rest", ADA, {"api/__init__.py": API_INIT, "examples/book_a_bike.py": EXAMPLE, "scripts/seed.py": SEED}, "Add an example, a script"),
)  # fmt: skip

QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("lay", "What happens if somebody leaves the bike running over the weekend by mistake, is the bill limited?", ("api/fares.py",)),
    ("lay", "How long does my bike wait for me while I walk over to it?", ("api/bookings.py",)),
    ("lay", "Can a teenager use the service?", ("api/accounts.py",)),
    ("lay", "Do customers get their cash back if they complain?", ("api/refunds.py",)),
    ("lay", "What do we do when somebody tries to steal one?", ("lock/tamper.go",)),
    ("lay", "Does the app work in the underground without reception?", ("web/src/offline.ts",)),
    ("lay", "Is it dangerous to ride one that another customer complained about?", ("api/damage.py",)),
    ("lay", "How many days until somebody has to log in again?", ("api/session.py",)),
    ("lay", "Could a customer be billed twice for one trip when the line to the bank breaks?", ("api/payments.py", "api/retry.py")),
    ("lay", "Does it speak German?", ("web/src/language.ts",)),
    ("lay", "What do our bookkeepers get at the end of the month?", ("api/export.py",)),
    ("lay", "Can somebody tell where I was last year?", ("api/privacy.py",)),
    ("semantic", "How are passwords stored?", ("api/accounts.py",)),
    ("semantic", "How are requests limited per client?", ("api/throttle.py",)),
    ("semantic", "Where is the signature of new firmware verified?", ("lock/firmware.go",)),
    ("semantic", "How is an inaccurate GPS position filtered out?", ("lock/position.go",)),
    ("semantic", "How does the lock save power?", ("lock/battery.go",)),
    ("semantic", "Where is a discount code applied to the price?", ("api/vouchers.py",)),
    ("semantic", "How is the elapsed time of a ride formatted?", ("web/src/timer.ts",)),
    ("semantic", "How does passwordless login work?", ("web/src/login.ts",)),
    ("architecture", "What happens when the payment gateway fails, from charging to giving up?", ("api/payments.py", "api/retry.py")),
    ("architecture", "How does opening a bicycle work, from the code on the phone to the bolt?", ("lock/unlock.go",)),
    ("architecture", "How does data get into the database?", ("api/storage.py",)),
    ("architecture", "What decides whether a ride can end at a station?", ("api/bookings.py", "api/stations.py")),
    ("symbol", "TokenBucket", ("api/throttle.py",)),
    ("symbol", "nearest_stations", ("api/stations.py",)),
    ("symbol", "Where is `receiptLines` defined?", ("web/src/receipt.ts",)),
    ("symbol", "What does `forget_positions` do?", ("api/privacy.py",)),
    ("symbol", "ErrBadCode", ("lock/unlock.go",)),
    ("symbol", "Table", ("api/storage.py",)),
    ("symbol", "Where is with_retries used for charging a card?", ("api/retry.py",)),
    ("semantic", "What about payments for refunded rides?", ("api/payments.py",)),
    ("semantic", "Where is the login of the lock?", ("web/src/login.ts",)),
    ("tests", "Which tests check that a held bicycle cannot be taken?", ("tests/test_bookings.py",)),
    ("commit", "Why can a ride not cost more than a certain sum any more?", ("cap",)),
    ("commit", "When did we stop keeping bikes for half an hour?", ("hold",)),
    ("commit", "Why were passwords stored in another way?", ("scrypt",)),
    ("commit", "Why was waiting between attempts made random?", ("jitter",)),
    ("commit", "When did the winter problem with the locks get fixed?", ("battery",)),
    ("commit", "Who made deleting of people's data possible?", ("privacy",)),
    ("commit", "Which change brought vouchers and damage?", ("vouchers", "damage")),
    ("commit", "When was the first version released?", ("bump1",)),
)  # fmt: skip
"""Kind, question, and the files, or for the kind "commit" the short names of the commits, that answer it."""


def build(repo: GitRepo) -> dict[str, str]:
    """Fill a repository; returns the SHAs of its commits by their short names."""
    return {name: repo.commit(files, message=message, author=author) for name, author, files, message in COMMITS}
