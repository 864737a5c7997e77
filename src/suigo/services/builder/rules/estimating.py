"""How many minutes a procedure takes, as a first guess from what it asks.

The seconds are this product's own assumption, the same for every procedure, so that two versions
can be compared; real times come from the figures of the procedure once people use it.
"""

from dataclasses import dataclass

from suigo.services.builder.rules.questions import Data, questions
from suigo.services.builder.rules.words import text_of

# seconds a resident needs to read and answer one question of a kind
SECONDS = {
    "text": 20,
    "multiline": 90,
    "name": 25,
    "kana": 15,
    "address": 45,
    "phone": 15,
    "email": 20,
    "date": 15,
    "yes_no": 8,
    "choice": 12,
    "choices": 20,
    "number": 12,
    "money": 15,
    "file": 90,
    "bank_account": 90,
    "my_number": 60,
    "consent": 15,
    "computed": 5,
}
CHARACTERS_PER_MINUTE = 400  # reading at ease
CHECKING = 60  # seconds to look over the answers and send them
OPENING = 60  # seconds for a clerk to open a case and look at it
PER_CHECK = 60  # seconds for one line of the checklist
PER_FILE = 45  # seconds to look at one file
DECIDING = 60  # seconds to decide and see the letter


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes, rounded up, for a resident at least and at most, and for the staff."""

    resident_least: int
    resident_most: int
    staff: int


def estimate(form: Data, checklist: Data) -> Estimate:
    """The estimate for a form and what staff check."""
    least = most = CHECKING
    files = 0
    for question in questions(form):
        words = text_of(question.data.get("label")) + text_of(question.data.get("hint"))
        words += text_of(question.data.get("text"))
        seconds = SECONDS.get(question.kind, 0) + len(words) * 60 // CHARACTERS_PER_MINUTE
        repeated = ".*." in question.path
        sometimes = bool(question.data.get("show_when")) or question.data.get("required") == "false"
        most += seconds * (2 if repeated else 1)
        least += 0 if sometimes else seconds
        files += question.kind == "file"
    items = checklist.get("items")
    checks = len(items) if isinstance(items, list) else 0
    staff = OPENING + checks * PER_CHECK + files * PER_FILE + DECIDING
    return Estimate(_minutes(least), _minutes(most), _minutes(staff))


def _minutes(seconds: int) -> int:
    return max(1, -(-seconds // 60))
