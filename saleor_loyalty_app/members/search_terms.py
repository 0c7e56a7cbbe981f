"""What somebody who searches for a member may have typed. Pure."""

import re
from dataclasses import dataclass

from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.name_keys import fold
from saleor_loyalty_app.saleor.global_ids import names

#: Nothing longer is searched for.
LONGEST = 200
#: The greatest number of a member; longer digits are numbers of orders.
_LARGEST = 2**63 - 1
_ORDER = re.compile(r"#?\s*([0-9A-Za-z-]{1,40})")
_DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What a text may stand for; "" and None = it cannot be that.

    Attributes:
        email: a whole address: found by its key, also of guests, who are known by nothing else.
        address_hash: the hash of a whole address (members.address_hashes).
        email_start: the beginning of one.
        name: the folded beginning of a name, either of first and last name first.
        user_id, order_id: Saleor's global ids.
        member: the number of a member.
        order: the number of an order.
    """

    email: str = ""
    address_hash: str = ""
    email_start: str = ""
    name: str = ""
    user_id: str = ""
    order_id: str = ""
    member: int | None = None
    order: str = ""


def search_terms(text: str) -> SearchTerms | None:
    """The meanings of what was typed; None where nothing was, or nothing that could be found."""
    typed = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not typed:
        return None
    if typed.startswith("#"):
        found = _ORDER.fullmatch(typed)
        return SearchTerms(order=found[1]) if found else None
    email = normalize_email(typed)
    if "@" in typed:
        return SearchTerms(email=email, email_start=email)
    if _DIGITS.fullmatch(typed):
        return SearchTerms(member=int(typed), order=typed, email_start=email)
    number = _ORDER.fullmatch(typed)
    return SearchTerms(
        user_id=typed if names(typed, "User") else "",
        order_id=typed if names(typed, "Order") else "",
        email_start="" if " " in typed else email,
        name=fold(typed),
        order=typed if number and any(letter.isdigit() for letter in typed) else "",
    )
