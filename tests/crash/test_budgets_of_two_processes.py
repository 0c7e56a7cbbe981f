"""Two processes on one PostgreSQL draw from one budget: a campaign's, a person's, an API key's."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.adjustments import repository as adjustments
from saleor_loyalty_app.adjustments.allowances import set_allowance
from saleor_loyalty_app.adjustments.budget import Allowance
from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns import repository as campaigns
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.partner_keys import KeyTerms, Scope
from saleor_loyalty_app.stores.refs import StoreRef
from tests import nursery
from tests.audited import drifts_of
from tests.crash.budget_race import PATIENCE, Clicks, Orders, Race, Tills, run
from tests.crash.test_caps_of_two_processes import DOUBLE, prompt_of
from tests.factories import make_member
from tests.order_books import NOW, books_of, live_store, program
from tests.order_samples import START

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

_adjustments = table(Adjustment)
Begin = Callable[[Race, int], None]


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url, pool_size=1)
    yield opened
    opened.close()


@pytest.fixture
def begin(postgres_url: str) -> Begin:
    """Lets two processes race so many rounds, and waits for their end."""

    def both(race: Race, rounds: int) -> None:
        together = nursery.context.Barrier(2)
        racing = [
            nursery.context.Process(target=run, args=(postgres_url, race, side, rounds, together))
            for side in (0, 1)
        ]
        for process in racing:
            process.start()
        for process in racing:
            process.join(4 * PATIENCE)
            assert process.exitcode == 0

    return both


def owed(database: Database, store: StoreRef) -> int:
    """The points of all members; the books are audited on the way."""
    assert database.read(lambda conn: drifts_of(conn, store.id)) == []
    return sum(database.read(lambda conn: books_of(conn, store)).balances.values())


def moved(database: Database, store: StoreRef) -> dict[str, tuple[int, int]]:
    """How many wishes there are by state, and the points that they moved without approval."""
    drawn = sa.case((_adjustments.c.within_budget, sa.func.abs(_adjustments.c.points)), else_=0)
    query = (
        sa.select(_adjustments.c.state, sa.func.count(), sa.func.sum(drawn))
        .where(_adjustments.c.store_id == store.id)
        .group_by(_adjustments.c.state)
    )
    rows = database.read(lambda conn: conn.execute(query).all())
    return {state: (int(wishes), int(points)) for state, wishes, points in rows}


@pytest.mark.parametrize(("budget", "ended"), [(3000, "budget"), (3500, "")])
def test_a_campaign_stops_at_its_budget_whichever_process_books_the_order(
    database: Database, begin: Begin, budget: int, ended: str
) -> None:
    """Orders of 1000 points are doubled while that fits whole: three, of eight."""
    terms = check.read(DOUBLE | {"budget": {"points": budget, "when_reached": "stop"}})

    def furnish(conn: Connection) -> tuple[StoreRef, str]:
        store = live_store(conn, program())
        before = START - timedelta(days=1)
        made = desk.create_campaign(conn, store, terms, actor="user:1", now=before)
        desk.schedule_campaign(conn, store, made.public_id, version=1, actor="user:1", now=before)
        return store, made.public_id

    store, campaign_id = database.write(furnish)
    begin(Orders(store), 4)
    campaign = database.read(lambda conn: campaigns.get(conn, store.id, campaign_id))
    assert (campaign.spent_points, campaign.ended_why) == (3000, ended)
    assert owed(database, store) == 8 * 1000 + 3000


def test_a_person_in_two_windows_gives_no_more_than_their_budget(
    database: Database, begin: Begin
) -> None:
    """Five wishes of 100 points a person, of whom each may give 100; the others wait.

    The same wish in both windows is one.
    """
    rounds = 8

    def furnish(conn: Connection) -> Clicks:
        document = program() | {"goodwill": {"limit": {"times": 50, "days": 30}}}
        store = live_store(conn, document)
        everybody = Allowance(per_day=100, per_month=5000)
        set_allowance(conn, store.id, "", everybody, actor="user:1", now=NOW)
        members = [make_member(conn, store.id) for _ in range(3)]
        suggested = [
            [
                prompts.add(
                    conn,
                    prompt_of(store.id, member, side * 100 + number)
                    | {"points": 100, "automatic": False},
                )
                or 0
                for number in range(rounds)
            ]
            for side, member in enumerate(members[:2])
        ]
        return Clicks(store, members[:2], suggested, members[2])

    race = database.write(furnish)
    begin(race, rounds)
    assert moved(database, race.store) == {"posted": (8, 800), "waiting": (32, 0)}
    assert owed(database, race.store) == 800
    left = database.read(lambda conn: adjustments.count_waiting(conn, race.store.id))
    assert left == 32


def test_two_registers_with_one_key_move_no_more_than_it_may_in_a_day(
    database: Database, begin: Begin
) -> None:
    """Of 1350 points that are given and taken 1000 are moved; the rest is refused, and not kept."""

    def furnish(conn: Connection) -> Tills:
        store = live_store(conn, program())
        terms = KeyTerms("Registers", frozenset({Scope.move_points}), 1000, None)
        key, _ = partner_keys.add(conn, store.id, terms, actor="user:1", now=NOW)
        members = [make_member(conn, store.id) for _ in range(3)]
        return Tills(store, key.id, members[:2], members[2])

    race = database.write(furnish)
    begin(race, 6)
    assert moved(database, race.store) == {"posted": (13, 1000)}
    assert owed(database, race.store) == 3 * (100 - 50 + 100 - 50) + 100
