"""What the demonstration's mail catcher received."""

import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from reliability.product import Product


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
