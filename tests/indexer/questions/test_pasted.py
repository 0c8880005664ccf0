"""What is asked in a long text: what people and errors say, without the noise around."""

from __future__ import annotations

from indexer.questions.pasted import informative
from indexer.questions.query import parse_query

ISSUE = """Refunds are lost
<!--
Thanks for submitting an issue!
-->
### Describe the bug
A customer who cancels twice gets no money.

### Steps to reproduce
- [x] I have searched the existing issues
- OS: Ubuntu 22.04

| Name | Version |
| --- | --- |
| shop | 1.2.3 |

```
2024-05-03 11:12:13,145 INFO  [worker-2] request handled in 4ms
2024-05-03 11:12:14,145 ERROR [worker-2] could not book refund 17
2024-05-03 11:12:15,145 ERROR [worker-2] could not book refund 18
Traceback (most recent call last):
  File "/app/shop/refunds.py", line 3, in book
    raise BookingError(order)
shop.errors.BookingError: already booked
```
"""


def test_an_issue_becomes_what_was_said_and_what_went_wrong() -> None:
    assert informative(ISSUE).splitlines() == [
        "Refunds are lost", "A customer who cancels twice gets no money.", "[worker-2] could not book refund 17",
        "shop.errors.BookingError: already booked",
    ]  # fmt: skip


def test_a_short_question_stays_as_it_is() -> None:
    for text in ("How does a refund work?", "First line\nand a second one", "see src/refunds.py:12, please"):
        assert informative(text) == text


def test_messages_inside_frames_are_kept() -> None:
    ruby = "Why?\n/app/lib/pay.rb:12:in `pay': card was declined (Declined)\n\tfrom /app/bin/run.rb:3:in `main'"
    php = "Why?\nPHP Fatal error:  Uncaught Ex: card was declined in /var/www/Pay.php:120"
    assert [informative(text).count("card was declined") for text in (ruby, php)] == [1, 1]


def test_the_question_is_what_asks_for_history_and_not_its_log() -> None:
    query = parse_query("Where is the booking?\n" + "10:11:12 INFO since when was that changed\n" * 40)
    assert query.text == "Where is the booking?" and not query.wants_history
