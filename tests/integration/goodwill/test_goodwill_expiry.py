"""Points of goodwill live as long as those of the order that it is for."""

from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.adjustments.allowances import EVERYBODY, set_allowance
from saleor_loyalty_app.adjustments.budget import Allowance
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.flows.give_points import Decision, decide
from tests.audited import drifts_of
from tests.integration.goodwill.goodwill_stage import (
    CHIEF,
    DAY,
    LATE,
    LOTS,
    bought,
    decided,
    kind,
    opened,
    receive,
    sent,
)
from tests.order_books import KEYS, NOW, entries_of, live_store
from tests.order_samples import paid


def to(country: str) -> dict[str, Any]:
    return {"shippingAddress": {"country": {"code": country}}}


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize(("country", "years"), [("DE", None), ("TR", 2028), ("US", 2027)])
def test_goodwill_lives_as_long_as_points_of_the_order_that_it_is_for(
    database: Database, country: str, years: int | None, approved: bool
) -> None:
    exceptions = [{"countries": ["DE"], "months": None}, {"countries": ["TR"], "months": 24}]
    document = kind(**LATE) | {"settings": {"expiry": {"months": 12, "exceptions": exceptions}}}
    store = database.write(lambda conn: live_store(conn, document))
    receive(database, store, sent(1, **to(country)))
    # Their last one went elsewhere.
    elsewhere = to("TR" if country == "US" else "US")
    later = [paid(minutes=6 * DAY)]
    receive(database, store, bought(2, 6 * DAY + 1, transactions=later, **elsewhere))
    [prompt] = opened(database, store)
    assert prompt.order_number == "1"
    if approved:
        nothing = Allowance(0, 0)
        database.write(
            lambda conn: set_allowance(conn, store.id, EVERYBODY, nothing, actor="user:1", now=NOW)
        )
    made = decided(database, store, prompt)
    if approved:
        database.write(
            lambda conn: decide(
                conn,
                store,
                made.adjustment_id or 0,
                Decision.approve,
                CHIEF,
                "",
                keys=KEYS,
                now=NOW,
            )
        )
    query = sa.select(LOTS.c.expires_at).where(LOTS.c.store_id == store.id, LOTS.c.remaining == 200)
    [expires_at] = database.read(lambda conn: conn.execute(query).scalars().all())
    assert (expires_at and expires_at.year) == years
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="en"))
    of_order = any("for the country of the order" in one for one in why.sentences)
    assert (of_order, country in entry.reason.values()) == (country != "US", False)


def test_goodwill_for_an_order_that_names_no_country_goes_by_the_last_one_that_does(
    database: Database,
) -> None:
    exceptions = [{"countries": ["DE"], "months": None}]
    document = kind(**LATE) | {"settings": {"expiry": {"months": 12, "exceptions": exceptions}}}
    store = database.write(lambda conn: live_store(conn, document))
    receive(database, store, sent(1))
    receive(database, store, bought(2, **to("DE")))
    [prompt] = opened(database, store)
    decided(database, store, prompt)
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="tr"))
    assert why.sentences[-1] == (
        "Bu puanların süresi dolmaz: programda son siparişin gittiği ülke için kural böyledir."
    )
