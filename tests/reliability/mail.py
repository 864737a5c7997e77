"""What the demonstration's mail catcher received."""

import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import psycopg

from reliability.product import Product


def let_time_pass(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """As if it were day, and late enough to try a dead worker's message again."""
    connection.execute(
        "UPDATE notices_message SET sending_since_at = sending_since_at - interval '1 hour'"
        " WHERE state = 'sending' AND sending_since_at < now() - interval '6 seconds'"
    )
    connection.execute(
        "UPDATE notices_message SET not_before_at = now()"
        " WHERE state IN ('queued', 'failed') AND not_before_at > now()"
    )
    connection.execute(
        "UPDATE procrastinate_jobs SET scheduled_at = now()"
        " WHERE task_name = 'notices.deliver' AND status = 'todo' AND scheduled_at > now()"
    )
    connection.commit()


def duplicates(product: Product) -> list[str]:
    """Message-IDs that arrived more than once: the visible mark of a repeated try."""
    ids = Counter(str(message["Message-ID"]) for message in messages(product))
    return [name for name, count in ids.items() if count > 1]


def messages(product: Product) -> list[EmailMessage]:
    """Every message, oldest first."""
    files = sorted((product.data / "mail").glob("*.eml"))
    found = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [message for message in found if isinstance(message, EmailMessage)]


def numbers(product: Product) -> Counter[str]:
    """How many messages mention each case number."""
    counts: Counter[str] = Counter()
    for message in messages(product):
        body = message.get_body(("plain",))
        text = f"{message['Subject']}\n{body.get_content() if body else ''}"
        counts.update(set(re.findall(r"\bR\d+-S01-\d+\b", text)))
    return counts
