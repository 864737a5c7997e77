"""What a password of staff may not hold: the words of this city hall (ASVS 5.0, 6.1.2, 6.2.11)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.organisation import organisation
from suigo.engines.identity.rules.passwords import PRODUCT, found_word, place_words
from suigo.kernel.content.city import city
from suigo.kernel.japanese.kana import latin


def city_words() -> frozenset[str]:
    """The city, its prefecture, the names and ids of its departments, the product, and what
    ``password_words`` in ``org.yaml`` adds."""
    spec, org = city().spec, organisation().spec
    words = {*PRODUCT, spec.id, *org.password_words}
    words |= place_words(spec.name.ja, spec.reading, spec.name.in_language("en"))
    words |= place_words(spec.prefecture.ja, "", spec.prefecture.in_language("en"))
    for department in org.departments:
        kana = department.kana or ""
        words |= {department.id, department.name.ja, department.division or "", kana, latin(kana)}
    return frozenset(word for word in words if word)


class CityWordsValidator:
    """For ``AUTH_PASSWORD_VALIDATORS``."""

    def validate(self, password: str, _user: Any = None) -> None:
        """Raises ``ValidationError`` that names the word."""
        word = found_word(password, city_words())
        if word is not None:
            raise ValidationError(
                _(
                    "「%(word)s」が入っています。市や課の名前など、市役所の言葉は推測されやすいため、使えません。"
                ),
                code="city_word",
                params={"word": word},
            )

    def get_help_text(self) -> str:
        """Said where the rules for passwords are listed."""
        return str(_("市や課の名前など、市役所の言葉は使えません。"))
