"""A campaign for each text that problems of campaigns have: by the code, with a dot its case."""

from datetime import UTC, datetime
from typing import Any, cast

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.errors import CampaignInvalid
from saleor_loyalty_app.programs.problems import Problem, problem_of_json
from tests.program_samples import CHANNELS

NOW = datetime(2026, 11, 27, tzinfo=UTC)
WEB = {"channel": "default-channel", "currency": "USD", "value": "10"}
SHARED = {"sharing": "shared", "code": "AUTUMN10"}
PERSONAL = {"sharing": "personal"}


def terms_of(kind: str = "percent", **values: Any) -> dict[str, Any]:
    """A campaign of December with a code for everybody."""
    document = {
        "kind": kind,
        "name": "December",
        "texts": {"en": {"title": "December"}},
        "starts_at": "2026-12-01T00:00:00+03:00",
        "ends_at": "2027-01-01T00:00:00+03:00",
    }
    own = {"channels": [WEB], "codes": SHARED} if kind != "points" else {"times": "2"}
    return document | own | values


def campaign_problems(document: dict[str, Any]) -> list[Problem]:
    """What is wrong with a campaign, or does not fit a store of two tiers and a segment."""
    try:
        terms = check.read(document)
    except CampaignInvalid as refused:
        listed = cast("list[dict[str, Any]]", refused.detail["problems"])
        return [problem_of_json(one) for one in listed]
    channels = {channel.slug: channel for channel in CHANNELS}
    known = frozenset({"gold", "silver"}), frozenset({"vip"})
    return check.misfits(terms, channels, *known, NOW)


CAMPAIGNS: dict[str, dict[str, Any]] = {
    "invalid.time": terms_of(ends_at="tomorrow"),
    "too_small.date": terms_of(starts_at="1999-01-01T00:00:00+03:00"),
    "too_large.date": terms_of(ends_at="3001-01-01T00:00:00+03:00"),
    "campaign_period": terms_of(ends_at="2026-11-30T00:00:00+03:00"),
    "campaign_too_long": terms_of(ends_at="2029-01-01T00:00:00+03:00"),
    "campaign_over": terms_of(
        starts_at="2026-01-01T00:00:00+03:00", ends_at="2026-02-01T00:00:00+03:00"
    ),
    "campaign_channel_twice": terms_of(channels=[WEB, WEB]),
    "campaign_times": terms_of("points", times=None),
    "campaign_times_unfit": terms_of(times="2"),
    "campaign_points_only": terms_of("points", codes=SHARED),
    "campaign_codes": terms_of(codes=None),
    "campaign_code": terms_of(codes={"sharing": "shared"}),
    "campaign_code.unfit": terms_of(codes={"sharing": "personal", "code": "AUTUMN10"}),
    "campaign_code_form": terms_of(codes={"sharing": "shared", "code": "İndirim"}),
    "campaign_uses": terms_of(codes={**PERSONAL, "uses": 5}),
    "campaign_after_order": terms_of(codes={"sharing": "after_order"}),
    "campaign_after_order.unfit": terms_of(codes={**PERSONAL, "after_order": {}}),
    "campaign_channels": terms_of(channels=[]),
    "campaign_value": terms_of(channels=[{**WEB, "value": None}]),
    "campaign_value_unfit": terms_of("free_shipping"),
    "campaign_percent": terms_of(channels=[{**WEB, "value": "120"}]),
    "campaign_budget_points": terms_of("points", budget={"money": {"USD": "5"}}),
    "campaign_budget_money": terms_of(channels=[], budget={"points": 5}),
    "campaign_budget_money.sold": terms_of(budget={"points": 5}),
    "campaign_reduced": terms_of(
        channels=[{**WEB, "value": None}], budget={"money": {"USD": "5"}, "when_reached": "reduce"}
    ),
    "campaign_reduced.below": terms_of(budget={"money": {"USD": "5"}, "when_reached": "reduce"}),
    "campaign_tier": terms_of(audience={"tiers": ["golden"]}),
    "campaign_segment": terms_of(audience={"segments": ["whales"]}),
    "campaign_shared_bearer": terms_of(audience={"tiers": ["gold"]}),
    "campaign_no_budget": terms_of(),
    "campaign_limit_unfit": terms_of(per_member={"times": 1}),
}
