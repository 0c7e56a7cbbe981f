"""When points expire, in words."""

from collections.abc import Sequence

from babel import Locale

from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.expiry import Expiry


def expiry_words(expiry: Expiry, language: str) -> str:
    """When points expire, with each exception: what is cut here, nobody is promised."""
    said = [_months_words(expiry.months, expiry.notice, language)]
    for one in expiry.exceptions:
        when = _months_words(one.months, expiry.notice, language)
        countries = countries_words(one.countries, language)
        said.append(translate("words.expiry_exception", language, countries=countries, when=when))
    return "; ".join(said)


def countries_words(codes: Sequence[str], language: str) -> str:
    """Countries by name, all of them."""
    return ", ".join(country_words(code, language) for code in codes)


def country_words(code: str, language: str) -> str:
    """What a country is called; its code where nobody knows."""
    return str(Locale.parse(language).territories.get(code, code))


def _months_words(months: int | None, notice: str, language: str) -> str:
    if months is None:
        return translate("words.never_expires", language)
    return translate(f"words.expires_notice_{notice}", language, months=months)
