"""The columns of a file, by their English and Turkish names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saleor_loyalty_app.member_imports.errors import ColumnTwice, HeaderUnknown

#: English name of each column: the Turkish name, and other spellings that are understood.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "email": ("e_posta", "eposta", "e_mail", "mail", "eposta_adresi", "e_posta_adresi"),
    "saleor_user_id": ("saleor_kullanici_no", "user_id"),
    "external_id": ("dis_no", "kayit_no", "externalid", "row_id"),
    "points": ("puan", "puanlar", "bakiye", "balance"),
    "expires_at": ("son_gecerlilik", "son_kullanma", "son_kullanma_tarihi", "expires", "expiry"),
    "earned_at": ("kazanma_tarihi", "kazanildi", "earned"),
    "lifetime_points": ("toplam_puan", "omur_boyu_puan", "lifetime"),
    "channel": ("kanal",),
    "currency": ("para_birimi",),
    "consent_email": ("e_posta_izni", "eposta_izni"),
    "consent_sms": ("sms_izni",),
    "consent_at": ("izin_tarihi",),
    "consent_proof": ("izin_kaniti", "consent_source", "izin_kaynagi"),
    "phone": ("telefon", "gsm", "cep_telefonu"),
    "note": ("not", "aciklama"),
}
_ASCII = str.maketrans("çğıöşüâîû", "cgiosuaiu")
_BY_NAME = {name: column for column, others in COLUMNS.items() for name in (column, *others)}
_WHO = ("email", "saleor_user_id")


@dataclass(frozen=True, slots=True)
class Header:
    """Which cell of a row is which column; `ignored` are headings that mean nothing here."""

    places: Mapping[str, int]
    ignored: tuple[str, ...]
    width: int


def folded(heading: str) -> str:
    """A heading as it is compared: small, without accents, words joined by underscores."""
    small = heading.strip().replace("İ", "i").replace("I", "i").lower().translate(_ASCII)
    words = "".join(letter if letter.isalnum() else " " for letter in small).split()
    return "_".join(words)


def known_in(headings: Sequence[str]) -> int:
    """How many of the headings name a column."""
    return sum(folded(heading) in _BY_NAME for heading in headings)


def header_of(headings: Sequence[str]) -> Header:
    """The columns that a first line names.

    Raises:
        HeaderUnknown: it names no member, or nothing that could be brought.
        ColumnTwice: it names a column twice.
    """
    places: dict[str, int] = {}
    ignored: list[str] = []
    for place, heading in enumerate(headings):
        column = _BY_NAME.get(folded(heading))
        if column is None:
            if heading.strip():
                ignored.append(heading.strip()[:80])
        elif column in places:
            raise ColumnTwice(column=column)
        else:
            places[column] = place
    missing = [] if any(name in places for name in _WHO) else ["email"]
    if "points" not in places:
        missing.append("points")
    if missing:
        raise HeaderUnknown(missing=missing, known=list(COLUMNS))
    return Header(places, tuple(ignored[:50]), len(headings))
