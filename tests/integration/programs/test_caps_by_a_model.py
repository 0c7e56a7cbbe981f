"""What counts for caps is, whatever happens in whatever order, what a model in a page says.

Days and buyers' deeds are few, so that caps are met often.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from saleor_loyalty_app.db.database import Database, open_database
from tests.any_history import Fact, Shop
from tests.order_books import program
from tests.order_samples import START

DAYS, NUMBERS = st.integers(0, 1), st.integers(1, 4)
CENTS = st.integers(1, 9000).map(lambda cents: Decimal(cents) / 100)
SHARES = st.sampled_from([Decimal(one) for one in ("0.1", "0.333", "0.5", "0.99", "1")])
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.tuples(st.just("buy"), NUMBERS, CENTS, DAYS),
    st.tuples(st.just("buy"), NUMBERS, CENTS, DAYS),
    st.tuples(st.just("refund"), NUMBERS, SHARES),
    st.tuples(st.just("cancel"), NUMBERS),
    st.tuples(st.just("report"), NUMBERS),
    st.tuples(st.just("remove"), NUMBERS),
)
CAPS = st.fixed_dictionaries(
    {"period": st.sampled_from(["day", "ever"])},
    optional={"points": st.sampled_from([350, 900]), "times": st.integers(1, 2)},
).filter(lambda cap: len(cap) > 1)
#: Visits that count in a day.
VISITS = 2


@dataclass
class Bought:
    """An order as the model keeps it: what the rule gave, and how much of the money went back."""

    gross: Decimal
    day: int
    given: Fraction
    back: Decimal = Decimal(0)

    @property
    def drawn(self) -> tuple[int, int]:
        """Points that have begun, and whether there are any."""
        points = ceil(self.given * (1 - Fraction(self.back) / Fraction(self.gross)))
        return points, int(points > 0)


@dataclass
class Model:
    """Counters of one rule on orders and one on visits."""

    cap: dict[str, Any]
    orders: dict[int, Bought] = field(default_factory=dict)
    visits: dict[int, bool] = field(default_factory=dict)

    def buy(self, number: int, gross: Decimal, day: int) -> None:
        whole = self.cap["period"] == "ever"
        drawn = [one.drawn for one in self.orders.values() if whole or one.day == day]
        points, times = sum(one[0] for one in drawn), sum(one[1] for one in drawn)
        given = Fraction(gross) * 10
        if "times" in self.cap and times >= self.cap["times"]:
            given = Fraction(0)
        if "points" in self.cap:
            given = min(given, Fraction(max(0, self.cap["points"] - points)))
        self.orders.setdefault(number, Bought(gross, day, given))

    def refund(self, number: int, share: Decimal) -> None:
        if number in self.orders:
            one = self.orders[number]
            one.back = max(one.back, (one.gross * share).quantize(Decimal("0.01")))

    def cancel(self, number: int) -> None:
        if number in self.orders:
            self.orders[number].given = Fraction(0)

    def report(self, reference: int) -> None:
        self.visits.setdefault(reference, sum(self.visits.values()) < VISITS)

    def remove(self, reference: int) -> None:
        """Also before it was reported: then it never counts."""
        self.visits[reference] = False

    def counted(self) -> dict[str, list[tuple[int, int]]]:
        """By rule, what each source drew."""
        drawn = [one.drawn for one in self.orders.values()]
        return {
            "base": sorted(one for one in drawn if one[1]),
            "visit": [(7, 1)] * sum(self.visits.values()),
        }


class CountedShop(Shop):
    """Orders of two days, each in one line."""

    days: dict[int, int]

    def on(self, number: int, gross: Decimal, day: int) -> None:
        """An order that was made on a day."""
        self.days = getattr(self, "days", {})
        self.days.setdefault(number, day)
        self.orders.setdefault(number, [str(gross)])
        self.look(number)

    def look(self, number: int, **more: Any) -> None:
        """The order is seen as it is now."""
        if number in self.orders:
            created = START + timedelta(days=self.days[number])
            self.look_at(number, self.orders[number], created=created.isoformat(), **more)

    def counted(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {"base": [], "visit": []}
        for row in self.uses():
            found[row.rule_id].append((row.points, row.times))
        return {rule: sorted(drawn) for rule, drawn in found.items()}


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Database]:
    """An empty SQLite database, for many short histories."""
    opened = open_database(sqlite_url, synchronous="NORMAL")
    yield opened
    opened.close()


@settings(
    # As of other histories: shrinking would cost minutes.
    max_examples=max(5, settings().max_examples // 5),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(cap=CAPS, history=st.lists(FACTS, min_size=4, max_size=12))
def test_counters_of_caps_are_those_of_a_simple_model(
    quick: Database, cap: dict[str, Any], history: list[Fact]
) -> None:
    rules = [
        {"id": "base", "then": {"type": "points_per_money"}, "caps": {"per_member": cap}},
        {
            "id": "visit",
            "trigger": "custom_event",
            "on": ["visit"],
            "then": {"type": "points", "points": 7},
            "caps": {"per_member": {"times": VISITS, "period": "day"}},
        },
    ]
    events = {"types": [{"id": "visit", "name": {"en": "Visit"}}]}
    document = program(refund_policy="unlimited") | {"earning": {"rules": rules}, "events": events}
    shop, model, canceled = CountedShop(quick, document), Model(cap), set()
    for what, *how in history:
        shop.now += timedelta(minutes=1)
        match what:
            case "buy" if how[0] not in canceled:
                shop.on(*how)
            case "refund" if how[0] in shop.orders and how[0] not in canceled:
                shop.refunds[how[0]] = max(how[1], shop.refunds.get(how[0], how[1]))
                shop.look(how[0])
            case "cancel":
                canceled |= {how[0]} & shop.orders.keys()
                shop.look(how[0], status="CANCELED")
            case "report" | "remove":
                shop.do((what, *how))
        getattr(model, what)(*how)
        assert shop.counted() == model.counted(), (what, how)
    shop.check_audit()
