"""How flows speak to the Saleor of a store: the token is read just before each use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher, token_of


@dataclass(frozen=True, slots=True)
class StoreAccess:
    """Sends the documents of `graphql/` to stores. Every call is a network call."""

    database: Database
    client: SaleorClient
    cipher: TokenCipher

    def endpoint(self, store: StoreRef) -> Endpoint:
        """Where and as whom the store is asked.

        Raises:
            StoreInactive: it uninstalled the app.
            TokenUnreadable: the secret that opens its token is gone.
        """
        token = self.database.read(lambda conn: token_of(conn, store.id, self.cipher))
        return Endpoint(store.api_url, token)

    def ask(
        self, store: StoreRef, document: str, variables: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        """The answer to the query `document`, such as "queries/store_facts".

        Raises:
            What `SaleorClient.execute` and `endpoint` raise.
        """
        return self.client.execute(self.endpoint(store), documents.load(document), variables)

    def ask_as(self, store: StoreRef, token: str, document: str) -> dict[str, Any]:
        """The answer to the query `document` as Saleor gives it to the bearer of a user's token.

        Raises:
            What `SaleorClient.execute` raises.
        """
        return self.client.execute(Endpoint(store.api_url, token), documents.load(document))

    def change(
        self, store: StoreRef, document: str, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        """The result of the mutation `document`, which has one field.

        Raises:
            SaleorQueryError: Saleor refused it, with its words.
            What `SaleorClient.execute` and `endpoint` raise.
        """
        data = self.ask(store, document, variables)
        [(name, result)] = data.items()
        if not isinstance(result, dict):
            raise SaleorQueryError(f"{name}: no result")
        if errors := result.get("errors"):
            raise SaleorQueryError(
                f"{name}: " + "; ".join(f"{one['field']}: {one['message']}" for one in errors)
            )
        return result
