"""Accounts of a real Saleor, from the registration to the deletion."""

from typing import Any

from tests.live import account_documents, documents
from tests.live.letters import ADDRESS, DELETE, PASSWORD, Letters
from tests.live.patience import until
from tests.live.shop import Shop

#: The storefront's pages, and where the letters of the store lead to.
SHOP = "http://127.0.0.1:3000"
RETURN_TO = f"{SHOP}/"
NOBODY = ""


def customer(shop: Shop, email: str, password: str) -> str:
    """A customer whose account staff confirmed; gives the user's id."""
    user = register(shop, email, password)
    if not is_confirmed(shop, email):
        shop.ask(documents.CONFIRM, {"id": user})
    return user


def register(shop: Shop, email: str, password: str) -> str:
    """Somebody registers; gives the user's id, which Saleor tells nobody but staff."""
    wish = {
        "email": email,
        "password": password,
        "channel": shop.channel,
        "firstName": "Sam",
        "lastName": "Shopper",
        "redirectUrl": RETURN_TO,
    }
    shop.ask(documents.REGISTER, {"input": wish}, NOBODY)
    found = until(lambda: _found(shop, email), lambda seen: seen is not None)
    assert found is not None
    user: str = found["id"]
    return user


def is_confirmed(shop: Shop, email: str) -> bool:
    """Whether an account is confirmed, as staff see it."""
    found = _found(shop, email)
    return found is not None and bool(found["isConfirmed"])


def confirm(shop: Shop, email: str, token: str) -> None:
    """Somebody follows the link in the letter after the registration."""
    shop.ask(account_documents.CONFIRM_ACCOUNT, {"email": email, "token": token}, NOBODY)


def set_password(shop: Shop, letters: Letters, email: str, password: str) -> None:
    """Somebody forgot the password: asks for a letter, and follows the link in it."""
    asked = {"email": email, "channel": shop.channel, "url": RETURN_TO}
    shop.ask(account_documents.ASK_FOR_PASSWORD, asked, NOBODY)
    token = letters.token(PASSWORD, email)
    given = {"email": email, "token": token, "password": password}
    shop.ask(account_documents.SET_PASSWORD, given, NOBODY)


def change_address(
    shop: Shop, letters: Letters, email: str, new: str, *, password: str, token: str
) -> None:
    """Somebody takes another address and proves that it is theirs.

    Args:
        token: of their access.
    """
    asked = {"email": new, "password": password, "channel": shop.channel, "url": RETURN_TO}
    shop.ask(account_documents.ASK_FOR_ADDRESS, asked, token)
    given = {"token": letters.token(ADDRESS, email), "channel": shop.channel}
    shop.ask(account_documents.CHANGE_ADDRESS, given, token)


def delete(shop: Shop, letters: Letters, email: str, token: str) -> None:
    """Somebody deletes the own account.

    Args:
        token: of their access.
    """
    asked = {"channel": shop.channel, "url": RETURN_TO}
    shop.ask(account_documents.ASK_FOR_DELETION, asked, token)
    shop.ask(account_documents.ACCOUNT_DELETE, {"token": letters.token(DELETE, email)}, token)


def _found(shop: Shop, email: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = shop.ask(documents.FIND_CUSTOMER, {"email": email})["user"]
    return found
