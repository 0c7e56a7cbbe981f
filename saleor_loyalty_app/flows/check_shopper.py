"""Whether a shopper's token is still good at Saleor, which cannot be seen from the token."""

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.saleor.errors import InvalidToken, SaleorPermissionDenied, SaleorQueryError
from saleor_loyalty_app.saleor.shopper_account import ShopperAccount, account_of
from saleor_loyalty_app.stores.refs import StoreRef

_log = log.get(__name__)


def check_shopper(access: StoreAccess, store: StoreRef, token: str, user_id: str) -> ShopperAccount:
    """Asks Saleor who bears a token that it signed; gives their account. Calls the network.

    A password that was changed, a sign-out everywhere and a deactivated account end tokens before
    they expire.

    Args:
        user_id: whom the token names.

    Raises:
        InvalidToken: with the reason "revoked": Saleor does not take it any more.
        SaleorUnavailable and the like: Saleor does not answer.
    """
    try:
        found = access.ask_as(store, token, "queries/me")["me"]
    except (SaleorPermissionDenied, SaleorQueryError) as refused:
        _log.info("shopper_token_refused", store_id=store.id, error_code=refused.code)
        raise InvalidToken("revoked") from refused
    if found is None or found["id"] != user_id or not found["isActive"]:
        raise InvalidToken("revoked")
    account = account_of({"user": found})
    if account is None:
        raise InvalidToken("staff")
    return account
