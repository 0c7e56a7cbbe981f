"""Relay connections with cursors that survive changes between two pages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError

_MOST = 100
Key = Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Connection:
    edges: list[Edge]
    page_info: PageInfo
    total_count: int


def connect(
    items: Iterable[Any],
    key: Key,
    *,
    descending: bool = False,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    **_: Any,
) -> Connection:
    """One page of `items` in the order of `key`, whose last part must be unique.

    Raises:
        GraphQLError: no page size, one above 100, or a cursor of another list.
    """
    size = first if first is not None else last
    if size is None:
        raise GraphQLError("You must provide a `first` or `last` value to properly paginate.")
    if not 0 < size <= _MOST:
        raise GraphQLError(f"Requesting {size} records on the connection exceeds the limit of 100.")
    # As in Saleor, a wrong cursor is refused also where the list has nothing.
    start = None if after is None else _read(after)
    limit = None if before is None else _read(before)
    rows = sorted(((_plain(key(item)), item) for item in items), key=lambda row: row[0])
    if descending:
        rows.reverse()
    total = len(rows)
    wanted = rows
    if start is not None:
        wanted = [r for r in wanted if _is_past(r[0], start, descending)]
    if limit is not None:
        wanted = [r for r in wanted if r[0] != limit and not _is_past(r[0], limit, descending)]
    page = wanted[:size] if first is not None else wanted[-size:]
    edges = [Edge(_cursor(row_key), item) for row_key, item in page]
    info = PageInfo(
        has_next_page=bool(page) and page[-1] is not rows[-1],
        has_previous_page=bool(page) and page[0] is not rows[0],
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges, info, total)


def _plain(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part.isoformat() if isinstance(part, datetime) else part for part in key)


def _cursor(key: tuple[Any, ...]) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def _read(cursor: str) -> tuple[Any, ...]:
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError) as error:
        raise GraphQLError("Received cursor is invalid.") from error
    if not isinstance(found, list):
        raise GraphQLError("Received cursor is invalid.")
    return tuple(found)


def _is_past(key: tuple[Any, ...], limit: tuple[Any, ...], descending: bool) -> bool:
    if len(key) != len(limit):
        raise GraphQLError("Received cursor is invalid.")
    try:
        return key < limit if descending else key > limit
    except TypeError as error:
        raise GraphQLError("Received cursor is invalid.") from error
