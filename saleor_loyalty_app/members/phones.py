"""Phone numbers in the one form that is stored and handed to a gateway."""

import re

#: E.164: a plus sign, and 8 to 15 digits of which the first is no zero.
_E164 = re.compile(r"\+[1-9][0-9]{7,14}", re.ASCII)
_BETWEEN = str.maketrans("", "", " ()-./\u00a0\u2011")


def normalize_phone(text: str) -> str:
    """The number as E.164 (+905321234567); "" if it is none with its country's code.

    Written without a country it could be anybody's: nothing is guessed, except that Turkish mobile
    numbers are known by their shape (0532…, 532…).
    """
    number = text[:40].translate(_BETWEEN)
    if number.startswith("00"):
        number = "+" + number[2:]
    elif re.fullmatch(r"0?5[0-9]{9}", number, re.ASCII):
        number = "+90" + number[-10:]
    return number if _E164.fullmatch(number) else ""
