"""Amounts are whole yen, as integers. There are no fractions of a yen in a city's books."""


def format_yen(amount: int) -> str:
    """``12000`` becomes ``12,000円``; a negative amount keeps the sign Japanese ledgers use."""
    return f"{'△' if amount < 0 else ''}{abs(amount):,}円"
