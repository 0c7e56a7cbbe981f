"""What goes wrong with an order asks once for goodwill; a person or a budget decides."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.adjustments.allowances import EVERYBODY, set_allowance
from saleor_loyalty_app.adjustments.budget import Allowance
from saleor_loyalty_app.adjustments.errors import OwnAccount
from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.bonuses.models import BonusMemory
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import decide_goodwill as decide_goodwill_module
from saleor_loyalty_app.flows import goodwill_news
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.decide_case import CaseDecided, CaseUnknown
from saleor_loyalty_app.flows.decide_goodwill import (
    GoodwillChoice,
    GoodwillDecision,
    decide_goodwill,
    give_automatic,
)
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.flows.erase_member import erase_member, erase_user
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.flows.give_points import Agent, Decision, decide
from saleor_loyalty_app.flows.open_goodwill import open_complaint
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.errors import (
    GoodwillLimitReached,
    GoodwillOff,
    GoodwillOrderUnknown,
    GoodwillWorthless,
)
from saleor_loyalty_app.goodwill.models import GoodwillPrompt
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.members.errors import MemberErased
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import goodwill_tasks
from saleor_loyalty_app.tasks.background import Background
from tests.audited import drifts_of
from tests.factories import make_revision
from tests.order_books import KEYS, NOW, books_of, entries_of, live_store, program
from tests.order_samples import fulfillment, line, order, paid, shopper

AYSE = shopper()
STAFF, CHIEF = Agent("VXNlcjo5", "staff@example.com"), Agent("VXNlcjo4", "chief@example.com")
DAY = 24 * 60
_prompts, _outbox, _lots = table(GoodwillPrompt), table(OutboxMessage), table(Lot)
LATE = {"late_delivery": {"days": 3, "suggest": {"type": "points", "points": 200}}}
CANCELLED = {"cancelled_line": {"suggest": {"type": "shipping"}}}
COMPLAINT = {"complaint": {"suggest": {"type": "points", "points": 150}}}
ACCEPT, DECLINE = GoodwillChoice.accept, GoodwillChoice.decline


def kind(**goodwill: Any) -> dict[str, Any]:
    return program() | {"goodwill": goodwill}


def receive(database: Database, store: StoreRef, told: OrderSnapshot, now: datetime = NOW) -> None:
    database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
    )


def bought(number: int = 1, updated: float = 1, **more: Any) -> OrderSnapshot:
    lines = more.pop("lines", (line("L1", 2),))
    values = {"id": f"O{number}", "number": str(number), "user": AYSE, "transactions": [paid()]}
    return order(*lines, **(values | {"updated": updated} | more))


def sent(number: int = 1, days: float = 5, **more: Any) -> OrderSnapshot:
    left = fulfillment("FULFILLED", days * DAY, L1=2)
    values: dict[str, Any] = {
        "updated": days * DAY + 1,
        "status": "FULFILLED",
        "fulfillments": [left],
    }
    return bought(number, **(values | more))


def opened(database: Database, store: StoreRef) -> list[Prompt]:
    return database.read(lambda conn: prompts.page(conn, store.id, waiting=True, first=50))


def decided(
    database: Database,
    store: StoreRef,
    prompt: Prompt,
    choice: GoodwillChoice = ACCEPT,
    *,
    points: int = 0,
    agent: Agent = STAFF,
    now: datetime = NOW,
) -> Prompt:
    wish = GoodwillDecision(choice, "It was our fault", points)
    return database.write(
        lambda conn: decide_goodwill(conn, store, prompt.id, wish, agent, keys=KEYS, now=now)
    )


def told(database: Database, store: StoreRef) -> list[dict[str, Any]]:
    query = sa.select(_outbox.c.data).where(
        _outbox.c.store_id == store.id, _outbox.c.kind == "goodwill"
    )
    return database.read(lambda conn: list(conn.execute(query).scalars()))


def points(database: Database, store: StoreRef) -> int:
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((AYSE["id"], "points"), 0)


def complain(database: Database, store: StoreRef, number: int = 1, **more: Any) -> Prompt:
    return database.write(
        lambda conn: open_complaint(
            conn,
            store,
            order_number=str(number),
            note="The box was open",
            actor=STAFF.actor,
            now=more.get("now", NOW),
        )
    )


def test_a_late_delivery_asks_once_and_the_books_say_who_gave_why(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**LATE)))
    now = NOW + timedelta(days=4)
    receive(database, store, bought(), NOW)
    assert opened(database, store) == []
    for updated in (0, 1, 2):
        receive(database, store, sent(updated=5 * DAY + 1 + updated), now)
    [prompt] = opened(database, store)
    assert (prompt.signal, prompt.facts) == ("late_delivery", {"days": 4, "limit": 3})
    assert (prompt.points, prompt.order_number) == (200, "1")
    earned = points(database, store)
    done = decided(database, store, prompt, now=now)
    assert (done.state, done.given, done.decided_by) == ("given", 200, STAFF.actor)
    assert decided(database, store, prompt, now=now) == done, "twice is once"
    assert points(database, store) == earned + 200
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert (entry.kind, entry.actor) == ("adjust", STAFF.actor)
    facts = {"days": 4, "limit": 3}
    assert entry.reason == {"code": "goodwill", "why": "late_delivery", "order": "1", **facts}
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="tr"))
    [sentence] = why.sentences
    assert sentence.startswith("1 numaralı sipariş için telafi olarak 200 puan: ")
    assert sentence.endswith(": son ürün ödemeden 4 gün sonra yola çıktı; sınır 3 gün.")
    assert told(database, store) == [{"points": 200, "order": "1", "goodwill": "late_delivery"}]
    receive(database, store, sent(days=6), now + timedelta(days=2))
    assert opened(database, store) == [], "never twice for one order and signal"


@pytest.mark.parametrize(
    ("told_of", "signals"),
    [
        (lambda: sent(days=3), []),
        (lambda: bought(1, 9, status="CANCELED"), ["cancelled_line"]),
        (lambda: bought(1, 9, fulfillments=[fulfillment("REFUNDED", 8, L1=1)]), ["cancelled_line"]),
        (
            lambda: bought(
                1,
                9,
                fulfillments=[fulfillment("FULFILLED", 7, L1=1), fulfillment("RETURNED", 8, L1=1)],
            ),
            [],
        ),
    ],
    ids=["in time", "canceled", "paid back unsent", "returned"],
)
def test_what_counts_as_cancelled_by_the_store(
    database: Database, told_of: Callable[[], OrderSnapshot], signals: list[str]
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**LATE, **CANCELLED)))
    receive(database, store, bought(), NOW)
    receive(database, store, told_of(), NOW + timedelta(days=1))
    assert [one.signal for one in opened(database, store)] == signals


def test_shipping_is_given_back_in_points_and_what_has_no_worth_needs_a_number(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**CANCELLED)))
    for number, shipping in ((1, "5.50"), (2, "0")):
        charged = [paid(str(200 + float(shipping)) if shipping != "0" else 200)]
        values: dict[str, Any] = {"shipping": shipping, "transactions": charged}
        receive(database, store, bought(number, 1, **values), NOW)
        receive(database, store, bought(number, 9, status="CANCELED", **values), NOW)
    first, second = opened(database, store)
    assert (first.points, first.amount_milli) == (550, 5500), "100 points are worth 1 USD"
    assert second.points == 0
    with pytest.raises(GoodwillWorthless):
        decided(database, store, second)
    changed = decided(database, store, second, GoodwillChoice.change, points=70)
    assert (changed.given, changed.state) == (70, "given")


def test_nothing_is_watched_unless_the_program_says_so_nor_for_orders_of_nobody(
    database: Database,
) -> None:
    store = database.write(live_store)
    receive(database, store, bought(), NOW)
    receive(database, store, sent(), NOW + timedelta(days=4))
    assert opened(database, store) == []
    with pytest.raises(GoodwillOff):
        complain(database, store)
    database.write(lambda conn: make_revision(conn, store.id, kind(**COMPLAINT)))
    with pytest.raises(GoodwillOrderUnknown):
        complain(database, store, 77)
    assert complain(database, store).id == complain(database, store).id


def test_a_member_has_goodwill_so_often_only_and_declining_does_not_count(
    database: Database,
) -> None:
    document = kind(**COMPLAINT, limit={"times": 1, "days": 30})
    store = database.write(lambda conn: live_store(conn, document))
    for number in (1, 2, 3):
        receive(database, store, bought(number), NOW)
    first, second, third = (complain(database, store, number) for number in (1, 2, 3))
    assert decided(database, store, first, DECLINE).state == "declined"
    decided(database, store, second)
    with pytest.raises(GoodwillLimitReached):
        decided(database, store, third)
    later = NOW + timedelta(days=31)
    assert decided(database, store, third, now=later).state == "given"
    with pytest.raises(CaseDecided):
        decided(database, store, first)
    with pytest.raises(CaseUnknown):
        decided(database, store, Prompt(**{**_values(third), "id": 10**9}))


def test_who_deletes_an_account_and_makes_it_anew_has_not_goodwill_anew(
    database: Database,
) -> None:
    document = kind(**COMPLAINT, limit={"times": 2, "days": 30})
    store = database.write(lambda conn: live_store(conn, document))
    again = shopper("U7", AYSE["email"])
    earlier = NOW - timedelta(days=20)
    for number, at in ((1, earlier), (2, NOW)):
        receive(database, store, bought(number), NOW)
        decided(database, store, complain(database, store, number, now=at), now=at)
    assert database.write(lambda conn: erase_user(conn, store, AYSE["id"], now=NOW))
    receive(database, store, bought(3, user=again, userEmail=again["email"]), NOW)
    third = complain(database, store, 3)
    with pytest.raises(GoodwillLimitReached):
        decided(database, store, third, now=NOW + timedelta(days=9))
    ended = decided(database, store, third, now=NOW + timedelta(days=11))
    assert ended.state == "given", "the first of two is longer ago than 30 days"
    kept = database.read(lambda conn: conn.execute(sa.select(table(BonusMemory))).all())
    assert "ayse" not in repr(kept)
    times = [row.ends_at for row in kept if row.deed.startswith("goodwill:")]
    assert sorted(times) == [earlier + timedelta(days=30), NOW + timedelta(days=30)]


def test_beyond_the_budget_another_approves_and_only_then_the_member_is_told(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    small = Allowance(100, 100)
    database.write(
        lambda conn: set_allowance(conn, store.id, EVERYBODY, small, actor="user:1", now=NOW)
    )
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    for decision, state in ((Decision.refuse, "open"), (Decision.approve, "given")):
        waits = decided(database, store, prompt)
        assert (waits.state, told(database, store)) == ("waiting", [])
        assert database.read(lambda conn: drifts_of(conn, store.id)) == []
        database.write(
            lambda conn, what=decision, one=waits: decide(  # type: ignore[misc]
                conn, store, one.adjustment_id or 0, what, CHIEF, "", keys=KEYS, now=NOW
            )
        )
        assert database.read(lambda conn: prompts.by_id(conn, store.id, prompt.id)).state == state  # type: ignore[union-attr]
        assert database.read(lambda conn: drifts_of(conn, store.id)) == []
    assert [one["points"] for one in told(database, store)] == [150]
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert entry.reason == {"code": "goodwill", "why": "complaint", "order": "1"}
    why = database.read(lambda conn: explain_entry(conn, store.id, entry.id, language="en"))
    assert why.sentences == ("150 points as a token of goodwill for order 1, after a complaint.",)


def test_nobody_gives_to_themselves(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    with pytest.raises(OwnAccount):
        decided(database, store, prompt, agent=Agent(AYSE["id"], AYSE["email"]))


def test_automatic_goodwill_that_is_refused_half_way_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=300)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    receive(database, store, bought(), NOW)
    receive(database, store, sent(), now)
    [wanted] = database.read(lambda conn: prompts.automatic_ones(conn, store.id, limit=9))
    noting = goodwill_news.note_given

    def refused(*args: Any, **more: Any) -> None:
        noting(*args, **more)
        raise MemberErased

    before = points(database, store)
    monkeypatch.setattr(decide_goodwill_module, "note_given", refused)
    assert not database.write(lambda conn: give_automatic(conn, store, wanted, keys=KEYS, now=now))
    assert points(database, store) == before
    assert told(database, store) == []
    kept = sa.select(sa.func.count()).select_from(table(Adjustment))
    assert database.read(lambda conn: conn.execute(kept).scalar_one()) == 0
    [left] = opened(database, store)
    assert (left.state, left.automatic, left.given) == ("open", False, 0)


def test_automatic_goodwill_that_fails_keeps_no_other_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=1000)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
        receive(database, store, sent(number), now)
    noting, ill = goodwill_news.note_given, ["1"]

    def fails(conn: sa.Connection, at: StoreRef, prompt: Prompt, *, now: datetime) -> None:
        noting(conn, at, prompt, now=now)
        if prompt.order_number in ill:
            raise LookupError("a prompt that nobody foresaw")

    monkeypatch.setattr(decide_goodwill_module, "note_given", fails)
    moment = [now]
    work = cast(
        Background,
        SimpleNamespace(
            database=database,
            clock=lambda: moment[0],
            email_keys=KEYS,
            aside=Aside(),
            active_stores=lambda: [store],
            threads=None,
        ),
    )
    goodwill_tasks.give_goodwill(work)
    assert len(told(database, store)) == 1
    [left] = opened(database, store)
    assert (left.order_number, left.state, left.automatic) == ("1", "open", True)
    [problem] = database.read(lambda conn: open_problems(conn, store.id))
    assert ": 1 failed" in problem.message
    ill.clear()
    moment[0] = now + timedelta(minutes=2)
    goodwill_tasks.give_goodwill(work)
    assert opened(database, store) == []
    assert database.read(lambda conn: open_problems(conn, store.id)) == []


def test_automatic_goodwill_keeps_to_its_month_and_leaves_the_rest_to_people(
    database: Database,
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=300)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
        receive(database, store, sent(number), now)
    ids = database.read(lambda conn: prompts.automatic_ones(conn, store.id, limit=9))
    given = [
        database.write(lambda conn, one=one: give_automatic(conn, store, one, keys=KEYS, now=now))  # type: ignore[misc]
        for one in [*ids, *ids]
    ]
    assert given == [True, False, False, False]
    [left] = opened(database, store)
    assert (left.order_number, left.automatic) == ("2", False)
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert (entry.amount, entry.actor) == (200, "app:goodwill")
    assert entry.reason["by_app"] is True
    for language, nobody in (
        ("en", "Given by the app, automatically."),
        ("tr", "Uygulama tarafından otomatik verildi."),
    ):
        why = database.read(
            lambda conn, wanted=language: explain_entry(conn, store.id, entry.id, language=wanted)  # type: ignore[misc]
        )
        assert why.sentences[1:] == (nobody,)
        assert "4" in why.sentences[0]
    assert database.read(lambda conn: prompts.stores_with_work(conn)) == set()


def test_erasing_a_member_takes_what_was_written_and_what_waits(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, kind(**COMPLAINT)))
    none = Allowance(0, 0)
    database.write(
        lambda conn: set_allowance(conn, store.id, EVERYBODY, none, actor="user:1", now=NOW)
    )
    receive(database, store, bought(), NOW)
    prompt = complain(database, store)
    assert decided(database, store, prompt).state == "waiting"
    database.write(lambda conn: erase_member(conn, store, prompt.member_id, now=NOW))
    left = database.read(lambda conn: prompts.by_id(conn, store.id, prompt.id))
    assert left is not None
    assert (left.state, left.note, left.given) == ("declined", "", 0)
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []


def _values(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).__dataclass_fields__}


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
    query = sa.select(_lots.c.expires_at).where(
        _lots.c.store_id == store.id, _lots.c.remaining == 200
    )
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
