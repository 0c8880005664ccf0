"""A shop with a year of habits, and a last week in which one change breaks with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.git_repo import ADA, BOB, GitRepo

CLEO = ("Cleo Diaz", "cleo@example.com")
ROBOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
NOW = datetime.now(UTC)
PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = [\n    "alembic>=1",\n{more}]\n'
WHY = "Customers who return one of three books got all their money back, so that support had to ask for the rest by mail."


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def build_shop(repo: GitRepo) -> dict[str, str]:
    """The history, newest last; returns the SHAs of the last week by a short name."""
    repo.commit(
        {
            "README.md": "# Shop\n\nIt sells books.\n",
            "pyproject.toml": PROJECT.format(more=""),
            "shop/billing/refund.py": "def refund(order):\n    return order\n",
            "shop/ledger/book.py": "def write(entry):\n    return entry\n",
            "shop/api/routes.py": "ROUTES = []\n",
            "shop/stock/shelf.py": "def free():\n    return 1\n",
            "tests/test_billing.py": "def test_refund():\n    assert True\n",
        },
        message="Begin the shop (#1)", author=ADA, date=days_ago(400),
    )  # fmt: skip
    for number in range(24):
        repo.commit(
            {
                "shop/billing/refund.py": _grown("refund", number),
                "shop/ledger/book.py": _grown("write", number),
                "tests/test_billing.py": _grown("test_refund", number),
            },
            message=f"Round amounts the way the bank does, part {number} (#{number + 2})",
            author=BOB if number % 3 else ADA,
            date=days_ago(330 - 12 * number),
        )
        shelves = {"shop/stock/shelf.py": _grown("free", number), "tests/test_stock.py": _grown("test_free", number)}
        repo.commit(shelves, message=f"Count shelf {number} (#{number + 102})", author=ADA, date=days_ago(329 - 12 * number))
    repo.git("tag", "v1.0")
    return _last_week(repo)


def _last_week(repo: GitRepo) -> dict[str, str]:
    made = {}
    repo.branch("refunds")
    big = "".join(f"\n\ndef part_{number}(order):\n    amount = order.amount / {number + 2}\n    return amount\n" for number in range(60))
    repo.commit(
        {
            "shop/billing/refund.py": _grown("refund", 23) + big,
            "shop/api/routes.py": 'ROUTES = ["/refunds", "/refunds/{id}/parts"]\n',
            "shop/stock/shelf.py": _grown("free", 23).replace("return 1\n", "return 100\n"),
            "pyproject.toml": PROJECT.format(more='    "stripe>=5",\n'),
            "migrations/0002_parts.sql": "CREATE TABLE refund_parts (\n    id INTEGER PRIMARY KEY,\n    amount INTEGER NOT NULL\n);\n",
        },
        message="Pay refunds in parts", author=CLEO, date=days_ago(3),
    )  # fmt: skip
    repo.checkout("main")
    message = f"Merge pull request #41 from cleo/refunds\n\nAdd refunds in parts\n\n{WHY}"
    made["refunds"] = repo.merge("refunds", message=message, author=ADA)
    bump = "Bump alembic from 1.1 to 1.2 (#42)"
    made["bump"] = repo.commit("requirements.txt", "alembic==1.2\n", message=bump, author=ROBOT, date=days_ago(2))
    made["typo"] = repo.commit("README.md", "# Shop\n\nIt sells many books.\n", message="Fix a typo in the README (#43)", date=days_ago(1))
    made["head"] = repo.head
    return made


def _grown(name: str, number: int) -> str:
    return f"def {name}(order):\n    return order\n" + "".join(f"\n\ndef {name}_{at}():\n    return {at}\n" for at in range(number))
