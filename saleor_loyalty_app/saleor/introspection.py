"""Whether a store's own schema understands a document: what `doctor` asks."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLSchema,
    build_client_schema,
    get_introspection_query,
    parse,
    validate,
)

from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import SaleorQueryError

#: Saleor's schema has some 30,000 lines.
SECONDS = 60.0


def read_schema(client: SaleorClient, endpoint: Endpoint) -> GraphQLSchema:
    """The schema that a store serves. A network call of several MB.

    Raises:
        SaleorQueryError: the store hides its schema, or describes none.
        What `SaleorClient.execute` raises.
    """
    data: Mapping[str, Any] = client.execute(
        endpoint, get_introspection_query(descriptions=False), timeout=SECONDS
    )
    try:
        # Saleor writes default values of enumerations as texts, which a strict reader refuses.
        return build_client_schema(data, assume_valid=True)  # type: ignore[arg-type]
    except (TypeError, KeyError) as failure:
        raise SaleorQueryError(f"the schema cannot be read: {failure}") from failure


def misfits(schema: GraphQLSchema, document: str) -> tuple[str, ...]:
    """What in a complete document the schema does not understand; empty when all fits."""
    return tuple(error.message for error in validate(schema, _parsed(document)))


@lru_cache(maxsize=256)
def _parsed(document: str) -> DocumentNode:
    return parse(document)
