"""Tags of members: given by orders, taken back with them, set by staff, and asked for."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs
from sqlalchemy import Connection

from saleor_loyalty_app.adjustments.errors import OwnAccount
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.erase_store import erase_store
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.perk_tags import Tag, add_tag, remove_tag, tags_by_source
from saleor_loyalty_app.flows.segment_standing import why
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.flows.wake_perks import wake_waiting
from saleor_loyalty_app.members import tags
from saleor_loyalty_app.members.errors import MemberErased, TagInvalid, TagsTooMany, TagUnknown
from saleor_loyalty_app.members.models import Member, MemberTag
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.segment_reasons import Line
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.segments.standing import member_in
from saleor_loyalty_app.segments.tagged import tags_of
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.stores.staff_actions import page
from tests.audited import drifts_of
from tests.integration.orders.purchases import bought
from tests.order_books import KEYS, NOW, books_of, live_store, order_row, program
from tests.order_samples import order, paid, shopper

CAN = shopper("U2", "can@example.com")
AGENT = Agent("U9", "staff@example.com")
HAS = {"type": "tag", "tags": ["fan", "press"]}
RULES: list[dict[str, Any]] = [
    {"id": "base", "then": {"type": "points_per_money"}},
    {"id": "fan", "scope": "order", "then": {"type": "tag", "tag": "fan"}},
    {
        "id": "of-fans",
        "scope": "order",
        "when": HAS,
        "then": {"type": "points_per_order", "points": 7},
    },
]
DOCUMENT = program(availability={"after": "payment", "days": 0}) | {
    "earning": {"rules": RULES},
    "segments": [{"id": "fans", "names": {"en": "Fans"}, "rule": HAS}],
}
_members, _perks = table(Member).c, table(RulePerk).c


class Shop:
    """A store in which every order makes a fan, and fans get points beside."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.store: StoreRef = database.write(lambda conn: live_store(conn, DOCUMENT))
        self.work()

    def receive(self, told: OrderSnapshot) -> None:
        self.now += timedelta(minutes=1)
        look, now = Look.read(self.now), self.now
        self.database.write(
            lambda conn: converge_order(conn, self.store, told, look, now=now, secrets=KEYS)
        )

    def cancel(self, told: OrderSnapshot) -> None:
        self.receive(structs.replace(told, status="CANCELED", updated_at=self.now))

    def work(self) -> None:
        """All that the tasks have to do; the books are audited then."""
        for _ in range(50):
            more = self.database.write(lambda conn: tiers_page(conn, self.store, now=self.now))
            if not (segments_page(self.database, self.store, now=self.now) or more):
                break
        drifts = self.database.read(lambda conn: drifts_of(conn, self.store.id, now=self.now))
        assert drifts == []

    def member(self, user: str | None = "U1") -> int:
        query = sa.select(_members.id).where(
            _members.store_id == self.store.id, _members.user_id == user
        )
        return self.database.read(lambda conn: int(conn.execute(query).scalar_one()))

    def tags(self, user: str | None = "U1") -> list[tuple[str, int, bool]]:
        """The member's tags: by how many orders, and whether by staff."""
        self.work()
        member_id = self.member(user)

        def read(conn: Connection) -> list[Tag]:
            member = surviving_member(conn, self.store.id, member_id)
            assert member is not None
            found = tags_by_source(conn, self.store, member)
            has = tags_of(conn, self.store.id, these([member.id])).get(member.id, frozenset())
            assert has == {one.tag for one in found}
            fans = {"fans"} if has & {"fan", "press"} else set()
            assert member_in(conn, self.store.id, member.id) == fans
            return found

        found = self.database.read(read)
        return [(one.tag, one.orders, one.author is not None) for one in found]

    def add(self, tag: str, user: str = "U1") -> None:
        member, now = self.member(user), self.now
        self.database.write(
            lambda conn: add_tag(conn, self.store, member, tag, AGENT, keys=KEYS, now=now)
        )

    def remove(self, tag: str, user: str = "U1") -> None:
        member, now = self.member(user), self.now
        self.database.write(
            lambda conn: remove_tag(conn, self.store, member, tag, AGENT, keys=KEYS, now=now)
        )

    def states(self) -> list[str]:
        query = sa.select(_perks.state).where(_perks.store_id == self.store.id).order_by(_perks.id)
        return self.database.read(lambda conn: list(conn.execute(query).scalars()))

    def points(self) -> int:
        books = self.database.read(lambda conn: books_of(conn, self.store))
        return books.balances.get(("U1", "points"), 0)

    def switch_earning(self, on: bool) -> None:
        def write(conn: Connection) -> StoreRef | None:
            row = table(Store)
            conn.execute(sa.update(row).where(row.c.id == self.store.id).values(earning_on=on))
            return store_by_id(conn, self.store.id)

        found = self.database.write(write)
        assert found is not None
        self.store = found


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_a_tag_comes_with_an_order_and_stays_while_another_gives_it(shop: Shop) -> None:
    first, second = bought(1), bought(2)
    shop.receive(first)
    assert shop.tags() == [("fan", 1, False)]
    shop.receive(first)
    shop.receive(second)
    assert shop.tags() == [("fan", 2, False)]
    shop.cancel(first)
    assert shop.tags() == [("fan", 1, False)]
    shop.cancel(second)
    assert shop.tags() == []
    assert shop.states() == ["taken", "taken"]
    shop.receive(structs.replace(second, updated_at=shop.now))
    assert shop.tags() == [("fan", 1, False)]


def test_a_rule_asks_for_tags_of_before_and_the_plan_keeps_what_it_saw(shop: Shop) -> None:
    shop.receive(bought(1))
    assert shop.points() == 1000
    second = bought(2)
    shop.receive(second)
    assert shop.points() == 2007
    row = shop.database.read(lambda conn: order_row(conn, shop.store, "O2"))
    assert AwardPlan.from_json(row.plan).member["tags"] == ["fan"]
    shop.remove("fan")
    shop.receive(second)
    assert shop.points() == 2007
    shop.cancel(second)
    assert shop.points() == 1000


def test_what_staff_put_there_stays_and_what_they_take_is_gone(shop: Shop) -> None:
    first = bought(1)
    shop.receive(first)
    shop.add(" fan ")
    shop.add("fan")
    assert shop.tags() == [("fan", 1, True)]
    shop.cancel(first)
    assert shop.tags() == [("fan", 0, True)]
    second = bought(2)
    shop.receive(second)
    shop.remove("fan")
    assert shop.tags() == []
    assert shop.states() == ["taken", "ended"]
    shop.cancel(second)
    assert shop.states() == ["taken", "ended"]
    shop.receive(bought(3))
    assert shop.tags() == [("fan", 1, False)]
    noted = shop.database.read(lambda conn: page(conn, shop.store.id, 9, None))
    assert [(one.kind, one.actor, one.before, one.after) for one in noted] == [
        ("member_untagged", "user:U9", {"tag": "fan"}, None),
        ("member_tagged", "user:U9", None, {"tag": "fan"}),
    ]


def test_staff_have_limits(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.receive(bought(1))
    monkeypatch.setattr(tags, "MOST", 2)
    for wrong in ("Big spender", "", "-x", "a" * 61):
        with pytest.raises(TagInvalid):
            shop.add(wrong)
    with pytest.raises(TagUnknown):
        shop.remove("press")
    shop.add("press")
    shop.add("fan")
    with pytest.raises(TagsTooMany):
        shop.add("third")
    shop.add("press")
    member, now = shop.member(), shop.now
    own = Agent("U1", "other@example.com")
    with pytest.raises(OwnAccount):
        shop.database.write(
            lambda conn: add_tag(conn, shop.store, member, "x", own, keys=KEYS, now=now)
        )
    assert shop.tags() == [("fan", 1, True), ("press", 0, True)]


def test_a_guest_is_tagged_at_once_and_stays_so_with_an_account(shop: Shop) -> None:
    shop.receive(order(transactions=[paid()], userEmail="ayse@example.com"))
    assert shop.tags(None) == [("fan", 1, False)]
    user = UserSnapshot(id="U1", email="ayse@example.com", is_confirmed=True, is_staff=False)
    shop.database.write(lambda conn: customer_seen(conn, shop.store, user, keys=KEYS, now=shop.now))
    assert shop.tags() == [("fan", 1, False)]


def test_an_order_that_changes_hands_takes_its_tag_with_it(shop: Shop) -> None:
    shop.receive(bought(1))
    shop.receive(bought(1, user=CAN, userEmail="can@example.com", updated=2))
    assert (shop.tags(), shop.tags("U2")) == ([], [("fan", 1, False)])


def test_members_who_become_one_have_the_tags_of_both(shop: Shop) -> None:
    shop.receive(bought(1))
    second = bought(2, user=CAN, userEmail="can@example.com")
    shop.receive(second)
    shop.add("press", "U2")
    shop.remove("fan")
    loser, winner = shop.member("U2"), shop.member()
    shop.database.write(
        lambda conn: merge_members(conn, shop.store, loser, winner, AGENT, keys=KEYS, now=shop.now)
    )
    assert shop.tags() == [("fan", 1, False), ("press", 0, True)]
    shop.cancel(second)
    assert shop.tags() == [("press", 0, True)]
    shop.remove("press")
    assert shop.tags() == []


def test_it_waits_while_earning_is_off_and_guests_are_woken_too(shop: Shop) -> None:
    shop.switch_earning(False)
    told = order(transactions=[paid()], userEmail="ayse@example.com")
    shop.receive(told)
    assert (shop.states(), shop.tags(None)) == (["waiting"], [])
    shop.switch_earning(True)
    shop.database.write(lambda conn: wake_waiting(conn, shop.store, now=shop.now))
    due = shop.database.read(
        lambda conn: refresh.due_orders(conn, shop.store.id, now=shop.now, limit=9)
    )
    assert due == [told.id]
    shop.receive(told)
    assert (shop.states(), shop.tags(None)) == (["given"], [("fan", 1, False)])


def test_a_segment_says_which_tags_brought_a_member_in(shop: Shop) -> None:
    shop.receive(bought(1))
    shop.work()
    member = shop.member()
    [standing] = shop.database.read(lambda conn: why(conn, shop.store, member, now=shop.now))
    [reason] = standing.reasons
    assert isinstance(reason.part, Line)
    assert (reason.part.leaf.type, reason.number, reason.holds) == ("tag", "fan", True)


def test_a_person_is_told_their_tags_and_they_go_with_the_person(shop: Shop) -> None:
    shop.receive(bought(1))
    shop.add("press")
    member = shop.member()
    told = shop.database.read(lambda conn: export_member(conn, shop.store, member, now=shop.now))
    assert [one["tag"] for one in told["tables"]["member_tag"]] == ["press"]
    assert [one["detail"] for one in told["tables"]["rule_perk"]] == [{"tag": "fan"}]
    shop.database.write(lambda conn: erase_member(conn, shop.store, member, now=shop.now))
    shop.work()
    left = shop.database.read(
        lambda conn: (
            conn.execute(sa.select(table(MemberTag).c.tag)).all(),
            conn.execute(sa.select(_perks.state, _perks.detail)).all(),
            tags_of(conn, shop.store.id, these([member])),
        )
    )
    assert left == ([], [("ended", {})], {})
    with pytest.raises(MemberErased):
        shop.database.write(
            lambda conn: add_tag(conn, shop.store, member, "x", AGENT, keys=KEYS, now=shop.now)
        )


def test_tags_go_with_a_store_that_is_erased(shop: Shop) -> None:
    shop.receive(bought(1))
    shop.add("press")
    member = shop.member()
    shop.database.write(
        lambda conn: conn.execute(
            sa.update(table(Store)).where(table(Store).c.id == shop.store.id).values(active=False)
        )
    )
    erase_store(shop.database, shop.store, now=shop.now)
    left = shop.database.read(lambda conn: tags_of(conn, shop.store.id, these([member])))
    assert left == {}


def test_the_audit_tells_of_a_tag_that_no_plan_gives(shop: Shop) -> None:
    shop.receive(bought(1))
    shop.database.write(
        lambda conn: conn.execute(
            sa.update(table(RulePerk))
            .where(_perks.store_id == shop.store.id)
            .values(detail={"tag": "king"})
        )
    )
    found = shop.database.read(lambda conn: drifts_of(conn, shop.store.id, now=shop.now))
    assert [one.check for one in found] == ["perk"]
