"""A shopper's account as Saleor shows it to the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from saleor_loyalty_app.saleor.global_ids import names


@dataclass(frozen=True, slots=True)
class ShopperAccount:
    """Whose account it is, and whether the address was proved to be theirs, as of an instant."""

    id: str
    email: str
    first_name: str
    last_name: str
    language: str
    confirmed: bool
    as_of: datetime | None = None


def is_user_id(text: str) -> bool:
    """Whether a text could be the id of a user."""
    return names(text, "User")


def account_of(data: Mapping[str, Any]) -> ShopperAccount | None:
    """The account in an answer; None where there is none, or it is staff's or deactivated."""
    found = data["user"]
    if found is None or not found["isActive"] or found["isStaff"]:
        return None
    return ShopperAccount(
        id=found["id"],
        email=found["email"],
        first_name=found["firstName"],
        last_name=found["lastName"],
        language=found["languageCode"].replace("_", "-").lower(),
        confirmed=found["isConfirmed"],
        as_of=datetime.fromisoformat(found["updatedAt"]),
    )
