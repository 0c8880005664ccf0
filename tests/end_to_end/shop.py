"""A small shop with a history, that answers can be asked about."""

from __future__ import annotations

from tests.git_repo import BOB, GitRepo

README = """\
# Corner shop

Corner shop sells bicycles on the internet and sends them to people's homes.

## Paying

Customers pay by card. A card is charged only once, even when the connection breaks.
"""

REFUNDS = '''\
"""Giving money back to customers."""

from shop.ledger import write_entry


def refund(receipt, reason):
    """Give the money of a receipt back to the customer who paid it.

    A receipt that was never settled cannot be refunded.
    """
    if not receipt.settled:
        raise NotSettled("This payment has not arrived yet, so it cannot be returned")
    # A second refund of the same receipt would give the money away twice.
    if receipt.refunded:
        return receipt
    write_entry(receipt.customer, -receipt.amount, reason)
    return receipt.mark_refunded()
'''

RETRY = '''\
"""Trying again when the payment provider does not answer."""

ATTEMPTS = 3


def with_retries(call):
    """Repeat a call to the payment provider when the connection drops, at most three times.

    Between two attempts it waits, each time twice as long.
    """
    for attempt in range(ATTEMPTS):
        try:
            return call()
        except ConnectionError:
            sleep(2**attempt)
    raise ProviderUnavailable("The payment provider did not answer")
'''

LEDGER = '''\
"""The book in which every movement of money is written down."""


def write_entry(customer, amount, reason):
    """Write one movement of money into the book; entries are never changed afterwards."""
    book.append((customer, amount, reason))
'''

CHECKOUT = '''\
"""From a full basket to a paid order."""

from shop.refunds import refund
from shop.retry import with_retries


def cancel_order(order):
    """Cancel an order that has not been sent yet and return the money."""
    order.cancel()
    return refund(order.receipt, "cancelled by the customer")


def pay(order, card):
    """Charge the card of a customer for an order."""
    return with_retries(lambda: provider.charge(card, order.total))
'''

TEST_REFUNDS = '''\
from shop.refunds import refund


def test_refund_gives_money_back():
    """Refunding gives the money back to the customer."""
    assert refund(receipt(), "broken").refunded
'''


def build(repo: GitRepo) -> dict[str, str]:
    """Fill a repository; returns the SHAs of its commits by a short name."""
    shas = {}
    shas["open"] = repo.commit({"README.md": README, "shop/ledger.py": LEDGER}, message="Open the shop", author=BOB)
    shas["refund"] = repo.commit(
        {"shop/refunds.py": REFUNDS, "tests/test_refunds.py": TEST_REFUNDS}, message="Let customers have their money back"
    )
    patient = RETRY.replace("ATTEMPTS = 3", "ATTEMPTS = 10")
    shas["checkout"] = repo.commit({"shop/checkout.py": CHECKOUT, "shop/retry.py": patient}, message="Take payments")
    shas["retry"] = repo.commit(
        {"shop/retry.py": RETRY},
        message="Retry payments three times instead of ten\n\n"
        "Customers waited for minutes, because the provider blocks us after the fourth attempt anyway.\n",
        author=BOB,
    )
    return shas
