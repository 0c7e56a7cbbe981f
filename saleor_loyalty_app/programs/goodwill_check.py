"""Whether goodwill fits its store: what it suggests can be given, and automatic has a budget."""

from collections.abc import Iterator, Mapping

from babel.numbers import get_currency_precision

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.goodwill import SIGNALS, GiveAmount, GiveShipping, Goodwill
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.shipping_check import channel_unknown
from saleor_loyalty_app.stores.refs import ChannelRef


def goodwill_problems(program: Program, channels: Mapping[str, ChannelRef]) -> Iterator[Problem]:
    """All problems of the program's section on goodwill; `channels` are the store's, by slug."""
    section = program.goodwill
    if section is None:
        return
    currencies = {channel.currency for channel in channels.values()}
    spendable = {one.currency for one in program.currencies if one.spend_rate is not None}
    watched = [(kind, signal) for kind in SIGNALS if (signal := section.signal(kind)) is not None]
    for kind, signal in watched:
        path = f"goodwill.{kind}.suggest"
        if isinstance(signal.suggest, GiveAmount):
            yield from _amount_problems(signal.suggest, path, currencies, spendable)
        elif isinstance(signal.suggest, GiveShipping) and not spendable:
            yield Problem("goodwill_worthless", path, "warning", {"case": "anywhere"})
    yield from _automatic_problems(section, [kind for kind, one in watched if one.automatic])
    if section.late_delivery is not None:
        for index, one in enumerate(section.late_delivery.channels):
            if one.channel not in channels:
                path = f"goodwill.late_delivery.channels[{index}].channel"
                yield channel_unknown(one.channel, channels, path, "warning")
    for locale in program.texts if watched and section.apology else ():
        if locale not in section.apology and locale.partition("-")[0] not in section.apology:
            detail = {"locale": locale}
            yield Problem("goodwill_apology_missing", "goodwill.apology", "warning", detail)


def _amount_problems(
    suggest: GiveAmount, path: str, currencies: set[str], spendable: set[str]
) -> Iterator[Problem]:
    for index, one in enumerate(suggest.amounts):
        here = f"{path}.amounts[{index}]"
        if one.currency not in spendable:
            yield Problem(
                "goodwill_worthless", f"{here}.currency", "warning", {"currency": one.currency}
            )
        places = get_currency_precision(one.currency)
        if one.amount != round(one.amount, places):
            yield Problem("too_many_places", f"{here}.amount", detail={"limit": str(places)})
    for currency in sorted(currencies - {one.currency for one in suggest.amounts}):
        detail = {"currency": currency}
        yield Problem("goodwill_currency_missing", f"{path}.amounts", "warning", detail)


def _automatic_problems(section: Goodwill, automatic: list[str]) -> Iterator[Problem]:
    if automatic and section.automatic_points is None:
        yield Problem("goodwill_budget_missing", "goodwill.automatic_points")
    for kind in automatic:
        if kind != "late_delivery":
            yield Problem("goodwill_automatic_bold", f"goodwill.{kind}.automatic", "warning")
