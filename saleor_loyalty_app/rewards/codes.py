"""Codes that open a discount, and the ids by which redemptions are known outside."""

import re
import secrets

#: Without I, O, 0 and 1, which people mix up, and without small letters, since Saleor compares
#: exactly. İ and ı are no ASCII letters. 32 signs carry 5 bits each.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: 16 signs: 80 random bits.
LENGTH = 16

#: Keys of the private metadata: the redemption's public id on checkout and voucher; on the voucher
#: also Saleor's id of the user whose points they are, how many, and the checkout or the draft that
#: it is for. From these a restored database learns what it does not know any more.
REDEMPTION_KEY = "loyalty.redemption"
MEMBER_KEY = "loyalty.member"
POINTS_KEY = "loyalty.points"
CHECKOUT_KEY = "loyalty.checkout"
DRAFT_KEY = "loyalty.draft"
#: Of a reward also which one it is, and what it takes off or is worth.
REWARD_KEY = "loyalty.reward"
AMOUNT_KEY = "loyalty.amount"
#: Of one that a rule gave for an order: "<rule>:<order>".
PERK_KEY = "loyalty.perk"

_VOUCHER_NAME = re.compile(r"Loyalty (rd_[0-9a-f]{24})")


def new_code() -> str:
    """A code that cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_public_id() -> str:
    """What a redemption is called in addresses and in Saleor's private metadata."""
    return f"rd_{secrets.token_hex(12)}"


def voucher_name(public_id: str) -> str:
    """What a redemption's voucher is called in Saleor, as are discounts that it makes."""
    return f"Loyalty {public_id}"


def public_id_of_voucher(name: str) -> str | None:
    """The redemption that a voucher or a discount is named after."""
    found = _VOUCHER_NAME.fullmatch(name)
    return found[1] if found else None
