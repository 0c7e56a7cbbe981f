"""Codes that open a discount, and the ids by which redemptions are known outside."""

import secrets

#: Without I, O, 0 and 1, which people mix up, and without small letters, since Saleor compares
#: exactly. İ and ı are no ASCII letters. 32 signs carry 5 bits each.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: 16 signs: 80 random bits.
LENGTH = 16


def new_code() -> str:
    """A code that cannot be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_public_id() -> str:
    """What a redemption is called in addresses and in Saleor's private metadata."""
    return f"rd_{secrets.token_hex(12)}"
