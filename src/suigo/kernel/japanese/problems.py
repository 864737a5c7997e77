"""What is wrong with something a person typed, said in a sentence that helps them.

Every problem carries its Japanese sentence as a template (`msgid`) and the values that go into it
(`parameters`), so that a page can translate the template and still fill in the values.
`str(problem)` is the finished Japanese sentence.
"""

from collections.abc import Mapping


def gettext_noop(message: str) -> str:
    """Mark a sentence for the translation catalogues without translating it here."""
    return message


class Problem(ValueError):
    """Base of everything that this package refuses. A `ValueError`, so pydantic reports it by
    itself.
    """

    def __init__(self, msgid: str, parameters: Mapping[str, str] | None = None) -> None:
        self.msgid = msgid
        self.parameters: dict[str, str] = dict(parameters or {})
        super().__init__(msgid % self.parameters if self.parameters else msgid)


class UnacceptableText(Problem):
    """Text that cannot be stored, shown or printed faithfully."""


class UnreadableDate(Problem):
    """A date that does not exist or is not written in a form that can be understood."""


class UnreadableNumber(Problem):
    """A number (telephone, postal code, 法人番号, account, ...) that cannot be right."""
