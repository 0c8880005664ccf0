"""The history of the shop that the tests of impact ask about; dates are fixed."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.git_repo import ADA, BOB, START, GitRepo

CHARGE = "from shop.billing.ledger import book\n\n\ndef charge_card(order):\n    return book(order)\n"
LEDGER = "TABLE = 'ledger_entries'\n\n\ndef book(entry):\n    return f'INSERT INTO ledger_entries VALUES ({entry})'\n"
ROUTES = 'from shop.billing.charge import charge_card\n\nROUTES = {"/orders/{id}/charge": charge_card}\n'


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def build_payments(repo: GitRepo) -> dict[str, str]:
    """The history, newest last; returns the SHAs of some commits by a short name."""
    made = {}
    repo.commit(
        {
            "README.md": "# Payments\n\nCharging a card is in `shop/billing/charge.py`.\n",
            "shop/billing/charge.py": CHARGE,
            "shop/billing/ledger.py": LEDGER,
            "shop/api/routes.py": ROUTES,
            "shop/web/checkout.js": "export const pay = (order) => fetch(`/orders/${order.id}/charge`)\n",
            "shop/reports/monthly.py": "from shop.api.routes import ROUTES\n\n\ndef report():\n    return ROUTES\n",
            "migrations/0001_ledger.sql": "CREATE TABLE ledger_entries (\n    id INTEGER PRIMARY KEY\n);\n",
            "tests/test_charge.py": "from shop.billing.charge import charge_card\n\n\ndef test_charge_card():\n    assert charge_card(1)\n",
            "shop/reconcile/nightly.py": "def match():\n    return 0\n",
        },
        message="Begin (#1)", date=after(0),
    )  # fmt: skip
    for number in range(6):
        repo.commit(
            {"shop/billing/charge.py": f"{CHARGE}LIMIT = {number}\n", "shop/reconcile/nightly.py": f"def match():\n    return {number}\n"},
            message=f"Change how limit {number} is kept (#{10 + number})", author=BOB, date=after(10 + number),
        )  # fmt: skip
    made["paypal"] = _provider(repo, "paypal", 30, 40)
    mended = "def pay(order):\n    return order or None\n"
    made["mended"] = repo.commit("shop/providers/paypal.py", mended, message="Fix PayPal for empty orders (#31)", date=after(35))
    made["klarna"] = _provider(repo, "klarna", 100, 50)
    made["head"] = repo.head
    return made


def _provider(repo: GitRepo, name: str, day: int, number: int) -> str:
    """A branch of two commits over three days, merged."""
    title = name.capitalize().replace("Paypal", "PayPal")
    repo.branch(name)
    repo.commit(
        {
            f"shop/providers/{name}.py": "def pay(order):\n    return order\n",
            f"tests/test_{name}.py": f"from shop.providers import {name}\n",
        },
        message=f"Add {title} as a payment provider", author=BOB, date=after(day),
    )  # fmt: skip
    repo.commit(
        {"shop/reconcile/nightly.py": f"def match():\n    return '{name}'\n", "shop/api/routes.py": f"{ROUTES}# {name}\n"},
        message=f"Reconcile {title}", author=BOB, date=after(day + 2),
    )  # fmt: skip
    repo.checkout("main")
    message = f"Merge pull request #{number} from bob/{name}\n\nAdd {title} as a payment provider"
    return repo.merge(name, message=message, author=ADA)
