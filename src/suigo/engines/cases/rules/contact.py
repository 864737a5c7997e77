"""Where to write to an applicant."""

from suigo.engines.forms.rules import Evaluation, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.spec import EmailField


def contact_address(evaluation: Evaluation, answers: Answers) -> str:
    """The first e-mail address in an application; '' where there is none."""
    for path, node in evaluation.shown.items():
        if isinstance(node.field, EmailField):
            answer = value_at(answers, path)
            if isinstance(answer, str) and answer:
                return answer
    return ""
