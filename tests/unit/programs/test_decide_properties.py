"""Whatever the rules and the order: exact, in order, and never less for more."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.decide import Decision, decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts
from saleor_loyalty_app.programs.problems import read_program
from tests.program_samples import MOMENT, line_of, order_of, program_of

AMOUNTS = st.decimals(min_value=0, max_value=100_000, places=2)
FACTORS = st.decimals(min_value=0, max_value=5, places=2).map(str)
CATEGORIES = ("drinks", "juices", "books")


@st.composite
def lines(draw: st.DrawFn, *, least: int = 1) -> tuple[LineFacts, ...]:
    count = draw(st.integers(least, 6))
    return tuple(
        line_of(
            str(draw(AMOUNTS)),
            f"line-{number}",
            quantity=draw(st.integers(1, 20)),
            on_sale=draw(st.booleans()),
            categories=frozenset(draw(st.sets(st.sampled_from(CATEGORIES)))),
        )
        for number in range(count)
    )


LINE_CONDITIONS = st.one_of(
    st.just({"type": "on_sale"}),
    st.builds(lambda slug: {"type": "category", "slugs": [slug]}, st.sampled_from(CATEGORIES)),
    st.builds(lambda low: {"type": "quantity", "min": low}, st.integers(1, 20)),
)
ORDER_CONDITIONS = st.one_of(
    st.builds(
        lambda low: {"type": "order_value", "limits": [{"currency": "USD", "min": str(low)}]},
        AMOUNTS,
    ),
    st.builds(lambda low: {"type": "order_quantity", "min": low}, st.integers(1, 60)),
    st.just({"type": "weekday", "days": ["fri"]}),
    LINE_CONDITIONS.map(lambda condition: {"type": "any_line", "of": condition}),
)


def composed(leaf: st.SearchStrategy[Any], *, negate: bool) -> st.SearchStrategy[Any]:
    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        kinds = st.builds(lambda kind, of: {"type": kind, "of": of}, ALL_OR_ANY, several)
        return (
            st.one_of(kinds, inner.map(lambda of: {"type": "not", "of": of})) if negate else kinds
        )

    return st.recursive(leaf, extend, max_leaves=4)


ALL_OR_ANY = st.sampled_from(["all", "any"])


@st.composite
def rules(draw: st.DrawFn, rule_id: str, *, monotone: bool = False) -> dict[str, Any]:
    on_line = draw(st.booleans())
    fixed = "points_per_unit" if on_line else "points_per_order"
    at_least_one = FACTORS.map(lambda factor: str(1 + Decimal(factor)))
    effect = draw(
        st.one_of(
            st.builds(lambda factor: {"type": "points_per_money", "factor": factor}, FACTORS),
            st.builds(lambda points: {"type": fixed, "points": points}, st.integers(1, 500)),
            st.builds(
                lambda factor, all_points: {
                    "type": "multiplier",
                    "factor": factor,
                    "fixed_points": all_points,
                },
                at_least_one if monotone else FACTORS,
                st.booleans(),
            ),
        )
    )
    leaf = st.one_of(LINE_CONDITIONS, ORDER_CONDITIONS) if on_line else ORDER_CONDITIONS
    return {
        "id": rule_id,
        "scope": "line" if on_line else "order",
        "when": draw(st.none() | composed(leaf, negate=not monotone)),
        "then": effect,
        "priority": draw(st.integers(0, 3)),
        "stop": False if monotone else draw(st.booleans()),
    }


@st.composite
def programs(draw: st.DrawFn, *, monotone: bool = False) -> Program:
    count = draw(st.integers(1, 5))
    return program_of(
        *(draw(rules(f"rule-{number}", monotone=monotone)) for number in range(count)),
        stacking="sum" if monotone else draw(st.sampled_from(["sum", "best"])),
        settings={"earn_on_shipping": draw(st.booleans())},
    )


def decide(program: Program, items: Sequence[LineFacts], **values: Any) -> Decision:
    return decide_order(program, order_of(*items, **values), "Europe/Istanbul")


def exact(decision: Decision) -> Fraction:
    return sum((award.points for award in decision.awards()), Fraction(0))


@given(programs(), lines())
def test_the_total_is_the_floor_of_the_exact_sum(
    program: Program, items: tuple[LineFacts, ...]
) -> None:
    decision = decide(program, items)

    total = decision.totals().get(("points", "points"), 0)
    assert total == exact(decision) // 1
    assert all(award.points >= 0 for award in decision.awards())


@given(programs(), lines(), st.randoms())
def test_the_order_of_lines_does_not_matter(
    program: Program, items: tuple[LineFacts, ...], random: Any
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)

    first, second = decide(program, items), decide(program, shuffled)

    assert first.line_awards == second.line_awards
    assert first.order_awards == second.order_awards


@given(programs(), lines())
def test_each_award_follows_exactly_from_its_reason(
    program: Program, items: tuple[LineFacts, ...]
) -> None:
    for award in decide(program, items, shipping=Decimal("4.99")).awards():
        reason = award.reason
        if reason["code"] == "points_per_money":
            rate = Fraction(reason["rate"]["points"]) / Fraction(reason["rate"]["money"])
            points = Fraction(reason["base"]) * rate * Fraction(reason["factor"])
        else:
            points = Fraction(reason["points"]) * reason.get("quantity", 1)
        for multiplier in reason.get("multipliers", ()):
            points *= Fraction(multiplier["factor"])
        assert award.points == points


@given(programs(), lines())
def test_every_enabled_rule_either_gives_or_says_why_not(
    program: Program, items: tuple[LineFacts, ...]
) -> None:
    decision = decide(program, items)

    missed = [miss.rule_id for miss in decision.misses]
    assert len(missed) == len(set(missed))
    given_by = {award.rule_id for award in decision.awards()}
    assert given_by.isdisjoint(missed)
    assert given_by | set(missed) <= {rule.id for rule in program.earning.rules}


@given(programs(monotone=True), lines(), st.integers(0, 5), AMOUNTS)
def test_a_dearer_line_never_earns_less(
    program: Program, items: tuple[LineFacts, ...], which: int, more: Decimal
) -> None:
    """Holds for programs without not, stop, best-of, upper limits and factors below one."""
    assume(which < len(items))
    line = items[which]
    dearer = line_of(
        str(line.base + more),
        line.id,
        quantity=line.quantity,
        on_sale=line.on_sale,
        categories=line.categories,
    )
    changed = (*items[:which], dearer, *items[which + 1 :])

    assert exact(decide(program, changed)) >= exact(decide(program, items))


@given(programs(monotone=True), lines(least=2))
def test_one_more_line_never_earns_less(program: Program, items: tuple[LineFacts, ...]) -> None:
    assert exact(decide(program, items)) >= exact(decide(program, items[1:]))


@given(lines(), st.integers(1, 6))
def test_a_line_cut_in_two_earns_the_same_on_its_money(
    items: tuple[LineFacts, ...], parts: int
) -> None:
    program = program_of()
    halves = [line_of(str(line.base / 2), f"{line.id}-{half}") for line in items for half in (1, 2)]

    assert exact(decide(program, halves)) == exact(decide(program, items))


@given(programs(), lines())
def test_a_decision_repeats_itself_after_storing_the_program(
    program: Program, items: tuple[LineFacts, ...]
) -> None:
    stored = read_program(program.document)

    assert decide(stored, items, created_at=MOMENT) == decide(program, items, created_at=MOMENT)
