"""What the tests of a plugin's conditions and effects stand on: orders, and rules that use them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.plugin_kinds import ConditionKind, EffectKind, Kinds
from saleor_loyalty_app.programs.plugins_check import plugin_problems
from saleor_loyalty_app.programs.problems import read_program

CHANNEL, CURRENCY = "default-channel", "USD"


class PluginRules:
    """Decides orders under one rule, with the kinds of one plugin, as the app would.

    The program has one channel, `default-channel` in USD, and one point per dollar.

    Args:
        plugin: the plugin's name.

    Raises:
        InvalidKind: a kind is not complete.
    """

    def __init__(
        self,
        plugin: str,
        conditions: tuple[ConditionKind[Any], ...] = (),
        effects: tuple[EffectKind[Any], ...] = (),
    ) -> None:
        self._kinds = Kinds().with_plugin(plugin, conditions, effects)

    def problems(self, rule: Mapping[str, Any]) -> list[str]:
        """What forbids publishing such a rule, in English."""
        with self._using():
            program = read_program(_document(rule))
            return [one.in_words("en") for one in plugin_problems(program)]

    def points(
        self, rule: Mapping[str, Any], order: OrderFacts, member: MemberFacts = NOBODY
    ) -> int:
        """The whole points and status points that a rule gives to an order in UTC."""
        return sum(self._decide(rule, order, member).totals().values())

    def told(
        self,
        rule: Mapping[str, Any],
        order: OrderFacts,
        member: MemberFacts = NOBODY,
        language: str = "en",
    ) -> str:
        """Why a rule gives nothing, as the app says it; "" where it gives something."""
        with self._using():
            program = read_program(_document(rule))
            misses = decide_order(program, order, "UTC", member).misses
            said = (
                explain_miss(one.rule_id, one.reason, language=language, program=program)
                for one in misses
            )
            return "\n".join(said)

    @staticmethod
    def order(*lines: LineFacts, **facts: Any) -> OrderFacts:
        """An order of these lines at noon of the first of May 2027, a Saturday; `facts` differ."""
        given: dict[str, Any] = {
            "order_id": "T3JkZXI6MQ==",
            "channel": CHANNEL,
            "currency": CURRENCY,
            "created_at": datetime(2027, 5, 1, 12, tzinfo=UTC),
            "country": "US",
            "language": "EN",
            "voucher_used": False,
            "nth_order": 1,
            "subtotal": sum((line.base for line in lines), Decimal(0)),
            "lines": lines,
            "shipping": Decimal(0),
        }
        return OrderFacts(**(given | facts))

    def _decide(self, rule: Mapping[str, Any], order: OrderFacts, member: MemberFacts) -> Decision:
        with self._using():
            return decide_order(read_program(_document(rule)), order, "UTC", member)

    @contextmanager
    def _using(self) -> Iterator[None]:
        with plugin_kinds.using(self._kinds):
            yield


def _document(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "Test",
        "texts": {"en": {"program": "Points", "point": "point", "points": "points"}},
        "currencies": [{"channel": CHANNEL, "currency": CURRENCY, "earn_rate": {"money": "1"}}],
        "earning": {"rules": [{"id": "tested", **rule}]},
    }
