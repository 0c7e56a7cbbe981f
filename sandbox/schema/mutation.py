"""How mutations answer: a payload, with refusals as its `errors`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.model.errors import Refused
from sandbox.schema.request import Info, Resolver, require

Payload = dict[str, Any]
Action = Callable[..., Payload]

_METADATA_KEYS = {
    "metadata",
    "private_metadata",
    "transaction_metadata",
    "transaction_private_metadata",
}


def plain(value: Any) -> Any:
    """Input data with metadata pairs made a dict, all the way down."""
    if isinstance(value, dict):
        return {
            key: _mapping(each) if key in _METADATA_KEYS else plain(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def _mapping(pairs: list[dict[str, str]] | None) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in pairs or ()}


def mutation(action: Action, *permissions: str) -> Resolver:
    """Wrap an action `(info, **arguments) -> payload` for callers with one of the permissions."""

    def resolve(_root: None, info: Info, **arguments: Any) -> Payload:
        if permissions:
            require(info, *permissions)
        try:
            payload = action(info, **plain(arguments))
        except Refused as refusal:
            return {
                "errors": [
                    {
                        "field": refusal.field,
                        "message": refusal.message,
                        "code": refusal.code,
                        **refusal.details,
                    }
                ]
            }
        return {"errors": [], **payload}

    return resolve
