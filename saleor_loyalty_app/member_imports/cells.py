"""What stands in single cells. Nothing is guessed: what may mean two things is refused."""

import re
from datetime import date, datetime

from saleor_loyalty_app.member_imports.problems import CellProblem
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.phones import normalize_phone
from saleor_loyalty_app.saleor.shopper_account import is_user_id

MOST_POINTS = 1_000_000_000
LONGEST_EMAIL = 254
YEARS = range(1990, 2200)
NEVER = "never"
_NEVER = frozenset({"never", "asla", "süresiz", "suresiz", "sınırsız", "sinirsiz"})
_YES = frozenset({"yes", "y", "true", "1", "x", "evet", "e", "doğru", "onay"})
_NO = frozenset({"", "no", "n", "false", "0", "-", "hayır", "hayir", "h", "yanlış", "ret"})
_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]{2,}")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([.,' \u00a0\u202f][0-9]{3})+([.,][0-9]+)?")
_FRACTION = re.compile(r"-?[0-9]*[.,][0-9]+")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_TURKISH = re.compile(
    r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: ([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?"
)
_SLASHES = re.compile(r"[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4}.*", re.DOTALL)


def read_points(text: str) -> int:
    """A whole number from 0 on; an empty cell is 0.

    Raises:
        CellProblem: anything else. "1.200" is a thousand in one country and a fraction in another.
    """
    if not text:
        return 0
    if text.isascii() and text.isdecimal():
        number = int(text[:20])
        if number > MOST_POINTS or len(text) > 20:
            raise CellProblem("points_too_many")
        return number
    if _THOUSANDS.fullmatch(text):
        raise CellProblem("points_thousands")
    if _FRACTION.fullmatch(text):
        raise CellProblem("points_not_whole")
    if re.fullmatch(r"-[0-9]+", text, re.ASCII):
        raise CellProblem("points_negative")
    raise CellProblem("points_invalid")


def read_moment(text: str) -> str:
    """A day ("2026-12-31") or a time ("2026-12-31T10:00:00", with a zone where it was given).

    Understands ISO 8601 and 31.12.2026; an empty cell is "".

    Raises:
        CellProblem: it is no date, does not exist, or 01/02/2026, which may be two days.
    """
    if not text:
        return ""
    try:
        if _ISO.fullmatch(text):
            return _within(date.fromisoformat(text)).isoformat()
        if _ISO_TIME.fullmatch(text):
            return _within(datetime.fromisoformat(text)).isoformat()
        if found := _TURKISH.fullmatch(text):
            day, month, year, clock = found.groups()
            iso = f"{year}-{int(month):02}-{int(day):02}"
            if clock is None:
                return _within(date.fromisoformat(iso)).isoformat()
            return _within(datetime.fromisoformat(f"{iso}T{clock.zfill(5)}")).isoformat()
    except ValueError:
        raise CellProblem("date_unknown") from None
    raise CellProblem("date_ambiguous" if _SLASHES.fullmatch(text) else "date_invalid")


def read_expiry(text: str) -> str:
    """Until when points are good, as `read_moment` gives it, or `NEVER`.

    Raises:
        CellProblem: see `read_moment`.
    """
    return NEVER if text.lower() in _NEVER else read_moment(text)


def read_email(text: str) -> str:
    """An address in its normalized form; an empty cell is "".

    Raises:
        CellProblem: it is none.
    """
    address = normalize_email(text)
    if not address:
        return ""
    if len(address) > LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise CellProblem("email_invalid")
    return address


def read_user_id(text: str) -> str:
    """Saleor's id of a user ("VXNlcjox"); an empty cell is "".

    Raises:
        CellProblem: it is none.
    """
    if text and not is_user_id(text):
        raise CellProblem("user_id_invalid")
    return text


def read_currency(text: str) -> str:
    """A currency's code of three letters; an empty cell is "".

    Raises:
        CellProblem: it is none.
    """
    if text and not re.fullmatch(r"[A-Za-z]{3}", text, re.ASCII):
        raise CellProblem("currency_invalid")
    return text.upper()


def read_consent(text: str) -> bool:
    """Yes or no, in English or Turkish; an empty cell is no.

    Raises:
        CellProblem: it is neither.
    """
    small = text.replace("I", "ı").replace("İ", "i").lower() if not text.isascii() else text.lower()
    if small in _YES:
        return True
    if small in _NO:
        return False
    raise CellProblem("consent_invalid")


def read_phone(text: str) -> str:
    """A number as E.164; an empty cell is "".

    Raises:
        CellProblem: it has no code of a country and is no Turkish mobile number.
    """
    number = normalize_phone(text) if text else ""
    if text and not number:
        raise CellProblem("phone_invalid")
    return number


def _within(moment: date) -> date:
    if moment.year not in YEARS:
        raise ValueError("no year of a loyalty program")
    return moment
