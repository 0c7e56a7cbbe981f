"""What is wrong with a campaign: all of it at once, each with its path. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision
from pydantic import ValidationError

from saleor_loyalty_app.campaigns.errors import CampaignInvalid
from saleor_loyalty_app.campaigns.terms import CODE_FORM, Budget, ChannelValue, Codes, Terms
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.programs.choices import choice_of
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import Problem, check_size, problems_in, problems_of
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.shipping_check import channel_unknown
from saleor_loyalty_app.stores.refs import ChannelRef

#: So long a campaign runs at most.
MOST_DAYS = 400
#: What may change while a campaign runs; the rest was promised, or stands in Saleor.
CHANGEABLE = frozenset(("name", "texts", "ends_at", "budget", "tell"))


def read(document: object) -> Terms:
    """A document of JSON values read as the terms of a campaign.

    Raises:
        CampaignInvalid: with all its problems.
    """
    try:
        check_size(document)
        terms = Terms.model_validate(document)
    except ProgramInvalid as error:
        raise refused(problems_in(error)) from error
    except ValidationError as error:
        raise refused(problems_of(error, document, Terms)) from error
    if found := list(_faults(terms)):
        raise refused(found)
    return terms


def refused(problems: list[Problem]) -> AppError:
    """The failure that carries these problems."""
    return CampaignInvalid(
        count=len(problems), problems=[problem.as_json() for problem in problems[:50]]
    )


def misfits(
    terms: Terms,
    channels: Mapping[str, ChannelRef],
    tiers: frozenset[str],
    segments: frozenset[str],
    now: datetime,
) -> list[Problem]:
    """Why well-formed terms cannot be scheduled in a store now: `error`; or `warning`."""
    return list(_misfits(terms, channels, tiers, segments, now))


def fixed_changes(before: Terms, after: Terms) -> list[str]:
    """What a change would touch that stays as it is while a campaign runs.

    The values that a low budget leaves belong to the budget, and change as it does.
    """
    was, will = _without_reduced(before), _without_reduced(after)
    return [
        name
        for name in Terms.model_fields
        if name not in CHANGEABLE and getattr(was, name) != getattr(will, name)
    ]


def _without_reduced(terms: Terms) -> Terms:
    full = tuple(one.model_copy(update={"reduced": None}) for one in terms.channels)
    return terms.model_copy(update={"channels": full})


def _misfits(
    terms: Terms,
    channels: Mapping[str, ChannelRef],
    tiers: frozenset[str],
    segments: frozenset[str],
    now: datetime,
) -> Iterator[Problem]:
    if terms.ends_at <= now:
        yield Problem("campaign_over", "ends_at")
    for index, one in enumerate(terms.channels):
        path, channel = f"channels[{index}]", channels.get(one.channel)
        if channel is None:
            yield channel_unknown(one.channel, channels, f"{path}.channel")
        elif channel.currency != one.currency:
            detail = {
                "channel": one.channel,
                "currency": one.currency,
                "expected": channel.currency,
            }
            yield Problem("channel_currency_differs", f"{path}.currency", detail=detail)
    for name, known, named in (
        ("tier", tiers, terms.audience.tiers),
        ("segment", segments, terms.audience.segments),
    ):
        for one_id in named:
            if one_id not in known:
                detail = {"id": one_id, **choice_of(one_id, sorted(known))}
                yield Problem(f"campaign_{name}", f"audience.{name}s", detail=detail)
    shared = terms.codes is not None and terms.codes.sharing == "shared"
    if shared and not terms.audience.ready().is_everybody:
        yield Problem("campaign_shared_bearer", "audience", "warning")
    if terms.budget is None:
        yield Problem("campaign_no_budget", "budget", "warning")


def _faults(terms: Terms) -> Iterator[Problem]:
    if terms.ends_at <= terms.starts_at:
        yield Problem("campaign_period", "ends_at")
    elif (terms.ends_at - terms.starts_at).days > MOST_DAYS:
        last = (terms.starts_at + timedelta(days=MOST_DAYS)).date()
        detail = {"limit": str(MOST_DAYS), "last": last.isoformat()}
        yield Problem("campaign_too_long", "ends_at", detail=detail)
    seen: set[str] = set()
    for index, one in enumerate(terms.channels):
        if one.channel in seen:
            yield Problem(
                "campaign_channel_twice",
                f"channels[{index}].channel",
                detail={"channel": one.channel},
            )
        seen.add(one.channel)
    yield from _points_faults(terms) if terms.kind == "points" else _code_faults(terms)
    if terms.budget is not None:
        yield from _budget_faults(terms, terms.budget)


def _points_faults(terms: Terms) -> Iterator[Problem]:
    if terms.times is None:
        yield Problem("campaign_times", "times")
    limit = terms.per_member
    if limit is not None and limit.points is None and limit.times is None:
        yield Problem("cap_missing", "per_member")
    if terms.codes is not None:
        yield Problem("campaign_points_only", "codes")
    for index, one in enumerate(terms.channels):
        if one.value is not None or one.minimum or one.reduced is not None:
            yield Problem("campaign_points_only", f"channels[{index}]")


def _code_faults(terms: Terms) -> Iterator[Problem]:
    if terms.times is not None:
        yield Problem("campaign_times_unfit", "times")
    if terms.per_member is not None:
        yield Problem("campaign_limit_unfit", "per_member")
    if terms.codes is None:
        yield Problem("campaign_codes", "codes")
    else:
        yield from _sharing_faults(terms.codes)
    if not terms.channels:
        yield Problem("campaign_channels", "channels")
    for index, one in enumerate(terms.channels):
        yield from _value_faults(terms.kind, one, f"channels[{index}]")


def _sharing_faults(codes: Codes) -> Iterator[Problem]:
    if (codes.sharing == "shared") != (codes.code is not None):
        case = {} if codes.code is None else {"case": "unfit"}
        yield Problem("campaign_code", "codes.code", detail=case)
    elif codes.code is not None and not CODE_FORM.fullmatch(codes.code):
        yield Problem("campaign_code_form", "codes.code")
    if codes.uses is not None and codes.sharing != "shared":
        yield Problem("campaign_uses", "codes.uses")
    if (codes.sharing == "after_order") != (codes.after_order is not None):
        case = {} if codes.after_order is None else {"case": "unfit"}
        yield Problem("campaign_after_order", "codes.after_order", detail=case)


def _value_faults(kind: str, one: ChannelValue, path: str) -> Iterator[Problem]:
    if kind == "free_shipping" and (one.value is not None or one.reduced is not None):
        yield Problem("campaign_value_unfit", f"{path}.value")
    elif kind != "free_shipping" and one.value is None:
        yield Problem("campaign_value", f"{path}.value")
    elif kind == "percent" and one.value is not None and one.value > 100:
        detail = {"found": plain(one.value)}
        yield Problem("campaign_percent", f"{path}.value", detail=detail)
    amounts = {"minimum": one.minimum}
    if kind == "amount":
        amounts |= {"value": one.value or Decimal(0), "reduced": one.reduced or Decimal(0)}
    places = get_currency_precision(one.currency)
    for name, amount in amounts.items():
        if amount != round(amount, places):
            yield Problem("too_many_places", f"{path}.{name}", detail={"limit": str(places)})


def _budget_faults(terms: Terms, budget: Budget) -> Iterator[Problem]:
    if terms.kind == "points":
        if budget.points is None or budget.money:
            yield Problem("campaign_budget_points", "budget")
        return
    if budget.points is not None or not budget.money:
        sold = ", ".join(sorted({one.currency for one in terms.channels}))
        detail = {"case": "sold", "currencies": sold} if sold else {}
        yield Problem("campaign_budget_money", "budget", detail=detail)
    known = {one.currency for one in terms.channels}
    for currency in budget.money:
        if currency not in known:
            detail = {"currency": currency, **choice_of(currency, sorted(known))}
            yield Problem("currency_unknown", "budget.money", detail=detail)
    if budget.when_reached == "reduce":
        for index, one in enumerate(terms.channels):
            if one.reduced is None or one.value is None or one.reduced >= one.value:
                case = {} if one.value is None else {"case": "below", "value": plain(one.value)}
                yield Problem("campaign_reduced", f"channels[{index}].reduced", detail=case)
