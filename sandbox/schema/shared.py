"""Resolvers that many types share: ids, metadata, countries, permissions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox.model.ids import global_id
from sandbox.model.metadata import private_readers
from sandbox.model.money import Money
from sandbox.schema.request import Info, Resolver, caller_of, require

COUNTRY_NAMES = {
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "NL": "Netherlands",
    "PL": "Poland",
    "TR": "Türkiye",
    "US": "United States of America",
}


def identity(type_name: str) -> Resolver:
    """The `id` field of a type."""

    def resolve(source: Any, _info: Info) -> str:
        return global_id(type_name, source.pk)

    return resolve


def money_of(attribute: str) -> Resolver:
    """A `Money` field over a `Decimal` attribute of something that has a currency."""

    def resolve(source: Any, _info: Info) -> Money | None:
        amount: Decimal | None = getattr(source, attribute)
        return None if amount is None else Money(amount, source.currency)

    return resolve


def country(code: str) -> dict[str, str]:
    return {"code": code, "country": COUNTRY_NAMES.get(code, code)}


def permission(code: str) -> dict[str, str]:
    return {"code": code, "name": code.replace("_", " ").capitalize()}


def pairs(metadata: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in sorted(metadata.items())]


def read_metadata(source: Any, _info: Info) -> list[dict[str, str]]:
    return pairs(getattr(source, "metadata", {}))


def read_metafield(source: Any, _info: Info, key: str) -> str | None:
    value: str | None = getattr(source, "metadata", {}).get(key)
    return value


def _check_private(source: Any, info: Info) -> dict[str, str]:
    if caller_of(info).app is not source or caller_of(info).app is None:
        require(info, *private_readers(source))
    if getattr(source, "is_deleted", False):
        require(info)
    metadata: dict[str, str] = getattr(source, "private_metadata", {})
    return metadata


def read_private_metadata(source: Any, info: Info) -> list[dict[str, str]]:
    return pairs(_check_private(source, info))


def read_private_metafield(source: Any, info: Info, key: str) -> str | None:
    return _check_private(source, info).get(key)


METADATA: dict[str, Resolver] = {
    "metadata": read_metadata,
    "metafield": read_metafield,
    "privateMetadata": read_private_metadata,
    "privateMetafield": read_private_metafield,
}
