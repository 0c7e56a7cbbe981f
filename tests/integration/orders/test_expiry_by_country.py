"""How long points live is decided by the country, once: of the order, else of the last one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.adjustments.reasons import Reason
from saleor_loyalty_app.api.storefront.program_page import read_program_page
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.give_points import Agent, GiveRequest, give
from saleor_loyalty_app.flows.join_member import claim_guests
from saleor_loyalty_app.flows.try_program import TriedCart, TriedLine, try_cart
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.factories import make_member, make_revision
from tests.integration.member_imports.stage import HEADER, ImportStage
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import KEYS, NOW, entries_of, live_store, order_row, program
from tests.order_samples import START, event, shopper, transaction
from tests.program_samples import channel_of

EXCEPTIONS: list[dict[str, Any]] = [
    {"countries": ["DE", "AT"], "months": None},
    {"countries": ["TR"], "months": 24},
]
BIRTHDAY = {"id": "birthday", "trigger": "birthday", "then": {"type": "points", "points": 50}}
STATUS = {"id": "status", "then": {"type": "status_points", "factor": "0.5"}}
#: Of what is earned in November 2026 in UTC, by the months that the program says.
IN_12, IN_24 = (datetime(year, 11, 30, 23, 59, 59, tzinfo=UTC) for year in (2027, 2028))
_lots = table(Lot)


def document(*exceptions: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = program(expiry={"months": 12, "exceptions": list(exceptions)})
    made["earning"]["rules"] += [BIRTHDAY, *more.pop("rules", [])]
    return made | more


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, document(*EXCEPTIONS)))


def to(country: str) -> dict[str, Any]:
    return {"shippingAddress": {"country": {"code": country}}}


def lots(database: Database, store: StoreRef) -> list[tuple[int, datetime | None]]:
    """What remains of each lot of points and until when it lives, in the order of their making."""
    query = (
        sa.select(_lots.c.remaining, _lots.c.expires_at)
        .where(_lots.c.store_id == store.id, _lots.c.unit == "points", _lots.c.remaining > 0)
        .order_by(_lots.c.id)
    )
    return [(row[0], row[1]) for row in database.read(lambda conn: conn.execute(query).all())]


def last_told(database: Database, store: StoreRef, language: str = "en") -> str:
    def read(conn: Connection) -> str:
        entry = entries_of(conn, store)[-1]
        [told] = explain_entries(conn, store.id, [entry.id], language=language)
        return told.sentences[-1]

    return database.read(read)


def assert_audit(database: Database, store: StoreRef, *known: str) -> None:
    drifts = database.read(lambda conn: drifts_of(conn, store.id), snapshot=True)
    assert {one.check for one in drifts} <= set(known)


def test_an_orders_country_says_how_long_its_points_live(
    database: Database, store: StoreRef
) -> None:
    billed = {"shippingAddress": None, "billingAddress": {"country": {"code": "AT"}}}
    countries = [to("DE"), to("TR"), to("US"), {}, billed]
    for number, where in enumerate(countries, start=1):
        receive(database, store, bought(number, **where), NOW)
    found = [at for _, at in lots(database, store)]
    assert found == [None, IN_24, IN_12, IN_12, None]
    plans = database.read(
        lambda conn: [order_row(conn, store, f"O{number}").plan["terms"] for number in (1, 2, 3)]
    )
    assert [(one["expiry_months"], one.get("expiry_country")) for one in plans] == [
        (None, "DE"),
        (24, "TR"),
        (12, None),
    ]
    assert (
        last_told(database, store) == "They never expire: that is the program’s rule for Austria."
    )
    assert_audit(database, store)


def test_status_points_say_nothing_of_it(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, document(*EXCEPTIONS, rules=[STATUS])))
    receive(database, store, bought(1, **to("DE")), NOW)
    reasons = {
        entry.unit: "expiry_months" in entry.reason
        for entry in database.read(lambda conn: entries_of(conn, store))
    }
    assert reasons == {"points": True, "status": False}


def test_points_keep_the_life_they_got_whatever_becomes_of_address_and_program(
    database: Database, store: StoreRef
) -> None:
    def refunded(updated: float, **more: Any) -> OrderSnapshot:
        back = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", "40", 5))
        return bought(1, updated=updated, transactions=[back], **more)

    receive(database, store, bought(1, **to("DE")), NOW)
    later = NOW + timedelta(hours=1)
    revised = document({"countries": ["DE"], "months": 6})
    database.write(lambda conn: make_revision(conn, store.id, revised, effective_from=later))
    receive(database, store, refunded(9, **to("US")), later)
    assert lots(database, store) == [(600, None)]
    # The refund failed: what it took is earned again, by the plan that was frozen.
    receive(database, store, bought(1, updated=20, **to("US")), later + timedelta(hours=1))
    assert sum(points for points, _ in lots(database, store)) == 1000
    assert {at for _, at in lots(database, store)} == {None}
    new = {"created": later + timedelta(days=1), **to("DE")}
    charged = transaction(event("CHARGE_SUCCESS", 100, 60 * 24 * 4))
    receive(
        database,
        store,
        bought(2, updated=60 * 24 * 4 + 1, transactions=[charged], **new),
        later + timedelta(days=3),
    )
    assert lots(database, store)[-1] == (1000, datetime(2027, 5, 31, 23, 59, 59, tzinfo=UTC))
    assert_audit(database, store)


def test_an_order_of_the_time_before_the_exception_keeps_the_rule_of_its_day(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, document()))
    database.write(
        lambda conn: make_revision(
            conn, store.id, document(*EXCEPTIONS), effective_from=START + timedelta(minutes=30)
        )
    )
    receive(database, store, bought(1, **to("DE")), NOW)
    assert lots(database, store) == [(1000, IN_12)]
    assert_audit(database, store)


def test_spent_points_go_back_to_a_life_without_end(database: Database) -> None:
    made = document(*EXCEPTIONS)
    made["settings"]["availability"] = {"after": "payment", "days": 0}
    store = database.write(lambda conn: live_store(conn, made))
    receive(database, store, bought(1, **to("DE")), NOW)
    owner = database.read(lambda conn: order_row(conn, store, "O1").member_id)
    account = ledger.Account(store.id, owner, "points")
    cause = ledger.Cause(source="test", part="points", actor="app")

    def spend_and_restore(conn: Connection) -> None:
        spent = ledger.redeem(conn, account, 300, cause, key="spent", now=NOW)
        ledger.restore(
            conn,
            store.id,
            redeem_entry_id=spent.entry_id,
            amount=300,
            cause=cause,
            key="back",
            now=NOW + timedelta(days=500),
        )

    database.write(spend_and_restore)
    assert sorted(lots(database, store)) == [(300, None), (700, None)]
    held = database.read(lambda conn: ledger.balance(conn, account, now=NOW + timedelta(days=5000)))
    assert (held.available, held.expiring) == (1000, [])
    assert_audit(database, store)


@pytest.mark.parametrize(("last", "expires_at"), [("DE", None), ("TR", IN_24), ("US", IN_12)])
def test_a_deed_goes_by_the_country_of_the_last_order(
    database: Database, store: StoreRef, last: str, expires_at: datetime | None
) -> None:
    owner = database.write(lambda conn: make_member(conn, store.id, user_id=AYSE["id"]))
    birthday = DeedFacts("birthday", "", NOW, "birthday:2026")
    stranger = database.write(lambda conn: make_member(conn, store.id, user_id="U2"))
    database.write(lambda conn: award_deed(conn, store, stranger, birthday, now=NOW))
    assert lots(database, store) == [(50, IN_12)]
    receive(database, store, bought(1, **to("AT")), NOW)
    later = transaction(event("CHARGE_SUCCESS", 100, 30))
    receive(database, store, bought(2, updated=31, transactions=[later], **to(last)), NOW)
    database.write(lambda conn: award_deed(conn, store, owner, birthday, now=NOW))
    assert lots(database, store)[-1] == (50, expires_at)
    if last == "DE":
        assert last_told(database, store, "tr") == (
            "Bu puanların süresi dolmaz: programda son siparişin gittiği ülke için kural böyledir."
        )
        entry = database.read(lambda conn: entries_of(conn, store)[-1])
        assert entry.reason["expiry_months"] is None
        assert "DE" not in entry.reason.values()
    assert_audit(database, store, "bonus_flag")


def test_who_bought_as_a_guest_brings_the_country_along(database: Database) -> None:
    stage = ImportStage(database, ManualClock(NOW), document=document(*EXCEPTIONS))
    address = "guest@example.com"
    order = bought(1, user=None, userEmail=address, **to("DE"))
    receive(database, stage.store, order, NOW)
    birthday = DeedFacts("birthday", "", NOW, "birthday:2026")
    member = stage.join("VXNlcjox", address)

    def claim_and_award(conn: Connection) -> None:
        known = member_by_id(conn, stage.store.id, member)
        assert known is not None
        assert claim_guests(conn, stage.store, known, keys=stage.keys, now=NOW) == 1
        award_deed(conn, stage.store, member, birthday, now=NOW)

    database.write(claim_and_award)
    assert lots(database, stage.store) == [(1000, None), (50, None)]
    assert_audit(database, stage.store, "bonus_flag")


def test_what_staff_give_goes_by_it_and_what_they_take_does_not(
    database: Database, store: StoreRef
) -> None:
    receive(database, store, bought(1, **to("DE")), NOW)
    owner = database.read(lambda conn: order_row(conn, store, "O1").member_id)
    agent = Agent("VXNlcjo5", "staff@example.com")
    for key, points in (("a", 40), ("b", -10)):
        wish = GiveRequest(owner, points, Reason.correction, "A note", agent, key)
        database.write(lambda conn, wish=wish: give(conn, store, wish, keys=KEYS, now=NOW))  # type: ignore[misc]
    assert lots(database, store) == [(1000, None), (30, None)]
    reasons = [entry.reason for entry in database.read(lambda conn: entries_of(conn, store))]
    assert ["expiry_months" in one for one in reasons] == [True, True, False]
    assert_audit(database, store)


def test_imported_points_without_a_date_go_by_it(database: Database) -> None:
    stage = ImportStage(database, ManualClock(NOW), document=document(*EXCEPTIONS))
    ayse = shopper("VXNlcjox", "ada@example.com")
    stage.join(ayse["id"], ayse["email"])
    receive(database, stage.store, bought(1, user=ayse, **to("DE")), NOW)
    rows = ["ada@example.com,A1,100,2027-12-31", "ada@example.com,A2,20,", "b@example.com,B1,7,"]
    stage.book("\n".join([HEADER, *rows]) + "\n")
    found = lots(database, stage.store)[1:]
    assert [(points, at and at.date().isoformat()) for points, at in found] == [
        (100, "2027-12-31"),
        (20, None),
        (7, "2027-11-30"),
    ]
    assert_audit(database, stage.store)


def test_trying_a_cart_tells_how_long_its_points_would_live(
    database: Database, store: StoreRef
) -> None:
    tried = read_program(document(*EXCEPTIONS))

    def because(country: str, language: str) -> tuple[str, ...]:
        cart = TriedCart((TriedLine(Decimal(10)),), country=country)
        return try_cart(store, channel_of(), tried, cart, now=NOW, language=language).because

    assert because("DE", "en")[-1] == "They never expire: that is the program’s rule for Germany."
    assert because("TR", "tr")[-1].startswith("Bu puanların süresi 24 ay sonra, ay sonunda dolar")
    assert len(because("US", "en")) == len(because("DE", "en")) - 1


def test_the_public_page_tells_every_exception(database: Database, store: StoreRef) -> None:
    def said(language: str) -> str:
        return database.read(
            lambda conn: (
                read_program_page(conn, store, channel=None, now=NOW, language=language).expiry
            )
        )

    assert said("en").endswith(
        "; for orders to Germany, Austria: never; for orders to Türkiye: after 24 months,"
        " at the end of the month and never without notice"
    )
    assert "(Almanya, Avusturya): hiçbir zaman" in said("tr")
