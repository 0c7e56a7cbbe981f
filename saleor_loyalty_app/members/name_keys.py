"""Names as they are searched for: without accents, capitals and the dots of Turkish i. Pure."""

import unicodedata
from typing import NamedTuple

#: Longer names are cut; nobody types so much to find one.
LONGEST = 120
#: Letters that have no decomposition into a plain one and an accent.
_PLAIN = str.maketrans({"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss"})


class NameKeys(NamedTuple):
    """A name with the first name first, and with the last name first."""

    name: str
    surname: str


def fold(text: str) -> str:
    """Two spellings that people take for one are equal: "Ayşe  YILMAZ" and "ayse yilmaz"."""
    small = _bare(text).lower().translate(_PLAIN)
    return " ".join(_bare(small).split())[:LONGEST].strip()


def _bare(text: str) -> str:
    """Without accents, and with plain letters for those that only look otherwise."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def name_keys(first_name: str, last_name: str) -> NameKeys:
    """The keys under which a person is found by the beginning of either name, or of both."""
    return NameKeys(fold(f"{first_name} {last_name}"), fold(f"{last_name} {first_name}"))
