"""How the scalars are written and read."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema


def _write_time(value: datetime) -> str:
    return value.isoformat()


def _read_time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise GraphQLError(f"DateTime cannot represent value: {value}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write_day(value: date) -> str:
    return value.isoformat()


def _read_day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise GraphQLError(f"Date cannot represent value: {value}") from error


def _read_decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise GraphQLError(f"Decimal cannot represent value: {value}") from error
    if not number.is_finite():
        raise GraphQLError(f"Decimal cannot represent value: {value}")
    return number


def _read_positive(value: Any) -> Decimal:
    number = _read_decimal(value)
    if number < 0:
        raise GraphQLError(f"Value cannot be lower than 0. Unsupported value: {value}")
    return number


def _write_json_text(value: Any) -> str:
    return json.dumps(value)


def _read_json_text(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError) as error:
        raise GraphQLError("Badly formed JSON-string") from error


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "Date": _write_day,
    "DateTime": _write_time,
    "Decimal": float,
    "JSONString": _write_json_text,
    "PositiveDecimal": float,
}
_READERS = {
    "Date": _read_day,
    "DateTime": _read_time,
    "Decimal": _read_decimal,
    "PositiveDecimal": _read_positive,
    "JSONString": _read_json_text,
}


def bind_scalars(schema: GraphQLSchema) -> None:
    """Give the schema's own scalars their meaning; the rest pass values as they are."""
    for name, scalar in schema.type_map.items():
        if not isinstance(scalar, GraphQLScalarType):
            continue
        if name in _WRITERS:
            scalar.coerce_output_value = _WRITERS[name]
        if name in _READERS:
            scalar.coerce_input_value = _READERS[name]
