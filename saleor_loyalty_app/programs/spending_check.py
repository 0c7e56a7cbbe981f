"""Whether the limits on spending fit a program and its store."""

from collections.abc import Iterator, Mapping

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.shipping_check import amount_problems
from saleor_loyalty_app.stores.refs import ChannelRef


def spending_problems(program: Program, channels: Mapping[str, ChannelRef]) -> Iterator[Problem]:
    """The problems of the program's section on spending, if it has one."""
    spending = program.spending
    if spending is None:
        return
    yield from amount_problems(spending.minimum_orders, "spending.minimum_orders", channels)
    if spending.minimum_points % spending.step:
        detail = {
            "minimum": spending.minimum_points,
            "step": spending.step,
            "least": spending.least_points,
        }
        yield Problem("minimum_not_a_step", "spending.minimum_points", "warning", detail)
    for index, minimum in enumerate(spending.minimum_orders):
        rates = program.rates(minimum.channel, minimum.currency)
        if rates is None or rates.spend_rate is None:
            path = f"spending.minimum_orders[{index}]"
            where = {"channel": minimum.channel}
            yield Problem("minimum_without_rate", path, "warning", where)
