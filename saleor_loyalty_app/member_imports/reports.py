"""What an import comes to, added up by the database."""

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.member_imports.repository import consents, rows


def report_of(
    conn: Connection, import_id: int, bringing_state: Literal["ready", "booked"]
) -> dict[str, Any]:
    """An import as JSON values.

    rows: number by state. codes: number by state and code. Of rows in `bringing_state`: points by
    channel and currency; people, by how they were found; consents by channel; lifetimes, people
    with a total of the time before. waiting: consents that wait for an account.
    """
    of_it = rows.c.import_id == import_id
    bringing = sa.and_(of_it, rows.c.state == bringing_state)
    return {
        "rows": _counted(conn, sa.select(rows.c.state, sa.func.count()).where(of_it), 1),
        "codes": _codes(conn, import_id),
        "points": [
            {"channel": channel, "currency": currency, "points": int(points)}
            for channel, currency, points in conn.execute(
                sa.select(rows.c.channel, rows.c.books_currency, sa.func.sum(rows.c.worth))
                .where(bringing, rows.c.worth > 0)
                .group_by(rows.c.channel, rows.c.books_currency)
                .order_by(rows.c.channel, rows.c.books_currency)
            )
        ],
        "people": _counted(
            conn, sa.select(rows.c.found, sa.func.count(rows.c.who.distinct())).where(bringing), 1
        ),
        "consents": {
            channel: conn.execute(
                sa.select(sa.func.count(rows.c.who.distinct())).where(bringing, column)
            ).scalar_one()
            for channel, column in (("email", rows.c.consent_email), ("sms", rows.c.consent_sms))
        },
        "waiting": conn.execute(
            sa.select(sa.func.count()).where(
                consents.c.import_id == import_id, consents.c.applied_at.is_(None)
            )
        ).scalar_one(),
        "lifetimes": conn.execute(
            sa.select(sa.func.count(rows.c.who.distinct())).where(bringing, rows.c.lifetime > 0)
        ).scalar_one(),
    }


def _counted(conn: Connection, query: sa.Select[Any], columns: int) -> dict[str, int]:
    grouped = query.group_by(*list(query.selected_columns)[:columns])
    return {str(name): int(number) for name, number in conn.execute(grouped)}


def _codes(conn: Connection, import_id: int) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    query = (
        sa.select(rows.c.state, rows.c.code, sa.func.count())
        .where(rows.c.import_id == import_id, rows.c.code != "")
        .group_by(rows.c.state, rows.c.code)
        .order_by(rows.c.state, rows.c.code)
    )
    for state, code, number in conn.execute(query):
        found.setdefault(state, {})[code] = int(number)
    return found
