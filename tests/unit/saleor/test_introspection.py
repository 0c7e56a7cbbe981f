"""Schemas as stores describe them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx
from graphql import build_schema, introspection_from_schema

from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.saleor.introspection import misfits, read_schema
from saleor_loyalty_app.saleor.network import trusted

SHOP = Endpoint("https://shop.example.com/graphql/", "token")
SDL = """
enum Format { ORIGINAL AVIF }
type Image { url(format: Format = ORIGINAL): String }
type Query { image: Image }
"""


@pytest.fixture
def client() -> Iterator[SaleorClient]:
    with httpx.Client(verify=trusted()) as http, respx.mock:
        yield SaleorClient(http, now=lambda: datetime(2027, 1, 1, tzinfo=UTC))


def described() -> dict[str, Any]:
    """As Saleor 3.23 describes it: default values of enumerations as quoted texts."""
    data: Any = introspection_from_schema(build_schema(SDL))
    [image] = [kind for kind in data["__schema"]["types"] if kind["name"] == "Image"]
    image["fields"][0]["args"][0]["defaultValue"] = '"ORIGINAL"'
    return dict(data)


def test_a_schema_with_saleors_default_values_is_read(client: SaleorClient) -> None:
    respx.post(SHOP.api_url).mock(return_value=httpx.Response(200, json={"data": described()}))
    schema = read_schema(client, SHOP)
    assert misfits(schema, "{ image { url(format: AVIF) } }") == ()
    [problem] = misfits(schema, "{ image { link } }")
    assert "'link'" in problem


@pytest.mark.parametrize("data", [{"__schema": {}}, {"other": 1}])
def test_what_describes_no_schema_is_told(client: SaleorClient, data: dict[str, Any]) -> None:
    respx.post(SHOP.api_url).mock(return_value=httpx.Response(200, json={"data": data}))
    with pytest.raises(SaleorQueryError):
        read_schema(client, SHOP)
