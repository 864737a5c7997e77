"""What answers are for and who is given them: its part of ``…/about/``."""

from django.utils.translation import gettext as _

from suigo.kernel.content import city
from suigo.kernel.errors import Invalid, Message
from suigo.services.builder.rules import record
from suigo.services.builder.rules.questions import Data
from suigo.services.builder.rules.words import text_of
from suigo.services.builder.web.inputs import Input


def handling_inputs(service: Data) -> list[Input]:
    """What whoever is asked is told of their answers (個人情報保護法62条)."""
    said, of_city = record.part(service, "handling"), city().spec.handling
    title = text_of(service.get("title"))
    standing = str(of_city.purpose).replace("{title}", title) if of_city else ""
    return [
        Input("heading-handling", _("書いたことの使いみち"), "heading"),
        Input(
            "purpose",
            _("利用目的"),
            "words",
            said.get("purpose"),
            hint=_("書かないときは、市の決まりの文になります: %(text)s") % {"text": standing}
            if of_city
            else "",
            required=of_city is None,
        ),
        Input(
            "recipients",
            _("市の外に渡す相手（1行に1つ、「相手: わけ」）"),
            "area",
            "\n".join(record.recipients(said)),
            hint=_(
                "法律に定めがあるときを除き、渡さないなら、書きません。利用目的も書いてください。"
            ),
        ),
        Input(
            "handling_verify",
            _("使いみちと相手を、市がまだ決めていない（要確認）"),
            "check",
            said.get("verify") == "true",
        ),
    ]


def require_handling(given: Data) -> None:
    """Raises ``Invalid`` for half of what people must be told."""
    wrong: dict[str, Message] = {}
    if given["recipients"] and not given["purpose"]:
        wrong["purpose"] = _("渡す相手があるときは、利用目的も書いてください。")
    if record.without_reason(given["recipients"]):
        wrong["recipients"] = _("「相手: わけ」の形で、どの相手にも、わけを書いてください。")
    if wrong:
        raise Invalid(field_errors=wrong)
